/**
 * Noise in place of what was not kept: its levels in a file, and its samples, which are the same on every machine.
 */
import { uniformNumbers } from '../numerics/random';

/** Bits of a level. Its unit is a sixteenth of an octave of amplitude, 0.38 dB. */
export const LEVEL_BITS = 7;
const PER_OCTAVE = 16;

/** Logarithm of the root-mean-square of level 1, ADC codes. */
const FIRST_EXPONENT = -2;

/** 2^(1/16), and 2^(i/16), each from the one before. */
const PART = 1.0442737824274138;
const PARTS = new Float64Array(PER_OCTAVE).fill(1);
for (let i = 1; i < PER_OCTAVE; i++) PARTS[i] = PARTS[i - 1]! * PART;

/** Width of a uniform distribution over its root-mean-square: √12. */
const WIDTH = 3.4641016151377544;

const SEED = 1;

/** Root-mean-square of a level, ADC codes; none at level 0. */
export function amplitudeOfLevel(level: number): number {
  if (level === 0) return 0;
  const exponent = level - 1;
  return PARTS[exponent % PER_OCTAVE]! * 2 ** (Math.floor(exponent / PER_OCTAVE) + FIRST_EXPONENT);
}

/**
 * The nearest level.
 *
 * @param bits - of a level
 */
export function levelOfAmplitude(amplitude: number, bits = LEVEL_BITS): number {
  if (!(amplitude > 0)) return 0;
  const level = 1 + Math.round(PER_OCTAVE * (Math.log2(amplitude) - FIRST_EXPONENT));
  return Math.max(0, Math.min(2 ** bits - 1, level));
}

/** Uniform noise of a root-mean-square of 1, always the same. */
export function unitNoise(): () => number {
  const random = uniformNumbers(SEED);
  return () => (random() - 0.5) * WIDTH;
}
