/**
 * The orthogonal sparsifying transform: blocks in the orthonormal basis in which other recordings' blocks have the fewest
 * large coefficients, or cost the fewest bits (`lib/learning/transforms/sparsifying-transform.ts`).
 */
import { allowedParameter, powersOfTwo } from '../basis';
import { LearnedMatrixBasis, orthonormalMatrices } from '../parts/learned-matrix-basis';

/** What learning minimizes: the number of coefficients above a threshold, or the estimated rate. */
export const SPARSITY_OBJECTIVES = ['count', 'rate'] as const;
export type SparsityObjective = (typeof SPARSITY_OBJECTIVES)[number];

/** Block lengths of the sparsifying transform. */
export const SPARSIFYING_BLOCK_LENGTHS: readonly number[] = powersOfTwo(3, 9);

/** Blocks of N samples; subband k holds the coefficients with k-th most energy. */
export class SparsifyingBasis extends LearnedMatrixBasis {
  /**
   * @param blockLength - N, one of {@link SPARSIFYING_BLOCK_LENGTHS}
   * @param objective - what learning minimized, one of {@link SPARSITY_OBJECTIVES}
   * @throws BasisParameterError
   */
  constructor(
    blockLength: number,
    readonly objective: SparsityObjective,
  ) {
    allowedParameter('block length of the sparsifying transform', blockLength, SPARSIFYING_BLOCK_LENGTHS);
    allowedParameter('objective of the sparsifying transform', objective, SPARSITY_OBJECTIVES);
    super(`sparsifying-${blockLength}-${objective}`, blockLength, 'transform', orthonormalMatrices);
  }
}
