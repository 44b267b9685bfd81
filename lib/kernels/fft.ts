/**
 * The discrete Fourier transform of real signals, by the radix-2 algorithm of J. W. Cooley and J. W. Tukey,
 * "An algorithm for the machine calculation of complex Fourier series", Mathematics of Computation 19 (1965).
 */

import { cosineOfTurn, sineOfTurn } from './exact-trigonometry';

/** A transform was asked for of a length that is not a power of two. */
export class TransformLengthError extends RangeError {
  override readonly name = 'TransformLengthError';
}

/**
 * Transforms real blocks of one length.
 *
 * The N real samples are taken as N/2 complex ones, even samples as real parts and odd ones as imaginary parts;
 * their transform gives that of the real block by symmetry (W. H. Press et al., Numerical Recipes, 3rd ed.,
 * §12.3.2).
 */
export class RealFourierTransform {
  private readonly half: number;
  /** For each index of the complex block the index of the sample that is loaded there before the butterflies. */
  private readonly bitReversed: Uint32Array;
  /** cos and −sin of 2π·k/N, k = 0 … N/2 − 1. */
  private readonly cosine: Float64Array;
  private readonly minusSine: Float64Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;

  /**
   * @param length - samples of a block, a power of two, 2 or more
   * @throws TransformLengthError when it is not
   */
  constructor(readonly length: number) {
    if (!Number.isInteger(Math.log2(length)) || length < 2) {
      throw new TransformLengthError(
        `The length of a Fourier transform must be a power of two, 2 or more, not ${length}.`,
      );
    }
    const half = length / 2;
    this.half = half;
    this.bitReversed = new Uint32Array(half);
    for (let i = 1; i < half; i++) {
      this.bitReversed[i] = (this.bitReversed[i >> 1]! >> 1) + (i % 2 === 1 ? half / 2 : 0);
    }
    this.cosine = Float64Array.from({ length: half }, (_, k) => cosineOfTurn(k, length));
    this.minusSine = Float64Array.from({ length: half }, (_, k) => -sineOfTurn(k, length));
    this.re = new Float64Array(half + 1);
    this.im = new Float64Array(half + 1);
  }

  /**
   * X[k] = Σ x[n]·exp(−2πi·k·n/N), k = 0 … N/2: `numpy.fft.rfft`.
   *
   * @param block - N real samples; left as they are
   * @param re - receives the N/2 + 1 real parts
   * @param im - receives the N/2 + 1 imaginary parts
   */
  transform(block: Float64Array, re: Float64Array, im: Float64Array): void {
    const { half, bitReversed } = this;
    for (let i = 0; i < half; i++) {
      const place = 2 * bitReversed[i]!;
      this.re[i] = block[place]!;
      this.im[i] = block[place + 1]!;
    }
    this.transformComplex();
    this.separate(re, im);
  }

  /**
   * The block that {@link transform} turns into this spectrum: `numpy.fft.irfft`.
   *
   * @param re - N/2 + 1 real parts
   * @param im - N/2 + 1 imaginary parts; the first and the last are taken as 0
   * @param block - receives the N samples
   */
  inverse(re: Float64Array, im: Float64Array, block: Float64Array): void {
    const { half, bitReversed, cosine, minusSine } = this;
    // The transform of even + i·odd samples, conjugated by exchanging real and imaginary parts: the butterflies
    // then run backward.
    for (let k = 0; k < half; k++) {
      const mirror = half - k;
      const upperIm = k === 0 ? 0 : im[k]!;
      const lowerIm = k === 0 ? 0 : im[mirror]!;
      const evenRe = re[k]! + re[mirror]!;
      const evenIm = upperIm - lowerIm;
      const turnedRe = re[k]! - re[mirror]!;
      const turnedIm = upperIm + lowerIm;
      const oddRe = turnedRe * cosine[k]! + turnedIm * minusSine[k]!;
      const oddIm = turnedIm * cosine[k]! - turnedRe * minusSine[k]!;
      const place = bitReversed[k]!;
      this.re[place] = evenIm + oddRe;
      this.im[place] = evenRe - oddIm;
    }
    this.transformComplex();
    const scale = 1 / this.length;
    for (let i = 0; i < half; i++) {
      block[2 * i] = this.im[i]! * scale;
      block[2 * i + 1] = this.re[i]! * scale;
    }
  }

  /** Writes |X[k]|² of {@link transform} to `power`, k = 0 … N/2. */
  power(block: Float64Array, power: Float64Array): void {
    // The result may take the place of the working memory: separate() reads each pair of values before it writes.
    this.transform(block, this.re, this.im);
    for (let k = 0; k <= this.half; k++) {
      power[k] = this.re[k]! * this.re[k]! + this.im[k]! * this.im[k]!;
    }
  }

  /** The butterflies: transforms of 2, 4, 8 … N/2 complex values, in place. */
  private transformComplex(): void {
    const { half, re, im, cosine, minusSine } = this;
    for (let size = 2; size <= half; size *= 2) {
      const reach = size / 2;
      // The tables hold the roots of unity of N values; those of `size` values are every (N / size)-th.
      const stride = this.length / size;
      for (let start = 0; start < half; start += size) {
        for (let k = 0; k < reach; k++) {
          const upper = start + k;
          const lower = upper + reach;
          const c = cosine[k * stride]!;
          const s = minusSine[k * stride]!;
          const lowerRe = re[lower]! * c - im[lower]! * s;
          const lowerIm = re[lower]! * s + im[lower]! * c;
          re[lower] = re[upper]! - lowerRe;
          im[lower] = im[upper]! - lowerIm;
          re[upper] = re[upper]! + lowerRe;
          im[upper] = im[upper]! + lowerIm;
        }
      }
    }
  }

  /** Takes the transforms of even and odd samples apart and joins them to that of the real block. */
  private separate(re: Float64Array, im: Float64Array): void {
    const { half, cosine, minusSine } = this;
    const evenSum = this.re[0]!;
    const oddSum = this.im[0]!;
    for (let k = 1; k <= half / 2; k++) {
      const mirror = half - k;
      const zRe = this.re[k]!;
      const zIm = this.im[k]!;
      const mirrorRe = this.re[mirror]!;
      const mirrorIm = this.im[mirror]!;
      const evenRe = (zRe + mirrorRe) / 2;
      const evenIm = (zIm - mirrorIm) / 2;
      const oddRe = (zIm + mirrorIm) / 2;
      const oddIm = (mirrorRe - zRe) / 2;
      const turnedRe = oddRe * cosine[k]! - oddIm * minusSine[k]!;
      const turnedIm = oddRe * minusSine[k]! + oddIm * cosine[k]!;
      re[k] = evenRe + turnedRe;
      im[k] = evenIm + turnedIm;
      re[mirror] = evenRe - turnedRe;
      im[mirror] = turnedIm - evenIm;
    }
    re[0] = evenSum + oddSum;
    im[0] = 0;
    re[half] = evenSum - oddSum;
    im[half] = 0;
  }
}
