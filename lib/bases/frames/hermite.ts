/**
 * Hermite functions at spikes: a Gaussian and its derivatives, made orthonormal; of all functions those that are best
 * confined to a short time and a narrow band at once. Electrocardiograms are coded with them, beat by beat (L. Sörnmo et
 * al., "A method for evaluation of QRS shape features using a mathematical model for the ECG", IEEE Transactions on
 * Biomedical Engineering 28, 1981). A DCT holds what is no spike.
 */
import { medianAbsoluteDeviation } from '../../numerics/median';
import {
  allowedParameter,
  powersOfTwo,
  type AdaptiveBasis,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import {
  bitsPerMagnitude,
  coefficientCost,
  fittingWeights,
  quantizedMagnitude,
} from '../parts/coefficient-cost';
import { CosineBasis } from '../blocks/cosine';
import { placedItemBytes, placesOfItems } from '../parts/placed-items';
import { together } from '../parts/pursuit';
import { kept } from '../../kernels/runtime/kept';

/** Block lengths of the DCT that holds the rest; longer than any window of Hermite functions. */
export const HERMITE_BLOCK_LENGTHS: readonly number[] = powersOfTwo(8, 11);

/** Numbers of functions at a spike. */
export const HERMITE_COUNTS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** Standard deviations of the Gaussian, samples. */
export const HERMITE_WIDTHS: readonly number[] = [1, 1.5, 2, 3, 4, 5, 6, 8];

/** Terms of the series of an exponential of −1/2 … 0: the first one left out is under 2⁻⁵⁴. */
const TERMS = 14;

/**
 * The first Hermite functions h₀, h₁ … about the middle of a window, in which they have nearly all their energy;
 * orthonormal. IEEE arithmetic in a fixed order alone: a decoder depends on it.
 *
 * @param count - M
 * @param width - σ, standard deviation of the Gaussian, in samples
 * @returns M rows of an odd number of samples, 2·⌈σ·(√(2M) + 3)⌉ + 1
 */
export function hermiteFunctions(count: number, width: number): Float64Array[] {
  const reach = Math.ceil(width * (Math.sqrt(2 * count) + 3));
  const gaussian = gaussianOf(reach, width);
  const functions: Float64Array[] = [];
  // As they are before they are made orthonormal: sampled, they nearly are.
  let before: Float64Array = new Float64Array(gaussian.length);
  let current: Float64Array = gaussian;
  for (let k = 0; k < count; k++) {
    functions.push(orthonormalTo(functions, current));
    const [up, down] = [Math.sqrt(2 / (k + 1)), Math.sqrt(k / (k + 1))];
    const [last, lastButOne] = [current, before];
    before = last;
    current = last.map((value, i) => up * ((i - reach) / width) * value - down * lastButOne[i]!);
  }
  return functions;
}

/** e^(−n²/2σ²), n = −`reach` … `reach`: each from the one before it. */
function gaussianOf(reach: number, width: number): Float64Array {
  const exponent = 1 / (2 * width * width);
  let ratio = 1;
  for (let i = TERMS; i > 0; i--) ratio = 1 - (exponent / i) * ratio;
  const square = ratio * ratio;
  const values = new Float64Array(2 * reach + 1);
  let value = 1;
  for (let n = 0; n <= reach; n++) {
    values[reach + n] = value;
    values[reach - n] = value;
    value *= ratio;
    ratio *= square;
  }
  return values;
}

function orthonormalTo(functions: readonly Float64Array[], given: Float64Array): Float64Array {
  const result = given.slice();
  for (const other of functions) {
    const product = dot(result, other);
    for (let i = 0; i < result.length; i++) result[i] = result[i]! - product * other[i]!;
  }
  const norm = Math.sqrt(dot(result, result));
  for (let i = 0; i < result.length; i++) result[i] = result[i]! / norm;
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Hermite functions, and what they are in a DCT; as long as the thread lives. */
class HermiteDictionary {
  readonly functions: readonly Float64Array[];
  readonly basis: CosineBasis;
  /** Samples of a window. */
  readonly window: number;
  private readonly transforms = new Map<number, readonly Float64Array[]>();

  constructor(blockLength: number, count: number, width: number) {
    this.functions = hermiteFunctions(count, width);
    this.basis = new CosineBasis(blockLength);
    this.window = this.functions[0]!.length;
  }

  /**
   * DCT of the functions in two blocks.
   *
   * @param phase - of the window in the first of them
   * @returns for each function its coefficients, those of number k in either block side by side
   */
  transformsAt(phase: number): readonly Float64Array[] {
    let transforms = this.transforms.get(phase);
    if (transforms === undefined) {
      const signal = new Float64Array(2 * this.basis.blockLength);
      transforms = this.functions.map((values) => {
        signal.set(values, phase);
        return this.basis.analyze(signal).values;
      });
      this.transforms.set(phase, transforms);
    }
    return transforms;
  }
}

const dictionaryFor = kept(
  (blockLength: number, count: number, width: number) => new HermiteDictionary(blockLength, count, width),
);

/** What fits best in a window. */
interface HermiteFit {
  /** Of the functions, in whole steps. */
  readonly factors: Int32Array;
  /** Bits that a Gaussian model of what the DCT's coefficients vary by anyway would save. */
  readonly evidence: number;
}

/**
 * Fits Hermite functions to what other ones have left of a signal: by least squares in which a coefficient of the DCT
 * counts the less the more it varies anyway, so that slow waves are no spikes.
 */
class HermiteFitter {
  private readonly rest: Float64Array;
  private readonly whole: Coefficients;
  private slopes: Float64Array | undefined;
  private readonly weights: Float64Array;
  private readonly blocks: number;

  constructor(
    private readonly dictionary: HermiteDictionary,
    signal: Float64Array,
    private readonly step: number,
  ) {
    const whole = dictionary.basis.analyze(signal);
    this.whole = whole;
    this.rest = whole.values.slice();
    this.weights = fittingWeights(whole, step);
    this.blocks = whole.layout.subbands[0]!.length;
  }

  /** The functions that fit best in a window that starts there. */
  fit(start: number): HermiteFit {
    const { rest, weights, step, blocks } = this;
    const { transforms, first, besides } = this.at(start);
    const count = transforms.length;
    const matrix = new Float64Array(count * count);
    const products = new Float64Array(count);
    for (let m = 0; m < count; m++) {
      const own = transforms[m]!;
      for (let b = 0; b <= besides; b++) {
        let product = 0;
        for (let k = 0; k < weights.length; k++) {
          product += weights[k]! * own[2 * k + b]! * rest[first + k * blocks + b]!;
        }
        products[m] = products[m]! + product;
        for (let j = 0; j <= m; j++) {
          const other = transforms[j]!;
          let sum = 0;
          for (let k = 0; k < weights.length; k++) sum += weights[k]! * own[2 * k + b]! * other[2 * k + b]!;
          matrix[m * count + j] = matrix[m * count + j]! + sum;
        }
      }
    }
    const solution = products.slice();
    solvePositive(matrix, solution);
    return {
      factors: Int32Array.from(solution, (value) => Math.sign(value) * quantizedMagnitude(value / step)),
      evidence: dot(products, solution) / (2 * Math.LN2),
    };
  }

  /** Bits that these functions save the DCT, its errors exchanged for bits, less what their factors cost themselves. */
  saved(start: number, factors: Int32Array): number {
    const { rest, step } = this;
    const slopes = (this.slopes ??= bitsPerMagnitude(this.whole, step));
    let saved = 0;
    for (const factor of factors) saved -= 1 + 2 * Math.log2(1 + Math.abs(factor));
    const scale = 1 / step;
    this.forEach(start, factors, (i, sum) => {
      saved +=
        coefficientCost(rest[i]! * scale, slopes[i]!) - coefficientCost(rest[i]! * scale - sum, slopes[i]!);
    });
    return saved;
  }

  /** Takes functions out of what is left. */
  take(start: number, factors: Int32Array): void {
    this.forEach(start, factors, (i, sum) => (this.rest[i] = this.rest[i]! - sum * this.step));
  }

  private forEach(start: number, factors: Int32Array, visit: (index: number, sum: number) => void): void {
    const { transforms, first, besides } = this.at(start);
    for (let k = 0; k < this.weights.length; k++) {
      for (let b = 0; b <= besides; b++) {
        let sum = 0;
        for (let m = 0; m < factors.length; m++) sum += factors[m]! * transforms[m]![2 * k + b]!;
        visit(first + k * this.blocks + b, sum);
      }
    }
  }

  /** Where a window lies in the DCT: `besides` is 1 if it reaches into a second block. */
  private at(start: number): {
    transforms: readonly Float64Array[];
    first: number;
    besides: number;
  } {
    const { basis, window } = this.dictionary;
    const first = Math.floor(start / basis.blockLength);
    const phase = start - first * basis.blockLength;
    return {
      transforms: this.dictionary.transformsAt(phase),
      first,
      besides: phase + window > basis.blockLength ? 1 : 0,
    };
  }
}

/** right ← matrix⁻¹ · right, by Cholesky's factors; of the matrix the lower half is read, and overwritten. */
function solvePositive(matrix: Float64Array, right: Float64Array): void {
  const size = right.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * size + j]!;
    }
    for (let k = 0; k < i; k++) right[i] = right[i]! - matrix[i * size + k]! * right[k]!;
    right[i] = right[i]! / matrix[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) right[i] = right[i]! - matrix[k * size + i]! * right[k]!;
    right[i] = right[i]! / matrix[i * size + i]!;
  }
}

