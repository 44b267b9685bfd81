/**
 * Constants of the lossless codec, learned from all Neuralink recordings by tools/learn-lossless.ts. Part of the
 * format: a change of `learned-constants.json` breaks decoding.
 */
import learned from './learned-constants.json';
import type { PresetConstants } from './preset';

/** Learned from all recordings. */
export const LEARNED: PresetConstants = learned;
