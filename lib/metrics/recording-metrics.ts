/**
 * All metrics of one decoded recording against its original. One object prepares the original once and then
 * compares any number of decoded signals with it.
 */

import { standardDeviation } from '../recordings/adc';
import type { ElectrodeFacts } from '../recordings/recording';
import { adjustedRandIndex } from './adjusted-rand';
import { binnedPower, correlation } from './band-power';
import { LengthMismatchError, squaredError, variance } from './distortion';
import { bandFilter, leastNoise, SPIKE_BAND, SPIKE_POWER_BAND } from './spike-band';
import { cutWaveforms, learnClusters, peaksBetweenSamples, type SpikeClusters } from './spike-sorter';
import {
  amplitudeSums,
  countMatches,
  energyOver,
  matchSpikes,
  spikePeaks,
  spikeStretches,
  spikeThreshold,
  spikeTimes,
  squaredErrorOver,
  THRESHOLD_DEVIATIONS,
  thresholdCrossings,
  type AmplitudeSums,
  type SpikeCounts,
  type SpikeTimes,
} from './spikes';

/** Seconds of one bin of spike-band power. */
export const POWER_BIN = 0.05;

/** ADC codes: in-band amplitudes below this are rounding errors of the filter. */
const ROUNDING = 1e-6;

/** Fewest spikes of a recording that is sorted: fewer cannot form two clusters. */
const LEAST_SPIKES_TO_SORT = 20;

/**
 * Largest share of samples at the ends of the range with which a recording's spikes count. In recordings with more, the
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
  /** Share of the samples at either end of the digitizer's range. */
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
  private readonly spikeFilter;
  private readonly powerFilter;
  private readonly codes: Float64Array;
  private readonly power: Float64Array;

  constructor(
    samples: number,
    private readonly sampleRate: number,
  ) {
    this.spikeFilter = bandFilter(SPIKE_BAND, sampleRate);
    this.powerFilter = bandFilter(SPIKE_POWER_BAND, sampleRate);
    this.codes = new Float64Array(samples);
    this.power = new Float64Array(samples);
  }

  /** Writes the spike band to `inBand` and returns the binned power of the spike-power band. */
  extract(codes: Uint16Array, inBand: Float64Array): Float64Array {
    this.codes.set(codes);
    this.spikeFilter.apply(this.codes, inBand);
    this.powerFilter.apply(this.codes, this.power);
    return binnedPower(this.power, POWER_BIN * this.sampleRate);
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
  times: SpikeTimes,
): SortedSpikes {
  const noise = threshold / THRESHOLD_DEVIATIONS;
  const places = peaksBetweenSamples(inBand, peaks);
  const { waveforms, indices } = cutWaveforms(inBand, places, times.lead, times.window, noise);
  const positions = new Int32Array(crossings.length).fill(-1);
  indices.forEach((index, position) => (positions[index] = position));
  return { clusters: learnClusters(waveforms, times.window), places, indices, positions };
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

function countAtRails(codes: Uint16Array, largest: number): number {
  let count = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] === 0 || codes[i] === largest) count++;
  return count;
}

/**
 * Prepares the metrics of a recording. The object keeps about 50 bytes of memory a sample; make one for each
 * recording, and release it after its last operating point.
 *
 * @param codes - codes of the original, any number of them; kept, so not to be changed afterwards
 * @param electrode - what digitized them, such as the recording
 */
export function createRecordingMetrics(
  codes: Uint16Array,
  electrode: Pick<ElectrodeFacts, 'sampleRate' | 'digitizer'>,
): RecordingMetrics {
  const samples = codes.length;
  const { sampleRate } = electrode;
  const largest = electrode.digitizer.codes - 1;
  const times = spikeTimes(sampleRate);
  const noiseFloor = leastNoise(sampleRate);
  const extractor = new BandExtractor(samples, sampleRate);
  const inBand = new Float64Array(samples);
  const power = extractor.extract(codes, inBand);
  const decodedInBand = new Float64Array(samples);
  const work = new Float64Array(samples);
  const threshold = spikeThreshold(inBand, noiseFloor, work);
  const crossings = thresholdCrossings(inBand, threshold, times.dead);
  const peaks = spikePeaks(inBand, crossings, times.dead);
  const stretches = spikeStretches(crossings, times.lead, times.window, samples);
  const whole = Int32Array.of(0, samples);
  const railFraction = samples > 0 ? countAtRails(codes, largest) / samples : 0;
  const sortable = railFraction <= MOST_AT_RAILS && crossings.length >= LEAST_SPIKES_TO_SORT;
  const sorted = sortable ? sortSpikes(inBand, crossings, peaks, threshold, times) : undefined;
  const hasClusters = sorted !== undefined && sorted.clusters.count > 1;

  const compareSorting = (
    sortedOriginal: SortedSpikes,
    ownThreshold: number,
    ownCrossings: Int32Array,
    partners: Int32Array,
  ): SortingComparison => {
    const { clusters, places } = sortedOriginal;
    const noise = threshold / THRESHOLD_DEVIATIONS;
    const { waveforms } = cutWaveforms(decodedInBand, places, times.lead, times.window, noise);
    const labels = clusters.assign(waveforms);
    const ownPeaks = spikePeaks(decodedInBand, ownCrossings, times.dead);
    const afresh = sortSpikes(decodedInBand, ownCrossings, ownPeaks, ownThreshold, times);
    return {
      sameCluster: labels.reduce((sum, label, i) => sum + Number(label === clusters.labels[i]), 0),
      adjustedRand: agreement(sortedOriginal, afresh, partners),
    };
  };

  return {
    samples,
    duration: samples / sampleRate,
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
      const decodedCrossings = thresholdCrossings(decodedInBand, threshold, times.dead);
      const ownThreshold = spikeThreshold(decodedInBand, noiseFloor, work);
      const ownCrossings = thresholdCrossings(decodedInBand, ownThreshold, times.dead);
      const partners = matchSpikes(crossings, decodedCrossings, times.tolerance);
      const ownPartners = matchSpikes(crossings, ownCrossings, times.tolerance);
      return {
        samples,
        squaredError: squaredError(codes, decoded),
        inBandSquaredError: squaredErrorOver(whole, inBand, decodedInBand),
        spikes: countMatches(partners, decodedCrossings.length),
        ownThresholdSpikes: countMatches(ownPartners, ownCrossings.length),
        spikeAmplitudes: amplitudeSums(peaks, inBand, decodedInBand, times.tolerance, threshold),
        spikeWaveformSquaredError: squaredErrorOver(stretches, inBand, decodedInBand),
        spikeBandPowerCorrelation: correlation(power, decodedPower, ROUNDING * ROUNDING),
        sorting: hasClusters ? compareSorting(sorted, ownThreshold, ownCrossings, ownPartners) : null,
      };
    },
  };
}
