/**
 * Spikes as threshold crossings: their positions, their amplitudes, and which of them a codec preserves.
 *
 * The threshold is a multiple of the noise's standard deviation, estimated from the median absolute deviation
 * of the band-passed signal, which spikes hardly move: R. Quian Quiroga, Z. Nadasdy and Y. Ben-Shaul,
 * "Unsupervised spike detection and sorting with wavelets and superparamagnetic clustering", Neural
 * Computation 16 (2004). Spikes outside a cell are mostly negative, but near its dendrites and axon positive
 * (C. Gold et al., "On the origin of the extracellular action potential waveform", Journal of Neurophysiology
 * 95, 2006), so both polarities count.
 */

import { medianAbsoluteDeviation } from '../numerics/median';

/** The threshold lies this many standard deviations of the noise away from zero. */
export const THRESHOLD_DEVIATIONS = 4.5;

/** Median absolute deviation of a normal distribution with standard deviation 1. */
const NORMAL_MEDIAN_ABSOLUTE_DEVIATION = 0.6745;

/** Times of the spike measures, in samples. */
export interface SpikeTimes {
  /** Dead time: for 1 ms after a crossing no other crossing counts. */
  readonly dead: number;
  /** Largest distance of two crossings that count as the same spike: 0.5 ms. */
  readonly tolerance: number;
  /** Length of a spike waveform, 1.6 ms, and the part of it before the spike, 0.5 ms. */
  readonly window: number;
  readonly lead: number;
}

/**
 * The times at a sample rate.
 *
 * @param sampleRate - Hz
 */
export function spikeTimes(sampleRate: number): SpikeTimes {
  return {
    dead: Math.ceil(1e-3 * sampleRate),
    tolerance: Math.floor(0.5e-3 * sampleRate),
    window: Math.round(1.6e-3 * sampleRate),
    lead: Math.round(0.5e-3 * sampleRate),
  };
}

/**
 * The detection threshold, 4.5·MAD / 0.6745.
 *
 * @param signal - the band-passed signal, ADC codes
 * @param noiseFloor - least standard deviation of noise, ADC codes: without it, a signal that is constant for
 *   most of its samples would have its rounding errors counted as spikes
 * @param work - working memory, at least as long as the signal; overwritten
 * @returns ADC codes, above 0
 */
export function spikeThreshold(signal: Float64Array, noiseFloor: number, work: Float64Array): number {
  if (signal.length === 0) return THRESHOLD_DEVIATIONS * noiseFloor;
  const deviation = medianAbsoluteDeviation(signal, work) / NORMAL_MEDIAN_ABSOLUTE_DEVIATION;
  return THRESHOLD_DEVIATIONS * Math.max(deviation, noiseFloor);
}

/**
 * Threshold crossings: samples whose magnitude is above the threshold while the sample before is not. The
 * first sample has no predecessor and is no crossing. Both polarities share one dead time, so that a spike
 * with two phases counts once.
 *
 * @param signal - the band-passed signal
 * @param threshold - threshold in the signal's unit, above 0
 * @param deadSamples - least distance of two crossings that count
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
 * Downward crossings of −threshold: the negative half of {@link thresholdCrossings}, with a dead time of its
 * own. The spike codec uses them because its learned waveforms are those of negative spikes.
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
 * Matches crossings one to one: each takes the earliest free partner within the tolerance. Since both lists
 * are in order, no other matching has more pairs.
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

/** Threshold crossings of a decoded signal compared with those of the original. */
export interface SpikeCounts {
  /** Crossings found in both signals. */
  readonly matched: number;
  /** Crossings of the original without a partner. */
  readonly missed: number;
  /** Crossings of the decoded signal without a partner. */
  readonly spurious: number;
}

/**
 * Counts the pairs and the unmatched crossings of {@link matchSpikes}.
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
  /** Matched crossings over all crossings of the decoded signal; null when it has none. */
  readonly precision: number | null;
  /** Matched crossings over all crossings of the original; null when it has none. */
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
 * Sums for the correlation of spike amplitudes, original against decoded. They are taken about the means of
 * each recording: sums of several recordings can be added, and differences between electrodes do not count.
 * The unit is the square of the original's threshold, so that loud electrodes do not outweigh others.
 */
export interface AmplitudeSums {
  readonly original: number;
  readonly decoded: number;
  readonly products: number;
}

/**
 * Amplitudes of the original's spikes in both signals. In the original, the amplitude is the magnitude of the
 * peak. In the decoded signal, it is the largest value of the same polarity within the tolerance of the peak,
 * above the threshold or not: a spike that was wiped out counts with a small amplitude.
 *
 * @param peaks - sample numbers of the original's peaks
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

/** Amplitudes whose spread is below this part of the threshold count as equal; their spread is rounding. */
const EQUAL_AMPLITUDES = 1e-9;

/**
 * Correlation of spike amplitudes, from the sums of one recording or of many.
 *
 * @returns −1…1; null when the original's amplitudes do not vary; 0 when the decoded ones do not
 */
export function amplitudeCorrelation({ original, decoded, products }: AmplitudeSums): number | null {
  if (!(original > EQUAL_AMPLITUDES)) return null;
  if (!(decoded > EQUAL_AMPLITUDES)) return 0;
  return Math.max(-1, Math.min(1, products / Math.sqrt(original * decoded)));
}

/**
 * The stretches of signal that belong to spikes: the windows around all crossings. Windows that overlap are
 * joined, so that no sample counts twice.
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
