/**
 * Mixtures of Gaussian distributions with diagonal covariances, by expectation–maximization (A. P. Dempster, N. M. Laird
 * and D. B. Rubin, "Maximum likelihood from incomplete data via the EM algorithm", Journal of the Royal Statistical
 * Society B 39, 1977; C. M. Bishop, Pattern Recognition and Machine Learning, 2006, §9.2).
 */
import { ClusteringError, requireLabels } from './k-means';

/** K distributions of D dimensions. */
export interface GaussianMixture {
  /** K, of sum 1. */
  readonly weights: Float64Array;
  /** K × D. */
  readonly means: Float64Array;
  /** K × D, above 0. */
  readonly variances: Float64Array;
}

/** Result of expectation–maximization. */
export interface FittedMixture {
  readonly mixture: GaussianMixture;
  /** Number of the most probable distribution of each point. */
  readonly labels: Uint8Array;
  /** Mean logarithm (natural) of the density at the points, before each iteration and after the last; never falling. */
  readonly logLikelihood: readonly number[];
}

/**
 * The maximization step: the mixture that fits points best when the probability of each distribution is given
 * for each point. A distribution without points gets weight 0 and the mean and variances of all points.
 *
 * @param points - B × D
 * @param responsibilities - B × K, each row of sum 1
 * @param floor - least variance; the likelihood never falls with a floor either, because the expected
 *   likelihood decreases from the variance upward
 */
export function mixtureOf(
  points: Float64Array,
  dimension: number,
  responsibilities: Float64Array,
  floor: number,
): GaussianMixture {
  const pointCount = points.length / dimension;
  const count = responsibilities.length / pointCount;
  if (!(Number.isInteger(pointCount) && pointCount > 0 && Number.isInteger(count) && count > 0)) {
    throw new ClusteringError(
      `${responsibilities.length} responsibilities do not belong to ${points.length} numbers of ${dimension} dimensions.`,
    );
  }
  const weights = new Float64Array(count);
  const means = new Float64Array(count * dimension);
  const variances = new Float64Array(count * dimension);
  for (let k = 0; k < count; k++) {
    let total = 0;
    for (let i = 0; i < pointCount; i++) total += responsibilities[i * count + k]!;
    const share = (i: number): number =>
      total > 0 ? responsibilities[i * count + k]! / total : 1 / pointCount;
    for (let i = 0; i < pointCount; i++) {
      const part = share(i);
      if (part === 0) continue;
      for (let d = 0; d < dimension; d++) means[k * dimension + d]! += part * points[i * dimension + d]!;
    }
    for (let i = 0; i < pointCount; i++) {
      const part = share(i);
      if (part === 0) continue;
      for (let d = 0; d < dimension; d++) {
        const difference = points[i * dimension + d]! - means[k * dimension + d]!;
        variances[k * dimension + d]! += part * difference * difference;
      }
    }
    for (let d = 0; d < dimension; d++) {
      variances[k * dimension + d] = Math.max(floor, variances[k * dimension + d]!);
    }
    weights[k] = total / pointCount;
  }
  return { weights, means, variances };
}

/**
 * Responsibilities of labeled points: 1 for the distribution of the label, 0 for all others.
 *
 * @returns B × K
 */
export function certainResponsibilities(labels: Uint8Array, count: number): Float64Array {
  const responsibilities = new Float64Array(labels.length * count);
  labels.forEach((label, i) => {
    responsibilities[i * count + label] = 1;
  });
  return responsibilities;
}

/**
 * The expectation step: the probability of each distribution for each point. Logarithms of densities are
 * summed from the largest down, so that none under- or overflows.
 *
 * @returns `responsibilities`, B × K, and the mean logarithm of the density
 */
export function expectation(
  points: Float64Array,
  dimension: number,
  { weights, means, variances }: GaussianMixture,
): { readonly responsibilities: Float64Array; readonly logLikelihood: number } {
  const pointCount = points.length / dimension;
  const count = weights.length;
  const constants = Float64Array.from(weights, (weight, k) => {
    let sum = Math.log(weight);
    for (let d = 0; d < dimension; d++) sum -= 0.5 * Math.log(2 * Math.PI * variances[k * dimension + d]!);
    return sum;
  });
  const responsibilities = new Float64Array(pointCount * count);
  let logLikelihood = 0;
  for (let i = 0; i < pointCount; i++) {
    let largest = -Infinity;
    for (let k = 0; k < count; k++) {
      let distance = 0;
      for (let d = 0; d < dimension; d++) {
        const difference = points[i * dimension + d]! - means[k * dimension + d]!;
        distance += (difference * difference) / variances[k * dimension + d]!;
      }
      const logarithm = constants[k]! - 0.5 * distance;
      responsibilities[i * count + k] = logarithm;
      largest = Math.max(largest, logarithm);
    }
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const density = Math.exp(responsibilities[i * count + k]! - largest);
      responsibilities[i * count + k] = density;
      sum += density;
    }
    for (let k = 0; k < count; k++) responsibilities[i * count + k]! /= sum;
    logLikelihood += largest + Math.log(sum);
  }
  return { responsibilities, logLikelihood: logLikelihood / pointCount };
}

/**
 * Alternates expectation and maximization. Each iteration costs about as much as B·K·D exponentials.
 *
 * @param points - B × D
 * @param initial - K distributions, K at most 256
 * @param floor - least variance
 * @param iterations - number of iterations
 * @throws ClusteringError
 */
export function fitMixture(
  points: Float64Array,
  dimension: number,
  initial: GaussianMixture,
  floor: number,
  iterations: number,
): FittedMixture {
  requireLabels(initial.weights.length);
  let mixture: GaussianMixture = initial;
  const logLikelihood: number[] = [];
  for (let iteration = 0; ; iteration++) {
    const step = expectation(points, dimension, mixture);
    if (!Number.isFinite(step.logLikelihood)) {
      throw new ClusteringError(
        `Points and distributions must be finite; the likelihood of the points is ${step.logLikelihood}.`,
      );
    }
    logLikelihood.push(step.logLikelihood);
    if (iteration === iterations) {
      return { mixture, labels: mostProbable(step.responsibilities, mixture.weights.length), logLikelihood };
    }
    mixture = mixtureOf(points, dimension, step.responsibilities, floor);
  }
}

/**
 * Number of the most probable distribution of each point; the first one of equally probable ones.
 *
 * @param responsibilities - B × K
 */
export function mostProbable(responsibilities: Float64Array, count: number): Uint8Array {
  return new Uint8Array(responsibilities.length / count).map((_, i) => {
    let best = 0;
    for (let k = 1; k < count; k++) {
      if (responsibilities[i * count + k]! > responsibilities[i * count + best]!) best = k;
    }
    return best;
  });
}
