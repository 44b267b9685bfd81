/**
 * Blocks that overlap without more coefficients than samples: the modified discrete cosine transform (J. P. Princen
 * and A. B. Bradley, 1986; H. S. Malvar, Signal Processing with Lapped Transforms, 1992), the basis of audio coders.
 */
import { LappedTransform, type LappedWindow } from '../../kernels/lapped';
import { transposed } from '../../kernels/matrix';
import { allowedParameter, powersOfTwo } from '../basis';
import { BlockBasis } from '../parts/block-basis';
import { kept } from '../../kernels/runtime/kept';

/** Coefficients of a block that a lapped transform can have; its frames are twice as long. */
export const LAPPED_BLOCK_LENGTHS: readonly number[] = powersOfTwo(2, 12);

/** Windows, as ids name them. */
export const LAPPED_WINDOWS = ['sine', 'kbd', 'vorbis'] as const;
export type LappedWindowName = (typeof LAPPED_WINDOWS)[number];

const KERNEL_WINDOWS: Record<LappedWindowName, LappedWindow> = {
  sine: 'sine',
  kbd: 'kaiser-bessel',
  vorbis: 'vorbis',
};

const planFor = kept(
  (blockLength: number, window: LappedWindowName) =>
    new LappedTransform(blockLength, KERNEL_WINDOWS[window], 'float64'),
);

/**
 * Frames of 2M samples, M apart, each expanded in M windowed cosines; orthonormal, borders included. Subband k holds
 * coefficient k of every frame, so its center frequency is (k + ½)/(2M) of the sample rate.
 */
export class LappedBasis extends BlockBasis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;

  /**
   * @param blockLength - M, one of {@link LAPPED_BLOCK_LENGTHS}
   * @param window - one of {@link LAPPED_WINDOWS}: sine, Kaiser–Bessel-derived, or that of Vorbis
   * @throws BasisParameterError when they are not
   */
  constructor(
    blockLength: number,
    readonly window: LappedWindowName,
  ) {
    super(blockLength);
    allowedParameter('block length of a lapped transform', blockLength, LAPPED_BLOCK_LENGTHS);
    allowedParameter('window of a lapped transform', window, LAPPED_WINDOWS);
    this.id = `mdct-${blockLength}-${window}`;
    // The first sample of a frame waits for the last one.
    this.delay = 2 * blockLength - 1;
    // Folding; butterflies of M/2 complex values, 4 multiply–adds each; and two rotations of M/2 pairs.
    this.multiplyAddsPerSample = 2 + Math.log2(blockLength) - 1 + 4;
  }

  protected toSubbands(blocks: Float64Array): Float64Array {
    planFor(this.blockLength, this.window).forward(blocks, blocks);
    return transposed(blocks, blocks.length / this.blockLength, this.blockLength);
  }

  protected fromSubbands(values: Float64Array): Float64Array {
    const blocks = transposed(values, this.blockLength, values.length / this.blockLength);
    planFor(this.blockLength, this.window).inverse(blocks, blocks);
    return blocks;
  }
}
