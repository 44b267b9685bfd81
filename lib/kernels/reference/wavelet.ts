/**
 * The discrete wavelet transform in plain TypeScript: the specification of the kernel, and its stand-in where SIMD is
 * missing. Results are those of PyWavelets (modes "periodization" and "symmetric"); the algorithm is S. Mallat's (A
 * Wavelet Tour of Signal Processing, 2009, §7.3 and §7.5).
 */
import type { WaveletFilters } from '../filters/wavelet-filters';

/**
 * How a signal goes on beyond its ends. `'periodic'`: from the beginning again, an odd length first completed by a
 * repetition of the last sample; half as many coefficients in each of two bands. `'symmetric'`: mirrored, the last
 * sample repeated; more coefficients than samples, by the length of the filters, but no jump at the ends.
 */
export type WaveletBorder = 'periodic' | 'symmetric';

/** Where a band is found in an array of coefficients. */
export interface WaveletBand {
  readonly offset: number;
  readonly length: number;
}

/** The number of levels of a transform is not a whole number of 1 or more. */
export class WaveletLevelsError extends RangeError {
  override readonly name = 'WaveletLevelsError';
}

/** More levels than this halve no signal that fits in memory. */
export const MOST_LEVELS = 40;

/** @throws WaveletLevelsError unless `levels` is a whole number from 1 to `most` */
export function checkLevels(levels: number, most: number): void {
  if (Number.isInteger(levels) && levels >= 1 && levels <= most) return;
  throw new WaveletLevelsError(
    `The levels of a transform must be a whole number from 1 to ${most}, not ${levels}.`,
  );
}

/**
 * The most levels at which some coefficient does not feel the ends of the signal; 0 when there is none. More levels
 * work, but are mostly border.
 *
 * @param length - of the signal
 * @param taps - of a filter
 */
export function maximumLevels(length: number, taps: number): number {
  return length < taps - 1 ? 0 : Math.floor(Math.log2(length / (taps - 1)));
}

/** Coefficients of each of the two bands of a signal. */
export function bandLength(length: number, taps: number, border: WaveletBorder): number {
  if (length === 0) return 0;
  return Math.floor((length + (border === 'periodic' ? 1 : taps - 1)) / 2);
}

/** Lengths of a signal, its approximation, the approximation of that, and so on: levels + 1 numbers. */
export function approximationLengths(
  length: number,
  taps: number,
  border: WaveletBorder,
  levels: number,
): number[] {
  const lengths = [length];
  for (let level = 0; level < levels; level++) lengths.push(bandLength(lengths[level]!, taps, border));
  return lengths;
}

/** The bands as they follow one another: the last approximation, then details from the coarsest to the finest. */
export function waveletBands(
  length: number,
  taps: number,
  border: WaveletBorder,
  levels: number,
): WaveletBand[] {
  const lengths = approximationLengths(length, taps, border, levels).slice(1).reverse();
  let offset = 0;
  return [lengths[0]!, ...lengths].map((each) => {
    offset += each;
    return { offset: offset - each, length: each };
  });
}

/** Where sample i of a signal that goes on beyond its ends is found. */
export function indexBeyond(i: number, length: number, border: WaveletBorder): number {
  const period = border === 'periodic' ? length + (length % 2) : 2 * length;
  const within = ((i % period) + period) % period;
  if (within < length) return within;
  return border === 'periodic' ? length - 1 : period - 1 - within;
}

/**
 * One level: low[o] = Σ h[j]·x[2o + s − j] with the decomposition filters h, s = 1 for symmetric borders and half the
 * length of the filters for periodic ones; `high` likewise.
 *
 * @param low, high - receive {@link bandLength} coefficients each
 */
export function analyzeLevel(
  signal: Float64Array,
  filters: WaveletFilters,
  border: WaveletBorder,
  low: Float64Array,
  high: Float64Array,
): void {
  const { decompositionLow, decompositionHigh } = filters;
  const taps = decompositionLow.length;
  const shift = border === 'periodic' ? taps / 2 : 1;
  for (let o = 0; o < low.length; o++) {
    let lowSum = 0;
    let highSum = 0;
    for (let j = 0; j < taps; j++) {
      const sample = signal[indexBeyond(2 * o + shift - j, signal.length, border)]!;
      lowSum += decompositionLow[j]! * sample;
      highSum += decompositionHigh[j]! * sample;
    }
    low[o] = lowSum;
    high[o] = highSum;
  }
}

/**
 * Undoes {@link analyzeLevel}: x[n] = Σ (g[j]·low[k] + g'[j]·high[k]) over all j = n + s − 2k with the reconstruction
 * filters g and g', s = taps − 2 for symmetric borders and taps / 2 − 1 for periodic ones.
 *
 * @param signal - receives the samples
 */
export function synthesizeLevel(
  low: Float64Array,
  high: Float64Array,
  filters: WaveletFilters,
  border: WaveletBorder,
  signal: Float64Array,
): void {
  const { reconstructionLow, reconstructionHigh } = filters;
  const taps = reconstructionLow.length;
  const shift = border === 'periodic' ? taps / 2 - 1 : taps - 2;
  const count = low.length;
  for (let n = 0; n < signal.length; n++) {
    let sum = 0;
    for (let j = (n + shift) % 2; j < taps; j += 2) {
      const k = (n + shift - j) / 2;
      const within = ((k % count) + count) % count;
      sum += reconstructionLow[j]! * low[within]!;
      sum += reconstructionHigh[j]! * high[within]!;
    }
    signal[n] = sum;
  }
}

/**
 * All levels of a transform.
 *
 * @param bands - {@link waveletBands} of the signal
 * @param coefficients - receives them
 */
export function waveletTransform(
  signal: Float64Array,
  filters: WaveletFilters,
  border: WaveletBorder,
  bands: readonly WaveletBand[],
  coefficients: Float64Array,
): void {
  let approximation = signal;
  for (let b = bands.length - 1; b > 0; b--) {
    const { offset, length } = bands[b]!;
    const low = new Float64Array(length);
    analyzeLevel(approximation, filters, border, low, coefficients.subarray(offset, offset + length));
    approximation = low;
  }
  coefficients.set(approximation);
}

/** Undoes {@link waveletTransform}. @param signal - receives the samples */
export function inverseWaveletTransform(
  coefficients: Float64Array,
  bands: readonly WaveletBand[],
  filters: WaveletFilters,
  border: WaveletBorder,
  signal: Float64Array,
): void {
  let approximation: Float64Array = coefficients.slice(0, bands[0]!.length);
  for (let b = 1; b < bands.length; b++) {
    const { offset, length } = bands[b]!;
    const next = b + 1 < bands.length ? new Float64Array(bands[b + 1]!.length) : signal;
    synthesizeLevel(approximation, coefficients.subarray(offset, offset + length), filters, border, next);
    approximation = next;
  }
}
