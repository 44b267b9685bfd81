/**
 * Spike measures of a corpus. Each measure is defined once, by sums over recordings and a value of these
 * sums. The pooled number, the number of one recording and those of the bootstrap all follow from it.
 */
import { signalToNoiseRatio } from '../metrics/distortion';
import { MOST_AT_RAILS } from '../metrics/recording-metrics';
import { amplitudeCorrelation, spikeScores, type SpikeCounts } from '../metrics/spikes';
import type { RecordingFacts, StepMeasurement } from './measure';
import type { MedianSpikeMeasure, PooledSpikeMeasure } from '../results/curve-details';

/**
 * Least rate of spikes with which a recording counts in the spike measures, spikes a second; most electrodes
 * are nearly silent.
 */
export const SPIKING_RATE = 1;

/** Whether too many of a recording's samples are at the rails for its spikes to count. */
export function isSaturated({ railFraction }: Pick<RecordingFacts, 'railFraction'>): boolean {
  return railFraction > MOST_AT_RAILS;
}

/** Whether a recording counts in the spike measures: it has enough spikes and is not saturated. */
export function isSpiking(facts: Pick<RecordingFacts, 'spikes' | 'duration' | 'railFraction'>): boolean {
  return facts.spikes > 0 && facts.spikes >= SPIKING_RATE * facts.duration && !isSaturated(facts);
}

/** One measure. */
export interface SpikeMeasure {
  readonly pooled: PooledSpikeMeasure;
  /** Name of the measure of the median recording, where there is one. */
  readonly median?: MedianSpikeMeasure;
  /** Quantities that are added up over recordings; null where a recording does not have them. */
  sums(facts: RecordingFacts, point: StepMeasurement): readonly number[] | null;
  /** Value of the measure from the sums of one recording or of many; null where it is not defined. */
  value(sums: readonly number[]): number | null;
}

function countsOf({ matched, missed, spurious }: SpikeCounts): readonly number[] {
  return [matched, missed, spurious];
}

function scoresOf([matched, missed, spurious]: readonly number[]): ReturnType<typeof spikeScores> {
  return spikeScores({ matched: matched!, missed: missed!, spurious: spurious! });
}

function fraction([part, whole]: readonly number[]): number | null {
  return whole! > 0 ? part! / whole! : null;
}

const withThresholdOfOriginal: SpikeMeasure['sums'] = (_, { comparison }) => countsOf(comparison.spikes);
const withOwnThreshold: SpikeMeasure['sums'] = (_, { comparison }) => countsOf(comparison.ownThresholdSpikes);

/** All spike measures. Only recordings for which {@link isSpiking} is true are added up. */
export const SPIKE_MEASURES: readonly SpikeMeasure[] = [
  {
    pooled: 'spikePrecision',
    sums: withThresholdOfOriginal,
    value: (sums) => scoresOf(sums).precision,
  },
  {
    pooled: 'spikeRecall',
    sums: withThresholdOfOriginal,
    value: (sums) => scoresOf(sums).recall,
  },
  {
    pooled: 'spikeF1',
    median: 'spikeF1Median',
    sums: withThresholdOfOriginal,
    value: (sums) => scoresOf(sums).f1,
  },
  {
    pooled: 'ownThresholdPrecision',
    sums: withOwnThreshold,
    value: (sums) => scoresOf(sums).precision,
  },
  {
    pooled: 'ownThresholdRecall',
    sums: withOwnThreshold,
    value: (sums) => scoresOf(sums).recall,
  },
  {
    pooled: 'ownThresholdF1',
    median: 'ownThresholdF1Median',
    sums: withOwnThreshold,
    value: (sums) => scoresOf(sums).f1,
  },
  {
    pooled: 'spikeAmplitudeCorrelation',
    median: 'spikeAmplitudeCorrelationMedian',
    sums: (_, { comparison: { spikeAmplitudes } }) => [
      spikeAmplitudes.original,
      spikeAmplitudes.decoded,
      spikeAmplitudes.products,
    ],
    value: ([original, decoded, products]) =>
      amplitudeCorrelation({ original: original!, decoded: decoded!, products: products! }),
  },
  {
    pooled: 'spikeWaveformSnr',
    median: 'spikeWaveformSnrMedian',
    sums: (facts, { comparison }) => [facts.spikeWaveformEnergy, comparison.spikeWaveformSquaredError],
    value: ([energy, error]) => (energy! > 0 ? signalToNoiseRatio(energy!, error!) : null),
  },
  {
    pooled: 'sameCluster',
    median: 'sameClusterMedian',
    sums: ({ sortedSpikes }, { comparison }) =>
      comparison.sorting && [comparison.sorting.sameCluster, sortedSpikes],
    value: fraction,
  },
  {
    pooled: 'adjustedRand',
    median: 'adjustedRandMedian',
    // Weighted by the number of spikes, like the other pooled measures.
    sums: ({ sortedSpikes }, { comparison }) =>
      comparison.sorting && [comparison.sorting.adjustedRand * sortedSpikes, sortedSpikes],
    value: fraction,
  },
];
