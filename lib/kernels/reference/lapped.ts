/**
 * The DCT-IV and the lapped transform that is made of it, the MDCT, in plain TypeScript: the specification of the
 * kernels, and their stand-in where SIMD is missing.
 *
 * A frame of 2M samples, twice as long as its M coefficients, overlaps both its neighbors by half. What the overlap
 * adds to a frame, the neighbors take away again: aliasing in the time domain cancels (J. P. Princen and
 * A. B. Bradley, "Analysis/synthesis filter bank design based on time domain aliasing cancellation", IEEE Transactions
 * on Acoustics, Speech, and Signal Processing 34, 1986). Seen from the blocks of M samples in the middle of the frames,
 * samples on both sides of every border are rotated with each other, which folds the frame into its block, and the
 * DCT-IV of the block follows (H. S. Malvar, Signal Processing with Lapped Transforms, 1992, §4). Each step is
 * orthogonal, and so is the whole. At the ends of the signal nothing is folded: the windows of the first and of the
 * last frame fall there at once (B. Edler, "Codierung von Audiosignalen mit überlappender Transformation und adaptiven
 * Fensterfunktionen", Frequenz 43, 1989).
 */
import { cosineOfTurn, sineOfTurn } from '../exact-trigonometry';
import { ComplexFourierReference, FourierLengthError } from './fourier';

/** @throws FourierLengthError when the DCT-IV of blocks of this length is not to be had */
export function checkEvenLength(length: number): void {
  if (Number.isSafeInteger(length) && length >= 2 && length % 2 === 0) return;
  throw new FourierLengthError(`The length of a DCT-IV must be even, 2 or more, not ${length}.`);
}

/** Complex factors before and after the Fourier transform in a DCT-IV. */
export interface FourthFactors {
  /** cos and sin of π·(8n + 1)/(8N), times (2/N)^¼, n = 0 … N/2 − 1. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

export function fourthFactors(length: number): FourthFactors {
  const scale = Math.sqrt(Math.sqrt(2 / length));
  const half = length / 2;
  return {
    cosine: Float64Array.from({ length: half }, (_, n) => scale * cosineOfTurn(8 * n + 1, 16 * length)),
    sine: Float64Array.from({ length: half }, (_, n) => scale * sineOfTurn(8 * n + 1, 16 * length)),
  };
}

/** The DCT-IV of blocks of one length; owns its factors. */
export class FourthCosineReference {
  private readonly complex: ComplexFourierReference;
  private readonly factors: FourthFactors;

  /**
   * @param length - samples of a block, N, even
   * @throws FourierLengthError
   */
  constructor(readonly length: number) {
    checkEvenLength(length);
    this.complex = new ComplexFourierReference(length / 2);
    this.factors = fourthFactors(length);
  }

