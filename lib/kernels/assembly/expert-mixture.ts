// A mixture of four distributions about a prediction, for kernels that code samples. The specification is
// lib/codecs/lossless/expert-mixture.ts, and the numbers are the same: sums are taken in the same order.
//
// Factors, variances, weights and probabilities of the four (f64) follow each other at an address of the caller's. A table
// is 1024 pairs (f64) of an entry of a distribution and the rise to the next.

/** Entries of a table to a standard deviation. */
export const STEPS_PER_SIGMA: f64 = 32;
/** Position in a table of the middle of its distribution. */
export const POSITION_CENTER: f64 = 1536;
const LEAST_POSITION: f64 = 1025;
const LARGEST_POSITION: f64 = 2047;

export const SHARED: f64 = 1.0 / 256;
export const LEAST_LIKELIHOOD: f64 = 1.0 / 1048576;

/** Gives the distributions the scales of their variances. */
@inline
export function scaleExperts(variances: usize, factors: usize): void {
  const steps = f64x2.splat(STEPS_PER_SIGMA);
  v128.store(factors, f64x2.div(steps, f64x2.sqrt(v128.load(variances))));
  v128.store(factors, f64x2.div(steps, f64x2.sqrt(v128.load(variances, 16))), 16);
}

/** Two distributions, each at its own position: positions are 1024 … 2048, so the fraction starts at bit 42. */
@inline
export function interpolatePair(lower: usize, upper: usize, at: v128): v128 {
  const place = f64x2.pmin(f64x2.pmax(at, f64x2.splat(LEAST_POSITION)), f64x2.splat(LARGEST_POSITION));
  const steps = v128.and(place, i64x2.splat(-(1 << 42)));
  const first = v128.load(lower + (<usize>(i64x2.extract_lane(place, 0) >> 38) & 0x3ff0));
  const second = v128.load(upper + (<usize>(i64x2.extract_lane(place, 1) >> 38) & 0x3ff0));
  const entries = i64x2.shuffle(first, second, 0, 2);
  const rises = i64x2.shuffle(first, second, 1, 3);
  return f64x2.add(entries, f64x2.mul(f64x2.sub(place, steps), rises));
}

/**
 * Probability of all that lies below, according to all of them.
 *
 * @param a, b, c, d - their tables
 * @param distance - from the prediction
 * @param target - gets what each of them says
 */
@inline
export function mixedBelow(
  a: usize, b: usize, c: usize, d: usize, distance: f64, factors: usize, weights: usize, target: usize,
): f64 {
  const distances = f64x2.splat(distance);
  const center = f64x2.splat(POSITION_CENTER);
  const first = interpolatePair(a, b, f64x2.add(f64x2.mul(distances, v128.load(factors)), center));
  const second = interpolatePair(c, d, f64x2.add(f64x2.mul(distances, v128.load(factors, 16)), center));
  v128.store(target, first);
  v128.store(target, second, 16);
  const mixed = f64x2.add(
    f64x2.mul(v128.load(weights), first),
    f64x2.mul(v128.load(weights, 16), second),
  );
  return f64x2.extract_lane(mixed, 0) + f64x2.extract_lane(mixed, 1);
}

/**
 * Learns from where a sample lay which experts are right.
 *
 * @param lower, upper - what each of them said of the edges of its code, by {@link mixedBelow}
 */
@inline
export function learnWeights(weights: usize, lower: usize, upper: usize): void {
  const least = f64x2.splat(LEAST_LIKELIHOOD);
  const first = f64x2.mul(
    v128.load(weights),
    f64x2.add(f64x2.sub(v128.load(upper), v128.load(lower)), least),
  );
  const second = f64x2.mul(
    v128.load(weights, 16),
    f64x2.add(f64x2.sub(v128.load(upper, 16), v128.load(lower, 16)), least),
  );
  const pairs = f64x2.add(first, second);
  const factor = f64x2.splat((1 - SHARED) / (f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1)));
  const share = f64x2.splat(SHARED / 4);
  v128.store(weights, f64x2.add(f64x2.mul(first, factor), share));
  v128.store(weights, f64x2.add(f64x2.mul(second, factor), share), 16);
}

/**
 * Learns from the square of an error how wide the distributions are.
 *
 * @param first, second - share of it in the variances of two of them each
 * @param least - variances do not fall below it
 */
@inline
export function learnVariances(variances: usize, square: f64, first: v128, second: v128, least: f64): void {
  const squares = f64x2.splat(square);
  const floor = f64x2.splat(least);
  const near = v128.load(variances);
  const far = v128.load(variances, 16);
  v128.store(variances, f64x2.pmax(f64x2.add(near, f64x2.mul(f64x2.sub(squares, near), first)), floor));
  v128.store(variances, f64x2.pmax(f64x2.add(far, f64x2.mul(f64x2.sub(squares, far), second)), floor), 16);
}

/** Probability of all that lies below, according to one of them. @param distance - from the prediction */
@inline
export function expertBelow(table: usize, distance: f64, factor: f64): f64 {
  const at = distance * factor + POSITION_CENTER;
  const place = at < LEAST_POSITION ? LEAST_POSITION : at > LARGEST_POSITION ? LARGEST_POSITION : at;
  const bits = reinterpret<u64>(place);
  const pair = table + (<usize>(bits >> 38) & 0x3ff0);
  return load<f64>(pair) + (place - reinterpret<f64>(bits & 0xfffffc0000000000)) * load<f64>(pair, 8);
}
