/** Bytes that codecs save against a reference at equal PSNR, with intervals. */
import type { Codec } from '../coding/codec';
import { curveCodec } from '../measuring/curve-codec';
import { losslessPreset } from '../codecs/lossless/lossless-codec';
import { psnrAt } from '../results/curve-at-ratio';
import type { Corpus } from '../recordings/corpus';
import { groupsOfEqualLength } from '../recordings/folds';
import { bjontegaardDeltaRate, type RatePoint } from '../numerics/bjontegaard';
import { bootstrapInterval, type Interval } from '../numerics/statistics';
import { addedSums, ratePoints, stepSumsOf, type StepSums } from '../measuring/step-sums';
import { operatingSteps } from '../measuring/measured-curve';
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

/** What recordings cost and lose at each step, under the reference and under another codec. */
interface PairedSums {
  readonly reference: StepSums;
  readonly other: StepSums;
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
  const measured = async (codec: Codec): Promise<SweepResult> =>
    sweep(
      codec,
      corpus,
      operatingSteps(codec.id, corpus).filter((step) => step > 0),
    );
  const referenceSweep = await measured(curveCodec(reference));
  const comparisons: RateComparison[] = [];
  for (const id of ids) {
    const codec = curveCodec(id);
    // Codecs that are not judged by their error have no curve of it.
    const hasCurve = losslessPreset(id) === undefined && !codec.leavesOut?.includes('psnr');
    comparisons.push({
      id,
      deltaRates: hasCurve
        ? compareSweeps(referenceSweep, await measured(codec), ranges)
        : ranges.map(() => null),
    });
  }
  return comparisons;
}

/**
 * {@link RateComparison.deltaRates} of two sweeps over the same recordings, with no lossless step.
 *
 * @param ranges - as for {@link compareRates}
 */
export function compareSweeps(
  reference: SweepResult,
  other: SweepResult,
  ranges: readonly RatioRange[] = [HIGH_RATE, LOW_RATE],
): (Interval | null)[] {
  const curve = summarize(reference, { parameters: {}, family: '', learned: false, notebook: '' });
  const groups = pairedSums(reference, other);
  const fullScale = reference.corpus.fullScale.codes;
  return ranges.map(({ from, to }) => {
    const [high, low] = [psnrAt(curve, from), psnrAt(curve, to)];
    if (high === undefined || low === undefined) return null;
    return bootstrapInterval(
      groups,
      (drawn) =>
        bjontegaardDeltaRate(
          drawnPoints(drawn, 'reference', fullScale),
          drawnPoints(drawn, 'other', fullScale),
          [low, high],
        ),
      { replicates: REPLICATES },
    );
  });
}

/** One list for each group of recordings of equal length, with the sums over the group. */
function pairedSums(reference: SweepResult, other: SweepResult): PairedSums[][] {
  const pairs = reference.recordings.map((first, i) => ({
    samples: first.facts.samples,
    reference: stepSumsOf(first),
    other: stepSumsOf(other.recordings[i]!),
  }));
  return groupsOfEqualLength(pairs).map((group) => [
    {
      reference: addedSums(group.map((pair) => pair.reference)),
      other: addedSums(group.map((pair) => pair.other)),
    },
  ]);
}

/** The curve of a drawn corpus. */
function drawnPoints(drawn: readonly PairedSums[], codec: keyof PairedSums, fullScale: number): RatePoint[] {
  return ratePoints(addedSums(drawn.map((pair) => pair[codec])), fullScale);
}
