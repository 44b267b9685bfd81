/**
 * A network says how large coefficients will be: what a basis leaves for the coder to know, from all that was coded nearby.
 */
import { HIDDEN, NetworkNeighborhood, SEEN } from '../../coding/contexts/network-neighborhood';
import type { Model } from '../../models/model';
import { allowedParameter } from '../basis';
import { CONTEXT_BLOCK_LENGTHS, ContextCoding, contextModel } from '../parts/context-coding';
import { LappedBasis } from '../blocks/lapped';
import { LearnedBasis } from '../learned';

/** Lapped cosines of 256, trellis-coded, with the contexts that a network gives. */
export class NetworkBasis extends LearnedBasis {
  /**
   * @param blockLength - one of {@link CONTEXT_BLOCK_LENGTHS}
   * @throws BasisParameterError
   */
  constructor(readonly blockLength: number) {
    allowedParameter('block length of a network', blockLength, CONTEXT_BLOCK_LENGTHS);
    const lapped = new LappedBasis(blockLength, 'sine');
    const id = `network-${blockLength}`;
    const { delay } = lapped;
    const multiplyAddsPerSample = lapped.multiplyAddsPerSample + HIDDEN * (SEEN + 1);
    super({ id, delay, wholeRecording: true, multiplyAddsPerSample }, (model: Model) => {
      const weights = { hidden: model.arrays['hidden']!, output: model.arrays['output']! };
      return new ContextCoding(
        id,
        delay,
        multiplyAddsPerSample,
        lapped,
        contextModel(model),
        (subbands) => new NetworkNeighborhood(weights, subbands),
      );
    });
  }
}
