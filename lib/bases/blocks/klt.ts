/**
 * The Karhunen–Loève transform: blocks in the basis of the principal components of other recordings' blocks. Of all
 * orthonormal bases of blocks it has the largest coding gain for a Gaussian source with that covariance (N. S. Jayant and
 * P. Noll, Digital Coding of Waveforms, 1984, §12.2).
 */
import { allowedParameter, powersOfTwo } from '../basis';
import { BlockMatrixBasis } from '../parts/block-matrix';
import { LearnedBasis } from '../learned';
import { orthonormalRows } from '../parts/orthonormal-rows';

/** Block lengths of the Karhunen–Loève transform. */
export const KLT_BLOCK_LENGTHS: readonly number[] = powersOfTwo(3, 9);

/**
 * Blocks of N samples, each expanded in N principal components. Subband k holds the component of k-th largest variance.
 */
export class KarhunenLoeveBasis extends LearnedBasis {
  /**
   * @param blockLength - N, one of {@link KLT_BLOCK_LENGTHS}
   * @throws BasisParameterError
   */
  constructor(readonly blockLength: number) {
    allowedParameter('block length of the Karhunen–Loève transform', blockLength, KLT_BLOCK_LENGTHS);
    const id = `klt-${blockLength}`;
    super({ id, delay: blockLength - 1, multiplyAddsPerSample: blockLength }, ({ arrays, sha256 }) => {
      const functions = orthonormalRows(arrays['components']!, blockLength);
      return new BlockMatrixBasis(`${id}/${sha256}`, blockLength, { functions });
    });
  }
}
