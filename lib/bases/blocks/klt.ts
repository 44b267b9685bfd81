/**
 * The Karhunen–Loève transform: blocks in the basis of the principal components of other recordings' blocks. Of all
 * orthonormal bases of blocks it has the largest coding gain for a Gaussian source with that covariance (N. S. Jayant and
 * P. Noll, Digital Coding of Waveforms, 1984, §12.2).
 */
import { allowedParameter, powersOfTwo } from '../basis';
import { LearnedMatrixBasis, orthonormalMatrices } from '../parts/learned-matrix-basis';

/** Block lengths of the Karhunen–Loève transform. */
export const KLT_BLOCK_LENGTHS: readonly number[] = powersOfTwo(3, 9);

/**
 * Blocks of N samples, each expanded in N principal components. Subband k holds the component of k-th largest variance.
 */
export class KarhunenLoeveBasis extends LearnedMatrixBasis {
  /**
   * @param blockLength - N, one of {@link KLT_BLOCK_LENGTHS}
   * @throws BasisParameterError
   */
  constructor(blockLength: number) {
    allowedParameter('block length of the Karhunen–Loève transform', blockLength, KLT_BLOCK_LENGTHS);
    super(`klt-${blockLength}`, blockLength, 'components', orthonormalMatrices);
  }
}
