/**
 * Which curves a picture shows when there are more than an eye can follow.
 */
import type { Curve } from '../results/results';
import { psnrAt } from '../results/curve-at-ratio';

/** Most lines of a panel. */
export const MOST_LINES = 8;

/** Compression ratio at which the best is the best. */
const DECIDING_RATIO = 20;

/**
 * All curves where they are few; else the best of each family at CR 20, the best eight of these, in the order in
 * which they were given. What has no lossy point stays out.
 *
 * @param most - lines of a panel
 */
export function chosenCurves<T extends { readonly curve: Pick<Curve, 'family' | 'points'> }>(
  curves: readonly T[],
  most = MOST_LINES,
): T[] {
  const drawn = curves.filter(({ curve }) => curve.points.length > 0);
  if (drawn.length <= most) return drawn;
  const quality = ({ curve }: T): number => psnrAt(curve, DECIDING_RATIO) ?? -Infinity;
  const best = [...new Set(drawn.map(({ curve }) => curve.family))].map((family) =>
    drawn
      .filter(({ curve }) => curve.family === family)
      .reduce((one, other) => (quality(other) > quality(one) ? other : one)),
  );
  // Of one family alone, its best.
  const pool = best.length > 1 ? best : drawn;
  const kept = new Set([...pool].sort((a, b) => quality(b) - quality(a)).slice(0, most));
  return drawn.filter((one) => kept.has(one));
}

/** What a picture says of the curves that it leaves out; undefined where it shows all. */
export function leftOutText<T extends { readonly curve: Pick<Curve, 'family'> }>(
  drawn: readonly T[],
  all: readonly T[],
): string | undefined {
  if (drawn.length >= all.length) return undefined;
  const families = new Set(all.map(({ curve }) => curve.family));
  return `the best${families.size > 1 ? ' of each family' : ''}, ${drawn.length} of ${all.length} curves`;
}
