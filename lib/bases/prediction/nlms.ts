/**
 * Prediction that adapts to the decoded samples by the normalized least-mean-squares algorithm (S. Haykin, Adaptive
 * Filter Theory, 5th ed., 2014, ch. 6). The decoder adapts in the same way, so only residuals are coded, and there is
 * no side information.
 */
import { allowedParameter, type Basis, type CoefficientLayout, type Coefficients } from '../basis';
import { flushToZero, onGrid, quantizedResidual, residualLayout } from '../parts/closed-loop-prediction';

/** Orders that a predictor can have. */
export const NLMS_ORDERS: readonly number[] = [4, 8, 12, 16, 20, 24, 28, 32];

/** Adaptation rates: share of the last error that an update of the weights removes. */
export const NLMS_RATES: readonly number[] = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016];

/** Initial weight of the last sample. */
const FIRST_WEIGHT = 0.9;

/**
 * Predictions of 10-bit codes are clipped to ±1024, so that no input to the decoder makes them grow without bounds; those
 * of other codes to their number.
 */
const FARTHEST = 1024;

/** Result of one pass through a signal. */
interface Adaptation {
  readonly residuals: Float64Array;
  /** The decoded signal. */
  readonly decoded: Float64Array;
}

/**
 * Predicts each sample, completes the prediction by a residual, and learns from it.
 *
 * @param given - a signal, or residuals where `inverse`
 * @param inverse - takes residuals as given instead of quantizing the difference of signal and prediction
 * @param farthest - predictions are clipped to ± this
 */
function adapt(
  given: Float64Array,
  inverse: boolean,
  order: number,
  rate: number,
  step: number,
  farthest: number,
): Adaptation {
  // Samples before the first are zeros.
  const decoded = new Float64Array(order + given.length);
  const residuals = inverse ? given : new Float64Array(given.length);
  const weights = new Float64Array(order);
  weights[0] = FIRST_WEIGHT;
  // The energy of the quantizer's noise in `order` samples.
  const regularization = (order * step * step) / 12;
  let energy = 0;
  // Sums of a prediction: weights 0, 4, 8 …, then 1, 5, 9 … and so on; see `weightedSum`.
  let [p0, p1, p2, p3] = [0, 0, 0, 0];
  for (let i = 0, at = order; i < given.length; i++, at++) {
    let prediction = flushToZero(p0 + p1 + (p2 + p3));
    if (prediction > farthest) prediction = farthest;
    else if (prediction < -farthest) prediction = -farthest;
    const expected = onGrid(prediction, step);
    if (!inverse) residuals[i] = quantizedResidual(given[i]! - expected, step);
    const sample = expected + residuals[i]!;
    decoded[at] = sample;

    // Updates the weights and, in the same loop, sums the next prediction with the new weights.
    const gain = (rate * (sample - prediction)) / (regularization + energy);
    p0 = p1 = p2 = p3 = 0;
    for (let j = 0, n = at; j < order; j += 4, n -= 4) {
      const [s0, s1, s2, s3] = [decoded[n]!, decoded[n - 1]!, decoded[n - 2]!, decoded[n - 3]!];
      const w0 = weights[j]! + gain * s1;
      const w1 = weights[j + 1]! + gain * s2;
      const w2 = weights[j + 2]! + gain * s3;
      const w3 = weights[j + 3]! + gain * decoded[n - 4]!;
      weights[j] = w0;
      weights[j + 1] = w1;
      weights[j + 2] = w2;
      weights[j + 3] = w3;
      p0 += w0 * s0;
      p1 += w1 * s1;
      p2 += w2 * s2;
      p3 += w3 * s3;
    }
    const leaving = decoded[at - order]!;
    energy = energy + sample * sample - leaving * leaving;
    if (energy < 0) energy = 0;
  }
  return { residuals, decoded: decoded.subarray(order) };
}

/** Backward-adaptive prediction of one order, at one rate of learning. */
export class NlmsBasis implements Basis {
  readonly id: string;
  readonly delay = 0;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = true;
  readonly orthonormal = false;
  readonly quantizesItself = true;

  /**
   * @param order - past samples that a prediction is made from, one of {@link NLMS_ORDERS}
   * @param rate - one of {@link NLMS_RATES}
   * @param farthest - predictions are clipped to ± this
   * @throws BasisParameterError when they are not
   */
  constructor(
    readonly order: number,
    readonly rate: number,
    private readonly farthest: number = FARTHEST,
  ) {
    allowedParameter('order of adaptive prediction', order, NLMS_ORDERS);
    allowedParameter('rate of adaptive prediction', rate, NLMS_RATES);
    this.id = `nlms-${order}-${rate}`;
    this.multiplyAddsPerSample = 2 * order;
  }

  within(largest: number): NlmsBasis {
    return new NlmsBasis(this.order, this.rate, largest + 1);
  }

  layout(length: number): CoefficientLayout {
    return residualLayout(length);
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const { residuals } = adapt(signal, false, this.order, this.rate, step, this.farthest);
    return { values: residuals, layout: residualLayout(signal.length) };
  }

  synthesize({ values }: Coefficients, step: number): Float64Array {
    return adapt(values, true, this.order, this.rate, step, this.farthest).decoded;
  }
}
