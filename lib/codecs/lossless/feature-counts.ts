/**
 * Number of features in each preset of the lossless codec: few for speed, or as many as still save bytes.
 */
import type { FeatureCounts } from './preset';

export const FAST_FEATURES: FeatureCounts = { innovations: 8, bursts: 2, averages: 4, rises: 0 };
export const BEST_FEATURES: FeatureCounts = { innovations: 16, bursts: 8, averages: 8, rises: 8 };
