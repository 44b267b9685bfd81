/**
 * The presets of the lossless codec.
 */
import { BEST_FEATURES, FAST_FEATURES } from './feature-counts';
import { LEARNED } from './learned-constants';
import type { LosslessPreset, PresetConstants, PresetName } from './preset';

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
