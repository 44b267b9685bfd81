/**
 * Linear prediction of a sample from those before it, by the autocorrelation method (J. Makhoul, "Linear prediction:
 * a tutorial review", Proceedings of the IEEE 63, 1975, eq. 17).
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

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
  const autocorrelation = new Float64Array(order + 1);
  for (let lag = 0; lag <= order; lag++) {
    let sum = 0;
    for (let i = lag; i < signal.length; i++) sum += signal[i]! * signal[i - lag]!;
    autocorrelation[lag] = signal.length > 0 ? sum / signal.length : 0;
  }
  const power = autocorrelation[0]!;
  if (power === 0) return { coefficients: new Float64Array(order), residualVariance: 0 };
  const normal = Matrix.zeros(order, order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j++) normal.set(i, j, autocorrelation[Math.abs(i - j)]!);
    normal.set(i, i, power * (1 + REGULARIZATION));
  }
  const right = Matrix.columnVector(Array.from(autocorrelation.subarray(1)));
  const coefficients = Float64Array.from(new CholeskyDecomposition(normal).solve(right).to1DArray());
  let residualVariance = power;
  for (let k = 0; k < order; k++) residualVariance -= coefficients[k]! * autocorrelation[k + 1]!;
  return { coefficients, residualVariance: Math.max(0, residualVariance) };
}
