/**
 * The digitizer of a channel, found from its samples: the grid of values that it can give. Files hold codes as they
 * are, shifted, spread over more bits, stretched or scaled to floating point; on the grid all of these are codes from
 * 0 upward, and nothing is lost in either direction.
 */
import { emptySamples } from './formats/parts/sample-values';
import type { SampleArray, SampleType } from './recording-file';

/** A grid of at most 65,536 values. */
export interface Digitizer {
  /**
   * - `"linear"`: value = lowest + step · code, rounded to the sample's type.
   * - `"scaled"`: value = (first + code) · step, rounded to the sample's type: floats that were multiplied by a gain.
   * - `"stretched"`: value = trunc(code · 65535 / (2^bits − 1) − 32768), as Neuralink's files.
   * - `"listed"`: floats that lie on a grid but for their rounding; their values are listed.
   */
  readonly kind: 'linear' | 'scaled' | 'stretched' | 'listed';
  /** Value of code 0. */
  readonly lowest: number;
  /** Value of the last code. */
  readonly highest: number;
  /** Distance of neighboring values; for stretched ones on average. */
  readonly step: number;
  /** Codes from the lowest to the highest, 1 to 65,536. */
  readonly codes: number;
  /** Bits that a code takes, 0 to 16. */
  readonly bits: number;
  /** Values that occurred, at most {@link codes}. */
  readonly used: number;
  /** Of a scaled grid: the multiple of the step that code 0 stands for. */
  readonly first?: number;
  /** Of a listed grid: the value of each code; NaN where none occurred. */
  readonly values?: Float64Array;
}

/** Why samples lie on no grid. */
export interface NoGrid {
  readonly kind: 'none';
  /** A clause: "more than 65536 different values". */
  readonly reason: string;
}

/** Most codes of a grid: they are kept in 16 bits. */
const MOST_CODES = 65_536;

/** Bit widths from which samples may have been stretched. */
const LEAST_STRETCHED_BITS = 8;
const MOST_STRETCHED_BITS = 15;

/** How far a float may be from its place on the grid, in steps: further off it is not rounding. */
const MOST_OFF_GRID = 0.01;

/** Collects the values that occur, window by window, and finds their grid. */
export class DigitizerFinder {
  private readonly small: Uint8Array | undefined;
  private readonly shift: number;
  private readonly distinct = new Set<number>();
  private reason: string | undefined;
  private positiveZero = false;
  private negativeZero = false;

  /** @param type - how the samples are stored */
  constructor(private readonly type: SampleType) {
    const narrow = ['int8', 'uint8', 'int16', 'uint16'].includes(type);
    this.small = narrow ? new Uint8Array(MOST_CODES) : undefined;
    this.shift = type === 'int16' || type === 'int8' ? 32_768 : 0;
  }

  /** Takes further samples of the channel into account. */
  add(samples: SampleArray): void {
    const { small, shift, distinct } = this;
    if (small) {
      for (let i = 0; i < samples.length; i++) small[samples[i]! + shift] = 1;
      return;
    }
    let last = NaN;
    for (let i = 0; i < samples.length && this.reason === undefined; i++) {
      const value = samples[i]!;
      if (value === 0) {
        if (1 / value < 0) this.negativeZero = true;
        else this.positiveZero = true;
      }
      if (value === last) continue;
      last = value;
      if (!Number.isFinite(value)) this.reason = `a sample is ${value}`;
      else if (distinct.add(value).size > MOST_CODES)
        this.reason = `more than ${MOST_CODES} different values`;
    }
  }

  /** The grid of all samples so far. */
  find(): Digitizer | NoGrid {
    if (this.reason !== undefined) return { kind: 'none', reason: this.reason };
    const values = this.sorted();
    if (values.length === 0) return { kind: 'none', reason: 'there are no samples' };
    if (this.type.startsWith('float')) return this.findOfFloats(values);
    const step =
      values.reduce((divisor, value) => greatestCommonDivisor(divisor, value - values[0]!), 0) || 1;
    const lowest = values[0]!;
    const highest = values[values.length - 1]!;
    const codes = (highest - lowest) / step + 1;
    const stretched = this.type === 'int16' ? stretchOf(values, codes) : undefined;
    if (stretched) return stretched;
    if (codes > MOST_CODES)
      return { kind: 'none', reason: `values ${lowest}…${highest} in steps of ${step}` };
    return { kind: 'linear', lowest, highest, step, codes, bits: bitsOf(codes), used: values.length };
  }

  private sorted(): Float64Array {
    if (!this.small) return Float64Array.from(this.distinct).sort();
    const values: number[] = [];
    this.small.forEach((occurs, index) => {
      if (occurs) values.push(index - this.shift);
    });
    return Float64Array.from(values);
  }

