/**
 * The orthonormal DCT-II of a signal of any length and its inverse, the DCT-III, in plain TypeScript: the
 * specification of the kernel, and its stand-in where SIMD is missing.
 *
 * By one Fourier transform of the sorted signal, even samples first and then the odd ones from the last on
 * (J. Makhoul, "A fast cosine transform in one and two dimensions", IEEE Transactions on Acoustics, Speech, and Signal
 * Processing 28, 1980), whose pairs are taken as complex numbers where the length is even.
 */
import { cosineOfTurn, sineOfTurn } from '../exact-trigonometry';
import { checkFourierLength, ComplexFourierReference, separationFactors } from './fourier';

/** Cosines and sines that turn a spectrum into coefficients or back, k = 0 … ⌊N/2⌋. */
export interface RotationFactors {
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

/** s(k) = √(1/N) for k = 0 and √(2/N) otherwise; they make the transform orthonormal. */
function scaleOf(k: number, length: number): number {
  return Math.sqrt((k === 0 ? 1 : 2) / length);
}

/**
 * cos and sin of π·k/(2N), times s(k). Where N is even, the spectrum comes doubled but for its ends, and the factors
 * are halves.
 */
export function forwardRotation(length: number): RotationFactors {
  const count = Math.floor(length / 2) + 1;
  const factor = (k: number): number => {
    const doubled = length % 2 === 0 && k > 0 && 2 * k < length;
    return doubled ? 0.5 * scaleOf(k, length) : scaleOf(k, length);
  };
  return {
    cosine: Float64Array.from({ length: count }, (_, k) => factor(k) * cosineOfTurn(k, 4 * length)),
    sine: Float64Array.from({ length: count }, (_, k) => factor(k) * sineOfTurn(k, 4 * length)),
  };
}

/** cos and sin of π·k/(2N), over s(k)·N. At N/2, whose mirror it is itself, the cosine divides. */
export function inverseRotation(length: number): RotationFactors {
  const count = Math.floor(length / 2) + 1;
  const divisor = (k: number): number => scaleOf(k, length) * length;
  return {
    cosine: Float64Array.from({ length: count }, (_, k) => {
      const cosine = cosineOfTurn(k, 4 * length);
      return 2 * k === length ? 1 / (divisor(k) * cosine) : cosine / divisor(k);
    }),
    sine: Float64Array.from({ length: count }, (_, k) => sineOfTurn(k, 4 * length) / divisor(k)),
  };
}

/** Where each sample of a signal lies in the sorted signal. */
function sortedPlace(sample: number, length: number): number {
  return sample % 2 === 0 ? sample / 2 : length - 1 - (sample - 1) / 2;
}

/** Transforms signals of one length; owns its factors. */
export class LongCosineReference {
  private readonly complex: ComplexFourierReference;
  private readonly cosine: Float64Array;
  private readonly sine: Float64Array;
  private readonly rotation: RotationFactors;
  private readonly unrotation: RotationFactors;

  /**
   * @param length - samples, N, 1 or more
   * @throws FourierLengthError
   */
  constructor(readonly length: number) {
    checkFourierLength(length);
    this.complex = new ComplexFourierReference(length % 2 === 0 ? length / 2 : length);
    const { cosine, sine } = separationFactors(length, 1);
    this.cosine = cosine;
    this.sine = sine;
    this.rotation = forwardRotation(length);
    this.unrotation = inverseRotation(length);
  }

