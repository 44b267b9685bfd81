/**
 * Principal components: the orthonormal basis in which blocks are uncorrelated (I. T. Jolliffe, Principal Component
 * Analysis, 2nd ed., 2002, §3.5), which is the Karhunen–Loève transform of their distribution.
 */
import { SymmetricEigensolver } from '../kernels/eigen-symmetric';
import { OuterProductSum } from '../kernels/matrix';

/** Elements of blocks that are shifted at a time: they stay in the cache. */
const CHUNK_ELEMENTS = 2 ** 16;

/** Too few blocks, or parts of blocks. */
export class PrincipalComponentsError extends RangeError {
  override readonly name = 'PrincipalComponentsError';
}

/** What blocks have in common. */
export interface PrincipalComponents {
  /** Of each sample of a block. */
  readonly mean: Float64Array;
  /**
   * N × N, row by row: component k in row k, of length 1, its element of largest magnitude positive. First the one
   * along which blocks vary most.
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
 * @throws PrincipalComponentsError when they are not
 * @throws EigenError when they hold what is not finite
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
  const rows = Math.max(1, Math.floor(CHUNK_ELEMENTS / length));
  // Near the mean, so that little cancels when what is left of the mean is taken out of the products.
  const shift = new Float64Array(length);
  const chunk = new Float64Array(rows * length);
  const early = Math.min(rows, count);
  shiftBlocks(blocks.subarray(0, early * length), new Float64Array(length), chunk, shift);
  for (let i = 0; i < length; i++) shift[i] = shift[i]! / early;

  const mean = new Float64Array(length);
  const products = new OuterProductSum(length, 'float64');
  let covariance: Float64Array;
  try {
    for (let start = 0; start < blocks.length; start += chunk.length) {
      const part = blocks.subarray(start, start + chunk.length);
      shiftBlocks(part, shift, chunk, mean);
      products.add(chunk.subarray(0, part.length));
    }
    covariance = products.sum();
  } finally {
    products.release();
  }
  for (let i = 0; i < length; i++) mean[i] = mean[i]! / count;
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) {
      const product = covariance[i * length + j]! - count * mean[i]! * mean[j]!;
      covariance[i * length + j] = product / (count - 1);
    }
  }
  for (let i = 0; i < length; i++) mean[i] = mean[i]! + shift[i]!;

  const solver = new SymmetricEigensolver(length);
  try {
    const { values, vectors } = solver.decompose(covariance);
    return { mean, components: vectors, variances: values.map((value) => Math.max(0, value)) };
  } finally {
    solver.release();
  }
}

/** shifted ← blocks − shift; sum ← sum + all of them. */
function shiftBlocks(
  blocks: Float32Array | Float64Array,
  shift: Float64Array,
  shifted: Float64Array,
  sum: Float64Array,
): void {
  const { length } = shift;
  for (let start = 0; start < blocks.length; start += length) {
    for (let i = 0; i < length; i++) {
      const value = blocks[start + i]! - shift[i]!;
      shifted[start + i] = value;
      sum[i] = sum[i]! + value;
    }
  }
}