  private findOfFloats(values: Float64Array): Digitizer | NoGrid {
    if (this.positiveZero && this.negativeZero) {
      return { kind: 'none', reason: 'zeros of both signs' };
    }
    const zero = values.indexOf(0);
    if (zero >= 0) values[zero] = this.negativeZero ? -0 : 0;
    const single = this.type === 'float32';
    const lowest = values[0]!;
    const highest = values[values.length - 1]!;
    const used = values.length;
    if (used === 1) return { kind: 'linear', lowest, highest, step: 1, codes: 1, bits: 0, used };
    const step = stepOfFloats(values, single ? 2 ** -23 : 2 ** -52);
    const codes = step === undefined ? Infinity : Math.round((highest - lowest) / step) + 1;
    if (step === undefined || codes > MOST_CODES) {
      return { kind: 'none', reason: `${used} values of floating point that are no multiples of one step` };
    }
    const rounded = single ? Math.fround : (value: number): number => value;
    const index = Array.from(values, (value) => Math.round((value - lowest) / step));
    const facts = { lowest, highest, codes, bits: bitsOf(codes), used };
    for (const [candidate, first] of scalesOf(values, index, step, rounded)) {
      if (values.every((value, i) => Object.is(rounded((first + index[i]!) * candidate), value))) {
        return { kind: 'scaled', ...facts, step: candidate, first };
      }
    }
    if (values.every((value, i) => Object.is(rounded(lowest + index[i]! * step), value))) {
      return { kind: 'linear', ...facts, step };
    }
    const listed = new Float64Array(codes).fill(NaN);
    values.forEach((value, i) => (listed[index[i]!] = value));
    return { kind: 'listed', ...facts, step, values: listed };
  }
}

/**
 * The grid of some samples.
 *
 * @param samples - all samples of a channel
 * @param type - how they are stored
 *
 * @internal
 */
export function findDigitizer(samples: SampleArray, type: SampleType): Digitizer | NoGrid {
  const finder = new DigitizerFinder(type);
  finder.add(samples);
  return finder.find();
}

/**
 * Codes of samples.
 *
 * @returns codes from 0 upward, one a sample; or null when a sample is not on the grid
 *
 * @internal
 */
export function codesOnGrid(digitizer: Digitizer, samples: SampleArray): Uint16Array | null {
  if (samples instanceof Int16Array && digitizer.kind === 'linear' && digitizer.step === 1) {
    return codesInSteps(digitizer, samples);
  }
  const codes = new Uint16Array(samples.length);
  const valueOf = valueOfCode(digitizer, samples);
  const places = digitizer.values && new Map(Array.from(digitizer.values, (value, code) => [value, code]));
  const { lowest, step } = digitizer;
  const largest = digitizer.codes - 1;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!;
    let code = places ? (places.get(value) ?? -1) : Math.round((value - lowest) / step);
    // The average step of a stretch misses a code by less than one.
    if (digitizer.kind === 'stretched' && valueOf(code) !== value) code += valueOf(code) < value ? 1 : -1;
    if (!(code >= 0 && code <= largest) || !Object.is(valueOf(code), value)) return null;
    codes[i] = code;
  }
  return codes;
}

/** Codes of integers one apart: most recordings are of such, and a loop without calls takes a fifth of the time. */
function codesInSteps({ lowest, codes: count }: Digitizer, samples: Int16Array): Uint16Array | null {
  const codes = new Uint16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const code = samples[i]! - lowest;
    if (code < 0 || code >= count) return null;
    codes[i] = code;
  }
  return codes;
}

/**
 * Samples of codes: what {@link codesOnGrid} was given.
 *
 * @param type - how samples are stored
 * @throws RangeError when a code is none of the grid
 *
 * @internal
 */
export function valuesOfCodes(digitizer: Digitizer, codes: Uint16Array, type: SampleType): SampleArray {
  const samples = emptySamples(type, codes.length);
  const valueOf = valueOfCode(digitizer, samples);
  for (let i = 0; i < codes.length; i++) {
    const value = codes[i]! < digitizer.codes ? valueOf(codes[i]!) : NaN;
    if (Number.isNaN(value))
      throw new RangeError(`Code ${codes[i]} of sample ${i} is none of its digitizer's.`);
    samples[i] = value;
  }
  return samples;
}

/** The value of a code, as the array that holds the samples rounds it. */
function valueOfCode(digitizer: Digitizer, samples: SampleArray): (code: number) => number {
  const { kind, lowest, step, bits, values } = digitizer;
  const first = digitizer.first ?? 0;
  const single = samples instanceof Float32Array;
  if (values) return (code) => values[code]!;
  if (kind === 'stretched') return (code) => stretchedValue(code, bits);
  if (kind === 'scaled') {
    return single ? (code) => Math.fround((first + code) * step) : (code) => (first + code) * step;
  }
  // Without this, −0 + 0 would be +0.
  if (digitizer.codes === 1) return () => lowest;
  return single ? (code) => Math.fround(lowest + code * step) : (code) => lowest + code * step;
}

