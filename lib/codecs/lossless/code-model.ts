/**
 * Probability of each ADC code at the next sample: a mixture of distributions about the prediction, integrated between
 * the edges of the code.
 */
import { ADC_CODES, MAX_ADC_CODE } from '../../recordings/adc';
import { GAUSSIAN, STEPS_PER_SIGMA, STUDENT } from './distributions';
import { ExpertMixture } from './expert-mixture';
import { FREQUENCY_TOTAL } from './frequency-coder';
import { FrequencyModel } from './frequency-model';
import { LinearScale } from './linear-scale';
import { FIRST_VARIANCE, LEAST_VARIANCE, Predictor } from './predictor';
import type { LosslessPreset } from './preset';

/** Shapes of the distributions that are mixed, and the share of the newest squared error in their variances. */
const TABLES = [GAUSSIAN, GAUSSIAN, GAUSSIAN, STUDENT];
const ERROR_RATES = [1 / 32, 1 / 256, 1 / 4096, 1 / 4096];
/** Index of the distribution (expert) whose probabilities are used to learn widths. */
const WIDTH_EXPERT = 2;

/** Each code has a frequency of at least 1; the distribution shares the remaining total. */
const SPREAD_TOTAL = FREQUENCY_TOTAL - ADC_CODES;

/** Widths are learned anew after so many samples. */
export const WIDTH_BLOCK = 4096;
/** Samples before widths are learned from. */
const WIDTH_WARM_UP = 200;
/** Only codes within this many standard deviations of the prediction teach widths. */
const WIDTH_REACH = 4.5;

/** The frequencies of all codes, sample after sample. */
export class CodeModel extends FrequencyModel {
  readonly scale: LinearScale;
  readonly predictor: Predictor;
  /** The sample to come, on the linear scale. */
  prediction = 0;
  private readonly mixture = new ExpertMixture(TABLES, ERROR_RATES, LEAST_VARIANCE);
  private readonly learnsWidths: boolean;
  private count = 0;
  private lastAtRail = false;

  constructor(preset: LosslessPreset) {
    super(ADC_CODES);
    this.mixture.variances.fill(FIRST_VARIANCE);
    this.scale = new LinearScale(preset.widths);
    this.predictor = new Predictor(preset);
    this.learnsWidths = preset.learnsWidths;
  }

  start(): void {
    this.prediction = this.predictor.predict();
    this.mixture.start();
  }

  cumulative(code: number): number {
    if (code === ADC_CODES) return FREQUENCY_TOTAL;
    return ((this.mixture.mixedBelow(this.distanceOf(code)) * SPREAD_TOTAL) | 0) + code;
  }

  update(code: number): void {
    const { mixture, scale } = this;
    mixture.learnWeights(this.distanceOf(code), this.distanceOf(code + 1));
    const sample = scale.levels[code]!;
    if (this.learnsWidths) this.observeWidths(code);
    const error = sample - this.prediction;
    mixture.learnVariances(error * error, 0);
    this.predictor.update(sample);
    this.count++;
    if (this.learnsWidths && this.count % WIDTH_BLOCK === 0) scale.learn();
  }

  /** From the prediction to the lower edge of a code. */
  private distanceOf(code: number): number {
    return this.scale.edges[code]! - this.prediction;
  }

  /** Adds the code to the counts, and the probability of each possible code to its expected count. */
  private observeWidths(code: number): void {
    const atRail = code === 0 || code === MAX_ADC_CODE;
    const usable = !atRail && !this.lastAtRail && this.count >= WIDTH_WARM_UP;
    this.lastAtRail = atRail;
    if (!usable) return;
    const { mixture, scale } = this;
    const { edges, expected, reciprocals } = scale;
    const factor = mixture.factors[WIDTH_EXPERT]!;
    const reach = (WIDTH_REACH * STEPS_PER_SIGMA) / factor;
    const lowest = this.prediction - reach;
    const highest = this.prediction + reach;
    let k = code;
    while (k > 1 && edges[k]! > lowest) k--;
    while (k < MAX_ADC_CODE - 1 && edges[k + 1]! <= lowest) k++;
    let below = mixture.below(WIDTH_EXPERT, this.distanceOf(k));
    for (; k < MAX_ADC_CODE; k++) {
      const above = mixture.below(WIDTH_EXPERT, this.distanceOf(k + 1));
      expected[k]! += (above - below) * reciprocals[k]!;
      below = above;
      if (edges[k + 1]! > highest) break;
    }
    scale.count(code);
  }
}
