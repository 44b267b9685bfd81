/**
 * Probability of each code at the next sample of a channel, for any digitizer. Nothing is known beforehand: prediction
 * starts from the last sample, and from what the channel before it has taught.
 *
 * A sample is predicted from its past, and from channels that were coded before (their sample at the same time, the one
 * after, and two before), with weights of least squares (ridge regression, as `predictor.ts`); a second predictor learns
 * from what the first leaves (normalized least mean squares; S. Haykin, Adaptive Filter Theory, 5th ed., 2014, ch. 6).
 * Distributions about the prediction are mixed as `code-model.ts` does. The widths of codes are learned in classes modulo
 * 64, and one by one.
 *
 * The kernel `assembly/channel-coder.ts` does the same, operation by operation; `docs/format.md` specifies it.
 */
import { GAUSSIAN, HEAVY, interpolate, POSITION_CENTER, STEPS_PER_SIGMA } from './distributions';
import { ExpertMixture } from './expert-mixture';
import { FREQUENCY_TOTAL } from './frequency-coder';
import { FrequencyModel } from './frequency-model';
import { dot } from './predictor';
import { eliminateColumn, gatherMoments, substituteBack } from './ridge';

/** Lags of another channel that are features: the sample after, at, and before this one. */
export const REFERENCE_LAGS = 4;

/** Parameters of a preset. */
export interface ChannelPreset {
  /** Own past samples that are features; a multiple of 8. */
  readonly own: number;
  /** Channels that a channel is predicted from at most; even. */
  readonly references: number;
  /** Past residuals of the second predictor: 16 or none. */
  readonly second: number;
  /** The first predictor learns from every so many samples, a power of two. */
  readonly learnsEvery: number;
  /** Widths of codes are learned from every so many samples, a power of two. */
  readonly widthsEvery: number;
}

/** Names of the presets, in the order of their numbers in groups; files and chunks without a group have the first two. */
export const CHANNEL_PRESET_NAMES = ['fast', 'best', 'live'] as const;
export type ChannelPresetName = (typeof CHANNEL_PRESET_NAMES)[number];

/** Presets by name. `live` learns from fewer samples, so that a core keeps up with hundreds of channels. */
export const CHANNEL_PRESETS: Readonly<Record<ChannelPresetName, ChannelPreset>> = {
  fast: { own: 16, references: 2, second: 0, learnsEvery: 4, widthsEvery: 8 },
  best: { own: 24, references: 4, second: 16, learnsEvery: 1, widthsEvery: 1 },
  live: { own: 8, references: 2, second: 0, learnsEvery: 8, widthsEvery: 64 },
};

/** Shapes of the distributions that are mixed, and the share of the newest squared error in their variances. */
const TABLES = [GAUSSIAN, GAUSSIAN, HEAVY, HEAVY];
const ERROR_RATES = [1 / 8, 1 / 128, 1 / 4096, 1 / 64];
/** Number of the distribution whose variance tells widths. */
const SLOW_EXPERT = 2;

const FIRST_VARIANCE = 400;
const LEAST_VARIANCE = 1 / 64;
const WEIGHT_RATE = 1 / 16;
const WEIGHT_OFFSET = 0.3;

/** Samples from one solution of the weights to the next; the first solutions come at 32 and 64. */
const BLOCK = 128;
const FIRST_SOLUTION = 32;
/** Factor of the moments after each block, and from one channel to the next. */
const FADING = 1 - 1 / 128;
const CARRIED = 1 / 16;

const SECOND_RATE = 0.01;

const CLASSES = 64;
const WIDTH_BLOCK = 4096;
const WIDTH_WARM_UP = 100;
const WIDTH_REACH = 4.5;
/** Up to the second reach, which takes longer, an eighth of the samples teaches widths; beyond it none does. */
const NEAR_REACH = 64;
const FAR_REACH = 512;
/** Codes on one side of a prediction that are looked at, at most. */
const MOST_CODES_BESIDE = 1024;
const LEAST_WIDTH = 1 / 1024;
const FIRMNESS = 300;

/** Frequencies of all codes, sample after sample, channel after channel. */
export class ChannelModel extends FrequencyModel {
  /** Edges k and k + 1 enclose code k; the first and the last are −∞ and ∞. */
  private readonly edges: Float64Array;
  private readonly levels: Float64Array;
  private readonly widths: Float64Array;
  private readonly seen: Float64Array;
  private readonly expected: Float64Array;
  private readonly classSeen = new Float64Array(CLASSES);
  private readonly classExpected = new Float64Array(CLASSES);
  private readonly mixture = new ExpertMixture(TABLES, ERROR_RATES, LEAST_VARIANCE);
  private readonly size: number;
  private readonly features: Float64Array;
  private readonly factorsOfFeatures: Float64Array;
  private readonly moments: Float64Array;
  private readonly work: Float64Array;
  private readonly column: Float64Array;
  /** Past residuals of the first predictor, the newest first, and their factors. */
  private readonly residuals: Float64Array;
  private readonly secondFactors: Float64Array;
  private readonly spread: number;
  private weightVariance = FIRST_VARIANCE;
  /** Level that the samples of this channel are counted from: of its first. */
  private base = 0;
  private first = 0;
  private second = 0;
  private prediction = 0;
  /** Samples of this channel, and of all. */
  private count = 0;
  private total = 0;
  private references: readonly Uint16Array[] = [];

