/**
 * Adaptive linear prediction in plain TypeScript: the specification of the kernel, and its stand-in where SIMD is
 * missing.
 *
 * The least-mean-squares algorithm, plain or normalized by the energy of the samples that it predicts from (S. Haykin,
 * Adaptive Filter Theory, 5th ed., 2014, ch. 5 and 6). Predictions are rounded to integers, so that residuals of
 * integers are integers; and the same predictions, to the last bit, come from what was restored. For that the order of
 * additions is part of the specification, and nothing but what IEEE 754 specifies exactly is used.
 */

/** How a predictor learns. */
export interface Adaptation {
  /** Initial weights: of the last sample, the one before, … */
  readonly initial: Float64Array;
  /**
   * Plain: by how much a weight moves for an error of 1 and a sample of 1. Normalized: the share of an error that is
   * undone, between 0 and 2.
   */
  readonly step: number;
  /** Whether steps are divided by the energy of the samples predicted from. */
  readonly normalized: boolean;
  /** Added to that energy, in the square of the signal's unit, above 0. */
  readonly regularization: number;
}

/** Partial sums of a prediction. */
const PARTS = 8;

/** Adding and subtracting it rounds to the nearest integer, of two to the even one. */
const ROUNDING = 1.5 * 2 ** 52;

const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;

/** The nearest integer of 32 bits; 0 for NaN. */
function roundToInteger(value: number): number {
  if (value >= LOWEST) return value <= HIGHEST ? value + ROUNDING - ROUNDING : HIGHEST;
  return value < LOWEST ? LOWEST : 0;
}

/**
 * Runs a predictor over a signal. Differences and sums are of 32 bits and wrap around.
 *
 * @param input - samples, or residuals when `inverse`
 * @param inverse - samples from residuals instead of residuals from samples
 * @param output - receives as many of the other
 */
export function adaptivelyPredict(
  input: Int32Array,
  adaptation: Adaptation,
  inverse: boolean,
  output: Int32Array,
): void {
  const { initial, step, normalized, regularization } = adaptation;
  const order = initial.length;
  const weights = initial.slice();
  // The last sample first.
  const history = new Float64Array(order);
  const parts = new Float64Array(PARTS);
  let prediction = 0;
  let energy = 0;
  for (let n = 0; n < input.length; n++) {
    const rounded = roundToInteger(prediction);
    const given = input[n]!;
    const sample = inverse ? (given + rounded) | 0 : given;
    output[n] = inverse ? sample : given - rounded;

    const gain = (normalized ? step / (regularization + energy) : step) * (sample - prediction);
    for (let k = 0; k < order; k++) weights[k] = weights[k]! + gain * history[k]!;
    const leaving = history[order - 1]!;
    energy = energy + sample * sample - leaving * leaving;
    history.copyWithin(1, 0);
    history[0] = sample;

    parts.fill(0);
    for (let k = order - 1; k >= 0; k--) parts[k % PARTS] = parts[k % PARTS]! + weights[k]! * history[k]!;
    const odd = parts[7]! + parts[5]! + (parts[3]! + parts[1]!);
    const even = parts[6]! + parts[4]! + (parts[2]! + parts[0]!);
    prediction = odd + even;
  }
}
