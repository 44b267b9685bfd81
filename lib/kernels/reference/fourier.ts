/**
 * The Fourier transform of complex and of real signals of any length in plain TypeScript: the specification of the
 * kernels, and their stand-in where SIMD is missing.
 *
 * Lengths with no prime factors but 2, 3 and 5 go through one stage for each factor (T. G. Stockham, "High-speed
 * convolution and correlation", AFIPS Spring Joint Computer Conference 28, 1966; C. Van Loan, Computational Frameworks
 * for the Fast Fourier Transform, 1992, §1.7), in which the values are sorted as they are transformed. All other
 * lengths become a convolution of such a length (L. I. Bluestein, "A linear filtering approach to the computation of
 * discrete Fourier transform", IEEE Transactions on Audio and Electroacoustics 18, 1970).
 */
import { cosineOfTurn, sineOfTurn } from '../exact-trigonometry';

/** A transform was asked for of a length that is no whole number, or less than 0. */
export class FourierLengthError extends RangeError {
  override readonly name = 'FourierLengthError';
}

/** @throws FourierLengthError when a block cannot have this length */
export function checkFourierLength(length: number): void {
  if (Number.isSafeInteger(length) && length >= 0) return;
  throw new FourierLengthError(`The length of a Fourier transform must be a whole number, not ${length}.`);
}

/**
 * The radices of the stages, in their order, or undefined where the length has other prime factors than 2, 3 and 5.
 *
 * @param length - 1 or more
 */
