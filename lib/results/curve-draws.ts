/**
 * The points of a curve on drawn corpora. All curves of a corpus are measured on the same draws, so the
 * difference of any two curves can be given an interval. Runs in pages too.
 */
import type { PointDraws, UncertainMeasure } from './curve-details';
import { packIntegers, unpackIntegers } from './packed-integers';

/** Number of draws whose numbers are kept. */
export const KEPT_DRAWS = 100;

/** Resolution of the kept numbers: compression ratios, decibels, scores. */
const [RATIO_STEP, DECIBEL_STEP, SCORE_STEP] = [1e-3, 1e-3, 1e-4];

const STEPS: Readonly<Partial<Record<UncertainMeasure, number>>> = {
  compressionRatio: RATIO_STEP,
  psnr: DECIBEL_STEP,
  snrMedian: DECIBEL_STEP,
  inBandSnrMedian: DECIBEL_STEP,
  spikeF1: SCORE_STEP,
  spikeBandPowerCorrelation: SCORE_STEP,
};

/**
 * Packs the numbers of a point on the draws as text. Undefined for a measure that is not kept. Also undefined
 * where one draw lacks the number: a gap would shift all later draws against the other curves.
 *
 * @param point - the number on all recordings
 * @param drawn - the number on each draw, in order
 */
export function packDraws(
  measure: UncertainMeasure,
  point: number | null,
  drawn: readonly (number | null)[],
): string | undefined {
  const step = STEPS[measure];
  if (step === undefined || point === null) return undefined;
  const kept = drawn
    .slice(0, KEPT_DRAWS)
    .map((value) => (value === null ? NaN : Math.round((value - point) / step)));
  return kept.every(Number.isFinite) ? packIntegers(kept) : undefined;
}

/** The numbers of a point on the draws; undefined where they were not kept. */
export function unpackDraws(
  draws: PointDraws | undefined,
  measure: UncertainMeasure,
  point: number,
): number[] | undefined {
  const [text, step] = [draws?.[measure], STEPS[measure]];
  if (text === undefined || step === undefined) return undefined;
  return Array.from(unpackIntegers(text), (steps) => point + steps * step);
}
