/**
 * What a lossless codec is made of: how much its predictor looks at, and what it knows from the start.
 */

/** How many of each kind of feature the predictor looks at, each even; they come in this order. */
export interface FeatureCounts {
  /** Innovations before this sample, at most {@link FIXED_ORDER}. */
  readonly innovations: number;
  /** Of how many of them it also takes what exceeds two standard deviations, below and above: spikes. */
  readonly bursts: number;
  /** Of how many running means of the signal it takes the distance to the last sample. */
  readonly averages: number;
  /** Of how many rises up to the last sample it takes what exceeds one, and three, standard deviations. */
  readonly rises: number;
}

/** Samples that the fixed predictor reaches back. */
export const FIXED_ORDER = 32;

/** Sums are taken in so many parts, so the number of features is a multiple of it. */
export const SUM_PARTS = 8;

/** What has been learned of recordings at large, and is part of the format. */
export interface LearnedConstants {
  /** Width of each ADC code in 1/4096 of a mean one, 1024 of them, each 1…65535. */
  readonly widths: readonly number[];
  /** Fixed linear prediction on the linear scale: factors of the last sample, the one before, … */
  readonly fixed: readonly number[];
}

/** Where the weights of features start from. */
export interface Prior {
  readonly weights: readonly number[];
  /** How firmly they stand: as if the feature had been seen with so much energy. Above 0. */
  readonly precisions: readonly number[];
}

/** Everything that a lossless codec decides by. */
export interface LosslessPreset extends LearnedConstants {
  readonly features: FeatureCounts;
  readonly prior: Prior;
  /** The predictor learns from every so many samples, a power of two. */
  readonly learnsEvery: number;
  /** Whether the widths of the codes are learned from the recording too. */
  readonly learnsWidths: boolean;
}

/** Number of features. */
export function featureCount({ innovations, bursts, averages, rises }: FeatureCounts): number {
  return innovations + 2 * bursts + averages + 2 * rises;
}
