// Adaptive linear prediction: the specification is reference/adaptive-prediction.ts, whose sums have the order of the
// lanes here.
import { VECTOR } from './lanes';

/** Taps that go into four vectors of partial sums. */
const TAPS_PER_STEP: usize = 8;
const STEP: usize = 4 * VECTOR;

/** The nearest integer (of two, the even one) of 32 bits; 0 for what is no number. */
@inline
function roundToInteger(value: f64): i32 {
  if (value >= -2147483648) return value <= 2147483647 ? <i32>nearest<f64>(value) : 2147483647;
  return value < -2147483648 ? -2147483648 : 0;
}

/** weight ← weight + gain · sample. */
@inline
function adapt(weight: usize, gain: v128, sample: v128): v128 {
  const adapted = f64x2.add(v128.load(weight), f64x2.mul(gain, sample));
  v128.store(weight, adapted);
  return adapted;
}

/** The same where `used` is all ones; where it is zeros, a weight of 0 stays 0, even if the gain has overflown. */
@inline
function adaptUsed(weight: usize, gain: v128, sample: v128, used: v128): v128 {
  const adapted = f64x2.add(v128.load(weight), v128.and(f64x2.mul(gain, sample), used));
  v128.store(weight, adapted);
  return adapted;
}

/**
 * Adapts the weights to a sample and predicts the next.
 *
 * @param history - the oldest of the samples that the weights stand for; the next prediction's history starts one
 *   sample later
 * @param weights - the oldest first
 * @param padding - for the vectors of the oldest step: all ones where a weight is used, zeros where none is
 */
@inline
function adaptAndPredict(history: usize, weights: usize, bytes: usize, padding: usize, gain: f64): f64 {
  const gains = f64x2.splat(gain);
  let weight = weights;
  let a = adaptUsed(weight, gains, v128.load(history), v128.load(padding));
  let b = adaptUsed(weight + 16, gains, v128.load(history, 16), v128.load(padding, 16));
  let c = adaptUsed(weight + 32, gains, v128.load(history, 32), v128.load(padding, 32));
  let d = adaptUsed(weight + 48, gains, v128.load(history, 48), v128.load(padding, 48));
  a = f64x2.mul(a, v128.load(history, 8));
  b = f64x2.mul(b, v128.load(history, 24));
  c = f64x2.mul(c, v128.load(history, 40));
  d = f64x2.mul(d, v128.load(history, 56));
  for (const end = weights + bytes - STEP; weight < end; ) {
    weight += STEP;
    history += STEP;
    a = f64x2.add(a, f64x2.mul(adapt(weight, gains, v128.load(history)), v128.load(history, 8)));
    b = f64x2.add(b, f64x2.mul(adapt(weight + 16, gains, v128.load(history, 16)), v128.load(history, 24)));
    c = f64x2.add(c, f64x2.mul(adapt(weight + 32, gains, v128.load(history, 32)), v128.load(history, 40)));
    d = f64x2.add(d, f64x2.mul(adapt(weight + 48, gains, v128.load(history, 48)), v128.load(history, 56)));
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * @param inverse - samples from residuals instead of residuals from samples
 * @param input, output - of `count` integers (i32)
 * @param history - room for `padded` + `count` samples (f64), the first `padded` of which are those before the input;
 *   replaced by those before the next
 * @param padded - `order`, rounded up to whole steps
 * @param state - prediction of the first sample, energy of the last `order` samples; replaced likewise
 */
@inline
function run(
  inverse: bool, input: usize, output: usize, count: usize, history: usize, weights: usize, padding: usize,
  order: usize, step: f64, regularization: f64, normalized: bool, state: usize,
): void {
  const padded = (order + TAPS_PER_STEP - 1) & ~(TAPS_PER_STEP - 1);
  const bytes = padded * sizeof<f64>();
  let prediction = load<f64>(state);
  let energy = load<f64>(state, 8);
  let oldest = history;
  for (let offset: usize = 0; offset < count * 4; offset += 4) {
    const given = load<i32>(input + offset);
    const rounded = roundToInteger(prediction);
    const integer = inverse ? given + rounded : given;
    store<i32>(output + offset, inverse ? integer : given - rounded);
    const sample = <f64>integer;
    store<f64>(oldest + bytes, sample);
    const rate = normalized ? step / (regularization + energy) : step;
    const leaving = load<f64>(oldest + bytes - order * sizeof<f64>());
    energy = energy + sample * sample - leaving * leaving;
    prediction = adaptAndPredict(oldest, weights, bytes, padding, rate * (sample - prediction));
    oldest += sizeof<f64>();
  }
  memory.copy(history, oldest, bytes);
  store<f64>(state, prediction);
  store<f64>(state, energy, 8);
}

export function predict(
  input: usize, output: usize, count: usize, history: usize, weights: usize, padding: usize, order: usize, step: f64,
  regularization: f64, normalized: bool, state: usize,
): void {
  run(
    false, input, output, count, history, weights, padding, order, step, regularization, normalized, state,
  );
}

export function restore(
  input: usize, output: usize, count: usize, history: usize, weights: usize, padding: usize, order: usize, step: f64,
  regularization: f64, normalized: bool, state: usize,
): void {
  run(true, input, output, count, history, weights, padding, order, step, regularization, normalized, state);
}
