/**
 * What rounding to integers makes of an error.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../files/project-root';

/** From this variance on, codes², the rounding error is uniform and independent to ten digits. */
const UNIFORM_FROM = 2;

let loaded: ((x: number) => number) | undefined;

/**
 * The error function of mathjs. The package takes 0.7 seconds to load, a third of the first cell of a kernel, and bounds
 * are mostly read from the cache: it is loaded when it is needed.
 */
function erf(x: number): number {
  if (!loaded) {
    const load = createRequire(join(projectRoot(), 'package.json'));
    loaded = (load('mathjs') as { readonly erf: (x: number) => number }).erf;
  }
  return loaded(x);
}

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
