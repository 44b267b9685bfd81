/**
 * How uncertain the difference of two curves is: both on the same drawn corpora, so what makes recordings hard, which
 * is common to all bases, does not count.
 */
import { unpackDraws } from '../../results/curve-draws';
import type { OperatingPoint } from '../../results/results';
import type { ExplorerCurve } from '../gallery/explorer-data';
import { valueAt, type CostQuality } from '../../results/curve-at-ratio';
import type { Cost, Quality } from './measures';

/** Probability outside of an interval, at either end. */
const TAIL = 0.025;

/** Draws of the kept ones that have to give a difference: curves do not all reach as far. */
const ENOUGH = 0.9;

/** A point on each drawn corpus; undefined where the results do not have it. */
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
  // Bits and ratio are two words for the same bytes but for the headers of WAV files.
  const bytes = cost.id === 'bitsPerSample' ? point.bitsPerSample * point.compressionRatio : undefined;
  return ratios.map((ratio, draw) => ({
    cost: bytes === undefined ? ratio : bytes / ratio,
    quality: qualities[draw]!,
  }));
}

/** The curve on each drawn corpus; points that the results do not have there are left out. */
export function drawnLines(curve: ExplorerCurve, cost: Cost, quality: Quality): CostQuality[][] {
  const points = curve.points.flatMap((point) => {
    const drawn = drawnPoint(curve, point, cost, quality);
    return drawn ? [drawn] : [];
  });
  return (points[0] ?? []).map((_, draw) => points.flatMap((drawn) => drawn[draw] ?? []));
}

/** Linear between the neighbors in a sorted list. */
function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * The 95% interval of what a point has more than another curve at the same cost; undefined where the results have no
 * draws of both.
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
