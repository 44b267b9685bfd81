/**
 * Closed-loop prediction (differential pulse code modulation; N. S. Jayant and P. Noll, Digital Coding of Waveforms,
 * 1984, ch. 6): what is coded of a sample is its difference from what the decoder will expect it to be. The predictor
 * sees the decoded samples alone, so the error of a sample is the error of its difference, and adds up nowhere.
 *
 * A decoder depends on all of it: IEEE arithmetic in a fixed order.
 */
import type { CoefficientLayout, Coefficients } from '../basis';

/**
 * |residual|/step is rounded up from this fraction on, as the common quantizer does: half would be 0.3 to 1 dB worse
 * at equal compression ratio.
 */
const ROUND_UP_FROM = 0.62;

/** Predictions below this are none: it keeps what fades away from denormal numbers, which are slow. */
const LEAST_PREDICTION = 2 ** -20;

/** Partial sums of a prediction. */
const PARTS = 4;

/** As the samples themselves: one subband, one residual a sample. */
export function residualLayout(length: number): CoefficientLayout {
  return {
    signalLength: length,
    coefficientCount: length,
    hop: 1,
    subbands: [{ offset: 0, length, timeStep: 1 }],
  };
}

/** Room for weights, with zeros up to whole rounds of {@link weightedSum}. */
export function paddedOrder(order: number): number {
  return Math.ceil(order / PARTS) * PARTS;
}

/**
 * Σ weights[j]·samples[at − 1 − j] in four partial sums, those of j = 0, 4, 8 …, of j = 1, 5, 9 … and so on; the first
 * two and the last two are added, and then both.
 *
 * @param weights - a multiple of four, see {@link paddedOrder}
 * @param at - at least as much as there are weights
 */
export function weightedSum(weights: Float64Array, samples: Float64Array, at: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let j = 0, n = at - 1; j < weights.length; j += PARTS, n -= PARTS) {
    a += weights[j]! * samples[n]!;
    b += weights[j + 1]! * samples[n - 1]!;
    c += weights[j + 2]! * samples[n - 2]!;
    d += weights[j + 3]! * samples[n - 3]!;
  }
  return a + b + (c + d);
}

/** What is expected, after it has faded to nearly nothing: nothing. */
export function audible(prediction: number): number {
  return prediction > -LEAST_PREDICTION && prediction < LEAST_PREDICTION ? 0 : prediction;
}

/** What the residual is taken from: at step 1 an integer, so that integers have integer residuals. */
export function onGrid(prediction: number, step: number): number {
  return step === 1 ? Math.floor(prediction + 0.5) : prediction;
}

/** The multiple of the step that stands for a residual. */
export function quantizedResidual(residual: number, step: number): number {
  const scaled = residual / step;
  const rounded =
    scaled < 0 ? -Math.floor(1 - ROUND_UP_FROM - scaled) : Math.floor(1 - ROUND_UP_FROM + scaled);
  return rounded * step;
}

/** A predictor whose weights stay as they are. */
export class FixedPrediction {
  private readonly weights: Float64Array;

  /** @param weights - of the last sample, of the one before it, … */
  constructor(weights: ArrayLike<number>) {
    this.weights = new Float64Array(paddedOrder(weights.length));
    this.weights.set(weights);
  }

  /** Quantized residuals of a signal, multiples of the step. */
  analyze(signal: Float64Array, step: number): Coefficients {
    const { weights } = this;
    const values = new Float64Array(signal.length);
    const decoded = new Float64Array(weights.length + signal.length);
    for (let i = 0, at = weights.length; i < signal.length; i++, at++) {
      const expected = onGrid(audible(weightedSum(weights, decoded, at)), step);
      const residual = quantizedResidual(signal[i]! - expected, step);
      values[i] = residual;
      decoded[at] = expected + residual;
    }
    return { values, layout: residualLayout(signal.length) };
  }

  /** The signal that has these residuals. */
  synthesize(values: Float64Array, step: number): Float64Array {
    const { weights } = this;
    const decoded = new Float64Array(weights.length + values.length);
    for (let i = 0, at = weights.length; i < values.length; i++, at++) {
      decoded[at] = onGrid(audible(weightedSum(weights, decoded, at)), step) + values[i]!;
    }
    return decoded.subarray(weights.length);
  }
}
