/**
 * The discrete Fourier transform of adjacent blocks, or of overlapping windowed frames (A. V. Oppenheim and R. W.
 * Schafer, Discrete-Time Signal Processing, 3rd ed., 2010, ch. 8 and 10).
 */
import { sineOfTurn } from '../../kernels/exact-trigonometry';
import { RealFourierPlan } from '../../kernels/fourier';
import {
  allowedParameter,
  powersOfTwo,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
  type Subband,
} from '../basis';
import { kept } from '../../kernels/runtime/kept';

/** Block lengths that a Fourier transform can have. */
export const FOURIER_BLOCK_LENGTHS: readonly number[] = powersOfTwo(2, 12);

/** Windows of a block; the sine window makes blocks overlap by half. */
export const FOURIER_WINDOWS = ['rectangular', 'sine'] as const;
export type FourierWindow = (typeof FOURIER_WINDOWS)[number];

const planFor = kept((blockLength: number) => new RealFourierPlan(blockLength, 'float64'));

/**
 * Blocks of N samples, expanded in cosines and sines with a whole number of periods in the block. Subband k holds the
 * cosine and then the sine coefficient of k periods, block after block; subbands 0 and N/2 hold cosines only.
 *
 * With the rectangular window, blocks are adjacent and the basis is orthonormal. With the sine window, applied in
 * analysis and again in synthesis, blocks start every N/2 samples: a tight frame with twice as many coefficients as
 * samples and without edges between blocks.
 */
export class FourierBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly orthonormal: boolean;
  /** Samples from the start of one block to that of the next. */
  private readonly hop: number;
  private readonly window: Float64Array | undefined;

  /**
   * @param blockLength - N, one of {@link FOURIER_BLOCK_LENGTHS}
   * @param window - one of {@link FOURIER_WINDOWS}
   * @throws BasisParameterError when they are not
   */
  constructor(
    readonly blockLength: number,
    window: FourierWindow,
  ) {
    allowedParameter('block length of a Fourier transform', blockLength, FOURIER_BLOCK_LENGTHS);
    allowedParameter('window of a Fourier transform', window, FOURIER_WINDOWS);
    this.id = `dft-${blockLength}-${window}`;
    this.delay = blockLength - 1;
    this.orthonormal = window === 'rectangular';
    this.hop = this.orthonormal ? blockLength : blockLength / 2;
    if (!this.orthonormal) {
      this.window = Float64Array.from({ length: blockLength }, (_, n) =>
        sineOfTurn(2 * n + 1, 4 * blockLength),
      );
    }
    // Butterflies of N/4 complex values, 4 multiply–adds each; two more to separate real from imaginary parts, one to
    // scale, one for the window.
    const perBlock = blockLength * (Math.log2(blockLength) - 1 + 3 + (this.window ? 1 : 0));
    this.multiplyAddsPerSample = perBlock / this.hop;
  }

  layout(length: number): CoefficientLayout {
    const { blockLength, hop } = this;
    const blocks = this.blockCount(length);
    const half = blockLength / 2;
    const subbands: Subband[] = [{ offset: 0, length: blocks, timeStep: hop }];
    for (let k = 1; k < half; k++) {
      subbands.push({ offset: (2 * k - 1) * blocks, length: 2 * blocks, timeStep: hop / 2 });
    }
    subbands.push({ offset: (blockLength - 1) * blocks, length: blocks, timeStep: hop });
    return { signalLength: length, coefficientCount: blocks * blockLength, hop, subbands };
  }

  analyze(signal: Float64Array): Coefficients {
    const { blockLength, hop, window } = this;
    const layout = this.layout(signal.length);
    const count = this.blockCount(signal.length);
    const blocks = new Float64Array(count * blockLength);
    const start = blockLength - hop;
    // Pad with zeros before the signal and with its last sample after it.
    const padded = new Float64Array(start + count * hop).fill(
      signal[signal.length - 1] ?? 0,
      start + signal.length,
    );
    padded.set(signal, start);
    for (let b = 0; b < count; b++) {
      blocks.set(padded.subarray(b * hop, b * hop + blockLength), b * blockLength);
    }
    if (window) applyWindow(blocks, window);

    const plan = planFor(blockLength);
    const re = new Float64Array(count * plan.bins);
    const im = new Float64Array(count * plan.bins);
    plan.forward(blocks, re, im);
    const values = new Float64Array(layout.coefficientCount);
    const single = 1 / Math.sqrt(blockLength);
    const double = Math.SQRT2 * single;
    const half = blockLength / 2;
    for (let k = 0; k <= half; k++) {
      const { offset } = layout.subbands[k]!;
      if (k === 0 || k === half) {
        for (let b = 0, from = k; b < count; b++, from += plan.bins) values[offset + b] = single * re[from]!;
      } else {
        for (let b = 0, from = k; b < count; b++, from += plan.bins) {
          values[offset + 2 * b] = double * re[from]!;
          values[offset + 2 * b + 1] = double * im[from]!;
        }
      }
    }
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { blockLength, hop, window } = this;
    const count = this.blockCount(layout.signalLength);
    const plan = planFor(blockLength);
    const re = new Float64Array(count * plan.bins);
    const im = new Float64Array(count * plan.bins);
    const single = Math.sqrt(blockLength);
    const double = Math.SQRT1_2 * single;
    const half = blockLength / 2;
    for (let k = 0; k <= half; k++) {
      const { offset } = layout.subbands[k]!;
      if (k === 0 || k === half) {
        for (let b = 0, to = k; b < count; b++, to += plan.bins) re[to] = single * values[offset + b]!;
      } else {
        for (let b = 0, to = k; b < count; b++, to += plan.bins) {
          re[to] = double * values[offset + 2 * b]!;
          im[to] = double * values[offset + 2 * b + 1]!;
        }
      }
    }
    const blocks = new Float64Array(count * blockLength);
    plan.inverse(re, im, blocks);
    if (!window) return blocks.subarray(0, layout.signalLength);

    applyWindow(blocks, window);
    const start = blockLength - hop;
    const signal = new Float64Array(start + count * hop);
    for (let b = 0; b < count; b++) {
      const [from, to] = [b * blockLength, b * hop];
      for (let n = 0; n < blockLength; n++) signal[to + n] = signal[to + n]! + blocks[from + n]!;
    }
    return signal.subarray(start, start + layout.signalLength);
  }

  /** Every sample lies in one block, or with the sine window in two. */
  private blockCount(length: number): number {
    const hops = Math.ceil(length / this.hop);
    return this.window && hops > 0 ? hops + 1 : hops;
  }
}

function applyWindow(blocks: Float64Array, window: Float64Array): void {
  for (let start = 0; start < blocks.length; start += window.length) {
    for (let n = 0; n < window.length; n++) blocks[start + n] = blocks[start + n]! * window[n]!;
  }
}
