/**
 * Eigenvalues and eigenvectors of one symmetric matrix; of many of one size, `SymmetricEigensolver` keeps its memory.
 */
import { SymmetricEigensolver, type EigenDecomposition } from '../kernels/eigen-symmetric';

/**
 * @param matrix - N × N, symmetric
 * @param length - N, 1 or more
 * @returns of `SymmetricEigensolver.decompose`: an eigenvector in each row, that of the largest eigenvalue first
 * @throws EigenError when the matrix holds what is not finite
 */
export function eigenDecomposition(matrix: Float64Array, length: number): EigenDecomposition {
  const solver = new SymmetricEigensolver(length);
  try {
    return solver.decompose(matrix);
  } finally {
    solver.release();
  }
}
