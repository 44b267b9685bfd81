/**
 * Probability of each ADC code at the next sample: a mixture of distributions about the prediction, integrated between
 * the edges of the code. The scale of each distribution follows the errors at its own rate.
 *
 * The weights of the mixture are Bayesian, with a small share redistributed evenly after each sample (M. Herbster and
 * M. K. Warmuth, "Tracking the best expert", Machine Learning 32, 1998: fixed share).
 */
import { ADC_CODES, MAX_ADC_CODE } from '../../recordings/adc';
import { GAUSSIAN, interpolate, STEPS_PER_SIGMA, STUDENT, POSITION_CENTER } from './distributions';
import { FREQUENCY_TOTAL } from './frequency-coder';
import { LinearScale } from './linear-scale';
import { FIRST_VARIANCE, LEAST_VARIANCE, Predictor } from './predictor';
import type { LosslessPreset } from './preset';

/** Shapes of the distributions that are mixed, and the share of the newest squared error in their variances. */
const TABLES = [GAUSSIAN, GAUSSIAN, GAUSSIAN, STUDENT];
export const ERROR_RATES = [1 / 32, 1 / 256, 1 / 4096, 1 / 4096];
export const EXPERTS = TABLES.length;
/** Index of the distribution (expert) whose probabilities are used to learn widths. */
const WIDTH_EXPERT = 2;

/** Share of the weights that is redistributed evenly over all experts after each sample. */
const SHARED = 1 / 256;
/** Smallest likelihood credited to an expert; keeps its weight above 0. */
const LEAST_LIKELIHOOD = 2 ** -20;
/** Each code has a frequency of at least 1; the distribution shares the remaining total. */
const SPREAD_TOTAL = FREQUENCY_TOTAL - ADC_CODES;

/** Widths are learned anew after so many samples. */
export const WIDTH_BLOCK = 4096;
/** Samples before widths are learned from. */
const WIDTH_WARM_UP = 200;
/** Only codes within this many standard deviations of the prediction teach widths. */
const WIDTH_REACH = 4.5;

/** The frequencies of all codes, sample after sample. */
export class CodeModel {
  readonly scale: LinearScale;
  readonly predictor: Predictor;
  /** The sample to come, on the linear scale. */
  prediction = 0;
  private readonly variances = new Float64Array(EXPERTS).fill(FIRST_VARIANCE);
  /** Steps of the tables to a unit of the linear scale. */
  private readonly factors = new Float64Array(EXPERTS);
  private readonly weights = new Float64Array(EXPERTS).fill(1 / EXPERTS);
  private readonly likelihoods = new Float64Array(EXPERTS);
  private readonly learnsWidths: boolean;
  private count = 0;
  private lastAtRail = false;

  constructor(preset: LosslessPreset) {
    this.scale = new LinearScale(preset.widths);
    this.predictor = new Predictor(preset);
    this.learnsWidths = preset.learnsWidths;
  }

  /** Prepares the frequencies of the next sample. */
  start(): void {
    this.prediction = this.predictor.predict();
    for (let k = 0; k < EXPERTS; k++) this.factors[k] = STEPS_PER_SIGMA / Math.sqrt(this.variances[k]!);
  }

  /** Sum of the frequencies of all codes below this one. Codes 0…1024 give 0…2²⁴, rising by at least 1. */
  cumulative(code: number): number {
    if (code === ADC_CODES) return FREQUENCY_TOTAL;
    const { factors, weights } = this;
    const distance = this.scale.edges[code]! - this.prediction;
    const mixed =
      weights[0]! * interpolate(GAUSSIAN, distance * factors[0]! + POSITION_CENTER) +
      weights[2]! * interpolate(GAUSSIAN, distance * factors[2]! + POSITION_CENTER) +
      (weights[1]! * interpolate(GAUSSIAN, distance * factors[1]! + POSITION_CENTER) +
        weights[3]! * interpolate(STUDENT, distance * factors[3]! + POSITION_CENTER));
    return ((mixed * SPREAD_TOTAL) | 0) + code;
  }

  /** The code whose interval of cumulative frequencies contains the target. */
  find(target: number): number {
    let code = 0;
    let beyond = ADC_CODES;
    while (beyond - code > 1) {
      const middle = (code + beyond) >> 1;
      if (this.cumulative(middle) <= target) code = middle;
      else beyond = middle;
    }
    return code;
  }

  /** Learns from the code that came, after {@link start}. */
  update(code: number): void {
    const { variances, weights, likelihoods, scale } = this;
    for (let k = 0; k < EXPERTS; k++) {
      const likelihood = this.expertBelow(k, code + 1) - this.expertBelow(k, code);
      likelihoods[k] = weights[k]! * (likelihood + LEAST_LIKELIHOOD);
    }
    const sum = likelihoods[0]! + likelihoods[2]! + (likelihoods[1]! + likelihoods[3]!);
    const factor = (1 - SHARED) / sum;
    for (let k = 0; k < EXPERTS; k++) weights[k] = likelihoods[k]! * factor + SHARED / EXPERTS;

    const sample = scale.levels[code]!;
    if (this.learnsWidths) this.observeWidths(code);
    const error = sample - this.prediction;
    const square = error * error;
    for (let k = 0; k < EXPERTS; k++) {
      const variance = variances[k]! + (square - variances[k]!) * ERROR_RATES[k]!;
      variances[k] = variance < LEAST_VARIANCE ? LEAST_VARIANCE : variance;
    }
    this.predictor.update(sample);
    this.count++;
    if (this.learnsWidths && this.count % WIDTH_BLOCK === 0) scale.learn();
  }

  /** Probability of all codes below this one, according to one expert. */
  private expertBelow(expert: number, code: number): number {
    const distance = this.scale.edges[code]! - this.prediction;
    return interpolate(TABLES[expert]!, distance * this.factors[expert]! + POSITION_CENTER);
  }

  /** Adds the code to the counts, and the probability of each possible code to its expected count. */
  private observeWidths(code: number): void {
    const atRail = code === 0 || code === MAX_ADC_CODE;
    const usable = !atRail && !this.lastAtRail && this.count >= WIDTH_WARM_UP;
    this.lastAtRail = atRail;
    if (!usable) return;
    const { scale } = this;
    const { edges, expected, reciprocals } = scale;
    const factor = this.factors[WIDTH_EXPERT]!;
    const reach = (WIDTH_REACH * STEPS_PER_SIGMA) / factor;
    const lowest = this.prediction - reach;
    const highest = this.prediction + reach;
    let k = code;
    while (k > 1 && edges[k]! > lowest) k--;
    while (k < MAX_ADC_CODE - 1 && edges[k + 1]! <= lowest) k++;
    let below = this.expertBelow(WIDTH_EXPERT, k);
    for (; k < MAX_ADC_CODE; k++) {
      const above = this.expertBelow(WIDTH_EXPERT, k + 1);
      expected[k]! += (above - below) * reciprocals[k]!;
      below = above;
      if (edges[k + 1]! > highest) break;
    }
    scale.count(code);
  }
}
