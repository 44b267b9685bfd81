/**
 * Spikes as threshold crossings: where they are, and how many of them a codec keeps.
 *
 * The threshold is a multiple of the noise's standard deviation, estimated from the median absolute deviation
 * of the band-passed signal, which spikes hardly move: R. Quian Quiroga, Z. Nadasdy and Y. Ben-Shaul,
 * "Unsupervised spike detection and sorting with wavelets and superparamagnetic clustering", Neural Computation
 * 16 (2004). Crossings are downward, since spikes outside a cell are mostly negative.
 */

import { medianAbsoluteDeviation } from '../numerics/median';

/** The threshold lies this many standard deviations of the noise below zero. */
export const THRESHOLD_DEVIATIONS = 4.5;

/** Median absolute deviation of a normal distribution with standard deviation 1. */
const NORMAL_MEDIAN_ABSOLUTE_DEVIATION = 0.6745;

/** Seconds after a crossing in which no other counts. */
export const DEAD_TIME = 1e-3;

/** Seconds by which two crossings may be apart and still be the same spike. */
export const MATCHING_TOLERANCE = 0.5e-3;

/** Seconds of signal about a crossing that are taken for the spike's waveform, and how many of them before it. */
export const WAVEFORM_WINDOW = 1.6e-3;
export const WAVEFORM_LEAD = 0.5e-3;

/**
 * The detection threshold, −4.5·MAD / 0.6745.
 *
 * @param signal - the band-passed signal, ADC codes
 * @param noiseFloor - the least standard deviation that noise can have, ADC codes: keeps the threshold away from
 *   the rounding errors of a signal that is constant for most of its samples
 * @param work - working memory, at least as long as the signal; overwritten
 * @returns ADC codes, negative
 */
export function spikeThreshold(signal: Float64Array, noiseFloor: number, work: Float64Array): number {
  if (signal.length === 0) return -THRESHOLD_DEVIATIONS * noiseFloor;
  const deviation = medianAbsoluteDeviation(signal, work) / NORMAL_MEDIAN_ABSOLUTE_DEVIATION;
  return -THRESHOLD_DEVIATIONS * Math.max(deviation, noiseFloor);
}

/**
 * Where a signal falls below the threshold: samples that lie below it while the one before does not. The first
 * sample of a signal has none before it and is no crossing.
 *
 * @param signal - the band-passed signal
 * @param threshold - in the signal's unit, negative
 * @param deadSamples - after a crossing, the next one that counts is at least this many samples later
 * @returns sample numbers, ascending
 */
export function thresholdCrossings(signal: Float64Array, threshold: number, deadSamples: number): Int32Array {
  const { length } = signal;
  const crossings: number[] = [];
  let earliest = 1;
  for (let i = 1; i < length; i++) {
    if (signal[i]! < threshold && signal[i - 1]! >= threshold && i >= earliest) {
      crossings.push(i);
      earliest = i + deadSamples;
    }
  }
  return Int32Array.from(crossings);
}

/** How the crossings of a decoded signal answer to those of the original. */
export interface SpikeCounts {
  /** Crossings of both. */
  readonly matched: number;
  /** Crossings of the original alone. */
  readonly missed: number;
  /** Crossings of the decoded signal alone. */
  readonly spurious: number;
}

/**
 * Matches crossings one to one, each with the earliest free one within the tolerance. Both lists being in order,
 * no other matching has more pairs.
 *
 * @param original - sample numbers, ascending
 * @param decoded - sample numbers, ascending
 * @param toleranceSamples - greatest distance of a pair
 */
export function matchSpikes(
  original: Int32Array,
  decoded: Int32Array,
  toleranceSamples: number,
): SpikeCounts {
  let matched = 0;
  let i = 0;
  let j = 0;
  while (i < original.length && j < decoded.length) {
    const distance = decoded[j]! - original[i]!;
    if (distance < -toleranceSamples) j++;
    else if (distance > toleranceSamples) i++;
    else {
      matched++;
      i++;
      j++;
    }
  }
  return { matched, missed: original.length - matched, spurious: decoded.length - matched };
}

/** Spike counts as fractions. */
export interface SpikeScores {
  /** Matched over all crossings of the decoded signal; null when it has none. */
  readonly precision: number | null;
  /** Matched over all crossings of the original; null when it has none. */
  readonly recall: number | null;
  /** Harmonic mean of both, 2·matched / (2·matched + missed + spurious); null when neither signal has any. */
  readonly f1: number | null;
}

/** Precision, recall and F1 of counts of one recording, or of sums of counts over many. */
export function spikeScores({ matched, missed, spurious }: SpikeCounts): SpikeScores {
  const fraction = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  return {
    precision: fraction(matched, matched + spurious),
    recall: fraction(matched, matched + missed),
    f1: fraction(2 * matched, 2 * matched + missed + spurious),
  };
}

/**
 * The stretches of signal that belong to a spike: the windows about all crossings, those that overlap joined, so
 * that no sample counts twice.
 *
 * @param crossings - sample numbers, ascending
 * @param lead - samples of a window before the crossing
 * @param window - samples of a window
 * @param length - samples of the signal; windows are cut at its ends
 * @returns start and end (exclusive) of each stretch, one after another
 */
export function spikeStretches(
  crossings: Int32Array,
  lead: number,
  window: number,
  length: number,
): Int32Array {
  const bounds: number[] = [];
  for (let k = 0; k < crossings.length; k++) {
    const start = Math.max(crossings[k]! - lead, 0);
    const end = Math.min(crossings[k]! - lead + window, length);
    if (bounds.length > 0 && start <= bounds[bounds.length - 1]!) bounds[bounds.length - 1] = end;
    else bounds.push(start, end);
  }
  return Int32Array.from(bounds);
}

/**
 * Sum of squared differences of two signals over the stretches of {@link spikeStretches}.
 */
export function squaredErrorOver(
  stretches: Int32Array,
  original: Float64Array,
  decoded: Float64Array,
): number {
  let sum = 0;
  for (let k = 0; k < stretches.length; k += 2) {
    const end = stretches[k + 1]!;
    for (let i = stretches[k]!; i < end; i++) {
      const difference = original[i]! - decoded[i]!;
      sum += difference * difference;
    }
  }
  return sum;
}

/** Sum of squares of a signal over the stretches of {@link spikeStretches}. */
export function energyOver(stretches: Int32Array, signal: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < stretches.length; k += 2) {
    const end = stretches[k + 1]!;
    for (let i = stretches[k]!; i < end; i++) sum += signal[i]! * signal[i]!;
  }
  return sum;
}
