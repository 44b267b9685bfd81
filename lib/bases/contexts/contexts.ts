/**
 * Learned contexts: what a basis leaves for the coder to know, from weighted sums of the magnitudes nearby.
 */
import { LinearNeighborhood } from '../../coding/contexts/linear-neighborhood';
import type { Model } from '../../models/model';
import { allowedParameter } from '../basis';
import { CONTEXT_BLOCK_LENGTHS, ContextCoding, contextModel } from '../parts/context-coding';
import { LappedBasis } from '../blocks/lapped';
import { LearnedBasis } from '../learned';

/** Lapped cosines of 256, trellis-coded, with learned contexts. */
export class LearnedContextsBasis extends LearnedBasis {
  /**
   * @param blockLength - one of {@link CONTEXT_BLOCK_LENGTHS}
   * @throws BasisParameterError
   */
  constructor(readonly blockLength: number) {
    allowedParameter('block length of learned contexts', blockLength, CONTEXT_BLOCK_LENGTHS);
    const lapped = new LappedBasis(blockLength, 'sine');
    const id = `contexts-${blockLength}`;
    const { delay, multiplyAddsPerSample } = lapped;
    super({ id, delay, wholeRecording: true, multiplyAddsPerSample }, (model: Model) => {
      const neighbors = model.arrays['neighbors']!;
      return new ContextCoding(
        id,
        delay,
        multiplyAddsPerSample,
        lapped,
        contextModel(model),
        (subbands) => new LinearNeighborhood(neighbors, subbands),
      );
    });
  }
}
