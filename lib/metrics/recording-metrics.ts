/**
 * All metrics of one decoded recording against its original. One object prepares the original once and then
 * compares any number of decoded signals with it.
 */

import { MAX_ADC_CODE, SAMPLE_RATE, standardDeviation } from '../recordings/adc';
import { adjustedRandIndex } from './adjusted-rand';
import { binnedPower, correlation } from './band-power';
import { LengthMismatchError, squaredError, variance } from './distortion';
import { bandFilter, LEAST_NOISE, SPIKE_BAND, SPIKE_POWER_BAND } from './spike-band';
import { cutWaveforms, learnClusters, peaksBetweenSamples, type SpikeClusters } from './spike-sorter';
import {
  amplitudeSums,
  countMatches,
  DEAD_SAMPLES,
  energyOver,
  LEAD_SAMPLES,
  matchSpikes,
  spikePeaks,
  spikeStretches,
  spikeThreshold,
  squaredErrorOver,
  THRESHOLD_DEVIATIONS,
  thresholdCrossings,
  TOLERANCE_SAMPLES,
  WINDOW_SAMPLES,
  type AmplitudeSums,
  type SpikeCounts,
} from './spikes';

/** Seconds of one bin of spike-band power. */
export const POWER_BIN = 0.05;

/** ADC codes: in-band amplitudes below this are rounding errors of the filter. */
const ROUNDING = 1e-6;

const BIN_SAMPLES = POWER_BIN * SAMPLE_RATE;

/** Fewest spikes of a recording that is sorted: fewer cannot form two clusters. */
const LEAST_SPIKES_TO_SORT = 20;

/**
 * Largest share of samples at 0 or 1023 with which a recording's spikes count. In recordings with more, the
 * edges of clipped stretches cross the threshold and would be counted as spikes.
 */
export const MOST_AT_RAILS = 0.01;

/** One decoded recording against its original: sums and counts, so that recordings can be added up. */
export interface RecordingComparison {
  /** Number of samples. */
  readonly samples: number;
  /** Sum over all samples of the squared difference of the ADC codes. */
  readonly squaredError: number;
  /** Squared error after the zero-phase 300–5000 Hz filter on both signals. */
  readonly inBandSquaredError: number;
  /** Threshold crossings kept, lost and made up; the original's threshold is used on both signals. */
  readonly spikes: SpikeCounts;
  /** Threshold crossings with the decoded signal's own threshold on it, the only one that a user has. */
  readonly ownThresholdSpikes: SpikeCounts;
  /** Sums for the correlation of spike amplitudes, original against decoded. */
  readonly spikeAmplitudes: AmplitudeSums;
  /** Sum of squared in-band differences over the windows around the original's spikes. */
  readonly spikeWaveformSquaredError: number;
  /**
   * Correlation over 50 ms bins of 300–1000 Hz power; null when the original's power does not vary (constant, or
   * shorter than two bins).
   */
  readonly spikeBandPowerCorrelation: number | null;
  /** Result of a spike sorter on both signals; null where it finds no two clusters in the original. */
  readonly sorting: SortingComparison | null;
}

/** Sorting of a decoded recording against that of its original. */
export interface SortingComparison {
  /**
   * Number of the original's sorted spikes whose waveform stays in its cluster: the waveform is taken at the
   * same place of the decoded signal and assigned to a cluster of the original.
   */
  readonly sameCluster: number;
  /**
   * Adjusted Rand index of two independent sortings: one learned on the original, one on the decoded signal
   * with its own threshold. It covers the spikes that both have; 0 where they form one cluster in either.
   */
  readonly adjustedRand: number;
}

