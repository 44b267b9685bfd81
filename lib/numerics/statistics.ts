/**
 * Quantiles, and the uncertainty of numbers measured on a corpus.
 *
 * A corpus is a draw of recordings, so a number measured on it has an interval. Recordings made at the same
 * time are not independent, so whole groups are drawn again: the cluster bootstrap (A. C. Davison and D. V.
 * Hinkley, Bootstrap Methods and their Application, 1997, §3.8; B. Efron and R. J. Tibshirani, An
 * Introduction to the Bootstrap, 1993, §13 for percentile intervals).
 */

import { uniformNumbers } from './random';

/**
 * Quantile of sorted values, with linear interpolation between the two nearest: NumPy's default (definition 7 of
 * R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50, 1996).
 *
 * @param sorted - values, ascending; infinities are allowed: next to one, the nearer of the two values is taken
 * @param fraction - 0…1
 * @returns null when there are no values
 */
export function quantileOfSorted(sorted: Float64Array, fraction: number): number | null {
  const last = sorted.length - 1;
  if (last < 0) return null;
  const position = last * fraction;
  const below = Math.floor(position);
  const weight = position - below;
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, last)]!;
  if (!Number.isFinite(lower) || !Number.isFinite(upper)) return weight < 0.5 ? lower : upper;
  return lower + (upper - lower) * weight;
}

/** {@link quantileOfSorted} of values in any order, which are left as they are. */
export function quantile(values: ArrayLike<number>, fraction: number): number | null {
  return quantileOfSorted(Float64Array.from(values).sort(), fraction);
}

/** The median; null when there are no values. */
export function median(values: ArrayLike<number>): number | null {
  return quantile(values, 0.5);
}

/** A number and its interval of uncertainty. */
export interface Interval {
  /** The number on the corpus itself. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** Settings of a bootstrap. */
export interface BootstrapOptions {
  /** Number of corpora that are drawn. Default 2000. */
  readonly replicates?: number;
  /** Probability of the interval, 0…1. Default 0.95. */
  readonly confidence?: number;
  /** The same seed gives the same interval, on every machine. Default 1. */
  readonly seed?: number;
}

/**
 * A number measured on recordings: a ratio of sums, a median … Null when it is not defined for these
 * recordings.
 *
 * @typeParam T - the caller's type for one recording
 */
export type Statistic<T> = (recordings: readonly T[]) => number | null;

/**
 * Percentile interval of a statistic by the cluster bootstrap: groups are drawn with replacement, as many as
 * there are, and the statistic is measured on all recordings of the drawn groups.
 *
 * @param groups - each holds recordings that may depend on each other: `groupsOfEqualLength`
 * @param statistic - drawn corpora for which it is null are left out of the interval
 * @returns null when the statistic of the corpus itself is null
 */
export function bootstrapInterval<T>(
  groups: readonly (readonly T[])[],
  statistic: Statistic<T>,
  options: BootstrapOptions = {},
): Interval | null {
  const { replicates = 2000, confidence = 0.95, seed = 1 } = options;
  const estimate = statistic(groups.flat());
  if (estimate === null) return null;
  const random = uniformNumbers(seed);
  const drawnValues: number[] = [];
  const drawn: T[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    drawn.length = 0;
    for (let draw = 0; draw < groups.length; draw++) {
      const group = groups[Math.floor(random() * groups.length)]!;
      for (const recording of group) drawn.push(recording);
    }
    const value = statistic(drawn);
    if (value !== null) drawnValues.push(value);
  }
  const sorted = Float64Array.from(drawnValues).sort();
  const tail = (1 - confidence) / 2;
  return {
    estimate,
    lower: quantileOfSorted(sorted, tail) ?? estimate,
    upper: quantileOfSorted(sorted, 1 - tail) ?? estimate,
  };
}
