/**
 * Principal components: the orthonormal basis in which blocks are uncorrelated (I. T. Jolliffe, Principal Component
 * Analysis, 2nd ed., 2002, §3.5), which is the Karhunen–Loève transform of their distribution.
 */
import { CovarianceSum, type MeanAndCovariance } from '../kernels/covariance';
import { eigenDecomposition } from './eigen-decomposition';

/** The blocks are fewer than two, or the last one is incomplete. */
export class PrincipalComponentsError extends RangeError {
  override readonly name = 'PrincipalComponentsError';
}

/** Mean, components and variances of blocks. */
export interface PrincipalComponents {
  /** Mean of each sample of a block. */
  readonly mean: Float64Array;
  /**
   * N × N, row by row: component k in row k, of length 1, its element of largest magnitude positive. Sorted
   * by variance, the largest first.
   */
  readonly components: Float64Array;
  /** Variance along each component, in the square of the signal's unit, 0 or more; never rising. */
  readonly variances: Float64Array;
}

/**
 * Finds the principal components. B·N²/2 + 5·N³ multiply–adds for B blocks, in double precision.
 *
 * @param blocks - whole blocks, one after another, two or more
 * @param length - samples of a block, N, 1 or more
 * @throws PrincipalComponentsError when there are fewer than two, or a part of one
 * @throws EigenError when they hold a number that is not finite
 */
export function principalComponents(
  blocks: Float32Array | Float64Array,
  length: number,
): PrincipalComponents {
  const count = blocks.length / length;
  if (!(Number.isInteger(count) && count >= 2)) {
    throw new PrincipalComponentsError(
      `Principal components need two or more whole blocks of ${length} samples, not ${blocks.length} samples.`,
    );
  }
  const sum = new CovarianceSum(length);
  let distribution: MeanAndCovariance;
  try {
    sum.add(blocks);
    distribution = sum.result();
  } finally {
    sum.release();
  }
  const { mean, covariance } = distribution;
  const { values, vectors } = eigenDecomposition(covariance, length);
  return { mean, components: vectors, variances: values.map((value) => Math.max(0, value)) };
}
