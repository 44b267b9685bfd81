/**
 * Bjøntegaard delta rate: by how many percent one codec's rate differs from another's at equal PSNR, averaged over
 * the PSNRs that both curves reach.
 *
 * G. Bjøntegaard, "Calculation of average PSNR differences between RD-curves", ITU-T VCEG-M33 (2001), took one
 * cubic polynomial through each curve; current practice interpolates piecewise and monotonically (ITU-T technical
 * paper HSTP-VID-WPOM, "Working practices using objective metrics for evaluation of video coding efficiency
 * experiments", 2020), which works with any number of points and does not oscillate.
 */
import { integralOfCubic, monotoneCubic, type PiecewiseCubic } from './monotone-cubic';

/** One point of a rate–distortion curve. */
export interface RatePoint {
  /** Any measure of rate that is proportional to bytes: bytes, bits per sample. Above 0. */
  readonly rate: number;
  /** dB. */
  readonly psnr: number;
}

/** A rate–distortion curve that cannot be interpolated. */
export class RateCurveError extends RangeError {
  override readonly name = 'RateCurveError';
}

/**
 * Bjøntegaard delta rate of a curve against a reference.
 *
 * @param reference - at least two points of finite PSNR, all PSNRs different, in any order; points of infinite
 *   PSNR (lossless) are left out
 * @param curve - the same of the other codec
 * @param between - lowest and highest PSNR in dB that count; all that both curves reach when left out
 * @returns percent, negative when `curve` needs fewer bytes; null when no PSNR interval is covered by both
 * @throws RateCurveError when a curve has fewer than two points of finite PSNR, two points of the same PSNR, or a
 *   rate that is not above 0
 */
export function bjontegaardDeltaRate(
  reference: readonly RatePoint[],
  curve: readonly RatePoint[],
  between: readonly [number, number] = [-Infinity, Infinity],
): number | null {
  const first = interpolate(reference);
  const second = interpolate(curve);
  const low = Math.max(first.x[0]!, second.x[0]!, between[0]);
  const high = Math.min(first.x[first.x.length - 1]!, second.x[second.x.length - 1]!, between[1]);
  if (!(low < high)) return null;
  const difference = (integralOfCubic(second, low, high) - integralOfCubic(first, low, high)) / (high - low);
  return 100 * Math.expm1(difference);
}

/** The logarithm of the rate over the PSNR. */
function interpolate(points: readonly RatePoint[]): PiecewiseCubic {
  const finite = points.filter(({ psnr }) => Number.isFinite(psnr)).sort((a, b) => a.psnr - b.psnr);
  if (finite.length < 2) {
    throw new RateCurveError(
      `A rate–distortion curve needs at least two points of finite PSNR; this one has ${finite.length}.`,
    );
  }
  finite.forEach(({ rate, psnr }, i) => {
    if (!(rate > 0 && Number.isFinite(rate))) {
      throw new RateCurveError(`The rate at ${psnr} dB is ${rate}: it must be above 0.`);
    }
    if (i > 0 && finite[i - 1]!.psnr === psnr) {
      throw new RateCurveError(
        `Two points of the curve have the same PSNR, ${psnr} dB: leave one of them out.`,
      );
    }
  });
  const x = Float64Array.from(finite, ({ psnr }) => psnr);
  const y = Float64Array.from(finite, ({ rate }) => Math.log(rate));
  return monotoneCubic(x, y);
}
