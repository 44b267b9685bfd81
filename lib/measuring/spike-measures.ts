/**
 * What is measured of the spikes of a corpus: each measure as sums over recordings and what they come to, so that the
 * pooled number, that of one recording and those of the bootstrap are one definition.
 */
import { signalToNoiseRatio } from '../metrics/distortion';
import { MOST_AT_RAILS } from '../metrics/recording-metrics';
import { amplitudeCorrelation, spikeScores, type SpikeCounts } from '../metrics/spikes';
import type { RecordingFacts, StepMeasurement } from './measure';
import type { MedianSpikeMeasure, PooledSpikeMeasure } from '../results/curve-details';

/** Spikes a second from which on a recording counts in the spike measures; most electrodes are nearly silent. */
export const SPIKING_RATE = 1;

/** Whether so many of a recording's samples are at the rails that its spikes do not count. */
export function isSaturated({ railFraction }: Pick<RecordingFacts, 'railFraction'>): boolean {
  return railFraction > MOST_AT_RAILS;
}

/** Whether a recording counts in the spike measures: spikes enough, and not saturated. */
export function isSpiking(facts: Pick<RecordingFacts, 'spikes' | 'duration' | 'railFraction'>): boolean {
  return facts.spikes > 0 && facts.spikes >= SPIKING_RATE * facts.duration && !isSaturated(facts);
}

/** One measure. */
export interface SpikeMeasure {
  readonly pooled: PooledSpikeMeasure;
  /** Name of the number of the median recording, where there is one. */
  readonly median?: MedianSpikeMeasure;
  /** What is added up over recordings; null of a recording that does not have it. */
  sums(facts: RecordingFacts, point: StepMeasurement): readonly number[] | null;
  /** What the sums come to, of one recording or of many; null where they say nothing. */
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

/** All of them; only recordings for which {@link isSpiking} is true are added up. */
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
    // Weighted by spikes, so that a recording counts as in the other pooled measures.
    sums: ({ sortedSpikes }, { comparison }) =>
      comparison.sorting && [comparison.sorting.adjustedRand * sortedSpikes, sortedSpikes],
    value: fraction,
  },
];
