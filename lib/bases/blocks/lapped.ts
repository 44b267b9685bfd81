/**
 * Blocks that overlap without more coefficients than samples: the modified discrete cosine transform (J. P. Princen
 * and A. B. Bradley, 1986; H. S. Malvar, Signal Processing with Lapped Transforms, 1992), the basis of audio coders.
 */
import { LappedTransform, type LappedWindow } from '../../kernels/lapped';
import {
  allowedParameter,
  powersOfTwo,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { frameLayout, fromSubbands, toSubbands, wholeFrames } from '../parts/frames-of-blocks';

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

/** One plan for each basis, kept as long as the thread lives. */
const plans = new Map<string, LappedTransform<'float64'>>();

function planFor(blockLength: number, window: LappedWindowName): LappedTransform<'float64'> {
  const key = `${blockLength} ${window}`;
  let plan = plans.get(key);
  if (plan === undefined) {
    plan = new LappedTransform(blockLength, KERNEL_WINDOWS[window], 'float64');
    plans.set(key, plan);
  }
  return plan;
}

/**
 * Frames of 2M samples, M apart, each expanded in M windowed cosines; orthonormal, borders included. Subband k holds
 * coefficient k of every frame, so its center frequency is (k + ½)/(2M) of the sample rate.
 */
export class LappedBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = false;
  readonly losslessStep = 16;

  /**
   * @param blockLength - M, one of {@link LAPPED_BLOCK_LENGTHS}
   * @param window - one of {@link LAPPED_WINDOWS}: sine, Kaiser–Bessel-derived, or that of Vorbis
   * @throws BasisParameterError when they are not
   */
  constructor(
    readonly blockLength: number,
    readonly window: LappedWindowName,
  ) {
    allowedParameter('block length of a lapped transform', blockLength, LAPPED_BLOCK_LENGTHS);
    allowedParameter('window of a lapped transform', window, LAPPED_WINDOWS);
    this.id = `mdct-${blockLength}-${window}`;
    // The first sample of a frame waits for the last one.
    this.delay = 2 * blockLength - 1;
    // Folding; butterflies of M/2 complex values, 4 multiply–adds each; and two rotations of M/2 pairs.
    this.multiplyAddsPerSample = 2 + Math.log2(blockLength) - 1 + 4;
  }

  layout(length: number): CoefficientLayout {
    return frameLayout(this.blockLength, length);
  }

  analyze(signal: Float64Array): Coefficients {
    const blocks = wholeFrames(signal, this.blockLength);
    planFor(this.blockLength, this.window).forward(blocks, blocks);
    return { values: toSubbands(blocks, this.frames(signal.length)), layout: this.layout(signal.length) };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const blocks = fromSubbands(values, this.frames(layout.signalLength));
    planFor(this.blockLength, this.window).inverse(blocks, blocks);
    return blocks.subarray(0, layout.signalLength);
  }

  private frames(length: number): number[][] {
    return new Array<number[]>(Math.ceil(length / this.blockLength)).fill([this.blockLength]);
  }
}
