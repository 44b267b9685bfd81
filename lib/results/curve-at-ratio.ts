/**
 * Curves between their operating points. Runs in pages too.
 */
import { monotoneCubic, valueOfCubic, type PiecewiseCubic } from '../numerics/monotone-cubic';
import type { CorpusBoundPoint, MedianSpikeMeasure, PooledSpikeMeasure } from './curve-details';
import type { Curve } from './results';

/** A point of a curve: a compression ratio, bits per sample or another cost, and what it gives, in dB or as a share. */
export interface CostQuality {
  readonly cost: number;
  readonly quality: number;
}

/**
 * The monotone cubic through points over their cost. Points without a cost above 0 are left out; of points with equal
 * cost the first counts.
 *
 * @param points - in any order
 * @param scale - of the cost, ascending; without it the natural logarithm
 * @returns undefined where fewer than two points are left
 */
export function cubicOverCost(
  points: readonly CostQuality[],
  scale: (cost: number) => number = Math.log,
): PiecewiseCubic | undefined {
  const sorted = points
    .filter(({ cost }) => cost > 0)
    .map(({ cost, quality }) => ({ at: scale(cost), quality }))
    .sort((a, b) => a.at - b.at)
    .filter(({ at }, i, all) => at !== all[i - 1]?.at);
  if (sorted.length < 2) return undefined;
  return monotoneCubic(
    Float64Array.from(sorted, ({ at }) => at),
    Float64Array.from(sorted, ({ quality }) => quality),
  );
}

/**
 * Quality of a curve at a cost, on {@link cubicOverCost}; undefined outside of the points.
 *
 * @param points - in any order
 */
export function valueAt(points: readonly CostQuality[], cost: number): number | undefined {
  const costs = points.map((point) => point.cost).filter((one) => one > 0);
  if (costs.length === 0 || cost < Math.min(...costs) || cost > Math.max(...costs)) return undefined;
  const cubic = cubicOverCost(points);
  return cubic ? valueOfCubic(cubic, Math.log(cost)) : points.find((point) => point.cost === cost)?.quality;
}

/** What has a PSNR at some compression ratios: a measured curve, the bound. */
export interface PsnrPoints {
  readonly points: readonly { readonly compressionRatio: number; readonly psnr: number | null }[];
}

/** PSNR of a curve at a compression ratio, in dB, by {@link valueAt}; undefined outside of its points. */
export function psnrAt({ points }: PsnrPoints, compressionRatio: number): number | undefined {
  const measured = points.flatMap(({ compressionRatio: cost, psnr }) =>
    psnr === null ? [] : [{ cost, quality: psnr }],
  );
  return valueAt(measured, compressionRatio);
}

/**
 * PSNR of a bound at a compression ratio, by {@link psnrAt}. A bound is convex over the logarithm of the ratio: straight
 * lines between its points lie above it, most at small ratios, so every codec would seem farther from it.
 */
export function boundAt(bound: PsnrPoints['points'], compressionRatio: number): number | undefined {
  return psnrAt({ points: bound }, compressionRatio);
}

/**
 * SNR of the spike band of a bound at a compression ratio, in dB, in the median recording; undefined where it was not
 * computed.
 */
export function inBandBoundAt(
  bound: readonly CorpusBoundPoint[],
  compressionRatio: number,
): number | undefined {
  const points = bound.flatMap(({ compressionRatio: ratio, inBandSnrMedian }) =>
    inBandSnrMedian === undefined ? [] : [{ compressionRatio: ratio, psnr: inBandSnrMedian }],
  );
  return boundAt(points, compressionRatio);
}

/**
 * A spike measure of a codec at a compression ratio: between operating points linear in the logarithm of the ratio, since
 * some points lack the measure and it is not monotone.
 *
 * @param measure - F1 with the threshold of the original where it is left out; a codec whose `optimizes` names it is not
 *   to be ranked by it
 * @returns undefined outside of its operating points, and where they do not have the measure
 */
export function spikesAt(
  { points }: Pick<Curve, 'points'>,
  compressionRatio: number,
  measure: PooledSpikeMeasure | MedianSpikeMeasure = 'spikeF1',
): number | undefined {
  const inOrder = [...points].sort((a, b) => a.compressionRatio - b.compressionRatio);
  for (let i = 1; i < inOrder.length; i++) {
    const [low, high] = [inOrder[i - 1]!, inOrder[i]!];
    if (compressionRatio < low.compressionRatio || compressionRatio > high.compressionRatio) continue;
    const [below, above] = [low[measure] ?? undefined, high[measure] ?? undefined];
    if (below === undefined || above === undefined) return undefined;
    const share =
      Math.log(compressionRatio / low.compressionRatio) /
      Math.log(high.compressionRatio / low.compressionRatio);
    return below + share * (above - below);
  }
  return undefined;
}
