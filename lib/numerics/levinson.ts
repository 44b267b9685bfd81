/**
 * Levinson's recursion (N. Levinson, 1947; J. Durbin, 1960; J. Makhoul, "Linear prediction: a tutorial
 * review", Proceedings of the IEEE 63, 1975, eq. 38): each predictor follows from the one of the next lower
 * order by one reflection coefficient.
 */

/** Lags that are summed in one pass over the signal. */
const LAGS_PER_PASS = 4;

/**
 * Mean products of samples so many samples apart: r[l] = Σ x[n]·x[n − l] / N, a positive semidefinite sequence.
 *
 * @param signal - a signal of mean 0
 * @param lags - largest l
 * @returns `lags` + 1 numbers; zeros for an empty signal
 */
export function autocorrelation(signal: Float64Array, lags: number): Float64Array {
  const result = new Float64Array(lags + 1);
  const { length } = signal;
  if (length === 0) return result;
  const padded = new Float64Array(lags + LAGS_PER_PASS + length);
  const start = lags + LAGS_PER_PASS;
  padded.set(signal, start);
  for (let lag = 0; lag <= lags; lag += LAGS_PER_PASS) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let n = start; n < padded.length; n++) {
      const value = padded[n]!;
      a += value * padded[n - lag]!;
      b += value * padded[n - lag - 1]!;
      c += value * padded[n - lag - 2]!;
      d += value * padded[n - lag - 3]!;
    }
    // Lags beyond the largest one, computed because passes have a fixed width, are dropped.
    [a, b, c, d].slice(0, lags + 1 - lag).forEach((sum, i) => (result[lag + i] = sum / length));
  }
  return result;
}

/**
 * Reflection coefficients of the predictor of least mean squared error: kᵢ is the part of the error of order
 * i − 1 that the sample i steps back still explains. The error of order p has Π (1 − kᵢ²) of the variance, i
 * = 1 … p.
 *
 * @param correlation - r[0] … r[order] of {@link autocorrelation}
 * @param order - number of past samples used
 * @param noise - variance of white noise added to the past samples
 * @returns k₁ … k_order, each within −1 … 1; zeros once the error is zero
 */
export function reflectionCoefficients(
  correlation: Float64Array,
  order: number,
  noise: number,
): Float64Array {
  const reflections = new Float64Array(order);
  let error = correlation[0]! + noise;
  for (let i = 0; i < order && error > 0; i++) {
    const weights = predictorWeights(reflections.subarray(0, i));
    let unexplained = correlation[i + 1]!;
    for (let j = 0; j < i; j++) unexplained -= weights[j]! * correlation[i - j]!;
    const reflection = unexplained / error;
    // Exact arithmetic never gets here; rounding does when the remaining error is zero.
    if (!(Math.abs(reflection) < 1)) break;
    reflections[i] = reflection;
    error *= 1 - reflection * reflection;
  }
  return reflections;
}

/**
 * The weights a[j] of x̂[n] = Σ a[j]·x[n − 1 − j] from reflection coefficients. The synthesis filter is
 * stable if all coefficients lie within −1 … 1. A decoder depends on these weights: another order of the
 * operations would change its bits.
 */
export function predictorWeights(reflections: Float64Array): Float64Array {
  const weights = new Float64Array(reflections.length);
  const before = new Float64Array(reflections.length);
  for (let i = 0; i < reflections.length; i++) {
    const reflection = reflections[i]!;
    before.set(weights);
    for (let j = 0; j < i; j++) weights[j] = before[j]! - reflection * before[i - 1 - j]!;
    weights[i] = reflection;
  }
  return weights;
}