/** Bits that so many codes take. */
function bitsOf(codes: number): number {
  return Math.ceil(Math.log2(codes));
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

function stretchedValue(code: number, bits: number): number {
  return Math.trunc((code * 65535) / (2 ** bits - 1) - 32768);
}

/**
 * The stretch of the values, if it needs fewer codes than their common step. Two values alone cannot show a stretch,
 * since they always have a common step.
 */
function stretchOf(values: Float64Array, linearCodes: number): Digitizer | undefined {
  if (values.length < 3) return undefined;
  for (let bits = LEAST_STRETCHED_BITS; bits <= MOST_STRETCHED_BITS; bits++) {
    const codeOf = (value: number): number => {
      const near = Math.round(((value + 32768) * (2 ** bits - 1)) / 65535);
      return [near, near - 1, near + 1].find((code) => stretchedValue(code, bits) === value) ?? -1;
    };
    const low = codeOf(values[0]!);
    const high = codeOf(values[values.length - 1]!);
    if (low < 0 || high < 0 || high - low + 1 > linearCodes) continue;
    if (values.every((value) => codeOf(value) >= 0)) {
      return {
        kind: 'stretched',
        lowest: -32768,
        highest: 32767,
        step: 65535 / (2 ** bits - 1),
        codes: 2 ** bits,
        bits,
        used: values.length,
      };
    }
  }
  return undefined;
}

/**
 * The step that differences of floats are multiples of, up to their rounding; undefined when there is none. Where few
 * values are far apart, their rounding leaves several steps possible: then a short decimal number is taken.
 */
function stepOfFloats(values: Float64Array, precision: number): number | undefined {
  const lowest = values[0]!;
  const largest = Math.max(Math.abs(lowest), Math.abs(values[values.length - 1]!));
  const tolerance = 2 * precision * largest;
  const differences = values
    .subarray(1)
    .map((value, i) => value - values[i]!)
    .sort();
  const found = commonStep(differences, tolerance);
  if (found === undefined) return undefined;
  for (const candidate of [found, ...shortNumbersNear(differences[0]!)]) {
    const step = refinedStep(values, candidate);
    const allowed = Math.max(MOST_OFF_GRID, tolerance / step);
    if (!(tolerance < step / 4)) continue;
    const fits = values.every((value) => {
      const place = (value - lowest) / step;
      return Math.abs(place - Math.round(place)) <= allowed;
    });
    if (fits) return step;
  }
  return undefined;
}

/** Euclid's algorithm with a tolerance, from the smallest differences to the largest. */
function commonStep(differences: Float64Array, tolerance: number): number | undefined {
  let step = differences[0]!;
  for (const difference of differences) {
    let rest = remainder(difference, step, tolerance);
    while (rest > 0) {
      if (rest < 4 * tolerance) return undefined;
      [step, rest] = [rest, remainder(step, rest, tolerance)];
    }
    // The more steps a difference has, the better it tells one.
    step = difference / Math.max(1, Math.round(difference / step));
  }
  return step;
}

/**
 * The step from the farthest values, reached over nearer ones so that their number of steps is never in doubt: outward
 * from the longest row of neighbors, where most of a recording lies.
 */
function refinedStep(values: Float64Array, step: number): number {
  let anchor = 0;
  let longest = -1;
  for (let start = 0, i = 1; i <= values.length; i++) {
    if (i < values.length && Math.round((values[i]! - values[i - 1]!) / step) === 1) continue;
    if (i - start > longest) [longest, anchor] = [i - start, start];
    start = i;
  }
  const distances = values.map((value) => Math.abs(value - values[anchor]!)).sort();
  for (const distance of distances) {
    if (distance > 0) step = distance / Math.max(1, Math.round(distance / step));
  }
  return step;
}

/** Remainder of a distance after whole steps; 0 if it is within the rounding of both ends and of the step. */
function remainder(distance: number, step: number, tolerance: number): number {
  const steps = Math.round(distance / step);
  const rest = Math.abs(distance - steps * step);
  return rest <= tolerance * (1 + steps) ? 0 : rest;
}

/** Steps and first multiples that scaled floats may have been made with. */
function scalesOf(
  values: Float64Array,
  index: readonly number[],
  step: number,
  rounded: (value: number) => number,
): [number, number][] {
  const first = Math.round(values[0]! / step);
  const farthest = Math.abs(first) > first + index[index.length - 1]! ? 0 : index.length - 1;
  const multiple = first + index[farthest]!;
  const exact = multiple === 0 ? step : values[farthest]! / multiple;
  const candidates = [exact, Math.fround(exact), step, ...shortNumbersNear(exact)];
  return [...new Set(candidates.filter((candidate) => rounded(candidate) !== 0))].map((candidate) => [
    candidate,
    first,
  ]);
}

/** Gains are short decimal numbers, mostly: those near a step. */
function shortNumbersNear(step: number): number[] {
  return Array.from({ length: 10 }, (_, i) => Number(step.toPrecision(3 + i)));
}
