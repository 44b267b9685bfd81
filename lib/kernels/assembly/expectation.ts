// What is expected of a magnitude, as the coefficient coder and the search of the quantizer both need it: the
// specification is lib/coding/entropy/magnitude-expectation.ts.

export const LEVELS: u32 = 64;
export const MEAN_MEMORY: u32 = 250;
export const LEAST_MEAN: f64 = 9.5367431640625e-7;
export const SPREAD: f64 = 0.8;
export const MAX_EXPECTED: f64 = 1073741824;

/** trunc(x) for x from 2⁻¹⁰ to 2³², from its bits: the conversion of the engine checks for what cannot be here. */
@inline
export function truncated(x: f64): u32 {
  const bits = reinterpret<u64>(x);
  return <u32>(((bits & 0xfffffffffffff) | 0x10000000000000) >> (1075 - (bits >> 52)));
}

/** The same for x from 0 on. */
@inline
export function truncatedFromZero(x: f64): u32 {
  return x < 1 ? 0 : truncated(x);
}

/** The level of an expected magnitude, 0…63: four to an octave. */
@inline
export function level(expected: f64): u32 {
  const scaled = truncatedFromZero(expected * 4096);
  if (scaled < 4) return scaled;
  const octave = 31 - clz(scaled);
  return min<u32>(4 * (octave - 1) + ((scaled >>> (octave - 2)) & 3), LEVELS - 1);
}
