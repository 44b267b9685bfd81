/**
 * Lowpass filters of orthogonal wavelets with compact support, computed from what defines them (I. Daubechies, Ten
 * Lectures on Wavelets, 1992, chapters 6 and 8): each tap is the double nearest to the exact number, so it is the same on
 * every machine.
 *
 * A filter h of 2N taps is orthonormal to its shifts by two, and its wavelet blind to polynomials below degree N, when
 * |H(ω)|² = 2·cos²ᴺ(ω/2)·P(sin²(ω/2)) with P(y) = Σ C(N − 1 + k, k)·yᵏ, k < N. The roots of P in y come as pairs z, 1/z
 * with z + 1/z = 2 − 4y in the plane of the filter, and one of each pair belongs to H: which one, is all the choice
 * there is. Daubechies takes those within the unit circle (the least delay), symlets those that make the phase most
 * linear. Coiflets have vanishing moments of the scaling function, too.
 */
import { cosineOfTurn, sineOfTurn } from '../exact-trigonometry';
import {
  convolve,
  divide,
  fromNumber,
  magnitude,
  multiply,
  ONE,
  solveLinear,
  squareRoot,
  toNumber,
  type Fixed,
} from '../fixed-point';

/** No filter of this order is known. */
export class WaveletOrderError extends RangeError {
  override readonly name = 'WaveletOrderError';
}

/** The longest filter of Daubechies and of symlets has 40 taps. */
export const MOST_MOMENTS = 20;

/** The longest coiflet has 30 taps. */
export const MOST_COIFLET_ORDER = 5;

/**
 * Of a symlet and its mirror image, which are as symmetric as each other, PyWavelets has for these N the one in which the
 * root of P with the least real part lies outside of the unit circle, for others the one in which it lies within.
 */
const MIRRORED_SYMLETS: readonly number[] = [5, 6, 7, 10, 12, 16, 18, 20];

/** Frequencies at which the phases of symlets are compared. */
const COMPARED_FREQUENCIES = 32;

/** Newton's iterations double the exact bits: enough for 256 from fewer than one. */
const NEWTON_ITERATIONS = 16;

/** Smallest step of Newton's method that still gains digits: 2^−240. */
const SMALLEST_STEP = ONE >> 240n;

/**
 * The lowpass reconstruction filter of the Daubechies wavelet with N vanishing moments, of extremal phase.
 *
 * @param moments - N, 1…20
 * @returns 2N taps that add up to √2, those of PyWavelets' dbN
 * @throws WaveletOrderError
 */
export function daubechiesLowpass(moments: number): Float64Array {
  checkOrder('Daubechies wavelets', moments, 1, MOST_MOMENTS);
  return maximallyFlat(moments, factorsInside(moments));
}

/**
 * The lowpass reconstruction filter of the symlet with N vanishing moments, the least asymmetric Daubechies wavelet.
 *
 * @param moments - N, 2…20
 * @returns 2N taps that add up to √2, those of PyWavelets' symN, of which that has 11 exact digits
 * @throws WaveletOrderError
 */
export function symletLowpass(moments: number): Float64Array {
  checkOrder('symlets', moments, 2, MOST_MOMENTS);
  const factors = factorsInside(moments);
  const mirrored = MIRRORED_SYMLETS.includes(moments);
  const outside = mostLinearSelection(factors).map((isOutside) => isOutside !== mirrored);
  return maximallyFlat(
    moments,
    factors.map((factor, i) => (outside[i] ? factor.slice().reverse() : factor)),
  );
}

/**
 * The lowpass reconstruction filter of the coiflet of order K: 2K vanishing moments of the wavelet, and 2K − 1 of the
 * scaling function about tap 2K.
 *
 * It is (Ten Lectures, §8.2) √2·cos²ᴷ(ω/2)·(Σ C(K − 1 + k, k)·sin²ᵏ(ω/2) + sin²ᴷ(ω/2)·Σ fₙ·e^(−inω)), k < K, n < 2K,
 * which has these moments with any f. The one that makes it orthonormal is found by Newton's method from f = 0.
 *
 * @param order - K, 1…5
 * @returns 6K taps that add up to √2, those of PyWavelets' coifK
 * @throws WaveletOrderError
 */
