/**
 * Hermite functions at spikes: a Gaussian and its derivatives, made orthonormal. Of all functions they are the most
 * concentrated in time and frequency at once. Electrocardiograms are coded with them, beat by beat (L. Sörnmo et al.,
 * "A method for evaluation of QRS shape features using a mathematical model for the ECG", IEEE Transactions on
 * Biomedical Engineering 28, 1981). A DCT holds the rest of the signal.
 */
import { innerProduct } from '../../numerics/inner-product';
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
import { orthonormalRows } from '../parts/orthonormal-rows';
import { placedItemBytes, placesOfItems } from '../parts/placed-items';
import { appendAtoms } from '../parts/pursuit';
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
 * The first Hermite functions h₀, h₁ … about the middle of a window that holds nearly all of their energy; orthonormal.
 * IEEE arithmetic in a fixed order: another order breaks decoding.
 *
 * @param count - M
 * @param width - σ, standard deviation of the Gaussian, in samples
 * @returns M rows of an odd number of samples, 2·⌈σ·(√(2M) + 3)⌉ + 1
 */
export function hermiteFunctions(count: number, width: number): Float64Array[] {
  const reach = Math.ceil(width * (Math.sqrt(2 * count) + 3));
  const gaussian = gaussianOf(reach, width);
  const length = gaussian.length;
  // The functions as samples are only nearly orthonormal.
  const sampled = new Float64Array(count * length);
  let before: Float64Array = new Float64Array(length);
  let current: Float64Array = gaussian;
  for (let k = 0; k < count; k++) {
    sampled.set(current, k * length);
    const [up, down] = [Math.sqrt(2 / (k + 1)), Math.sqrt(k / (k + 1))];
    const [last, lastButOne] = [current, before];
    before = last;
    current = last.map((value, i) => up * ((i - reach) / width) * value - down * lastButOne[i]!);
  }
  const rows = orthonormalRows(sampled, length);
  return Array.from({ length: count }, (_, k) => rows.slice(k * length, (k + 1) * length));
}

/** e^(−n²/2σ²) for n = −`reach` … `reach`, each value computed from the one before it. */
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

/** Hermite functions and their DCTs, kept for the life of the thread. */
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
   * @param phase - position of the window in the first block, in samples
   * @returns coefficients of each function; coefficient k of the first and of the second block are adjacent
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

/** The best fit of Hermite functions in one window. */
interface HermiteFit {
  /** Factor of each function, in whole steps. */
  readonly factors: Int32Array;
  /** Bits that the fit would save under a Gaussian model of the DCT's coefficients. */
  readonly evidence: number;
}

/**
 * Fits Hermite functions to the residual that earlier fits have left. Least squares in the DCT domain, each coefficient
 * weighted by the inverse of its usual variance: without the weights slow waves would be fitted as spikes.
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

  /** The best fit in the window that starts at this sample. */
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
      evidence: innerProduct(products, solution) / (2 * Math.LN2),
    };
  }

  /**
   * Net saving in bits: rate and distortion (exchanged for bits) that the functions save the DCT, less the bits of
   * their factors.
   */
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

  /** Subtracts functions from the residual. */
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

  /** Blocks of the DCT that a window covers; `besides` is 1 if it reaches into a second block. */
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

/** right ← matrix⁻¹ · right, by Cholesky factorization. Reads the lower half of the matrix and overwrites it. */
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

/** Hermite functions at given positions of a recording, and a DCT of the residual. */
class HermiteAtPositions implements Basis {
  readonly orthonormal = false;

  constructor(
    readonly id: string,
    readonly delay: number,
    readonly multiplyAddsPerSample: number,
    private readonly dictionary: HermiteDictionary,
    private readonly positions: readonly number[],
  ) {}

