/** Chooses the curves of a picture when there are more than the eye can follow. */
import type { Curve } from '../results/results';
import { psnrAt, type PsnrPoints } from '../results/curve-at-ratio';

/** Most lines in a panel. */
export const MOST_LINES = 8;

/** Compression ratio at which curves are ranked. */
const DECIDING_RATIO = 20;

/**
 * All curves where they are few; otherwise the best of each family at CR 20, and of these the best eight, in
 * the given order. Curves without a lossy point are left out.
 *
 * @param most - most lines in a panel
 */
export function chosenCurves<T extends { readonly curve: Pick<Curve, 'family'> & PsnrPoints }>(
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
  // If all curves are of one family, its best curves are drawn.
  const pool = best.length > 1 ? best : drawn;
  const kept = new Set([...pool].sort((a, b) => quality(b) - quality(a)).slice(0, most));
  return drawn.filter((one) => kept.has(one));
}

/** Text that names the curves left out of a picture; undefined where it shows all. */
export function leftOutText<T extends { readonly curve: Pick<Curve, 'family'> }>(
  drawn: readonly T[],
  all: readonly T[],
): string | undefined {
  if (drawn.length >= all.length) return undefined;
  const families = new Set(all.map(({ curve }) => curve.family));
  return `the best${families.size > 1 ? ' of each family' : ''}, ${drawn.length} of ${all.length} curves`;
}