  /** X[k] = s(k)·Σ x[n]·cos(π·k·(2n + 1)/(2N)). */
  forward(signal: ArrayLike<number>, coefficients: Float64Array): void {
    const { length, complex } = this;
    const { cosine: c } = this.rotation;
    const sorted = new Float64Array(length);
    for (let n = 0; n < length; n++) sorted[sortedPlace(n, length)] = signal[n]!;
    if (length % 2 === 1) {
      const im = new Float64Array(length);
      complex.transform(sorted, im);
      coefficients[0] = sorted[0]! * c[0]!;
      for (let k = 1; 2 * k < length; k++) this.rotate(k, sorted[k]!, im[k]!, coefficients);
      return;
    }
    const half = length / 2;
    const re = Float64Array.from({ length: half }, (_, n) => sorted[2 * n]!);
    const im = Float64Array.from({ length: half }, (_, n) => sorted[2 * n + 1]!);
    complex.transform(re, im);
    coefficients[0] = (re[0]! + im[0]!) * c[0]!;
    coefficients[half] = (re[0]! - im[0]!) * c[half]!;
    for (let k = 1; 2 * k <= half; k++) {
      const mirror = half - k;
      const evenRe = re[k]! + re[mirror]!;
      const evenIm = im[k]! - im[mirror]!;
      const oddRe = im[k]! + im[mirror]!;
      const oddIm = re[mirror]! - re[k]!;
      const turnedRe = oddRe * this.cosine[k]! + oddIm * this.sine[k]!;
      const turnedIm = oddIm * this.cosine[k]! - oddRe * this.sine[k]!;
      this.rotate(k, evenRe + turnedRe, evenIm + turnedIm, coefficients);
      this.rotate(mirror, evenRe - turnedRe, turnedIm - evenIm, coefficients);
    }
  }

  /** Coefficients k and N − k from the spectrum at k. */
  private rotate(k: number, re: number, im: number, coefficients: Float64Array): void {
    const { cosine, sine } = this.rotation;
    coefficients[k] = re * cosine[k]! + im * sine[k]!;
    coefficients[this.length - k] = re * sine[k]! - im * cosine[k]!;
  }

  /** The signal that {@link forward} turns into these coefficients. */
  inverse(coefficients: ArrayLike<number>, signal: Float64Array): void {
    const { length, complex } = this;
    const { cosine: c, sine: s } = this.unrotation;
    // The spectrum at k, from the coefficients k and N − k.
    const real = (k: number): number => coefficients[k]! * c[k]! + coefficients[length - k]! * s[k]!;
    const imaginary = (k: number): number => coefficients[k]! * s[k]! - coefficients[length - k]! * c[k]!;
    const sorted = new Float64Array(length);
    if (length % 2 === 1) {
      const im = new Float64Array(length);
      sorted[0] = coefficients[0]! * c[0]!;
      for (let k = 1; 2 * k < length; k++) {
        sorted[k] = real(k);
        im[k] = imaginary(k);
        sorted[length - k] = sorted[k]!;
        im[length - k] = -im[k]!;
      }
      complex.transform(im, sorted);
    } else {
      const half = length / 2;
      const re = new Float64Array(half);
      const im = new Float64Array(half);
      const first = coefficients[0]! * c[0]!;
      const middle = coefficients[half]! * c[half]!;
      re[0] = first + middle;
      im[0] = first - middle;
      for (let k = 1; 2 * k <= half; k++) {
        const mirror = half - k;
        const evenRe = real(k) + real(mirror);
        const evenIm = imaginary(k) - imaginary(mirror);
        const turnedRe = real(k) - real(mirror);
        const turnedIm = imaginary(k) + imaginary(mirror);
        const oddRe = turnedRe * this.cosine[k]! - turnedIm * this.sine[k]!;
        const oddIm = turnedRe * this.sine[k]! + turnedIm * this.cosine[k]!;
        re[k] = evenRe - oddIm;
        im[k] = evenIm + oddRe;
        re[mirror] = evenRe + oddIm;
        im[mirror] = oddRe - evenIm;
      }
      complex.transform(im, re);
      for (let n = 0; n < half; n++) {
        sorted[2 * n] = re[n]!;
        sorted[2 * n + 1] = im[n]!;
      }
    }
    for (let n = 0; n < length; n++) signal[n] = sorted[sortedPlace(n, length)]!;
  }
}