export function coifletLowpass(order: number): Float64Array {
  checkOrder('coiflets', order, 1, MOST_COIFLET_ORDER);
  const taps = 6 * order;
  const unknowns = 2 * order;
  const cosines = power(COSINE_SQUARED, order);
  const fixed = new Array<Fixed>(taps).fill(0n);
  for (let k = 0; k < order; k++) {
    const term = convolve(cosines, power(SINE_SQUARED, k));
    const scale = binomial(order - 1 + k, k);
    term.forEach((tap, i) => (fixed[order - k + i]! += scale * tap));
  }
  const product = convolve(cosines, power(SINE_SQUARED, order));
  const low = fixed.slice();
  for (let iteration = 0; iteration < NEWTON_ITERATIONS; iteration++) {
    // Shifts by less than 2K are orthogonal when the others are: the deviation is a multiple of sin²ᴷ(ω).
    const shifts = Array.from({ length: unknowns }, (_, i) => 2 * (order + i));
    const right = shifts.map((shift) => -innerAt(low, 0, low, shift));
    const slopes = shifts.map((shift) =>
      Array.from(
        { length: unknowns },
        (_, n) => innerAt(product, n, low, shift) + innerAt(product, n, low, -shift),
      ),
    );
    const step = solveLinear(slopes, right);
    step.forEach((change, n) =>
      product.forEach((tap, i) => {
        low[n + i]! += multiply(change, tap);
      }),
    );
    if (step.every((change) => magnitude(change) < SMALLEST_STEP)) break;
  }
  return normalized(low);
}

/** cos²(ω/2) and sin²(ω/2) as filters of three taps. */
const COSINE_SQUARED: readonly Fixed[] = [ONE / 4n, ONE / 2n, ONE / 4n];
const SINE_SQUARED: readonly Fixed[] = [-ONE / 4n, ONE / 2n, -ONE / 4n];

function checkOrder(what: string, order: number, least: number, most: number): void {
  if (Number.isInteger(order) && order >= least && order <= most) return;
  throw new WaveletOrderError(
    `The order of ${what} must be a whole number from ${least} to ${most}, not ${order}.`,
  );
}

/** The filter of 2N taps that has a zero of order N at half the sample rate, and these factors. */
function maximallyFlat(moments: number, factors: readonly (readonly Fixed[])[]): Float64Array {
  return normalized(factors.reduce((filter, factor) => convolve(filter, factor), power([ONE, ONE], moments)));
}

/** The factors of all roots of P that are real or in the upper half plane, by their real parts. */
function factorsInside(moments: number): Fixed[][] {
  return halfbandRoots(moments).map(factorInside);
}

/**
 * Which factors to reverse so that the phase of their product is most linear, the first not reversed.
 *
 * Reversed, a factor has the opposite phase but for a linear one. So with e^(iφ) the phases of the factors, what is left
 * of the phase is the sum of ±φ, 0 at frequency 0 and at the highest. It is smallest where the product of the
 * e^(±iφ) is nearest to 1: in the sum of squares over all frequencies, half of which is Σ (1 − cos Σ ±φ).
 */
function mostLinearSelection(factors: readonly (readonly Fixed[])[]): boolean[] {
  const count = COMPARED_FREQUENCIES;
  const phases = factors.map((factor) => phaseFactors(factor.map(toNumber)));
  let best: boolean[] = [];
  let largest = -Infinity;
  const reversed = factors.map(() => false);
  const compare = (from: number, re: Float64Array, im: Float64Array): void => {
    if (from === factors.length) {
      const sum = re.reduce((total, cosine) => total + cosine, 0);
      if (sum > largest) [largest, best] = [sum, reversed.slice()];
      return;
    }
    const phase = phases[from]!;
    for (const sign of from === 0 ? [1] : [1, -1]) {
      reversed[from] = sign < 0;
      const [nextRe, nextIm] = [new Float64Array(count), new Float64Array(count)];
      for (let i = 0; i < count; i++) {
        nextRe[i] = re[i]! * phase.re[i]! - sign * im[i]! * phase.im[i]!;
        nextIm[i] = im[i]! * phase.re[i]! + sign * re[i]! * phase.im[i]!;
      }
      compare(from + 1, nextRe, nextIm);
    }
  };
  compare(0, new Float64Array(count).fill(1), new Float64Array(count));
  return best;
}

