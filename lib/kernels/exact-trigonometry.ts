/**
 * Cosine and sine of rational parts of a turn, the same to the last bit on every machine.
 *
 * `Math.cos` may differ in its last bits between engines, and a decoder must not. These use + − × ÷ on IEEE
 * doubles alone, in a fixed order: the angle is folded to the first eighth of a turn by integer arithmetic, where
 * the Taylor series (Abramowitz and Stegun, 4.3.65 and 4.3.66) is summed by Horner's rule.
 */

/** Terms of the series: at π/4 the first one left out is under 2⁻⁶⁰ of the result. */
const TERMS = 9;

/** π, as the double nearest to it. */
const PI = 3.141592653589793;

/**
 * cos(2π·numerator/denominator), to within 2 units in the last place of 1.
 *
 * @param numerator - any integer
 * @param denominator - a positive integer; 8 times either must be a safe integer
 */
export function cosineOfTurn(numerator: number, denominator: number): number {
  // Measured in eighths of a turn times the denominator, so that folding is exact.
  let position = (8 * numerator) % (8 * denominator);
  if (position < 0) position += 8 * denominator;
  if (position > 4 * denominator) position = 8 * denominator - position;
  if (position > 2 * denominator) return -firstQuarterCosine(4 * denominator - position, denominator);
  return firstQuarterCosine(position, denominator);
}

/** sin(2π·numerator/denominator), to within 2 units in the last place of 1. */
export function sineOfTurn(numerator: number, denominator: number): number {
  // sin(x) = cos(x − a quarter turn).
  return cosineOfTurn(4 * numerator - denominator, 4 * denominator);
}

/** Cosine of position/(8·denominator) turns, 0 to a quarter of a turn. */
function firstQuarterCosine(position: number, denominator: number): number {
  if (position <= denominator) return cosineSeries((position * PI) / (4 * denominator));
  return sineSeries(((2 * denominator - position) * PI) / (4 * denominator));
}

function cosineSeries(angle: number): number {
  const square = angle * angle;
  let sum = 1;
  for (let term = TERMS; term > 0; term--) sum = 1 - (square / (2 * term * (2 * term - 1))) * sum;
  return sum;
}

function sineSeries(angle: number): number {
  const square = angle * angle;
  let sum = 1;
  for (let term = TERMS; term > 0; term--) sum = 1 - (square / (2 * term * (2 * term + 1))) * sum;
  return angle * sum;
}
