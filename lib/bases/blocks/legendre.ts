/**
 * Discrete Legendre polynomials: orthonormal over the N samples of a block (J. P. Gram, 1883; P. L. Chebyshev, 1875).
 * They tend to the Legendre polynomials as N grows.
 */
import { allowedParameter, powersOfTwo } from '../basis';
import { BlockMatrixBasis } from '../parts/block-matrix';
import { concentratedSequences } from './slepian';

/** Block lengths of polynomials. */
export const LEGENDRE_BLOCK_LENGTHS: readonly number[] = powersOfTwo(2, 8);

/**
 * Blocks of N samples, each expanded in the polynomials of degree 0 … N − 1. Subband k holds the coefficients of degree
 * k.
 *
 * They are computed as eigenvectors of a tridiagonal matrix, because the recurrence over the degree loses all digits
 * from a degree of about 2√N on. The matrix is that of Slepian's sequences at bandwidth 0; its eigenvectors are
 * orthonormal to the last digit, and its eigenvalues k(k + 1) are those of Chebyshev's difference equation.
 */
export class LegendreBasis extends BlockMatrixBasis {
  /**
   * @param blockLength - N, one of {@link LEGENDRE_BLOCK_LENGTHS}
   * @throws BasisParameterError
   */
  constructor(blockLength: number) {
    allowedParameter('block length of polynomials', blockLength, LEGENDRE_BLOCK_LENGTHS);
    super(`legendre-${blockLength}`, blockLength, { functions: concentratedSequences(blockLength, 1) });
  }
}
