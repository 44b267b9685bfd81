/**
 * Where curves end: a codec that cannot be made finer or coarser covers only a part of a range of compression ratios.
 */
import type { Curve } from '../../results/results';

/** PSNRs that differ by less than this are taken to be the same end, dB. */
const TOLERANCE = 0.01;

/**
 * Whether a curve ends between two PSNRs, so that a comparison between them is over a part of the range alone.
 *
 * @param highest - dB, where the range begins; not a number where the other curve has ended before
 * @param lowest - dB, where the range ends
 */
export function endsInside({ points }: Curve, highest: number, lowest: number): boolean {
  const psnrs = points.flatMap(({ psnr }) => psnr ?? []);
  return !(Math.max(...psnrs) >= highest - TOLERANCE && Math.min(...psnrs) <= lowest + TOLERANCE);
}
