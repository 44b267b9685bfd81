/**
 * Closed-loop prediction (differential pulse code modulation; N. S. Jayant and P. Noll, Digital Coding of Waveforms,
 * 1984, ch. 6): the residual of a sample from its prediction is coded. The predictor sees decoded samples only, as the
 * decoder will, so the error of a sample equals the error of its residual and does not accumulate.
 *
 * IEEE arithmetic in a fixed order: another order breaks decoding.
 */
import type { Basis, CoefficientLayout, Coefficients } from '../basis';

/**
 * Fraction from which |residual|/step is rounded up, as in the common quantizer. Rounding at 1/2 would be 0.3 to 1 dB
 * worse at equal compression ratio.
 */
const ROUND_UP_FROM = 0.62;

/** Predictions below this become 0; see {@link flushToZero}. */
const LEAST_PREDICTION = 2 ** -20;

/** Number of partial sums of a prediction; part of the format. */
const PARTS = 4;

/** One subband with one residual for each sample. */
export function residualLayout(length: number): CoefficientLayout {
  return {
    signalLength: length,
    coefficientCount: length,
    hop: 1,
    subbands: [{ offset: 0, length, timeStep: 1 }],
  };
}

/** The order rounded up to whole rounds of {@link weightedSum}; the extra weights are 0. */
export function paddedOrder(order: number): number {
  return Math.ceil(order / PARTS) * PARTS;
}

/**
 * Σ weights[j]·samples[at − 1 − j] in four partial sums s0 (j = 0, 4, 8 …) to s3 (j = 3, 7, 11 …), joined as (s0 + s1)
 * + (s2 + s3).
 *
 * @param weights - their number is a multiple of four, see {@link paddedOrder}
 * @param at - index of the predicted sample, at least the number of weights
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

/** Predictions below 2⁻²⁰ become 0: a decaying one would otherwise reach denormal numbers, which are slow. */
export function flushToZero(prediction: number): number {
  return prediction > -LEAST_PREDICTION && prediction < LEAST_PREDICTION ? 0 : prediction;
}

/** The prediction that the residual is taken from: rounded at step 1, so that integers have integer residuals. */
export function onGrid(prediction: number, step: number): number {
  return step === 1 ? Math.floor(prediction + 0.5) : prediction;
}

/** The multiple of the step to which a residual is quantized. */
export function quantizedResidual(residual: number, step: number): number {
  const scaled = residual / step;
  const rounded =
    scaled < 0 ? -Math.floor(1 - ROUND_UP_FROM - scaled) : Math.floor(1 - ROUND_UP_FROM + scaled);
  return rounded * step;
}

/** Residuals of a predictor with constant weights. */
export class PredictorBasis implements Basis {
  readonly delay = 0;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = true;
  readonly orthonormal = false;
  readonly quantizesItself = true;
  /** Weights, and zeros behind them. */
  private readonly padded: Float64Array;

  /** @param weights - weight of the last sample, of the one before it, … */
  constructor(
    readonly id: string,
    readonly weights: ArrayLike<number>,
  ) {
    this.multiplyAddsPerSample = weights.length;
    this.padded = new Float64Array(paddedOrder(weights.length));
    this.padded.set(weights);
  }

  layout(length: number): CoefficientLayout {
    return residualLayout(length);
  }

  /** Quantized residuals of a signal, multiples of the step. */
  analyze(signal: Float64Array, step: number): Coefficients {
    const weights = this.padded;
    const values = new Float64Array(signal.length);
    const decoded = new Float64Array(weights.length + signal.length);
    for (let i = 0, at = weights.length; i < signal.length; i++, at++) {
      const expected = onGrid(flushToZero(weightedSum(weights, decoded, at)), step);
      const residual = quantizedResidual(signal[i]! - expected, step);
      values[i] = residual;
      decoded[at] = expected + residual;
    }
    return { values, layout: residualLayout(signal.length) };
  }

  synthesize({ values }: Coefficients, step: number): Float64Array {
    const weights = this.padded;
    const decoded = new Float64Array(weights.length + values.length);
    for (let i = 0, at = weights.length; i < values.length; i++, at++) {
      decoded[at] = onGrid(flushToZero(weightedSum(weights, decoded, at)), step) + values[i]!;
    }
    return decoded.subarray(weights.length);
  }
}
