/**
 * Intervals of the points of a curve: the 95% interval of each number of an operating point.
 *
 * This is the bootstrap of `statistics.ts`, but a recording is weighted by the number of times its group was
 * drawn, where that one copies it: the intervals are the same, in a fraction of the time.
 */
import { LOSSLESS } from '../coding/codec';
import { meanSquaredError, peakSignalToNoiseRatio } from '../metrics/distortion';
import { groupsOfEqualLength } from '../recordings/folds';
import { packDraws } from '../results/curve-draws';
import type { PointIntervals, UncertainMeasure } from '../results/curve-details';
import { uniformNumbers } from '../numerics/random';
import { quantileOfSorted } from '../numerics/statistics';
import { isSpiking, SPIKE_MEASURES, type SpikeMeasure } from './spike-measures';
import { recordingInBandSnr, recordingSnr, roundedOrNull } from './summarize';
import type { RecordingMeasurement, SweepResult } from './sweep';

/** Settings of the bootstrap. */
export interface IntervalOptions {
  /** Number of drawn corpora. Default 1000. */
  readonly replicates?: number;
  /** The same seed gives the same intervals. Default 1. */
  readonly seed?: number;
}

/** Probability of an interval. */
const CONFIDENCE = 0.95;

/** A number measured on a drawn corpus. `counts` holds for each recording how often it was drawn. */
type DrawnStatistic = (counts: Uint16Array) => number | null;

/**
 * Intervals of the lossy operating points of a sweep, ascending step.
 *
 * @param result - groups of recordings of equal length are drawn from its corpus
 */
export function curveIntervals(result: SweepResult, options: IntervalOptions = {}): PointIntervals[] {
  const { replicates = 1000, seed = 1 } = options;
  const { recordings, steps } = result;
  const { leavesOut = [] } = result.codec;
  const statistics = steps.flatMap((step, position) =>
    step === LOSSLESS
      ? []
      : Object.entries(pointStatistics(result, position))
          .filter(([measure]) => !leavesOut.includes(measure))
          .map(([measure, statistic]) => ({
            step,
            measure: measure as UncertainMeasure,
            statistic,
            drawn: [] as (number | null)[],
          })),
  );
  const groups = groupsOfEqualLength(
    recordings.map(({ recording }, index) => ({ samples: recording.samples, index })),
  );
  const random = uniformNumbers(seed);
  const counts = new Uint16Array(recordings.length);
  for (let replicate = 0; replicate < replicates; replicate++) {
    counts.fill(0);
    for (let draw = 0; draw < groups.length; draw++) {
      for (const { index } of groups[Math.floor(random() * groups.length)]!) counts[index]!++;
    }
    for (const { statistic, drawn } of statistics) {
      drawn.push(statistic(counts));
    }
  }
  const tail = (1 - CONFIDENCE) / 2;
  const once = new Uint16Array(recordings.length).fill(1);
  return steps
    .filter((step) => step !== LOSSLESS)
    .map((step) => {
      const intervals: Partial<Record<UncertainMeasure, readonly [number, number]>> = {};
      const draws: Partial<Record<UncertainMeasure, string>> = {};
      for (const { measure, drawn, statistic } of statistics.filter((one) => one.step === step)) {
        const sorted = Float64Array.from(drawn.filter((value): value is number => value !== null)).sort();
        const lower = roundedOrNull(quantileOfSorted(sorted, tail));
        const upper = roundedOrNull(quantileOfSorted(sorted, 1 - tail));
        if (lower !== null && upper !== null) intervals[measure] = [lower, upper];
        const packed = packDraws(measure, statistic(once), drawn);
        if (packed !== undefined) draws[measure] = packed;
      }
      return { step, intervals, draws };
    });
}

/**
 * The numbers that {@link summarize} measures of a point, as functions of how often each recording was drawn.
 */
function pointStatistics(
  { recordings, corpus }: SweepResult,
  position: number,
): Record<UncertainMeasure, DrawnStatistic> {
  const column = (value: (one: RecordingMeasurement) => number): Float64Array =>
    Float64Array.from(recordings, value);
  const wavBytes = column(({ recording }) => recording.wavBytes);
  const bytes = column(({ points }) => points[position]!.compressedBytes);
  const samples = column(({ facts }) => facts.samples);
  const errors = column(({ points }) => points[position]!.comparison.squaredError);
  const medianOf = (value: (one: RecordingMeasurement) => number | null): DrawnStatistic =>
    drawnMedian(recordings.map(value));
  return {
    compressionRatio: (counts) => weightedSum(wavBytes, counts) / weightedSum(bytes, counts),
    psnr: (counts) =>
      peakSignalToNoiseRatio(
        meanSquaredError(weightedSum(errors, counts), weightedSum(samples, counts)),
        corpus.fullScale.codes,
      ),
    snrMedian: medianOf(({ facts, points }) => recordingSnr(facts, points[position]!)),
    inBandSnrMedian: medianOf(({ facts, points }) => recordingInBandSnr(facts, points[position]!)),
    spikeBandPowerCorrelation: medianOf(
      ({ points }) => points[position]!.comparison.spikeBandPowerCorrelation,
    ),
    ...Object.assign({}, ...SPIKE_MEASURES.map((measure) => spikeStatistics(measure, recordings, position))),
  } as Record<UncertainMeasure, DrawnStatistic>;
}

/** One spike measure, pooled and as the median recording. */
function spikeStatistics(
  { pooled, median, sums, value }: SpikeMeasure,
  recordings: readonly RecordingMeasurement[],
  position: number,
): Partial<Record<UncertainMeasure, DrawnStatistic>> {
  const ofRecordings = recordings.map(({ facts, points }) =>
    isSpiking(facts) ? sums(facts, points[position]!) : null,
  );
  const terms = ofRecordings.find((one) => one !== null)?.length ?? 0;
  const columns = Array.from({ length: terms }, (_, i) =>
    Float64Array.from(ofRecordings, (one) => one?.[i] ?? 0),
  );
  const pooledStatistic: DrawnStatistic = (counts) =>
    terms === 0 ? null : value(columns.map((column) => weightedSum(column, counts)));
  return {
    [pooled]: pooledStatistic,
    ...(median && { [median]: drawnMedian(ofRecordings.map((one) => one && value(one))) }),
  };
}

function weightedSum(values: Float64Array, counts: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * counts[i]!;
  return sum;
}

/** The median over a drawn corpus; null where no drawn recording has the value. */
function drawnMedian(values: readonly (number | null)[]): DrawnStatistic {
  const order = values.map((_, index) => index).filter((index) => values[index] !== null);
  order.sort((a, b) => values[a]! - values[b]!);
  const sorted = Float64Array.from(order, (index) => values[index]!);
  return (counts) => {
    let total = 0;
    for (const index of order) total += counts[index]!;
    if (total === 0) return null;
    // The median of an even number of values is the mean of the two in the middle.
    const [first, second] = [(total - 1) >> 1, total >> 1];
    let passed = 0;
    let lower: number | undefined;
    for (let k = 0; k < order.length; k++) {
      passed += counts[order[k]!]!;
      if (lower === undefined && passed > first) lower = sorted[k]!;
      if (passed > second) return meanOfTwo(lower!, sorted[k]!);
    }
    return null;
  };
}

function meanOfTwo(lower: number, upper: number): number {
  if (lower === upper) return lower;
  // Next to an infinity the upper of the two values is taken, as everywhere in this project.
  return Number.isFinite(lower) && Number.isFinite(upper) ? lower + (upper - lower) * 0.5 : upper;
}
