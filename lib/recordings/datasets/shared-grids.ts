/**
 * The digitizers of electrodes that are studied together.
 */
import type { Digitizer } from '../digitizer';
import type { Channel } from '../recording-file';
import type { FullScale } from '../recording';

/** Most codes of a digitizer: they are kept in 16 bits. */
export const MOST_CODES = 65_536;

/**
 * One grid for all electrodes that have the same step, from the lowest value of any to the highest, and to those that
 * headers declare: the electrodes of one device have one range, whatever each used of it.
 *
 * @param grids - of the channels, as their samples show them
 */
export function sharedGrids(channels: readonly Channel[], grids: readonly Digitizer[]): Digitizer[] {
  return grids.map((grid) => {
    const { kind, lowest, step, first } = grid;
    if (kind !== 'linear' && kind !== 'scaled') return grid;
    const ends = grids.flatMap((other, i) => {
      if (other.kind !== kind || other.step !== step) return [];
      const { declared } = channels[i]!;
      return [other.lowest, other.highest, ...(declared ? [declared.lowest, declared.highest] : [])];
    });
    const places = ends.map((value) => (value - lowest) / step);
    const low = Math.round(Math.min(...places));
    const codes = Math.round(Math.max(...places)) - low + 1;
    const onGrid = places.every((place) => Math.abs(place - Math.round(place)) < 1e-6);
    // Floats are rounded otherwise where their grid starts elsewhere, unless their multiples are known.
    const exact = kind === 'scaled' || Number.isInteger(step);
    if (!onGrid || !exact || codes > MOST_CODES) return grid;
    const valueOf = (code: number): number =>
      first === undefined ? lowest + code * step : (first + code) * step;
    return {
      ...grid,
      ...(first !== undefined && { first: first + low }),
      lowest: valueOf(low),
      highest: valueOf(low + codes - 1),
      codes,
      bits: Math.ceil(Math.log2(codes)),
    };
  });
}

/**
 * Full scale of the PSNR: the widest range that a header or a stretch makes known, else the widest that is used.
 *
 * @param used - largest difference of two codes of each channel
 */
export function fullScaleOf(
  channels: readonly Channel[],
  digitizers: readonly Digitizer[],
  used: readonly number[],
): FullScale {
  const ranges = channels.flatMap(({ declared }, i) => {
    const { kind, step, codes } = digitizers[i]!;
    if (kind === 'stretched') return [codes - 1];
    return declared ? [Math.round((declared.highest - declared.lowest) / step)] : [];
  });
  const known = ranges.length === channels.length;
  return { codes: Math.max(1, ...(known ? ranges : used)), known };
}
