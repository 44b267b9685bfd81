/**
 * A mixture of four distributions (experts) about a prediction. The scale of each follows the errors at its own rate.
 *
 * The weights of the mixture are Bayesian, with a small share redistributed evenly after each sample (M. Herbster and
 * M. K. Warmuth, "Tracking the best expert", Machine Learning 32, 1998: fixed share).
 *
 * IEEE arithmetic in a fixed order: another order breaks decoding. `lib/kernels/assembly/expert-mixture.ts` does the same.
 */
import { interpolate, POSITION_CENTER, STEPS_PER_SIGMA } from './distributions';

/** Number of distributions. */
export const EXPERTS = 4;

/** Share of the weights that is redistributed evenly over all experts after each sample. */
const SHARED = 1 / 256;
/** Smallest likelihood credited to an expert; keeps its weight above 0. */
const LEAST_LIKELIHOOD = 2 ** -20;

/** Distributions, their variances and their weights. */
export class ExpertMixture {
  readonly variances = new Float64Array(EXPERTS);
  /** Steps of the tables to a unit of the distance. */
  readonly factors = new Float64Array(EXPERTS);
  private readonly weights = new Float64Array(EXPERTS).fill(1 / EXPERTS);
  private readonly likelihoods = new Float64Array(EXPERTS);

  /**
   * @param tables - shapes of the distributions
   * @param rates - share of the newest squared error in the variance of each
   * @param leastVariance - variances do not fall below it
   */
  constructor(
    private readonly tables: readonly Float64Array[],
    private readonly rates: readonly number[],
    private readonly leastVariance: number,
  ) {}

  /** Gives the distributions the scales of their variances. */
  start(): void {
    for (let k = 0; k < EXPERTS; k++) this.factors[k] = STEPS_PER_SIGMA / Math.sqrt(this.variances[k]!);
  }

  /** Probability of all that lies below, according to one expert. @param distance - from the prediction */
  below(expert: number, distance: number): number {
    return interpolate(this.tables[expert]!, distance * this.factors[expert]! + POSITION_CENTER);
  }

  /** {@link below}, according to all of them. */
  mixedBelow(distance: number): number {
    const { weights } = this;
    return (
      weights[0]! * this.below(0, distance) +
      weights[2]! * this.below(2, distance) +
      (weights[1]! * this.below(1, distance) + weights[3]! * this.below(3, distance))
    );
  }

  /**
   * Learns from where a sample lay which experts are right.
   *
   * @param lower, upper - distances of the edges of its code from the prediction
   */
  learnWeights(lower: number, upper: number): void {
    const { weights, likelihoods } = this;
    for (let k = 0; k < EXPERTS; k++) {
      const likelihood = this.below(k, upper) - this.below(k, lower);
      likelihoods[k] = weights[k]! * (likelihood + LEAST_LIKELIHOOD);
    }
    const sum = likelihoods[0]! + likelihoods[2]! + (likelihoods[1]! + likelihoods[3]!);
    const factor = (1 - SHARED) / sum;
    for (let k = 0; k < EXPERTS; k++) weights[k] = likelihoods[k]! * factor + SHARED / EXPERTS;
  }

  /** Learns from the square of an error how wide the distributions are. @param leastRate - where rates are smaller */
  learnVariances(square: number, leastRate: number): void {
    const { variances, rates, leastVariance } = this;
    for (let k = 0; k < EXPERTS; k++) {
      const rate = rates[k]! > leastRate ? rates[k]! : leastRate;
      const variance = variances[k]! + (square - variances[k]!) * rate;
      variances[k] = variance < leastVariance ? leastVariance : variance;
    }
  }
}
