/**
 * Uniform scalar quantization with a dead zone, and reconstruction nearer to zero than the middle of the cell,
 * where the samples of a peaked density lie (G. J. Sullivan, "Efficient scalar quantization of exponential and
 * Laplacian random variables", IEEE Transactions on Information Theory 42, 1996).
 */

/**
 * |c|/step is rounded up from this fraction on instead of from 1/2: the zero cell is wider than the others, as the
 * cheapest symbol should be.
 */
const ROUND_UP_FROM = 0.62;

/** Reconstruction offsets are coded as multiples of 1/32 of a step, 0…15. */
export const OFFSET_UNIT = 1 / 32;
const MAX_OFFSET = 15;

/** How far from the middle of its cell, toward zero, a coefficient is put back. */
export interface ReconstructionOffsets {
  /** For the magnitude 1, in 1/32 of a step, 0…15. */
  readonly one: number;
  /** For magnitudes of 2 and more, likewise. */
  readonly more: number;
}

/** No offset: integers are put back as they were. */
export const NO_OFFSETS: ReconstructionOffsets = { one: 0, more: 0 };

/** Largest magnitude of a quantized coefficient. */
export const MAX_MAGNITUDE = 2 ** 24 - 1;

/**
 * q = sign(c)·min(⌊|c|/step + 0.38⌋, {@link MAX_MAGNITUDE}).
 *
 * @param step - above 0
 */
export function quantize(coefficients: Float64Array, step: number): Int32Array {
  const quantized = new Int32Array(coefficients.length);
  const scale = 1 / step;
  for (let i = 0; i < coefficients.length; i++) {
    const scaled = coefficients[i]! * scale;
    quantized[i] =
      scaled < 0
        ? -(Math.min(MAX_MAGNITUDE, 1 - ROUND_UP_FROM - scaled) | 0)
        : Math.min(MAX_MAGNITUDE, 1 - ROUND_UP_FROM + scaled) | 0;
  }
  return quantized;
}

/** The offsets that put the magnitude 1, and all larger ones, back at the mean of what was quantized to them. */
export function centroidOffsets(
  coefficients: Float64Array,
  quantized: Int32Array,
  step: number,
): ReconstructionOffsets {
  let ones = 0;
  let onesExcess = 0;
  let more = 0;
  let moreExcess = 0;
  for (let i = 0; i < quantized.length; i++) {
    const magnitude = Math.abs(quantized[i]!);
    if (magnitude === 0) continue;
    const excess = magnitude - Math.abs(coefficients[i]!) / step;
    if (magnitude === 1) {
      ones++;
      onesExcess += excess;
    } else {
      more++;
      moreExcess += excess;
    }
  }
  return { one: offsetFor(onesExcess, ones), more: offsetFor(moreExcess, more) };
}

function offsetFor(excess: number, count: number): number {
  if (count === 0) return 0;
  return Math.max(0, Math.min(MAX_OFFSET, Math.round(excess / count / OFFSET_UNIT)));
}

/** ĉ = sign(q)·(|q| − offset)·step. */
export function reconstruct(
  quantized: Int32Array,
  step: number,
  offsets: ReconstructionOffsets,
): Float64Array {
  const coefficients = new Float64Array(quantized.length);
  const one = (1 - offsets.one * OFFSET_UNIT) * step;
  const more = offsets.more * OFFSET_UNIT * step;
  for (let i = 0; i < quantized.length; i++) {
    const q = quantized[i]!;
    if (q === 0) continue;
    if (q === 1) coefficients[i] = one;
    else if (q === -1) coefficients[i] = -one;
    else coefficients[i] = q > 0 ? q * step - more : q * step + more;
  }
  return coefficients;
}