/** Hermite functions at certain places of a recording, and a DCT of what they leave. */
class HermiteAtPlaces implements Basis {
  readonly orthonormal = false;

  constructor(
    readonly id: string,
    readonly delay: number,
    readonly multiplyAddsPerSample: number,
    private readonly dictionary: HermiteDictionary,
    private readonly places: readonly number[],
  ) {}

  /** The coefficients of the DCT, then for each function those at all places. */
  layout(length: number): CoefficientLayout {
    const basis = this.dictionary.basis.layout(length);
    const { functions } = this.dictionary;
    const count = this.places.length;
    return together(basis, {
      signalLength: length,
      coefficientCount: functions.length * count,
      hop: basis.hop,
      subbands: functions.map((_, m) => ({ offset: m * count, length: count, timeStep: basis.hop })),
    });
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const { basis, functions } = this.dictionary;
    const layout = this.layout(signal.length);
    const values = new Float64Array(layout.coefficientCount);
    const atPlaces = values.subarray(layout.coefficientCount - functions.length * this.places.length);
    if (this.places.length > 0) {
      const fitter = new HermiteFitter(this.dictionary, signal, step);
      this.places.forEach((start, p) => {
        const { factors } = fitter.fit(start);
        fitter.take(start, factors);
        factors.forEach((factor, m) => (atPlaces[m * this.places.length + p] = factor * step));
      });
    }
    const rest = signal.slice();
    this.addFunctions(rest, atPlaces, -1);
    values.set(basis.analyze(rest).values);
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { basis, functions } = this.dictionary;
    const basisLayout = basis.layout(layout.signalLength);
    const split = values.length - functions.length * this.places.length;
    const signal = basis.synthesize({ values: values.subarray(0, split), layout: basisLayout });
    this.addFunctions(signal, values.subarray(split), 1);
    return signal;
  }