  /**
   * @param lowest - code that is number 0 here
   * @param codes - number of codes, 1…65536
   * @param channels - number of channels that will be coded
   */
  constructor(
    private readonly lowest: number,
    codes: number,
    channels: number,
    private readonly preset: ChannelPreset,
  ) {
    super(codes);
    const size = featureCount(preset, channels);
    this.size = size;
    this.features = new Float64Array(size);
    this.factorsOfFeatures = new Float64Array(size);
    this.moments = new Float64Array((size + 1) * size);
    this.work = new Float64Array((size + 1) * size);
    this.column = new Float64Array(size);
    this.residuals = new Float64Array(preset.second);
    this.secondFactors = new Float64Array(preset.second);
    this.edges = new Float64Array(codes + 1);
    this.levels = new Float64Array(codes);
    this.widths = new Float64Array(codes).fill(1);
    this.seen = new Float64Array(codes);
    this.expected = new Float64Array(codes);
    this.spread = FREQUENCY_TOTAL - codes;
    this.mixture.variances[SLOW_EXPERT] = FIRST_VARIANCE;
    this.place(0, 0);
  }

  /**
   * Begins a channel.
   *
   * @param references - all samples of the channels that it is predicted from, in codes from 0 here
   */
  startChannel(references: readonly Uint16Array[]): void {
    const { moments } = this;
    const { variances } = this.mixture;
    this.references = references;
    variances.fill(variances[SLOW_EXPERT]!);
    this.weightVariance = variances[SLOW_EXPERT]!;
    for (let i = 0; i < moments.length; i++) moments[i]! *= CARRIED;
    this.solve();
    this.features.fill(0);
    this.residuals.fill(0);
    this.secondFactors.fill(0);
    this.count = 0;
  }

  start(): void {
    if (this.count === 0) return;
    const { features, references, count, codes } = this;
    const own = this.preset.own;
    for (let r = 0; r < references.length; r++) {
      const reference = references[r]!;
      for (let j = 0; j < REFERENCE_LAGS; j++) {
        const at = count + 1 - j;
        features[own + r * REFERENCE_LAGS + j] =
          at >= 0 && at < reference.length ? reference[at]! - reference[0]! : 0;
      }
    }
    this.first = dot(this.factorsOfFeatures, features, 0);
    this.second = dot(this.secondFactors, this.residuals, 0);
    const predicted = this.base + (this.first + this.second);
    this.prediction = predicted < -codes ? -codes : predicted > 2 * codes ? 2 * codes : predicted;
    this.mixture.start();
  }

  /** The first sample has even frequencies. */
  cumulative(code: number): number {
    if (code === this.codes) return FREQUENCY_TOTAL;
    if (this.count === 0) return code * Math.floor(FREQUENCY_TOTAL / this.codes);
    return ((this.mixture.mixedBelow(this.distanceOf(code)) * this.spread) | 0) + code;
  }

  update(code: number): void {
    const { mixture, levels, features, residuals, preset } = this;
    if (this.count === 0) {
      this.base = levels[code]!;
    } else {
      mixture.learnWeights(this.distanceOf(code), this.distanceOf(code + 1));
      const level = levels[code]!;
      const sample = level - this.base;
      const error = level - this.prediction;
      const residual = sample - this.first;
      this.observeWidths(code);
      const share = 1 / (this.count + 1);
      mixture.learnVariances(error * error, share);
      if (this.count % preset.learnsEvery === 0) this.gather(sample);
      const rate = WEIGHT_RATE > share ? WEIGHT_RATE : share;
      const variance = this.weightVariance + (residual * residual - this.weightVariance) * rate;
      this.weightVariance = variance < LEAST_VARIANCE ? LEAST_VARIANCE : variance;
      if (preset.second > 0) this.learnSecond(residual);
      for (let i = preset.own - 1; i > 0; i--) features[i] = features[i - 1]!;
      features[0] = sample;
      for (let i = residuals.length - 1; i > 0; i--) residuals[i] = residuals[i - 1]!;
      if (residuals.length > 0) residuals[0] = residual;
    }
    this.count++;
    this.total++;
    if (this.count % BLOCK === 0) {
      this.solve();
      const { moments } = this;
      for (let i = 0; i < moments.length; i++) moments[i]! *= FADING;
    } else if (this.count === FIRST_SOLUTION || this.count === 2 * FIRST_SOLUTION) {
      this.solve();
    }
    if (this.total % WIDTH_BLOCK === 0) this.learnWidths(code);
  }