  /**
   * X[k] = √(2/N)·Σ x[n]·cos(π·(2n + 1)·(2k + 1)/(4N)), in place: also its own inverse. Samples from both ends make
   * N/2 complex numbers.
   */
  transform(block: Float64Array): void {
    const { length, complex } = this;
    const { cosine, sine } = this.factors;
    const half = length / 2;
    const re = new Float64Array(half);
    const im = new Float64Array(half);
    for (let n = 0; n < half; n++) {
      const a = block[2 * n]!;
      const b = block[length - 1 - 2 * n]!;
      re[n] = a * cosine[n]! + b * sine[n]!;
      im[n] = b * cosine[n]! - a * sine[n]!;
    }
    complex.transform(re, im);
    for (let k = 0; k < half; k++) {
      block[2 * k] = re[k]! * cosine[k]! + im[k]! * sine[k]!;
      block[length - 1 - 2 * k] = re[k]! * sine[k]! - im[k]! * cosine[k]!;
    }
  }
}

/** Windows whose two halves overlap to perfect reconstruction. */
export type LappedWindow = 'sine' | 'kaiser-bessel' | 'vorbis';

/** How steep the Kaiser–Bessel-derived window is: that of AAC for long blocks (ISO/IEC 14496-3, §4.6.11.3). */
const ALPHA = 4;

/**
 * The rising half of a window, M samples; the falling half mirrors it. Squares of samples i and M − 1 − i sum to 1.
 *
 * @param hop - M
 */
export function risingWindow(window: LappedWindow, hop: number): Float64Array {
  if (window === 'sine') return Float64Array.from({ length: hop }, (_, n) => sineOfTurn(2 * n + 1, 8 * hop));
  if (window === 'vorbis') {
    // sin(π/2·sin²(π·(2n + 1)/(4M))): Xiph.Org Foundation, Vorbis I specification, §4.3.1.
    return risingWindow('sine', hop).map((sine) => sineOfTurn(sine * sine, 4));
  }
  const sums = new Float64Array(hop + 2);
  for (let n = 0; n <= hop; n++) {
    const place = (2 * n) / hop - 1;
    sums[n + 1] = sums[n]! + besselI0(Math.PI * ALPHA * Math.sqrt(1 - place * place));
  }
  return Float64Array.from({ length: hop }, (_, n) => Math.sqrt(sums[n + 1]! / sums[hop + 1]!));
}

/** The modified Bessel function of the first kind and order 0, by its series (Abramowitz and Stegun, 9.6.12). */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

/** Cosines and sines of the rotations at 0 … M/2 − 1 samples from a border: the middle of a rising window, outwards. */
export function foldFactors(window: LappedWindow, hop: number): { cosine: Float64Array; sine: Float64Array } {
  const rise = risingWindow(window, hop);
  return { cosine: rise.slice(hop / 2), sine: rise.slice(0, hop / 2).reverse() };
}

/** The lapped transform of signals of any length; owns its factors. */
export class LappedReference {
  private readonly fourth: FourthCosineReference;
  private readonly cosine: Float64Array;
  private readonly sine: Float64Array;
  private readonly minusSine: Float64Array;

  /**
   * @param hop - samples from one frame to the next and coefficients of a frame, M, even
   * @throws FourierLengthError
   */
  constructor(
    readonly hop: number,
    window: LappedWindow,
  ) {
    this.fourth = new FourthCosineReference(hop);
    const { cosine, sine } = foldFactors(window, hop);
    this.cosine = cosine;
    this.sine = sine;
    this.minusSine = sine.map((value) => -value);
  }

  /**
   * X_t[k] = √(2/M)·Σ w[n]·x[t·M − M/2 + n]·cos(π/M·(n + ½ + M/2)·(k + ½)), n = 0 … 2M − 1.
   *
   * @param coefficients - receives X_t[k] at t·M + k, for as many frames as there are blocks of M samples, the last
   *   of which may be cut short: zeros follow
   */
  forward(signal: ArrayLike<number>, coefficients: Float64Array): void {
    const { hop, fourth } = this;
    coefficients.fill(0);
    coefficients.set(signal);
    this.fold(coefficients, this.sine);
    for (let start = 0; start < coefficients.length; start += hop) {
      const block = coefficients.subarray(start, start + hop);
      block.reverse();
      negate(block);
      fourth.transform(block);
    }
  }

  /**
   * The signal that {@link forward} turns into these coefficients.
   *
   * @param signal - receives as many samples as it has room for
   */
  inverse(coefficients: ArrayLike<number>, signal: Float64Array): void {
    const { hop, fourth } = this;
    const folded = Float64Array.from(coefficients);
    for (let start = 0; start < folded.length; start += hop) {
      const block = folded.subarray(start, start + hop);
      negate(block);
      fourth.transform(block);
      block.reverse();
    }
    this.fold(folded, this.minusSine);
    signal.set(folded.subarray(0, signal.length));
  }

  /** Rotates samples around every border between blocks, forth or, with the sines negated, back. */
  private fold(samples: Float64Array, sine: Float64Array): void {
    const { hop, cosine } = this;
    for (let border = hop; border < samples.length; border += hop) {
      for (let i = 0; i < hop / 2; i++) {
        const right = samples[border + i]!;
        const left = samples[border - 1 - i]!;
        samples[border + i] = right * cosine[i]! - left * sine[i]!;
        samples[border - 1 - i] = left * cosine[i]! + right * sine[i]!;
      }
    }
  }
}

function negate(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) values[i] = -values[i]!;
}
