/** The orthogonal matrix nearest to a given matrix. */
import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/**
 * The orthogonal polar factor U·Vᵀ of a matrix U·S·Vᵀ, which solves Procrustes' problem: of all orthogonal Q it has the
 * largest inner product with the matrix (P. H. Schönemann, "A generalized solution of the orthogonal Procrustes problem",
 * Psychometrika 31, 1966).
 *
 * @param matrix - `size` × `size`, row by row
 * @returns `size` × `size`, row by row
 */
export function polarFactor(matrix: Float64Array, size: number): Float64Array {
  const { leftSingularVectors, rightSingularVectors } = new SingularValueDecomposition(
    Matrix.from1DArray(size, size, matrix),
  );
  return Float64Array.from(leftSingularVectors.mmul(rightSingularVectors.transpose()).to1DArray());
}
