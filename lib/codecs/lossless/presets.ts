/**
 * The presets of the lossless codec.
 */
import { BEST_FEATURES, FAST_FEATURES } from './feature-counts';
import { LEARNED } from './learned-constants';
import type { LearnedConstants, LosslessPreset, Prior } from './preset';

/** The names of the presets, in the order of their numbers in the format. */
export const PRESET_NAMES = ['fast', 'best'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** Everything about the presets that is learned. */
export interface PresetConstants extends LearnedConstants {
  readonly priors: Readonly<Record<PresetName, Prior>>;
}

/** A preset from what was learned; files hold {@link LOSSLESS_PRESETS} only. */
export function presetFrom({ widths, fixed, priors }: PresetConstants, name: PresetName): LosslessPreset {
  const given = { widths, fixed, prior: priors[name] };
  return name === 'fast'
    ? { ...given, features: FAST_FEATURES, learnsEvery: 2, learnsWidths: false }
    : { ...given, features: BEST_FEATURES, learnsEvery: 1, learnsWidths: true };
}

/** The presets of the format. */
export const LOSSLESS_PRESETS: Readonly<Record<PresetName, LosslessPreset>> = {
  fast: presetFrom(LEARNED, 'fast'),
  best: presetFrom(LEARNED, 'best'),
};
