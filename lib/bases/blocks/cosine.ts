/**
 * The discrete cosine transform (DCT-II) of adjacent blocks. The Karhunen–Loève transform tends to it as the
 * correlation of neighboring samples tends to 1 (N. Ahmed, T. Natarajan and K. R. Rao, 1974).
 */
import { BlockCosineTransform } from '../../kernels/cosine';
import { allowedParameter, powersOfTwo } from '../basis';
import { BlockBasis } from '../parts/block-basis';
import { kept } from '../../kernels/runtime/kept';

/** Block lengths that a DCT can have; the longest is 0.8 s of signal. */
export const COSINE_BLOCK_LENGTHS: readonly number[] = powersOfTwo(1, 14);

const planFor = kept((blockLength: number) => new BlockCosineTransform(blockLength, 'float64'));

/**
 * Blocks of N samples, each expanded in N cosines. The center frequency of subband k is k/(2N) of the sample
 * rate.
 */
export class CosineBasis extends BlockBasis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  private readonly transform: BlockCosineTransform<'float64'>;

  /**
   * @param blockLength - N, a power of two, 2…16384
   * @throws BasisParameterError when it is not
   */
  constructor(blockLength: number) {
    super(blockLength);
    allowedParameter('block length of a DCT', blockLength, COSINE_BLOCK_LENGTHS);
    this.id = `dct-${blockLength}`;
    // The first sample of a block waits for the last.
    this.delay = blockLength - 1;
    // Butterflies of N/2 complex values, 4 multiply–adds each, then two rotations of N/2 pairs.
    this.multiplyAddsPerSample = Math.log2(blockLength) - 1 + 4;
    this.transform = planFor(blockLength);
  }

  protected toSubbands(blocks: Float64Array): Float64Array {
    return this.transform.toSubbands(blocks);
  }

  protected fromSubbands(values: Float64Array): Float64Array {
    return this.transform.fromSubbands(values);
  }
}
