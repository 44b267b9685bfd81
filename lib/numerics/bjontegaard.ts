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

/**
 * Least range of PSNR that two curves must share, dB. Over a shorter range the mean rests on a single point:
 * two curves that touch at one end would differ by thousands of percent.
 */
export const LEAST_OVERLAP = 0.5;

/** A difference in rate, with the range of PSNR that it was measured over. */
export interface DeltaRate {
  /** Percent, negative when the second curve needs fewer bytes. */
  readonly percent: number;
  /** Lowest and highest PSNR of the averaged range, dB. */
  readonly between: readonly [number, number];
}

/** A rate–distortion curve that cannot be interpolated. */
export class RateCurveError extends RangeError {
  override readonly name = 'RateCurveError';
}

/**
 * Bjøntegaard delta rate of a curve against a reference, with the PSNRs that it was measured over.
 *
 * @param reference - at least two points of finite PSNR, all PSNRs different, in any order; points of
 *   infinite PSNR (lossless) are left out
 * @param curve - the other codec's curve, under the same conditions
 * @param between - lowest and highest PSNR in dB that count; all that both curves reach when left out
 * @returns null when the two share less than {@link LEAST_OVERLAP} dB, or all of `between` where `between` is
 *   narrower
 * @throws RateCurveError when a curve has fewer than two points of finite PSNR, two points of the same PSNR,
 *   a PSNR that is no number, or a rate that is not above 0
 */
export function bjontegaardDelta(
  reference: readonly RatePoint[],
  curve: readonly RatePoint[],
  between: readonly [number, number] = [-Infinity, Infinity],
): DeltaRate | null {
  const first = interpolate(reference);
  const second = interpolate(curve);
  const low = Math.max(first.x[0]!, second.x[0]!, between[0]);
  const high = Math.min(first.x[first.x.length - 1]!, second.x[second.x.length - 1]!, between[1]);
  if (!(low < high && high - low >= Math.min(LEAST_OVERLAP, between[1] - between[0]))) return null;
  const difference = (integralOfCubic(second, low, high) - integralOfCubic(first, low, high)) / (high - low);
  return { percent: 100 * Math.expm1(difference), between: [low, high] };
}

/** The percentage of {@link bjontegaardDelta} alone, for tables and for intervals over many draws. */
export function bjontegaardDeltaRate(
  reference: readonly RatePoint[],
  curve: readonly RatePoint[],
  between?: readonly [number, number],
): number | null {
  return bjontegaardDelta(reference, curve, between)?.percent ?? null;
}

/**
 * Points that {@link bjontegaardDelta} takes: those of finite PSNR, and of several with the same PSNR, as where nothing is
 * left of the signal, the one that costs least.
 */
export function cheapestPoints(points: readonly RatePoint[]): RatePoint[] {
  const rates = new Map<number, number>();
  for (const { rate, psnr } of points) {
    if (Number.isFinite(psnr)) rates.set(psnr, Math.min(rate, rates.get(psnr) ?? Infinity));
  }
  return Array.from(rates, ([psnr, rate]) => ({ rate, psnr }));
}

/** The logarithm of the rate over the PSNR. */
function interpolate(points: readonly RatePoint[]): PiecewiseCubic {
  const wrong = points.find(({ psnr }) => Number.isNaN(psnr) || psnr === -Infinity);
  if (wrong) {
    throw new RateCurveError(
      `The PSNR at a rate of ${wrong.rate} is ${wrong.psnr}: it must be a number of dB.`,
    );
  }
  // Lossless points have an infinite PSNR and cannot be interpolated.
  const finite = points.filter(({ psnr }) => psnr < Infinity).sort((a, b) => a.psnr - b.psnr);
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
