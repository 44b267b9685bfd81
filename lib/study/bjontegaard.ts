/**
 * Bjøntegaard delta rate: by how many percent one codec's rate differs from another's at equal PSNR, averaged over
 * the PSNRs that both curves reach.
 *
 * G. Bjøntegaard, "Calculation of average PSNR differences between RD-curves", ITU-T VCEG-M33 (2001), took one
 * cubic polynomial through each curve; current practice interpolates piecewise and monotonically (ITU-T technical
 * paper HSTP-VID-WPOM, "Working practices using objective metrics for evaluation of video coding efficiency
 * experiments", 2020), which works with any number of points and does not oscillate. The interpolant is that of
 * F. N. Fritsch and J. Butland, SIAM J. Scientific and Statistical Computing 5 (1984): SciPy's `PchipInterpolator`.
 */

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
  const difference = (integrate(second, low, high) - integrate(first, low, high)) / (high - low);
  return 100 * Math.expm1(difference);
}

/** A piecewise cubic through (x, y) with the given slopes, x ascending. */
interface PiecewiseCubic {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly slopes: Float64Array;
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
  return { x, y, slopes: monotoneSlopes(x, y) };
}

/** Slopes at the points that keep the cubic pieces between them monotone. */
function monotoneSlopes(x: Float64Array, y: Float64Array): Float64Array {
  const last = x.length - 1;
  const widths = Float64Array.from({ length: last }, (_, k) => x[k + 1]! - x[k]!);
  const secants = Float64Array.from({ length: last }, (_, k) => (y[k + 1]! - y[k]!) / widths[k]!);
  if (last === 1) return Float64Array.of(secants[0]!, secants[0]!);
  const slopes = new Float64Array(x.length);
  for (let k = 1; k < last; k++) {
    const before = secants[k - 1]!;
    const after = secants[k]!;
    // At a local extreme the slope stays 0; elsewhere it is a weighted harmonic mean.
    if (before * after <= 0) continue;
    const weightBefore = 2 * widths[k]! + widths[k - 1]!;
    const weightAfter = widths[k]! + 2 * widths[k - 1]!;
    slopes[k] = (weightBefore + weightAfter) / (weightBefore / before + weightAfter / after);
  }
  slopes[0] = endSlope(widths[0]!, widths[1]!, secants[0]!, secants[1]!);
  slopes[last] = endSlope(widths[last - 1]!, widths[last - 2]!, secants[last - 1]!, secants[last - 2]!);
  return slopes;
}

/** Slope at an end from its two nearest pieces: that of the parabola, held back where it would overshoot. */
function endSlope(width: number, nextWidth: number, secant: number, nextSecant: number): number {
  const slope = ((2 * width + nextWidth) * secant - width * nextSecant) / (width + nextWidth);
  if (Math.sign(slope) !== Math.sign(secant)) return 0;
  if (Math.sign(secant) !== Math.sign(nextSecant) && Math.abs(slope) > 3 * Math.abs(secant))
    return 3 * secant;
  return slope;
}

/** The integral from `low` to `high`, both within the points. */
function integrate(cubic: PiecewiseCubic, low: number, high: number): number {
  const { x } = cubic;
  let sum = 0;
  for (let k = 0; k + 1 < x.length; k++) {
    const start = Math.max(low, x[k]!);
    const end = Math.min(high, x[k + 1]!);
    if (start >= end) continue;
    // Simpson's rule is exact for cubics.
    const middle = (start + end) / 2;
    sum +=
      ((end - start) / 6) *
      (valueInPiece(cubic, k, start) + 4 * valueInPiece(cubic, k, middle) + valueInPiece(cubic, k, end));
  }
  return sum;
}

/** Value of the k-th piece, in Hermite's form. */
function valueInPiece({ x, y, slopes }: PiecewiseCubic, k: number, at: number): number {
  const width = x[k + 1]! - x[k]!;
  const t = (at - x[k]!) / width;
  const rest = 1 - t;
  return (
    y[k]! * rest * rest * (1 + 2 * t) +
    y[k + 1]! * t * t * (3 - 2 * t) +
    width * t * rest * (slopes[k]! * rest - slopes[k + 1]! * t)
  );
}
