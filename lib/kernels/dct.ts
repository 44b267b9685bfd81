/**
 * The discrete cosine transform of type II and its inverse (type III), orthonormal:
 *
 * X[k] = s(k)·Σ x[n]·cos(π·k·(2n + 1)/(2N)), s(0) = √(1/N), s(k) = √(2/N)
 *
 * (N. Ahmed, T. Natarajan and K. R. Rao, "Discrete cosine transform", IEEE Transactions on Computers C-23, 1974),
 * by one real Fourier transform of the reordered block (J. Makhoul, "A fast cosine transform in one and two
 * dimensions", IEEE Transactions on Acoustics, Speech, and Signal Processing 28, 1980).
 */
import { cosineOfTurn, sineOfTurn } from './exact-trigonometry';
import { RealFourierTransform } from './fft';

/** Transforms blocks of one length; owns its working memory. */
export class CosineTransform {
  private readonly fourier: RealFourierTransform;
  private readonly reordered: Float64Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  /** s(k)·cos and s(k)·sin of π·k/(2N), k = 0 … N/2. */
  private readonly scaledCosine: Float64Array;
  private readonly scaledSine: Float64Array;
  /** cos and sin of π·k/(2N), over s(k). */
  private readonly inverseCosine: Float64Array;
  private readonly inverseSine: Float64Array;

  /**
   * @param length - samples of a block, a power of two, 2 or more
   * @throws TransformLengthError when it is not
   */
  constructor(readonly length: number) {
    this.fourier = new RealFourierTransform(length);
    const half = length / 2;
    this.reordered = new Float64Array(length);
    this.re = new Float64Array(half + 1);
    this.im = new Float64Array(half + 1);
    this.scaledCosine = new Float64Array(half + 1);
    this.scaledSine = new Float64Array(half + 1);
    this.inverseCosine = new Float64Array(half + 1);
    this.inverseSine = new Float64Array(half + 1);
    for (let k = 0; k <= half; k++) {
      const scale = Math.sqrt((k === 0 ? 1 : 2) / length);
      const cosine = cosineOfTurn(k, 4 * length);
      const sine = sineOfTurn(k, 4 * length);
      this.scaledCosine[k] = scale * cosine;
      this.scaledSine[k] = scale * sine;
      this.inverseCosine[k] = cosine / scale;
      this.inverseSine[k] = sine / scale;
    }
  }

  /**
   * Transforms one block of a signal.
   *
   * @param signal - N samples from `start` on; left as they are
   * @param coefficients - receives X[k] at `first + k·stride`
   */
  forward(
    signal: Float64Array,
    start: number,
    coefficients: Float64Array,
    first: number,
    stride: number,
  ): void {
    const { length, reordered, re, im, scaledCosine, scaledSine } = this;
    const half = length / 2;
    for (let i = 0; i < half; i++) {
      reordered[i] = signal[start + 2 * i]!;
      reordered[length - 1 - i] = signal[start + 2 * i + 1]!;
    }
    this.fourier.transform(reordered, re, im);
    coefficients[first] = re[0]! * scaledCosine[0]!;
    for (let k = 1; k < half; k++) {
      coefficients[first + k * stride] = re[k]! * scaledCosine[k]! + im[k]! * scaledSine[k]!;
      coefficients[first + (length - k) * stride] = re[k]! * scaledSine[k]! - im[k]! * scaledCosine[k]!;
    }
    coefficients[first + half * stride] = re[half]! * scaledCosine[half]!;
  }

  /**
   * The block that {@link forward} turns into these coefficients.
   *
   * @param coefficients - X[k] at `first + k·stride`; left as they are
   * @param signal - receives N samples from `start` on
   */
  inverse(
    coefficients: Float64Array,
    first: number,
    stride: number,
    signal: Float64Array,
    start: number,
  ): void {
    const { length, reordered, re, im, inverseCosine, inverseSine } = this;
    const half = length / 2;
    re[0] = coefficients[first]! * inverseCosine[0]!;
    im[0] = 0;
    for (let k = 1; k < half; k++) {
      const low = coefficients[first + k * stride]!;
      const high = coefficients[first + (length - k) * stride]!;
      re[k] = low * inverseCosine[k]! + high * inverseSine[k]!;
      im[k] = low * inverseSine[k]! - high * inverseCosine[k]!;
    }
    const middle = coefficients[first + half * stride]!;
    re[half] = middle * inverseCosine[half]! + middle * inverseSine[half]!;
    im[half] = 0;
    this.fourier.inverse(re, im, reordered);
    for (let i = 0; i < half; i++) {
      signal[start + 2 * i] = reordered[i]!;
      signal[start + 2 * i + 1] = reordered[length - 1 - i]!;
    }
  }
}
