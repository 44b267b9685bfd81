/**
 * Differences: a sample is expected to be what the one before it was, or to lie on a straight line or a parabola
 * through those before it. The oldest predictors, and without a parameter of the signal.
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
  readonly losslessStep = 1;
  readonly orthonormal = false;
  readonly closedLoop = true;
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
