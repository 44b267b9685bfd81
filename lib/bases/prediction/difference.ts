/**
 * Differences: a sample is predicted to equal the one before it, or to lie on the straight line or parabola through the
 * last two or three samples. These are the oldest predictors; they have no parameter that depends on the signal.
 */
import { allowedParameter, type Basis, type CoefficientLayout, type Coefficients } from '../basis';
import { FixedPrediction, residualLayout } from '../parts/closed-loop-prediction';

/** Orders that differences can have. */
export const DIFFERENCE_ORDERS: readonly number[] = [1, 2, 3];

/** Weights of the last samples, from the binomial theorem: the difference of order p is (1 − z⁻¹)^p. */
const WEIGHTS: readonly (readonly number[])[] = [[1], [2, -1], [3, -3, 1]];

/** Closed-loop differences of the first, second or third order. */
export class DifferenceBasis implements Basis {
  readonly id: string;
  readonly delay = 0;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = true;
  readonly orthonormal = false;
  readonly quantizesItself = true;
  private readonly prediction: FixedPrediction;

  /**
   * @param order - 1, 2 or 3
   * @throws BasisParameterError when it is not
   */
  constructor(readonly order: number) {
    allowedParameter('order of differences', order, DIFFERENCE_ORDERS);
    this.id = `difference-${order}`;
    this.multiplyAddsPerSample = order;
    this.prediction = new FixedPrediction(WEIGHTS[order - 1]!);
  }

  layout(length: number): CoefficientLayout {
    return residualLayout(length);
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    return this.prediction.analyze(signal, step);
  }

  synthesize({ values }: Coefficients, step: number): Float64Array {
    return this.prediction.synthesize(values, step);
  }
}
