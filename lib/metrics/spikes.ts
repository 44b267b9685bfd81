/**
 * Spikes as threshold crossings: where they are, how large they are, and which of them a codec keeps.
 *
 * The threshold is a multiple of the noise's standard deviation, estimated from the median absolute deviation
 * of the band-passed signal, which spikes hardly move: R. Quian Quiroga, Z. Nadasdy and Y. Ben-Shaul,
 * "Unsupervised spike detection and sorting with wavelets and superparamagnetic clustering", Neural Computation
 * 16 (2004). Spikes outside a cell are mostly negative, but near its dendrites and axon positive (C. Gold et al., "On
 * the origin of the extracellular action potential waveform", Journal of Neurophysiology 95, 2006), so both are
 * counted.
 */

import { SAMPLE_RATE } from '../recordings/adc';
import { medianAbsoluteDeviation } from '../numerics/median';

/** The threshold lies this many standard deviations of the noise away from zero. */
export const THRESHOLD_DEVIATIONS = 4.5;

/** Median absolute deviation of a normal distribution with standard deviation 1. */
const NORMAL_MEDIAN_ABSOLUTE_DEVIATION = 0.6745;

/** Samples after a crossing in which no other counts: 1 ms. */
export const DEAD_SAMPLES = Math.ceil(1e-3 * SAMPLE_RATE);

/** Samples by which two crossings may be apart and still be the same spike: 0.5 ms. */
export const TOLERANCE_SAMPLES = Math.floor(0.5e-3 * SAMPLE_RATE);

/** Samples that are taken for the waveform of a spike, 1.6 ms, and how many of them before the spike, 0.5 ms. */
export const WINDOW_SAMPLES = Math.round(1.6e-3 * SAMPLE_RATE);
export const LEAD_SAMPLES = Math.round(0.5e-3 * SAMPLE_RATE);

/**
 * The detection threshold, 4.5·MAD / 0.6745.
 *
 * @param signal - the band-passed signal, ADC codes
 * @param noiseFloor - the least standard deviation that noise can have, ADC codes: keeps the threshold away from
 *   the rounding errors of a signal that is constant for most of its samples
 * @param work - working memory, at least as long as the signal; overwritten
 * @returns ADC codes, above 0
 */
export function spikeThreshold(signal: Float64Array, noiseFloor: number, work: Float64Array): number {
  if (signal.length === 0) return THRESHOLD_DEVIATIONS * noiseFloor;
  const deviation = medianAbsoluteDeviation(signal, work) / NORMAL_MEDIAN_ABSOLUTE_DEVIATION;
  return THRESHOLD_DEVIATIONS * Math.max(deviation, noiseFloor);
}

/**
 * Where a signal goes beyond ±threshold: samples whose magnitude is above it while that of the one before is not. The
 * first sample of a signal has none before it and is no crossing. The dead time is common to both polarities, so that
 * a spike with two phases counts once.
 *
 * @param signal - the band-passed signal
 * @param threshold - in the signal's unit, above 0
 * @param deadSamples - after a crossing, the next one that counts is at least this many samples later
 * @returns sample numbers, ascending
 */
export function thresholdCrossings(signal: Float64Array, threshold: number, deadSamples: number): Int32Array {
  const { length } = signal;
  const crossings: number[] = [];
  let earliest = 1;
  for (let i = 1; i < length; i++) {
    if (Math.abs(signal[i]!) > threshold && Math.abs(signal[i - 1]!) <= threshold && i >= earliest) {
      crossings.push(i);
      earliest = i + deadSamples;
    }
  }
  return Int32Array.from(crossings);
}

/**
 * Where a signal falls below −threshold: the negative half of {@link thresholdCrossings}, with a dead time of its own.
 * The learned waveforms of the spike codec are those of negative spikes, so it looks for these.
 */
export function downwardCrossings(signal: Float64Array, threshold: number, deadSamples: number): Int32Array {
  const { length } = signal;
  const crossings: number[] = [];
  let earliest = 1;
  for (let i = 1; i < length; i++) {
    if (signal[i]! < -threshold && signal[i - 1]! >= -threshold && i >= earliest) {
      crossings.push(i);
      earliest = i + deadSamples;
    }
  }
  return Int32Array.from(crossings);
}