  private addFunctions(signal: Float64Array, factors: Float64Array, direction: 1 | -1): void {
    const { functions } = this.dictionary;
    this.places.forEach((start, p) => {
      functions.forEach((values, m) => {
        const factor = direction * factors[m * this.places.length + p]!;
        if (factor === 0) return;
        for (let i = 0; i < values.length; i++) signal[start + i] = signal[start + i]! + factor * values[i]!;
      });
    });
  }
}

/** Samples on either side of which a moving mean is taken: what is left of the signal above it may be a spike. */
const MEAN_REACH = 16;

/** Samples from the peak of a spike to the next one at least. */
const APART = 8;

/** Deviations above which a peak may be a spike. */
const LEAST_DEVIATIONS = 3.5;

/** Steps above which a peak may be a spike. */
const LEAST_STEPS = 2;

/** Bits that functions at one more place must save: what it takes to name the place, and what chance alone promises. */
const PLACE_COST = 16;

/** Samples from a peak to the middle of the functions: a spike of two phases has its peak beside it. */
const SHIFTS = [0, -2, 2];

/** Hermite functions where they save bits. */
export class HermiteBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording = true;
  readonly multiplyAddsPerSample: number;
  private readonly dictionary: HermiteDictionary;

  /**
   * @param blockLength - of the DCT, one of {@link HERMITE_BLOCK_LENGTHS}
   * @param count - functions at a spike, one of {@link HERMITE_COUNTS}
   * @param width - standard deviation of the Gaussian in samples, one of {@link HERMITE_WIDTHS}
   * @throws BasisParameterError
   */
  constructor(
    readonly blockLength: number,
    readonly count: number,
    readonly width: number,
  ) {
    allowedParameter('block length of the DCT beside Hermite functions', blockLength, HERMITE_BLOCK_LENGTHS);
    allowedParameter('number of Hermite functions', count, HERMITE_COUNTS);
    allowedParameter('width of Hermite functions', width, HERMITE_WIDTHS);
    this.id = `hermite-${blockLength}-${count}-${width}`;
    this.dictionary = dictionaryFor(blockLength, count, width);
    // A spike in the last samples of a block may reach into the next, which then has to be waited for.
    this.delay = 2 * blockLength - 1;
    // The DCT twice, a moving mean; few samples are part of a spike.
    this.multiplyAddsPerSample = 2 * this.dictionary.basis.multiplyAddsPerSample + 3;
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const candidates = peaks(signal, step);
    if (candidates.length === 0) return placedItemBytes([]);
    const fitter = new HermiteFitter(this.dictionary, signal, step);
    const end = this.placesEnd(signal.length);
    const places: number[] = [];
    for (const peak of candidates) {
      let best: { readonly start: number; readonly fit: HermiteFit } | undefined;
      for (const shift of SHIFTS) {
        const start = peak + shift - (this.dictionary.window >> 1);
        if (start < 0 || start >= end || start <= (places[places.length - 1] ?? -1)) continue;
        const fit = fitter.fit(start);
        if (fit.evidence > (best?.fit.evidence ?? PLACE_COST)) best = { start, fit };
        // Hardly anything here: nothing beside it.
        if (fit.evidence < PLACE_COST / 4) break;
      }
      if (best === undefined || fitter.saved(best.start, best.fit.factors) <= PLACE_COST) continue;
      fitter.take(best.start, best.fit.factors);
      places.push(best.start);
    }
    return placedItemBytes(places);
  }

  chosen(side: Uint8Array, length: number): Basis {
    const { id, delay, multiplyAddsPerSample } = this;
    const places = placesOfItems(side, this.placesEnd(length));
    return new HermiteAtPlaces(id, delay, multiplyAddsPerSample, this.dictionary, places);
  }

  /** Places are those of whole windows. */
  private placesEnd(length: number): number {
    return Math.max(0, length - this.dictionary.window + 1);
  }
}

/** Peaks, upward and downward, of a signal less its moving mean. */
function peaks(signal: Float64Array, step: number): number[] {
  const { length } = signal;
  const heights = new Float64Array(length);
  let sum = 0;
  for (let n = -MEAN_REACH; n < length; n++) {
    const entering = n + MEAN_REACH;
    const leaving = n - MEAN_REACH - 1;
    if (entering < length) sum += signal[entering]!;
    if (leaving >= 0) sum -= signal[leaving]!;
    if (n < 0) continue;
    const count = Math.min(length - 1, entering) - Math.max(0, leaving + 1) + 1;
    heights[n] = signal[n]! - sum / count;
  }
  const deviation = 1.4826 * medianAbsoluteDeviation(heights, new Float64Array(length));
  const least = Math.max(LEAST_DEVIATIONS * deviation, LEAST_STEPS * step);
  const found: number[] = [];
  for (let n = 0; n < length; n++) {
    const height = Math.abs(heights[n]!);
    if (!(height > least)) continue;
    const last = found[found.length - 1];
    if (last === undefined || n - last > APART) found.push(n);
    else if (height > Math.abs(heights[last]!)) found[found.length - 1] = n;
  }
  return found;
}
