/**
 * Curves through points, cubic between them and never beyond them (F. N. Fritsch and J. Butland, "A method for
 * constructing local monotone piecewise cubic interpolants", SIAM J. Scientific and Statistical Computing 5, 1984):
 * SciPy's `PchipInterpolator`.
 */

/** A piecewise cubic through (x, y) with the given slopes, x ascending. */
export interface PiecewiseCubic {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly slopes: Float64Array;
}

/**
 * The monotone curve through points.
 *
 * @param x - two or more positions, strictly ascending
 * @param y - one value for each position
 */
export function monotoneCubic(x: Float64Array, y: Float64Array): PiecewiseCubic {
  return { x, y, slopes: monotoneSlopes(x, y) };
}

/** Value of the curve; beyond its ends it continues as a straight line. */
export function valueOfCubic(cubic: PiecewiseCubic, at: number): number {
  const { x, y, slopes } = cubic;
  const last = x.length - 1;
  if (at <= x[0]!) return y[0]! + slopes[0]! * (at - x[0]!);
  if (at >= x[last]!) return y[last]! + slopes[last]! * (at - x[last]!);
  let k = 0;
  while (at > x[k + 1]!) k++;
  return valueInPiece(cubic, k, at);
}

/** Value of the curve; undefined beyond its ends, and for NaN. */
export function valueWithin(cubic: PiecewiseCubic, at: number): number | undefined {
  const { x } = cubic;
  return at >= x[0]! && at <= x[x.length - 1]! ? valueOfCubic(cubic, at) : undefined;
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
export function integralOfCubic(cubic: PiecewiseCubic, low: number, high: number): number {
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
