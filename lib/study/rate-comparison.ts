/** Bytes that codecs save against a reference at equal PSNR, with intervals. */
import { codecFromId } from '../codecs/codec-from-id';
import { losslessPreset } from '../codecs/lossless/lossless-codec';
import { psnrAt } from '../figures/charts/rate-distortion';
import { meanSquaredError, peakSignalToNoiseRatio } from '../metrics/distortion';
import type { Corpus } from '../recordings/corpus';
import { groupsOfEqualLength } from '../recordings/folds';
import { bjontegaardDeltaRate, type RatePoint } from '../numerics/bjontegaard';
import { bootstrapInterval, type Interval } from '../numerics/statistics';
import { OPERATING_STEPS } from '../measuring/steps';
import { summarize } from '../measuring/summarize';
import { sweep, type SweepResult } from '../measuring/sweep';

/** The compression ratios that bound a comparison. */
export interface RatioRange {
  readonly from: number;
  readonly to: number;
}

/** Range of high rates, where distortion is small. */
export const HIGH_RATE: RatioRange = { from: 5, to: 20 };

/** Range of low rates, where most of the signal is lost. */
export const LOW_RATE: RatioRange = { from: 20, to: 200 };

/** Comparison of one codec with the reference. */
export interface RateComparison {
  readonly id: string;
  /**
   * Bjøntegaard delta rate in percent for each range, negative where bytes are saved, with its 95% interval;
   * null where the curves have no PSNR in common, as for a codec without lossy points.
   */
  readonly deltaRates: readonly (Interval | null)[];
}

/** Number of draws in the bootstrap. */
const REPLICATES = 1000;

/**
 * Bytes and squared errors of recordings of equal length, summed for each step, under the reference and under
 * the other codec.
 */
interface GroupSums {
  readonly samples: number;
  readonly reference: StepSums;
  readonly other: StepSums;
}

interface StepSums {
  readonly bytes: Float64Array;
  readonly squaredError: Float64Array;
}

/**
 * Compares codecs of the catalog with a reference, at the operating points of the notebooks; measurements of
 * earlier sweeps are reused. The bootstrap draws groups of recordings of equal length, the same for both
 * codecs.
 *
 * @param reference - id of the reference codec
 * @param ids - ids of the compared codecs
 * @param ranges - ranges of PSNR, given by the reference's PSNRs at these compression ratios
 */
export async function compareRates(
  reference: string,
  ids: readonly string[],
  corpus: Corpus,
  ranges: readonly RatioRange[] = [HIGH_RATE, LOW_RATE],
): Promise<RateComparison[]> {
  const steps = OPERATING_STEPS.filter((step) => step > 0);
  const referenceSweep = await sweep(codecFromId(reference), corpus, steps);
  const curve = summarize(referenceSweep, { parameters: {}, family: '', learned: false, notebook: '' });
  const limits = ranges.map(({ from, to }): [number, number] | undefined => {
    const [high, low] = [psnrAt(curve, from), psnrAt(curve, to)];
    return high === undefined || low === undefined ? undefined : [low, high];
  });
  const comparisons: RateComparison[] = [];
  for (const id of ids) {
    if (losslessPreset(id) !== undefined) {
      comparisons.push({ id, deltaRates: ranges.map(() => null) });
      continue;
    }
    const groups = groupSums(referenceSweep, await sweep(codecFromId(id), corpus, steps));
    const deltaRates = limits.map((between) =>
      between === undefined
        ? null
        : bootstrapInterval(
            groups,
            (drawn) =>
              bjontegaardDeltaRate(ratePoints(drawn, 'reference'), ratePoints(drawn, 'other'), between),
            { replicates: REPLICATES },
          ),
    );
    comparisons.push({ id, deltaRates });
  }
  return comparisons;
}

/** Sums over each group of recordings of equal length. */
function groupSums(reference: SweepResult, other: SweepResult): GroupSums[][] {
  const pairs = reference.recordings.map((first, i) => ({
    samples: first.facts.samples,
    reference: first,
    other: other.recordings[i]!,
  }));
  return groupsOfEqualLength(pairs).map((group) => [
    {
      samples: group.reduce((sum, { samples }) => sum + samples, 0),
      reference: stepSums(group.map((pair) => pair.reference)),
      other: stepSums(group.map((pair) => pair.other)),
    },
  ]);
}

function stepSums(recordings: readonly SweepResult['recordings'][number][]): StepSums {
  const steps = recordings[0]!.points.length;
  const bytes = new Float64Array(steps);
  const squaredError = new Float64Array(steps);
  for (const { points } of recordings) {
    points.forEach(({ compressedBytes, comparison }, i) => {
      bytes[i]! += compressedBytes;
      squaredError[i]! += comparison.squaredError;
    });
  }
  return { bytes, squaredError };
}

/**
 * Curve of a drawn corpus. Among steps with the same PSNR, as where all coefficients are zero, only the
 * cheapest is kept.
 */
function ratePoints(groups: readonly GroupSums[], codec: 'reference' | 'other'): RatePoint[] {
  const steps = groups[0]![codec].bytes.length;
  let samples = 0;
  const bytes = new Float64Array(steps);
  const squaredError = new Float64Array(steps);
  for (const group of groups) {
    samples += group.samples;
    for (let i = 0; i < steps; i++) {
      bytes[i]! += group[codec].bytes[i]!;
      squaredError[i]! += group[codec].squaredError[i]!;
    }
  }
  const points = new Map<number, number>();
  for (let i = 0; i < steps; i++) {
    const psnr = peakSignalToNoiseRatio(meanSquaredError(squaredError[i]!, samples));
    points.set(psnr, Math.min(bytes[i]!, points.get(psnr) ?? Infinity));
  }
  return Array.from(points, ([psnr, rate]) => ({ rate, psnr }));
}