/**
 * The peak of each spike: the sample of largest magnitude (the first of several) from its crossing to the end of the
 * dead time.
 *
 * @param signal - the band-passed signal
 * @param crossings - sample numbers, ascending
 * @returns sample numbers, ascending, one for each crossing
 */
export function spikePeaks(signal: Float64Array, crossings: Int32Array, deadSamples: number): Int32Array {
  return crossings.map((crossing) => {
    const end = Math.min(crossing + deadSamples, signal.length);
    let peak = crossing;
    for (let i = crossing + 1; i < end; i++) {
      if (Math.abs(signal[i]!) > Math.abs(signal[peak]!)) peak = i;
    }
    return peak;
  });
}

/**
 * Matches crossings one to one, each with the earliest free one within the tolerance. Both lists being in order,
 * no other matching has more pairs.
 *
 * @param original - sample numbers, ascending
 * @param decoded - sample numbers, ascending
 * @param toleranceSamples - greatest distance of a pair
 * @returns for each crossing of the original the index of its partner in `decoded`, or −1
 */
export function matchSpikes(original: Int32Array, decoded: Int32Array, toleranceSamples: number): Int32Array {
  const partners = new Int32Array(original.length).fill(-1);
  let i = 0;
  let j = 0;
  while (i < original.length && j < decoded.length) {
    const distance = decoded[j]! - original[i]!;
    if (distance < -toleranceSamples) j++;
    else if (distance > toleranceSamples) i++;
    else partners[i++] = j++;
  }
  return partners;
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
 * Counts what {@link matchSpikes} lists.
 *
 * @param decoded - number of crossings of the decoded signal
 */
export function countMatches(partners: Int32Array, decoded: number): SpikeCounts {
  let matched = 0;
  for (let i = 0; i < partners.length; i++) if (partners[i]! >= 0) matched++;
  return { matched, missed: partners.length - matched, spurious: decoded - matched };
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
 * How the amplitudes of spikes vary together, original and decoded: sums about the means of the recording, so that
 * those of recordings can be added up and differences between electrodes do not count. The unit is the square of the
 * original's threshold, so that loud electrodes do not outweigh others.
 */
export interface AmplitudeSums {
  readonly original: number;
  readonly decoded: number;
  readonly products: number;
}

/**
 * Amplitudes of the original's spikes in both signals. That of the original is the magnitude of its peak; that of the
 * decoded signal the largest value of the same polarity within the tolerance of the peak, whether it crosses the
 * threshold or not: a spike that is wiped out has a small amplitude, and is not left out.
 *
 * @param peaks - of the original, sample numbers
 * @param unit - the original's threshold
 */
export function amplitudeSums(
  peaks: Int32Array,
  original: Float64Array,
  decoded: Float64Array,
  toleranceSamples: number,
  unit: number,
): AmplitudeSums {
  const count = peaks.length;
  const before = new Float64Array(count);
  const after = new Float64Array(count);
  let beforeSum = 0;
  let afterSum = 0;
  for (let k = 0; k < count; k++) {
    const peak = peaks[k]!;
    const sign = original[peak]! < 0 ? -1 : 1;
    const end = Math.min(peak + toleranceSamples, decoded.length - 1);
    let largest = -Infinity;
    for (let i = Math.max(0, peak - toleranceSamples); i <= end; i++) {
      largest = Math.max(largest, sign * decoded[i]!);
    }
    before[k] = (sign * original[peak]!) / unit;
    after[k] = largest / unit;
    beforeSum += before[k]!;
    afterSum += after[k]!;
  }
  const sums = { original: 0, decoded: 0, products: 0 };
  for (let k = 0; k < count; k++) {
    const x = before[k]! - beforeSum / count;
    const y = after[k]! - afterSum / count;
    sums.original += x * x;
    sums.decoded += y * y;
    sums.products += x * y;
  }
  return sums;
}

/** Amplitudes that vary by less than this part of the threshold are equal but for rounding. */
const EQUAL_AMPLITUDES = 1e-9;

/**
 * Correlation of amplitudes, of one recording or of sums over many.
 *
 * @returns −1…1; null when those of the original do not vary; 0 when those of the decoded signal do not
 */
export function amplitudeCorrelation({ original, decoded, products }: AmplitudeSums): number | null {
  if (!(original > EQUAL_AMPLITUDES)) return null;
  if (!(decoded > EQUAL_AMPLITUDES)) return 0;
  return Math.max(-1, Math.min(1, products / Math.sqrt(original * decoded)));
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
