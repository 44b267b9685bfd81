/**
 * Intervals of the difference of two curves. Both are taken on the same drawn corpora, so the difficulty of
 * the drawn recordings, common to all bases, cancels.
 */
import { unpackDraws } from '../../results/curve-draws';
import type { OperatingPoint } from '../../results/results';
import type { ExplorerCurve } from '../gallery/explorer-data';
import { valueAt, type CostQuality } from '../../results/curve-at-ratio';
import type { Cost, Quality } from './measures';

/** Probability beyond each end of an interval. */
const TAIL = 0.025;

/** Least share of draws that must give a difference: not all curves reach equally far. */
const ENOUGH = 0.9;

/** A point on each drawn corpus; undefined where the results do not have the draws. */
function drawnPoint(
  curve: ExplorerCurve,
  point: OperatingPoint,
  cost: Cost,
  quality: Quality,
): CostQuality[] | undefined {
  const value = point[quality.id];
  if (typeof value !== 'number' || cost.id === 'nonzeroFraction') return undefined;
  const { draws } = curve.intervals.find(({ step }) => step === point.step) ?? {};
  const ratios = unpackDraws(draws, 'compressionRatio', point.compressionRatio);
  const qualities = unpackDraws(draws, quality.id, value);
  if (!ratios || ratios.length !== qualities?.length) return undefined;
  // Bits per sample are inversely proportional to the ratio, except for the headers of WAV files.
  const bytes = cost.id === 'bitsPerSample' ? point.bitsPerSample * point.compressionRatio : undefined;
  return ratios.map((ratio, draw) => ({
    cost: bytes === undefined ? ratio : bytes / ratio,
    quality: qualities[draw]!,
  }));
}

/** The curve on each drawn corpus, without the points whose draws are missing in the results. */
export function drawnLines(curve: ExplorerCurve, cost: Cost, quality: Quality): CostQuality[][] {
  const points = curve.points.flatMap((point) => {
    const drawn = drawnPoint(curve, point, cost, quality);
    return drawn ? [drawn] : [];
  });
  return (points[0] ?? []).map((_, draw) => points.flatMap((drawn) => drawn[draw] ?? []));
}

/** Quantile of a sorted list, linear between neighbors. */
function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * The 95% interval of the difference between a point and another curve at the same cost; undefined where the
 * results lack the draws of one of them.
 *
 * @param reference - {@link drawnLines} of the other curve
 */
export function pairedInterval(
  curve: ExplorerCurve,
  point: OperatingPoint,
  reference: readonly (readonly CostQuality[])[],
  cost: Cost,
  quality: Quality,
): [number, number] | undefined {
  const drawn = drawnPoint(curve, point, cost, quality);
  if (!drawn || drawn.length !== reference.length) return undefined;
  const differences = drawn
    .flatMap((own, draw) => {
      const base = valueAt(reference[draw]!, own.cost);
      return base === undefined ? [] : [own.quality - base];
    })
    .sort((a, b) => a - b);
  if (differences.length < ENOUGH * drawn.length) return undefined;
  return [quantile(differences, TAIL), quantile(differences, 1 - TAIL)];
}
