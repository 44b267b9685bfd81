/**
 * Noise in place of what was not kept: its levels in a file, and its samples, which are the same on every machine.
 */
import { uniformNumbers } from '../numerics/random';

/** Bits of a level. Its unit is an eighth of an octave of amplitude, 0.75 dB. */
export const LEVEL_BITS = 7;
const PER_OCTAVE = 8;

/** Logarithm of the root-mean-square of level 1, ADC codes. */
const FIRST_EXPONENT = -4;

/** 2^(i/8). */
const EIGHTHS = [
  1, 1.0905077326652577, 1.189207115002721, 1.2968395546510096, 1.4142135623730951, 1.542210825407941,
  1.6817928305074292, 1.8340080864093424,
];

/** Width of a uniform distribution over its root-mean-square: √12. */
const WIDTH = 3.4641016151377544;

const SEED = 1;

/** Root-mean-square of a level, ADC codes; none at level 0. */
export function amplitudeOfLevel(level: number): number {
  if (level === 0) return 0;
  const exponent = level - 1;
  return EIGHTHS[exponent % PER_OCTAVE]! * 2 ** (Math.floor(exponent / PER_OCTAVE) + FIRST_EXPONENT);
}

/** The nearest level. */
export function levelOfAmplitude(amplitude: number): number {
  if (!(amplitude > 0)) return 0;
  const level = 1 + Math.round(PER_OCTAVE * (Math.log2(amplitude) - FIRST_EXPONENT));
  return Math.max(0, Math.min(2 ** LEVEL_BITS - 1, level));
}

/** Uniform noise of a root-mean-square of 1, always the same. */
export function unitNoise(): () => number {
  const random = uniformNumbers(SEED);
  return () => (random() - 0.5) * WIDTH;
}
