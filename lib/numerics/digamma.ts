/**
 * The digamma function ψ, the derivative of ln Γ: by its recurrence ψ(x) = ψ(x + 1) − 1/x up to where its asymptotic
 * series holds (M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964, 6.3.5 and 6.3.18).
 */

/** From here on the series has 14 correct digits. */
const SERIES_FROM = 12;

/**
 * ψ(x) − ln x: by how much the logarithm of a mean of exponential variables is too low on average, when x of them are
 * averaged. It tends to −1/(2x).
 *
 * @param x - above 0; of Infinity it is 0
 */
export function digammaLessLogarithm(x: number): number {
  let terms = 0;
  let argument = x;
  for (; argument < SERIES_FROM; argument++) terms -= 1 / argument;
  const inverse = 1 / argument;
  const square = inverse * inverse;
  const series =
    -inverse / 2 -
    square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))));
  return argument === x ? series : terms + series + Math.log(argument / x);
}
