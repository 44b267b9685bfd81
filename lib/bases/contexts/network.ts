/**
 * A network over the neighbors: MDCT-256, trellis-coded, whose entropy coder predicts each magnitude by a small network
 * from the magnitudes coded nearby.
 */
import { HIDDEN, NetworkNeighborhood, SEEN } from '../../coding/contexts/network-neighborhood';
import { LearnedContextBasis } from '../parts/learned-context-basis';

/** Lapped cosines with a network over their neighbors. */
export class NetworkBasis extends LearnedContextBasis {
  /** @param blockLength - 256 */
  constructor(blockLength: number) {
    const lengths = { hidden: HIDDEN * (SEEN + 1), output: HIDDEN + 1 };
    super('network', blockLength, lengths.hidden, lengths, ({ arrays }) => {
      const weights = { hidden: arrays['hidden']!, output: arrays['output']! };
      return (subbands) => new NetworkNeighborhood(weights, subbands);
    });
  }
}