/** The metrics of one recording, made by {@link createRecordingMetrics}. */
export interface RecordingMetrics {
  /** Number of samples. */
  readonly samples: number;
  /** Seconds. */
  readonly duration: number;
  /** Population variance of the ADC codes, codes². */
  readonly variance: number;
  /** Population variance after the 300–5000 Hz filter, codes². */
  readonly inBandVariance: number;
  /** Share of the samples at 0 or 1023. */
  readonly railFraction: number;
  /** Detection threshold, ADC codes, above 0: crossings are of ±threshold. */
  readonly threshold: number;
  /** The original after the 300–5000 Hz filter, ADC codes. Not to be written to. */
  readonly inBand: Float64Array;
  /** Sample numbers of the original's threshold crossings, ascending. Not to be written to. */
  readonly crossings: Int32Array;
  /** Sum of squares of the in-band original over the windows around its spikes. */
  readonly spikeWaveformEnergy: number;
  /** Number of clusters of its spikes; 0 where it has too few spikes or is at the rails. */
  readonly clusters: number;
  /** Number of its spikes that have a cluster; 0 where there are not two clusters. */
  readonly sortedSpikes: number;
  /**
   * Compares a decoded signal with this recording.
   *
   * @param decoded - as many ADC codes as the original has
   * @throws LengthMismatchError when there are more or fewer
   */
  compare(decoded: Uint16Array): RecordingComparison;
}

/** Filters ADC codes into a given array; its working memory is reused from call to call. */
class BandExtractor {
  private readonly spikeFilter = bandFilter(SPIKE_BAND);
  private readonly powerFilter = bandFilter(SPIKE_POWER_BAND);
  private readonly codes: Float64Array;
  private readonly power: Float64Array;

  constructor(samples: number) {
    this.codes = new Float64Array(samples);
    this.power = new Float64Array(samples);
  }

  /** Writes the spike band to `inBand` and returns the binned power of the spike-power band. */
  extract(codes: Uint16Array, inBand: Float64Array): Float64Array {
    this.codes.set(codes);
    this.spikeFilter.apply(this.codes, inBand);
    this.powerFilter.apply(this.codes, this.power);
    return binnedPower(this.power, BIN_SAMPLES);
  }
}

/** The spikes of a signal, sorted. */
interface SortedSpikes {
  readonly clusters: SpikeClusters;
  /** Peak of each crossing, between samples. */
  readonly places: Float64Array;
  /**
   * Index of the crossing of each sorted spike, and the index of the sorted spike of each crossing (−1 where
   * its window is cut off).
   */
  readonly indices: readonly number[];
  readonly positions: Int32Array;
}

function sortSpikes(
  inBand: Float64Array,
  crossings: Int32Array,
  peaks: Int32Array,
  threshold: number,
): SortedSpikes {
  const noise = threshold / THRESHOLD_DEVIATIONS;
  const places = peaksBetweenSamples(inBand, peaks);
  const { waveforms, indices } = cutWaveforms(inBand, places, LEAD_SAMPLES, WINDOW_SAMPLES, noise);
  const positions = new Int32Array(crossings.length).fill(-1);
  indices.forEach((index, position) => (positions[index] = position));
  return { clusters: learnClusters(waveforms, WINDOW_SAMPLES), places, indices, positions };
}

/** Agreement of two sortings over the spikes that both have. */
function agreement(original: SortedSpikes, decoded: SortedSpikes, partners: Int32Array): number {
  const first: number[] = [];
  const second: number[] = [];
  original.indices.forEach((crossing, position) => {
    const partner = partners[crossing]!;
    const other = partner < 0 ? -1 : decoded.positions[partner]!;
    if (other < 0) return;
    first.push(original.clusters.labels[position]!);
    second.push(decoded.clusters.labels[other]!);
  });
  if (new Set(first).size < 2 || new Set(second).size < 2) return 0;
  return adjustedRandIndex(Uint8Array.from(first), Uint8Array.from(second));
}

function countAtRails(codes: Uint16Array): number {
  let count = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] === 0 || codes[i] === MAX_ADC_CODE) count++;
  return count;
}

/**
 * Prepares the metrics of a recording. The object keeps about 50 bytes of memory a sample; make one for each
 * recording, and release it after its last operating point.
 *
 * @param codes - ADC codes of the original, any number of them; kept, so not to be changed afterwards
 */
