/**
 * Learned contexts: MDCT-256, trellis-coded, whose entropy coder predicts each magnitude by a learned weighted sum of
 * its neighbors.
 */
import { LinearNeighborhood, NEIGHBOR_CLASSES, REGRESSORS } from '../../coding/contexts/linear-neighborhood';
import { LearnedContextBasis } from '../parts/learned-context-basis';

/** Lapped cosines with learned sums of neighbors. */
export class LearnedContextsBasis extends LearnedContextBasis {
  /** @param blockLength - 256 */
  constructor(blockLength: number) {
    super('contexts', blockLength, 0, { neighbors: NEIGHBOR_CLASSES * REGRESSORS }, ({ arrays }) => {
      const neighbors = arrays['neighbors']!;
      return (subbands) => new LinearNeighborhood(neighbors, subbands);
    });
  }
}