/** e^(iφ) of a filter at frequencies between 0 and half the sample rate. */
function phaseFactors(filter: readonly number[]): { re: Float64Array; im: Float64Array } {
  const [re, im] = [new Float64Array(COMPARED_FREQUENCIES), new Float64Array(COMPARED_FREQUENCIES)];
  for (let i = 0; i < COMPARED_FREQUENCIES; i++) {
    filter.forEach((tap, n) => {
      re[i]! += tap * cosineOfTurn(n * (2 * i + 1), 4 * COMPARED_FREQUENCIES);
      im[i]! -= tap * sineOfTurn(n * (2 * i + 1), 4 * COMPARED_FREQUENCIES);
    });
    const length = Math.sqrt(re[i]! * re[i]! + im[i]! * im[i]!);
    re[i]! /= length;
    im[i]! /= length;
  }
  return { re, im };
}

interface Complex {
  readonly re: Fixed;
  readonly im: Fixed;
}

/** Roots y of P that are real or in the upper half plane, by their real parts. */
function halfbandRoots(moments: number): Complex[] {
  const coefficients = Array.from({ length: moments }, (_, k) => binomial(moments - 1 + k, k));
  const roots = approximateRoots(coefficients.map(Number))
    // The conjugates of the others; a real root may have come out a little above or below.
    .filter(({ im }) => im > -REAL_PART_ONLY)
    .sort((a, b) => a.re - b.re);
  return roots.map(({ re, im }) =>
    polishRoot(coefficients, { re: fromNumber(re), im: im < REAL_PART_ONLY ? 0n : fromNumber(im) }),
  );
}

/** Imaginary parts below this are those of real roots: the others are above 0.03. */
const REAL_PART_ONLY = 1e-3;

/**
 * All roots of a polynomial at once, by the iteration of Durand and Kerner: good to several digits.
 *
 * @param coefficients - lowest first
 */
function approximateRoots(coefficients: readonly number[]): { re: number; im: number }[] {
  const degree = coefficients.length - 1;
  const leading = coefficients[degree]!;
  // Neither real nor roots of unity, as the method asks.
  const roots: { re: number; im: number }[] = [];
  let start = { re: 1, im: 0 };
  for (let i = 0; i < degree; i++) {
    roots.push(start);
    start = { re: 0.4 * start.re - 0.9 * start.im, im: 0.4 * start.im + 0.9 * start.re };
  }
  for (let iteration = 0; iteration < 200; iteration++) {
    let largest = 0;
    for (const [i, { re, im }] of roots.entries()) {
      let [valueRe, valueIm] = [0, 0];
      for (let k = degree; k >= 0; k--) {
        [valueRe, valueIm] = [
          valueRe * re - valueIm * im + coefficients[k]! / leading,
          valueRe * im + valueIm * re,
        ];
      }
      let [productRe, productIm] = [1, 0];
      for (const [j, other] of roots.entries()) {
        if (j === i) continue;
        const [differenceRe, differenceIm] = [re - other.re, im - other.im];
        [productRe, productIm] = [
          productRe * differenceRe - productIm * differenceIm,
          productRe * differenceIm + productIm * differenceRe,
        ];
      }
      const norm = productRe * productRe + productIm * productIm;
      const stepRe = (valueRe * productRe + valueIm * productIm) / norm;
      const stepIm = (valueIm * productRe - valueRe * productIm) / norm;
      roots[i] = { re: re - stepRe, im: im - stepIm };
      largest = Math.max(largest, stepRe * stepRe + stepIm * stepIm);
    }
    if (largest < 1e-20) break;
  }
  return roots;
}

