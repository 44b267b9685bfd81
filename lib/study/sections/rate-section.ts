/**
 * The section of a notebook that compares codecs by their bytes at equal PSNR.
 */
import { showTable } from '../../figures/display';
import type { Interval } from '../../numerics/statistics';
import type { Corpus } from '../../recordings/corpus';
import { compareRates, type RatioRange } from '../rate-comparison';
import { intervalColumns } from './psnr-columns';

/** From CR 5 to 50 in parts and as a whole, and from 50 to 200. */
export const FINE_RANGES: readonly RatioRange[] = [
  { from: 5, to: 10 },
  { from: 10, to: 20 },
  { from: 20, to: 50 },
  { from: 5, to: 50 },
  { from: 50, to: 200 },
];

/** How the bytes of one codec change when another takes its place. */
export interface ChangeOfRate extends RatioRange {
  readonly against: string;
  readonly id: string;
  /** Percent, negative where bytes are saved; null where the curves have no PSNR in common. */
  readonly bytes: Interval | null;
}

/**
 * Bjøntegaard delta rates with paired 95% intervals over groups of recordings of equal length.
 *
 * @param pairs - the codec that is compared with, and the one that takes its place
 */
export async function changesOfRate(
  pairs: readonly (readonly [against: string, id: string])[],
  corpus: Corpus,
  ranges: readonly RatioRange[],
): Promise<ChangeOfRate[]> {
  const compared = pairs.map(async ([against, id]) => {
    const [comparison] = await compareRates(against, [id], corpus, ranges);
    return ranges.map((range, i) => ({ against, id, ...range, bytes: comparison!.deltaRates[i] ?? null }));
  });
  return (await Promise.all(compared)).flat();
}

/** The table of changes, one row a pair and range. */
export function showChangesOfRate(changes: readonly ChangeOfRate[]): void {
  showTable(changes, [
    { label: 'Codec', value: ({ id }) => id },
    { label: 'Against', value: ({ against }) => against },
    { label: 'CR', value: ({ from, to }) => `${from} to ${to}` },
    ...intervalColumns<ChangeOfRate>('Bytes at equal PSNR, %', ({ bytes }) => bytes),
  ]);
}

/** The change of a pair in a range; null where it was not measured. */
export function intervalOf(
  changes: readonly ChangeOfRate[],
  against: string,
  id: string,
  from: number,
  to: number,
): Interval | null {
  const found = changes.find(
    (change) => change.against === against && change.id === id && change.from === from && change.to === to,
  );
  return found?.bytes ?? null;
}
