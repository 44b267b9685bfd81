/**
 * Linear prediction of a sample from those before it, by the autocorrelation method (J. Makhoul, "Linear prediction:
 * a tutorial review", Proceedings of the IEEE 63, 1975, eq. 17).
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { autocorrelation } from '../../numerics/levinson';

/** A predictor x̂[n] = Σ a[k]·x[n − 1 − k]. */
export interface LinearPredictor {
  /** a[0] … a[order − 1]. */
  readonly coefficients: Float64Array;
  /** Variance of the residual, in the square of the signal's unit. */
  readonly residualVariance: number;
}

/**
 * White noise added to the diagonal, relative to the power. Without it, the equations of a silent recording
 * have no solution.
 */
const REGULARIZATION = 1e-9;

/**
 * The predictor of least mean squared error for a signal.
 *
 * @param signal - a signal of mean 0
 * @param order - number of past samples used, 1 or more
 */
export function linearPrediction(signal: Float64Array, order: number): LinearPredictor {
  const correlation = autocorrelation(signal, order);
  const power = correlation[0]!;
  if (power === 0) return { coefficients: new Float64Array(order), residualVariance: 0 };
  const coefficients = Float64Array.from(predictorOfLeastError(correlation, REGULARIZATION));
  let residualVariance = power;
  for (let k = 0; k < order; k++) residualVariance -= coefficients[k]! * correlation[k + 1]!;
  return { coefficients, residualVariance: Math.max(0, residualVariance) };
}

/**
 * Weights a[k] of the predictor of least mean squared error, by the normal equations.
 *
 * @param correlation - r[0] … r[order], r[0] above 0
 * @param noise - variance of white noise added to the samples that are predicted from, as a share of r[0]
 * @returns a[0] … a[order − 1]
 */
export function predictorOfLeastError(correlation: Float64Array, noise = 0): number[] {
  const order = correlation.length - 1;
  const normal = Matrix.zeros(order, order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j++) normal.set(i, j, correlation[Math.abs(i - j)]!);
    normal.set(i, i, correlation[0]! * (1 + noise));
  }
  const right = Matrix.columnVector(Array.from(correlation.subarray(1)));
  return new CholeskyDecomposition(normal).solve(right).to1DArray();
}
