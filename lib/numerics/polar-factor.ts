/** The orthogonal matrix nearest to a given matrix. */
import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/** Entries smaller than the largest by this factor turn no angle by as much as a last bit. */
const NEGLIGIBLE = 2 ** -200;

/**
 * The matrix, scaled by a power of two, so that no entry is near the ends of what a double holds: the decomposition
 * divides by entries, and gives zeros or a matrix that is not orthogonal for subnormal ones.
 */
function withinRange(matrix: Float64Array): Float64Array {
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return matrix;
  // In two steps: the factor that makes the least double one is larger than any double.
  const half = 2 ** Math.round(-Math.log2(largest) / 2);
  return matrix.map((value) => (Math.abs(value) < largest * NEGLIGIBLE ? 0 : value * half * half));
}

/**
 * The orthogonal polar factor U·Vᵀ of a matrix U·S·Vᵀ, which solves Procrustes' problem: of all orthogonal Q it has the
 * largest inner product with the matrix (P. H. Schönemann, "A generalized solution of the orthogonal Procrustes problem",
 * Psychometrika 31, 1966).
 *
 * @param matrix - `size` × `size`, row by row, finite
 * @returns `size` × `size`, row by row
 */
export function polarFactor(matrix: Float64Array, size: number): Float64Array {
  const { leftSingularVectors, rightSingularVectors } = new SingularValueDecomposition(
    Matrix.from1DArray(size, size, withinRange(matrix)),
  );
  return Float64Array.from(leftSingularVectors.mmul(rightSingularVectors.transpose()).to1DArray());
}
