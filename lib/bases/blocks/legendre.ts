/**
 * Polynomials: those orthonormal over the N samples of a block (J. P. Gram, 1883; P. L. Chebyshev, 1875), which tend to
 * Legendre's as N grows.
 */
import { allowedParameter, powersOfTwo } from '../basis';
import { BlockMatrixBasis } from '../parts/block-matrix';
import { concentratedSequences } from './slepian';

/** Block lengths of polynomials. */
export const LEGENDRE_BLOCK_LENGTHS: readonly number[] = powersOfTwo(2, 8);

/**
 * Blocks of N samples, each expanded in the polynomials of degree 0 … N − 1; subband k holds those of degree k.
 *
 * The recurrence over the degree loses all digits from a degree of about 2√N on. But the polynomials are also what
 * Slepian's sequences become when the band has no width: eigenvectors of a tridiagonal matrix, orthonormal to the last
 * digit. Their eigenvalues are those of Chebyshev's difference equation, k(k + 1).
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
