/**
 * What the presets of the lossless codec look at: enough for speed, and as much as still brings something.
 */
import type { FeatureCounts } from './preset';

export const FAST_FEATURES: FeatureCounts = { innovations: 8, bursts: 2, averages: 4, rises: 0 };
export const BEST_FEATURES: FeatureCounts = { innovations: 16, bursts: 8, averages: 8, rises: 8 };