export function createRecordingMetrics(codes: Uint16Array): RecordingMetrics {
  const samples = codes.length;
  const extractor = new BandExtractor(samples);
  const inBand = new Float64Array(samples);
  const power = extractor.extract(codes, inBand);
  const decodedInBand = new Float64Array(samples);
  const work = new Float64Array(samples);
  const threshold = spikeThreshold(inBand, LEAST_NOISE, work);
  const crossings = thresholdCrossings(inBand, threshold, DEAD_SAMPLES);
  const peaks = spikePeaks(inBand, crossings, DEAD_SAMPLES);
  const stretches = spikeStretches(crossings, LEAD_SAMPLES, WINDOW_SAMPLES, samples);
  const whole = Int32Array.of(0, samples);
  const railFraction = samples > 0 ? countAtRails(codes) / samples : 0;
  const sortable = railFraction <= MOST_AT_RAILS && crossings.length >= LEAST_SPIKES_TO_SORT;
  const sorted = sortable ? sortSpikes(inBand, crossings, peaks, threshold) : undefined;
  const hasClusters = sorted !== undefined && sorted.clusters.count > 1;

  const compareSorting = (
    sortedOriginal: SortedSpikes,
    ownThreshold: number,
    ownCrossings: Int32Array,
    partners: Int32Array,
  ): SortingComparison => {
    const { clusters, places } = sortedOriginal;
    const noise = threshold / THRESHOLD_DEVIATIONS;
    const { waveforms } = cutWaveforms(decodedInBand, places, LEAD_SAMPLES, WINDOW_SAMPLES, noise);
    const labels = clusters.assign(waveforms);
    const ownPeaks = spikePeaks(decodedInBand, ownCrossings, DEAD_SAMPLES);
    const afresh = sortSpikes(decodedInBand, ownCrossings, ownPeaks, ownThreshold);
    return {
      sameCluster: labels.reduce((sum, label, i) => sum + Number(label === clusters.labels[i]), 0),
      adjustedRand: agreement(sortedOriginal, afresh, partners),
    };
  };

  return {
    samples,
    duration: samples / SAMPLE_RATE,
    variance: standardDeviation(codes) ** 2,
    inBandVariance: variance(inBand),
    railFraction,
    threshold,
    inBand,
    crossings,
    spikeWaveformEnergy: energyOver(stretches, inBand),
    clusters: sorted?.clusters.count ?? 0,
    sortedSpikes: hasClusters ? sorted.indices.length : 0,
    compare(decoded: Uint16Array): RecordingComparison {
      if (decoded.length !== samples) throw new LengthMismatchError(samples, decoded.length);
      const decodedPower = extractor.extract(decoded, decodedInBand);
      const decodedCrossings = thresholdCrossings(decodedInBand, threshold, DEAD_SAMPLES);
      const ownThreshold = spikeThreshold(decodedInBand, LEAST_NOISE, work);
      const ownCrossings = thresholdCrossings(decodedInBand, ownThreshold, DEAD_SAMPLES);
      const partners = matchSpikes(crossings, decodedCrossings, TOLERANCE_SAMPLES);
      const ownPartners = matchSpikes(crossings, ownCrossings, TOLERANCE_SAMPLES);
      return {
        samples,
        squaredError: squaredError(codes, decoded),
        inBandSquaredError: squaredErrorOver(whole, inBand, decodedInBand),
        spikes: countMatches(partners, decodedCrossings.length),
        ownThresholdSpikes: countMatches(ownPartners, ownCrossings.length),
        spikeAmplitudes: amplitudeSums(peaks, inBand, decodedInBand, TOLERANCE_SAMPLES, threshold),
        spikeWaveformSquaredError: squaredErrorOver(stretches, inBand, decodedInBand),
        spikeBandPowerCorrelation: correlation(power, decodedPower, ROUNDING * ROUNDING),
        sorting: hasClusters ? compareSorting(sorted, ownThreshold, ownCrossings, ownPartners) : null,
      };
    },
  };
}
