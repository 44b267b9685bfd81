/**
 * What rounding to integers makes of an error.
 */
import { erf } from 'mathjs';

/** From this variance on, codes², the rounding error is uniform and independent to ten digits. */
const UNIFORM_FROM = 2;

/**
 * Mean squared error of a decoder that must give back integers. Originals are integers, so if its estimate is off by a
 * Gaussian error e, the rounded estimate is off by e rounded: Σ (2k − 1)·P(|e| > k − ½) over k = 1, 2, …. That tends
 * to the variance of e and 1/12 for the uniform error of rounding; below a variance of about 0.07 rounding repairs more
 * than it spoils.
 *
 * @param variance - of the error before rounding, codes², 0 or more
 * @returns codes²
 */
export function roundedError(variance: number): number {
  if (variance > UNIFORM_FROM) return variance + 1 / 12;
  const scale = Math.sqrt(2 * variance);
  let sum = 0;
  // Ends at seven standard deviations.
  for (let k = 1; k - 0.5 < 5 * scale; k++) sum += (2 * k - 1) * (1 - erf((k - 0.5) / scale));
  return sum;
}