  /** From the prediction to the lower edge of a code. */
  private distanceOf(code: number): number {
    return this.edges[code]! - this.prediction;
  }

  private gather(sample: number): void {
    const { features, moments, size } = this;
    const weight = 1 / (this.weightVariance + WEIGHT_OFFSET);
    gatherMoments(moments, features, size, weight, sample);
  }

  private learnSecond(residual: number): void {
    const { residuals, secondFactors } = this;
    const gain = (SECOND_RATE * (residual - this.second)) / (dot(residuals, residuals, 0) + 1);
    for (let i = 0; i < residuals.length; i++) secondFactors[i]! += gain * residuals[i]!;
  }

  /**
   * Weights from the moments by L·D·Lᵀ without pivoting. The prior has precision 1: that a sample is like the one before.
   */
  private solve(): void {
    const { moments, work, column, size, factorsOfFeatures } = this;
    work.set(moments);
    const last = size * size;
    for (let i = 0; i < size; i++) work[i * size + i]! += 1;
    work[last]! += 1;
    for (let k = 0; k < size; k++) eliminateColumn(work, column, size, k, 0.5);
    substituteBack(work, size, factorsOfFeatures);
  }

  /** Adds the code to the counts, and the probability of each possible code to its expected count. */
  private observeWidths(code: number): void {
    const factor = this.mixture.factors[SLOW_EXPERT]!;
    const reach = (WIDTH_REACH * STEPS_PER_SIGMA) / factor;
    if (this.count < WIDTH_WARM_UP || reach > FAR_REACH) return;
    const { widthsEvery } = this.preset;
    if (this.total % (reach > NEAR_REACH ? 8 * widthsEvery : widthsEvery) !== 0) return;
    const { edges, expected, widths, codes, lowest, classExpected, prediction } = this;
    if (code === 0 || code === codes - 1) return;
    const lowestCode = Math.max(1, code - MOST_CODES_BESIDE);
    const beyond = Math.min(codes - 1, code + MOST_CODES_BESIDE);
    let k = code;
    while (k > lowestCode && edges[k]! > prediction - reach) k--;
    let below = this.normalBelow(k, factor);
    for (; k < beyond; k++) {
      const above = this.normalBelow(k + 1, factor);
      const share = (above - below) / widths[k]!;
      expected[k]! += share;
      classExpected[(k + lowest) & (CLASSES - 1)]! += share;
      below = above;
      if (edges[k + 1]! > prediction + reach) break;
    }
    this.seen[code]! += 1;
    this.classSeen[(code + lowest) & (CLASSES - 1)]! += 1;
  }

  private normalBelow(code: number, factor: number): number {
    return interpolate(GAUSSIAN, this.distanceOf(code) * factor + POSITION_CENTER);
  }

  /** @param code - keeps its level */
  private learnWidths(code: number): void {
    const { classSeen, classExpected, widths, seen, expected, codes, lowest } = this;
    const ofClass = new Float64Array(CLASSES);
    let sum = 0;
    for (let i = 0; i < CLASSES; i++) {
      ofClass[i] = (classSeen[i]! + FIRMNESS) / (classExpected[i]! + FIRMNESS);
      sum += ofClass[i]!;
    }
    const scale = CLASSES / sum;
    for (let k = 0; k < codes; k++) {
      const given = ofClass[(k + lowest) & (CLASSES - 1)]! * scale;
      const width = (seen[k]! + FIRMNESS * given) / (expected[k]! + FIRMNESS);
      widths[k] = width < LEAST_WIDTH ? LEAST_WIDTH : width;
    }
    this.place(code, this.levels[code]!);
  }

  /** Edges and levels from the widths. */
  private place(code: number, level: number): void {
    const { edges, levels, widths, codes } = this;
    edges[code] = level - 0.5 * widths[code]!;
    for (let k = code; k < codes; k++) edges[k + 1] = edges[k]! + widths[k]!;
    for (let k = code - 1; k >= 0; k--) edges[k] = edges[k + 1]! - widths[k]!;
    for (let k = 0; k < codes; k++) levels[k] = 0.5 * (edges[k]! + edges[k + 1]!);
    edges[0] = -Infinity;
    edges[codes] = Infinity;
  }
}

/** Number of features where so many channels are coded together. */
export function featureCount(preset: ChannelPreset, channels: number): number {
  return preset.own + (channels > 1 ? preset.references * REFERENCE_LAGS : 0);
}
