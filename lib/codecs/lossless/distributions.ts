/**
 * Cumulative distributions as tables, the same to the last bit on every machine.
 *
 * Densities come from + − × ÷ √ on IEEE doubles in a fixed order, are summed by Simpson's rule, and are rounded to
 * multiples of 2⁻³²: then differences of entries are exact, and linear interpolation never falls.
 */

/** Entries to a standard deviation. */
export const STEPS_PER_SIGMA = 32;

/** Entry 512 is that of 0; entries 1 and 1023, almost 16 standard deviations away, are 0 and 1. */
const TABLE_CENTER = 512;
const TABLE_ENTRIES = 1024;

/** Positions in a table are counted from 1024 on, so that all of them have the same exponent. */
const POSITION_OFFSET = 1024;
export const POSITION_CENTER = POSITION_OFFSET + TABLE_CENTER;
export const LEAST_POSITION = POSITION_OFFSET + 1;
export const LARGEST_POSITION = POSITION_OFFSET + TABLE_ENTRIES - 1;

const ENTRY_SCALE = 2 ** 32;

/** e^(−1/8192): densities are taken at multiples of 1/64 of a standard deviation. */
const GAUSSIAN_RATIO = 0.9998779371377774;
/** e^(−1/4096). */
const GAUSSIAN_RATIO_FACTOR = 0.9997558891748972;

/** e^(−z²/2) at z = k/64, by (k + 1)² = k² + 2k + 1. */
function gaussianDensity(count: number): Float64Array {
  const density = new Float64Array(count);
  let value = 1;
  let ratio = GAUSSIAN_RATIO;
  for (let k = 0; k < count; k++) {
    density[k] = value;
    value *= ratio;
    ratio *= GAUSSIAN_RATIO_FACTOR;
  }
  return density;
}

/** Student's t of 8 degrees of freedom, scaled to variance 1: (1 + z²/6)^(−9/2), at z = k/64. */
function studentDensity(count: number): Float64Array {
  const density = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const u = 1 + (k * k) / 24576;
    const square = u * u;
    density[k] = 1 / (square * square * Math.sqrt(u));
  }
  return density;
}

/** Student's t of 4 degrees of freedom, scaled to variance 1: (1 + z²/2)^(−5/2), at z = k/64. */
function heavyDensity(count: number): Float64Array {
  const density = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const u = 1 + (k * k) / 8192;
    density[k] = 1 / (u * u * Math.sqrt(u));
  }
  return density;
}

/** The table of a symmetric density that is given at 0, 1/64, 2/64 … of a standard deviation. */
function cumulative(density: Float64Array): Float64Array {
  const reach = TABLE_CENTER - 1;
  const sums = new Float64Array(reach + 1);
  for (let k = 0; k < reach; k++) {
    sums[k + 1] = sums[k]! + (density[2 * k]! + 4 * density[2 * k + 1]! + density[2 * k + 2]!);
  }
  const table = new Float64Array(TABLE_ENTRIES);
  for (let k = 0; k <= reach; k++) {
    const upper = Math.floor((0.5 + (0.5 * sums[k]!) / sums[reach]!) * ENTRY_SCALE + 0.5) / ENTRY_SCALE;
    table[TABLE_CENTER + k] = upper;
    table[TABLE_CENTER - k] = 1 - upper;
  }
  return table;
}

/** The normal distribution. */
export const GAUSSIAN = cumulative(gaussianDensity(TABLE_ENTRIES));
/** Student's t of 8 degrees of freedom, scaled to variance 1. */
export const STUDENT = cumulative(studentDensity(TABLE_ENTRIES));
/** Student's t of 4 degrees of freedom, scaled to variance 1. */
export const HEAVY = cumulative(heavyDensity(TABLE_ENTRIES));

/**
 * The distribution at a position in a table.
 *
 * @param position - standard deviations times {@link STEPS_PER_SIGMA}, plus {@link POSITION_CENTER}; not NaN
 */
export function interpolate(table: Float64Array, position: number): number {
  if (position <= LEAST_POSITION) return 0;
  if (position >= LARGEST_POSITION) return 1;
  const step = position | 0;
  const below = table[step - POSITION_OFFSET]!;
  return below + (position - step) * (table[step - POSITION_OFFSET + 1]! - below);
}
