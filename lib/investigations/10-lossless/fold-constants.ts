/**
 * The constants of the lossless codec, learned from one fold of the Neuralink recordings alone, for measuring the other.
 * tools/learn-lossless.ts writes `fold-constants.json`.
 */
import type { PresetConstants } from '../../codecs/lossless/preset';
import learned from './fold-constants.json';

/** Learned on fold 0 alone. */
export const LEARNED_ON_FOLD_0: PresetConstants = learned.fold0;

/** Learned on fold 1 alone. */
export const LEARNED_ON_FOLD_1: PresetConstants = learned.fold1;