/** A simple root of a polynomial to all places, by Newton's method. @param coefficients - integers, lowest first */
function polishRoot(coefficients: readonly bigint[], start: Complex): Complex {
  let { re, im } = start;
  for (let iteration = 0; iteration < NEWTON_ITERATIONS; iteration++) {
    let [valueRe, valueIm, slopeRe, slopeIm] = [0n, 0n, 0n, 0n];
    for (let k = coefficients.length - 1; k >= 0; k--) {
      [slopeRe, slopeIm] = [
        multiply(slopeRe, re) - multiply(slopeIm, im) + valueRe,
        multiply(slopeRe, im) + multiply(slopeIm, re) + valueIm,
      ];
      [valueRe, valueIm] = [
        multiply(valueRe, re) - multiply(valueIm, im) + coefficients[k]! * ONE,
        multiply(valueRe, im) + multiply(valueIm, re),
      ];
    }
    const norm = multiply(slopeRe, slopeRe) + multiply(slopeIm, slopeIm);
    const stepRe = divide(multiply(valueRe, slopeRe) + multiply(valueIm, slopeIm), norm);
    const stepIm = divide(multiply(valueIm, slopeRe) - multiply(valueRe, slopeIm), norm);
    re -= stepRe;
    im -= stepIm;
    if (magnitude(stepRe) < SMALLEST_STEP && magnitude(stepIm) < SMALLEST_STEP) break;
  }
  return { re, im };
}

/**
 * The factor of the filter that a root y of P gives, or y and its conjugate: 1 − z·x, or (1 − z·x)·(1 − z̄·x), for the z
 * within the unit circle. Read backwards, it is that of the 1/z outside of it.
 */
function factorInside(root: Complex): Fixed[] {
  // z + 1/z = 2·middle, so z = middle ± √(middle² − 1).
  const middle: Complex = { re: ONE - 2n * root.re, im: -2n * root.im };
  const square: Complex = {
    re: multiply(middle.re, middle.re) - multiply(middle.im, middle.im) - ONE,
    im: 2n * multiply(middle.re, middle.im),
  };
  const length = squareRoot(multiply(square.re, square.re) + multiply(square.im, square.im));
  const re = squareRoot((length + square.re) / 2n);
  const im = re === 0n ? squareRoot(length) : divide(square.im, 2n * re);
  const [sum, difference] = [
    { re: middle.re + re, im: middle.im + im },
    { re: middle.re - re, im: middle.im - im },
  ];
  const z = squaredLength(sum) < squaredLength(difference) ? sum : difference;
  return root.im === 0n ? [ONE, -z.re] : [ONE, -2n * z.re, squaredLength(z)];
}

function squaredLength({ re, im }: Complex): Fixed {
  return multiply(re, re) + multiply(im, im);
}

/** Taps that add up to √2, as doubles. */
function normalized(filter: readonly Fixed[]): Float64Array {
  const sum = filter.reduce((total, tap) => total + tap, 0n);
  const scale = divide(squareRoot(2n * ONE), sum);
  return Float64Array.from(filter, (tap) => toNumber(multiply(tap, scale)));
}

/** The product of a polynomial with itself. */
function power(polynomial: readonly Fixed[], exponent: number): Fixed[] {
  let product: Fixed[] = [ONE];
  for (let i = 0; i < exponent; i++) product = convolve(product, polynomial);
  return product;
}

function binomial(n: number, k: number): bigint {
  let value = 1n;
  for (let i = 1; i <= k; i++) value = (value * BigInt(n - k + i)) / BigInt(i);
  return value;
}

/** Σ a[n]·b[n + start + shift]. */
function innerAt(a: readonly Fixed[], start: number, b: readonly Fixed[], shift: number): Fixed {
  let sum = 0n;
  for (let n = 0; n < a.length; n++) {
    const other = b[n + start + shift];
    if (other !== undefined) sum += multiply(a[n]!, other);
  }
  return sum;
}
