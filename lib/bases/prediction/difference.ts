/**
 * Differences: a sample is predicted to equal the one before it, or to lie on the straight line or parabola through the
 * last two or three samples. These are the oldest predictors; they have no parameter that depends on the signal.
 */
import { allowedParameter } from '../basis';
import { PredictorBasis } from '../parts/closed-loop-prediction';

/** Orders that differences can have. */
export const DIFFERENCE_ORDERS: readonly number[] = [1, 2, 3];

/** Weights of the last samples, from the binomial theorem: the difference of order p is (1 − z⁻¹)^p. */
const WEIGHTS: readonly (readonly number[])[] = [[1], [2, -1], [3, -3, 1]];

/** Closed-loop differences of the first, second or third order. */
export class DifferenceBasis extends PredictorBasis {
  /**
   * @param order - 1, 2 or 3
   * @throws BasisParameterError when it is not
   */
  constructor(readonly order: number) {
    allowedParameter('order of differences', order, DIFFERENCE_ORDERS);
    super(`difference-${order}`, WEIGHTS[order - 1]!);
  }
}