export function radicesOf(length: number): number[] | undefined {
  const radices: number[] = [];
  let rest = length;
  for (const radix of [4, 5, 3, 2]) {
    while (rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  }
  return rest === 1 ? radices : undefined;
}

/** The shortest length of at least `least` values, 2ᵃ·3ᵇ·5ᶜ, that SIMD divides evenly. */
export function convolutionLength(least: number): number {
  let shortest = 16;
  while (shortest < least) shortest *= 2;
  for (let five = 16; five < shortest; five *= 5) {
    for (let three = five; three < shortest; three *= 3) {
      let length = three;
      while (length < least) length *= 2;
      shortest = Math.min(shortest, length);
    }
  }
  return shortest;
}

/** cos and −sin of 2π·k/N side by side, k = 0 … N − 1. */
function rootsOfUnity(length: number): Float64Array {
  const roots = new Float64Array(2 * length);
  // exp(−2πi·(N − k)/N) is the conjugate of exp(−2πi·k/N).
  for (let k = 0; 2 * k <= length; k++) {
    const mirror = (length - k) % length;
    const sine = sineOfTurn(k, length);
    roots[2 * mirror] = cosineOfTurn(k, length);
    roots[2 * mirror + 1] = sine;
    roots[2 * k] = roots[2 * mirror]!;
    roots[2 * k + 1] = -sine;
  }
  return roots;
}

/** Numbers in the list of {@link stageFactors}. */
function factorCount(length: number, radices: readonly number[]): number {
  let count = 0;
  let rest = length;
  for (const radix of radices) {
    rest /= radix;
    count += 2 * (radix - 1) * rest;
  }
  return count;
}

/**
 * The factors of all stages: for each stage of radix p and each of its columns j, exp(−2πi·j·r/n), r = 1 … p − 1, as
 * pairs, where n is the part of the length that the stages before have left.
 */
export function stageFactors(length: number, radices: readonly number[]): Float64Array {
  const roots = rootsOfUnity(length);
  const factors = new Float64Array(factorCount(length, radices));
  let at = 0;
  let rest = length;
  for (const radix of radices) {
    const step = length / rest;
    rest /= radix;
    for (let j = 0; j < rest; j++) {
      for (let r = 1; r < radix; r++) {
        const root = 2 * j * r * step;
        factors[at++] = roots[root]!;
        factors[at++] = roots[root + 1]!;
      }
    }
  }
  return factors;
}

/** The factors that turn a transform of any length into a convolution of another. */
export interface Chirp {
  /** Length of the convolution. */
  readonly size: number;
  /** exp(−πi·n²/N), n = 0 … N − 1. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Transform of the conjugates of these, on both sides of 0, over `size`. */
  readonly spectrumRe: Float64Array;
  readonly spectrumIm: Float64Array;
}

export function chirpOf(length: number): Chirp {
  const size = convolutionLength(2 * length - 1);
  // n² is taken modulo 2N, where the exponential repeats itself, so that it stays exact.
  const re = Float64Array.from({ length }, (_, n) => cosineOfTurn((n * n) % (2 * length), 2 * length));
  const im = Float64Array.from({ length }, (_, n) => -sineOfTurn((n * n) % (2 * length), 2 * length));
  const spectrumRe = new Float64Array(size);
  const spectrumIm = new Float64Array(size);
  for (let n = 0; n < length; n++) {
    for (const place of [n, (size - n) % size]) {
      spectrumRe[place] = re[n]! / size;
      spectrumIm[place] = -im[n]! / size;
    }
  }
  new ComplexFourierReference(size).transform(spectrumRe, spectrumIm);
  return { size, re, im, spectrumRe, spectrumIm };
}

const COS_1 = 0.30901699437494745;
const COS_2 = -0.8090169943749475;
const SIN_1 = 0.9510565162951535;
const SIN_2 = 0.5877852522924731;
const SIN_3 = 0.8660254037844386;

type Butterfly = (re: Float64Array, im: Float64Array) => void;

/** Transforms of 2, 3, 4 and 5 values, in place, by radix. */
const BUTTERFLIES: Readonly<Record<number, Butterfly>> = {
  2: (re, im) => {
    const sumRe = re[0]! + re[1]!;
    const sumIm = im[0]! + im[1]!;
    re[1] = re[0]! - re[1]!;
    im[1] = im[0]! - im[1]!;
    re[0] = sumRe;
    im[0] = sumIm;
  },
  3: (re, im) => {
    const sumRe = re[1]! + re[2]!;
    const sumIm = im[1]! + im[2]!;
    const evenRe = re[0]! - sumRe * 0.5;
    const evenIm = im[0]! - sumIm * 0.5;
    const oddRe = (re[1]! - re[2]!) * SIN_3;
    const oddIm = (im[1]! - im[2]!) * SIN_3;
    re[0] = re[0]! + sumRe;
    im[0] = im[0]! + sumIm;
    re[1] = evenRe + oddIm;
    im[1] = evenIm - oddRe;
    re[2] = evenRe - oddIm;
    im[2] = evenIm + oddRe;
  },
  4: (re, im) => {
    const acRe = re[0]! + re[2]!;
    const acIm = im[0]! + im[2]!;
    const acDifferenceRe = re[0]! - re[2]!;
    const acDifferenceIm = im[0]! - im[2]!;
    const bdRe = re[1]! + re[3]!;
    const bdIm = im[1]! + im[3]!;
    const bdDifferenceRe = re[1]! - re[3]!;
    const bdDifferenceIm = im[1]! - im[3]!;
    re[0] = acRe + bdRe;
    im[0] = acIm + bdIm;
    re[1] = acDifferenceRe + bdDifferenceIm;
    im[1] = acDifferenceIm - bdDifferenceRe;
    re[2] = acRe - bdRe;
    im[2] = acIm - bdIm;
    re[3] = acDifferenceRe - bdDifferenceIm;
    im[3] = acDifferenceIm + bdDifferenceRe;
  },
  5: (re, im) => {
    const outerRe = re[1]! + re[4]!;
    const outerIm = im[1]! + im[4]!;
    const outerDifferenceRe = re[1]! - re[4]!;
    const outerDifferenceIm = im[1]! - im[4]!;
    const innerRe = re[2]! + re[3]!;
    const innerIm = im[2]! + im[3]!;
    const innerDifferenceRe = re[2]! - re[3]!;
    const innerDifferenceIm = im[2]! - im[3]!;
    const even1Re = re[0]! + outerRe * COS_1 + innerRe * COS_2;
    const even1Im = im[0]! + outerIm * COS_1 + innerIm * COS_2;
    const odd1Re = outerDifferenceRe * SIN_1 + innerDifferenceRe * SIN_2;
    const odd1Im = outerDifferenceIm * SIN_1 + innerDifferenceIm * SIN_2;
    const even2Re = re[0]! + outerRe * COS_2 + innerRe * COS_1;
    const even2Im = im[0]! + outerIm * COS_2 + innerIm * COS_1;
    const odd2Re = outerDifferenceRe * SIN_2 - innerDifferenceRe * SIN_1;
    const odd2Im = outerDifferenceIm * SIN_2 - innerDifferenceIm * SIN_1;
    re[0] = re[0]! + outerRe + innerRe;
    im[0] = im[0]! + outerIm + innerIm;
    re[1] = even1Re + odd1Im;
    im[1] = even1Im - odd1Re;
    re[2] = even2Re + odd2Im;
    im[2] = even2Im - odd2Re;
    re[3] = even2Re - odd2Im;
    im[3] = even2Im + odd2Re;
    re[4] = even1Re - odd1Im;
    im[4] = even1Im + odd1Re;
  },
};

/** Transforms complex blocks of one length; owns its working memory. */
export class ComplexFourierReference {
  private readonly stages:
    { readonly radices: readonly number[]; readonly factors: Float64Array } | undefined;
  private readonly convolution: { readonly chirp: Chirp; readonly plan: ComplexFourierReference } | undefined;

  /**
   * @param length - values of a block, N, 0 or more
   * @throws FourierLengthError
   */
  constructor(readonly length: number) {
    checkFourierLength(length);
    if (length === 0) return;
    const radices = radicesOf(length);
    if (radices) {
      this.stages = { radices, factors: stageFactors(length, radices) };
    } else {
      const chirp = chirpOf(length);
      this.convolution = { chirp, plan: new ComplexFourierReference(chirp.size) };
    }
  }

  /**
   * X[k] = Σ x[n]·exp(−2πi·k·n/N), in place. With real and imaginary parts exchanged in the call, N times the
   * inverse.
   */
  transform(re: Float64Array, im: Float64Array): void {
    if (this.stages) this.runStages(re, im);
    else if (this.convolution) this.convolve(re, im);
  }

  private runStages(re: Float64Array, im: Float64Array): void {
    const { radices, factors } = this.stages!;
    const valuesRe = new Float64Array(5);
    const valuesIm = new Float64Array(5);
    let near = 1;
    let at = 0;
    for (const radix of radices) {
      const columns = this.length / (near * radix);
      const fromRe = re.slice();
      const fromIm = im.slice();
      for (let j = 0; j < columns; j++) {
        for (let q = 0; q < near; q++) {
          for (let r = 0; r < radix; r++) {
            valuesRe[r] = fromRe[(j + r * columns) * near + q]!;
            valuesIm[r] = fromIm[(j + r * columns) * near + q]!;
          }
          BUTTERFLIES[radix]!(valuesRe, valuesIm);
          for (let r = 0; r < radix; r++) {
            const place = (radix * j + r) * near + q;
            const c = r === 0 ? 1 : factors[at + 2 * r - 2]!;
            const s = r === 0 ? 0 : factors[at + 2 * r - 1]!;
            re[place] = valuesRe[r]! * c - valuesIm[r]! * s;
            im[place] = valuesRe[r]! * s + valuesIm[r]! * c;
          }
        }
        at += 2 * (radix - 1);
      }
      near *= radix;
    }
  }

  private convolve(re: Float64Array, im: Float64Array): void {
    const { chirp, plan } = this.convolution!;
    const longRe = new Float64Array(chirp.size);
    const longIm = new Float64Array(chirp.size);
    longRe.set(re);
    longIm.set(im);
    multiply(longRe, longIm, chirp.re, chirp.im);
    plan.transform(longRe, longIm);
    multiply(longRe, longIm, chirp.spectrumRe, chirp.spectrumIm);
    plan.transform(longIm, longRe);
    multiply(longRe, longIm, chirp.re, chirp.im);
    re.set(longRe.subarray(0, this.length));
    im.set(longIm.subarray(0, this.length));
  }

  /** x[n] = 1/N·Σ X[k]·exp(2πi·k·n/N), in place. */
  inverse(re: Float64Array, im: Float64Array): void {
    this.transform(im, re);
    const scale = 1 / this.length;
    for (let n = 0; n < this.length; n++) {
      re[n] = re[n]! * scale;
      im[n] = im[n]! * scale;
    }
  }
}

/** Complex values times complex factors, in place. */
function multiply(
  re: Float64Array,
  im: Float64Array,
  factorsRe: Float64Array,
  factorsIm: Float64Array,
): void {
  for (let n = 0; n < factorsRe.length; n++) {
    const real = re[n]!;
    const imaginary = im[n]!;
    re[n] = real * factorsRe[n]! - imaginary * factorsIm[n]!;
    im[n] = real * factorsIm[n]! + imaginary * factorsRe[n]!;
  }
}

/** Values of a spectrum of a real signal that tell all of it: k = 0 … ⌊N/2⌋; none for no signal. */
export function binsOf(length: number): number {
  return length === 0 ? 0 : Math.floor(length / 2) + 1;
}

/** Factors that separate the spectrum of a real signal from the spectrum of its pairs of samples. */
export interface SeparationFactors {
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

/**
 * cos and sin of 2π·k/N, k = 0 … ⌊N/4⌋, scaled; none for no signal.
 *
 * @param scale - 1/2 for the transform, 1/N for its inverse
 */
export function separationFactors(length: number, scale: number): SeparationFactors {
  const count = length === 0 ? 0 : Math.floor(length / 4) + 1;
  return {
    cosine: Float64Array.from({ length: count }, (_, k) => cosineOfTurn(k, length) * scale),
    sine: Float64Array.from({ length: count }, (_, k) => sineOfTurn(k, length) * scale),
  };
}

/**
 * Transforms real blocks of one length; owns its working memory.
 *
 * An even number N of samples is taken as N/2 complex values, even samples as real parts and odd ones as imaginary
 * parts; their transform gives that of the real block by symmetry (W. H. Press et al., Numerical Recipes, 3rd ed.,
 * §12.3.2).
 */
export class RealFourierReference {
  private readonly complex: ComplexFourierReference;
  private readonly halves: SeparationFactors;
  private readonly parts: SeparationFactors;

  /**
   * @param length - samples of a block, N, 0 or more
   * @throws FourierLengthError
   */
  constructor(readonly length: number) {
    checkFourierLength(length);
    this.complex = new ComplexFourierReference(length % 2 === 0 ? length / 2 : length);
    this.halves = separationFactors(length, 0.5);
    this.parts = separationFactors(length, 1 / length);
  }

  /**
   * X[k] = Σ x[n]·exp(−2πi·k·n/N), k = 0 … ⌊N/2⌋.
   *
   * @param signal - N samples; left as they are
   */
  transform(signal: ArrayLike<number>, re: Float64Array, im: Float64Array): void {
    const { length, complex } = this;
    if (length === 0) return;
    if (length % 2 === 1) {
      const allRe = Float64Array.from(signal);
      const allIm = new Float64Array(length);
      complex.transform(allRe, allIm);
      re.set(allRe.subarray(0, binsOf(length)));
      im.set(allIm.subarray(0, binsOf(length)));
      return;
    }
    const half = length / 2;
    const zRe = Float64Array.from({ length: half }, (_, n) => signal[2 * n]!);
    const zIm = Float64Array.from({ length: half }, (_, n) => signal[2 * n + 1]!);
    complex.transform(zRe, zIm);
    const { cosine, sine } = this.halves;
    re[0] = zRe[0]! + zIm[0]!;
    re[half] = zRe[0]! - zIm[0]!;
    im[0] = 0;
    im[half] = 0;
    for (let k = 1; 2 * k <= half; k++) {
      const mirror = half - k;
      const evenRe = (zRe[k]! + zRe[mirror]!) * 0.5;
      const evenIm = (zIm[k]! - zIm[mirror]!) * 0.5;
      const oddRe = zIm[k]! + zIm[mirror]!;
      const oddIm = zRe[mirror]! - zRe[k]!;
      const turnedRe = oddRe * cosine[k]! + oddIm * sine[k]!;
      const turnedIm = oddIm * cosine[k]! - oddRe * sine[k]!;
      re[k] = evenRe + turnedRe;
      im[k] = evenIm + turnedIm;
      re[mirror] = evenRe - turnedRe;
      im[mirror] = turnedIm - evenIm;
    }
  }

  /**
   * The block that {@link transform} turns into this spectrum. Imaginary parts of X[0], and of X[N/2] where N is
   * even, are taken as 0.
   */
  inverse(re: ArrayLike<number>, im: ArrayLike<number>, signal: Float64Array): void {
    const { length, complex } = this;
    if (length === 0) return;
    const scale = 1 / length;
    if (length % 2 === 1) {
      const allRe = new Float64Array(length);
      const allIm = new Float64Array(length);
      allRe[0] = re[0]! * scale;
      for (let k = 1; k <= length / 2; k++) {
        allRe[k] = re[k]! * scale;
        allIm[k] = im[k]! * scale;
        allRe[length - k] = allRe[k]!;
        allIm[length - k] = -allIm[k]!;
      }
      complex.transform(allIm, allRe);
      signal.set(allRe);
      return;
    }
    const half = length / 2;
    const { cosine, sine } = this.parts;
    const zRe = new Float64Array(half);
    const zIm = new Float64Array(half);
    zRe[0] = (re[0]! + re[half]!) * scale;
    zIm[0] = (re[0]! - re[half]!) * scale;
    for (let k = 1; 2 * k <= half; k++) {
      const mirror = half - k;
      const evenRe = (re[k]! + re[mirror]!) * scale;
      const evenIm = (im[k]! - im[mirror]!) * scale;
      const turnedRe = re[k]! - re[mirror]!;
      const turnedIm = im[k]! + im[mirror]!;
      const oddRe = turnedRe * cosine[k]! - turnedIm * sine[k]!;
      const oddIm = turnedRe * sine[k]! + turnedIm * cosine[k]!;
      zRe[k] = evenRe - oddIm;
      zIm[k] = evenIm + oddRe;
      zRe[mirror] = evenRe + oddIm;
      zIm[mirror] = oddRe - evenIm;
    }
    complex.transform(zIm, zRe);
    for (let n = 0; n < half; n++) {
      signal[2 * n] = zRe[n]!;
      signal[2 * n + 1] = zIm[n]!;
    }
  }
}
