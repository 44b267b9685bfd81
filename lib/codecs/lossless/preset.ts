/**
 * Parameters of a lossless codec: the features of its predictor, and the constants that it starts from.
 */

/** Number of features of each kind, each even, in the order of the feature vector. */
export interface FeatureCounts {
  /** Innovations before this sample, at most {@link FIXED_ORDER}. */
  readonly innovations: number;
  /** Number of those innovations whose excess over ±2 standard deviations is a feature too (bursts: spikes). */
  readonly bursts: number;
  /** Number of running means of the signal; each feature is the distance of the last sample from one. */
  readonly averages: number;
  /**
   * Number of rises up to the last sample; features are the excess of each over one and over three standard deviations.
   */
  readonly rises: number;
}

/** Samples that the fixed predictor reaches back. */
export const FIXED_ORDER = 32;

/** Number of partial sums; the number of features is a multiple of it. */
export const SUM_PARTS = 8;

/** Constants learned from recordings; part of the format. */
export interface LearnedConstants {
  /** Width of each ADC code in 1/4096 of a mean one, 1024 of them, each 1…65535. */
  readonly widths: readonly number[];
  /** Fixed linear prediction on the linear scale: weights of the last sample, the one before, … */
  readonly fixed: readonly number[];
}

/** Prior of the weights of features. */
export interface Prior {
  readonly weights: readonly number[];
  /** Precision of each prior weight, as the energy of the feature already observed. Above 0. */
  readonly precisions: readonly number[];
}

/** All parameters of a lossless codec. */
export interface LosslessPreset extends LearnedConstants {
  readonly features: FeatureCounts;
  readonly prior: Prior;
  /** The predictor learns from every so many samples, a power of two. */
  readonly learnsEvery: number;
  /** Whether the widths of the codes are learned from the recording too. */
  readonly learnsWidths: boolean;
}

/** The names of the presets, in the order of their numbers in the format. */
export const PRESET_NAMES = ['fast', 'best'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** Everything about the presets that is learned. */
export interface PresetConstants extends LearnedConstants {
  readonly priors: Readonly<Record<PresetName, Prior>>;
}

/** Number of features. */
export function featureCount({ innovations, bursts, averages, rises }: FeatureCounts): number {
  return innovations + 2 * bursts + averages + 2 * rises;
}