  /** First the coefficients of the DCT; then for each function its coefficients at all positions. */
  layout(length: number): CoefficientLayout {
    const basis = this.dictionary.basis.layout(length);
    const { functions } = this.dictionary;
    const count = this.positions.length;
    return appendAtoms(basis, {
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
    const atPositions = values.subarray(layout.coefficientCount - functions.length * this.positions.length);
    if (this.positions.length > 0) {
      const fitter = new HermiteFitter(this.dictionary, signal, step);
      this.positions.forEach((start, p) => {
        const { factors } = fitter.fit(start);
        fitter.take(start, factors);
        factors.forEach((factor, m) => (atPositions[m * this.positions.length + p] = factor * step));
      });
    }
    const rest = signal.slice();
    this.addFunctions(rest, atPositions, -1);
    values.set(basis.analyze(rest).values);
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { basis, functions } = this.dictionary;
    const basisLayout = basis.layout(layout.signalLength);
    const split = values.length - functions.length * this.positions.length;
    const signal = basis.synthesize({ values: values.subarray(0, split), layout: basisLayout });
    this.addFunctions(signal, values.subarray(split), 1);
    return signal;
  }

  private addFunctions(signal: Float64Array, factors: Float64Array, direction: 1 | -1): void {
    const { functions } = this.dictionary;
    this.positions.forEach((start, p) => {
      functions.forEach((values, m) => {
        const factor = direction * factors[m * this.positions.length + p]!;
        if (factor === 0) return;
        for (let i = 0; i < values.length; i++) signal[start + i] = signal[start + i]! + factor * values[i]!;
      });
    });
  }
}

/** Samples on each side in the moving mean that is subtracted before peaks are searched. */
const MEAN_REACH = 16;

/** Least distance between the peaks of two spikes, in samples. */
const APART = 8;

/** Least height of a peak that may be a spike, in standard deviations. */
const LEAST_DEVIATIONS = 3.5;

/** Least height of a peak that may be a spike, in steps. */
const LEAST_STEPS = 2;

/**
 * Bits that functions at one more position must save: the bits of the position, and the saving that noise alone would
 * promise.
 */
const POSITION_COST = 16;

/**
 * Offsets tried from a peak to the middle of the functions, in samples: the peak of a biphasic spike lies beside its
 * middle.
 */
const SHIFTS = [0, -2, 2];

/** Hermite functions where they save bits. */
export class HermiteBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording = true;
  readonly multiplyAddsPerSample: number;
  private readonly dictionary: HermiteDictionary;

  /**
   * @param blockLength - block length of the DCT, one of {@link HERMITE_BLOCK_LENGTHS}
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
    // A spike in the last samples of a block may reach into the next block, so the block waits for it.
    this.delay = 2 * blockLength - 1;
    // Two DCTs and a moving mean. Fits are left out: few samples belong to a spike.
    this.multiplyAddsPerSample = 2 * this.dictionary.basis.multiplyAddsPerSample + 3;
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const candidates = peaks(signal, step);
    if (candidates.length === 0) return placedItemBytes([]);
    const fitter = new HermiteFitter(this.dictionary, signal, step);
    const end = this.positionsEnd(signal.length);
    const positions: number[] = [];
    for (const peak of candidates) {
      let best: { readonly start: number; readonly fit: HermiteFit } | undefined;
      for (const shift of SHIFTS) {
        const start = peak + shift - (this.dictionary.window >> 1);
        if (start < 0 || start >= end || start <= (positions[positions.length - 1] ?? -1)) continue;
        const fit = fitter.fit(start);
        if (fit.evidence > (best?.fit.evidence ?? POSITION_COST)) best = { start, fit };
        // So little evidence here that the other offsets are not worth trying.
        if (fit.evidence < POSITION_COST / 4) break;
      }
      if (best === undefined || fitter.saved(best.start, best.fit.factors) <= POSITION_COST) continue;
      fitter.take(best.start, best.fit.factors);
      positions.push(best.start);
    }
    return placedItemBytes(positions);
  }

  chosen(side: Uint8Array, length: number): Basis {
    const { id, delay, multiplyAddsPerSample } = this;
    const positions = placesOfItems(side, this.positionsEnd(length));
    return new HermiteAtPositions(id, delay, multiplyAddsPerSample, this.dictionary, positions);
  }

  /** One more than the last position at which a whole window fits. */
  private positionsEnd(length: number): number {
    return Math.max(0, length - this.dictionary.window + 1);
  }
}

/** Positions of the positive and negative peaks of a signal less its moving mean. */
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
