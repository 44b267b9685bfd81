/**
 * Uniform scalar quantization with a dead zone, and reconstruction at the mean of the samples in a cell (G. J. Sullivan,
 * "Efficient scalar quantization of exponential and Laplacian random variables", IEEE Transactions on Information
 * Theory 42, 1996). The cells are [k − 0.38, k + 0.62): where the density is flat their means lie above k, where it
 * falls steeply below.
 */

/**
 * |c|/step is rounded up from this fraction on instead of from 1/2: the zero cell is wider than the others, as the
 * cheapest symbol should be.
 */
const ROUND_UP_FROM = 0.62;

/** Reconstruction offsets are coded as multiples of 1/32 of a step. */
export const OFFSET_UNIT = 1 / 32;

/** Smallest and largest offset: both of a file share a byte. */
export const MIN_OFFSET = -8;
export const MAX_OFFSET = 7;

/**
 * Distance by which a quantized coefficient is reconstructed nearer to zero than its nominal value; negative offsets
 * move it outward.
 */
export interface ReconstructionOffsets {
  /** For the magnitude 1, in 1/32 of a step, {@link MIN_OFFSET}…{@link MAX_OFFSET}; 0…15 in files of version 1. */
  readonly one: number;
  /** For magnitudes of 2 and more, likewise. */
  readonly more: number;
}

/** Both offsets in a byte, each above {@link MIN_OFFSET}. */
export function offsetsByte({ one, more }: ReconstructionOffsets): number {
  return one - MIN_OFFSET + 16 * (more - MIN_OFFSET);
}

/** The offsets of {@link offsetsByte}. */
export function offsetsOfByte(byte: number): ReconstructionOffsets {
  return { one: (byte & 15) + MIN_OFFSET, more: (byte >> 4) + MIN_OFFSET };
}

/**
 * The offset that stands for a mean.
 *
 * @param excess - sum of nominal value minus coefficient magnitude, in steps
 * @param count - number of terms of the sum
 */
export function meanOffset(excess: number, count: number): number {
  if (count === 0) return 0;
  // + 0: a mean just below zero would be rounded to −0.
  return Math.max(MIN_OFFSET, Math.min(MAX_OFFSET, Math.round(excess / count / OFFSET_UNIT))) + 0;
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
  // Signs from the upper halves of the numbers, without a branch: nothing foretells them, and a wrong guess takes longer
  // than the rest of the loop.
  const halves = new Int32Array(coefficients.buffer, coefficients.byteOffset, 2 * coefficients.length);
  for (let i = 0; i < coefficients.length; i++) {
    const magnitude = Math.min(MAX_MAGNITUDE, 1 - ROUND_UP_FROM + Math.abs(coefficients[i]! * scale)) | 0;
    const sign = halves[2 * i + 1]! >> 31;
    quantized[i] = (magnitude ^ sign) - sign;
  }
  return quantized;
}

/** Offsets, and the squared error of reconstruction with them. */
export interface FittedOffsets {
  readonly offsets: ReconstructionOffsets;
  /** Sum over all coefficients that are not reconstructed as 0, in the square of their unit. */
  readonly squaredError: number;
}

/** Sums of nominal value minus coefficient magnitude, and of its square, in steps and steps². */
export interface Excess {
  count: number;
  sum: number;
  squared: number;
}

/**
 * The offsets at the means of what was quantized to a magnitude.
 *
 * @param one - of the magnitude 1
 * @param more - of larger magnitudes
 */
export function fittedOffsets(one: Excess, more: Excess, step: number): FittedOffsets {
  const offsets = { one: meanOffset(one.sum, one.count), more: meanOffset(more.sum, more.count) };
  const about = (offset: number, { count, sum, squared }: Excess): number =>
    squared - 2 * offset * sum + count * offset * offset;
  const left = about(offsets.one * OFFSET_UNIT, one) + about(offsets.more * OFFSET_UNIT, more);
  return { offsets, squaredError: Math.max(0, left) * step * step };
}

/** The offsets that put the magnitude 1, and all larger ones, back at the mean of what was quantized to them. */
export function centroidOffsets(
  coefficients: Float64Array,
  quantized: Int32Array,
  step: number,
): FittedOffsets {
  // Of the magnitude 1, and of larger ones: chosen by index, as nothing foretells which comes next.
  const counts = new Float64Array(2);
  const sums = new Float64Array(2);
  const squares = new Float64Array(2);
  const scale = 1 / step;
  for (let i = 0; i < quantized.length; i++) {
    const q = quantized[i]!;
    if (q === 0) continue;
    const magnitude = Math.abs(q);
    const excess = magnitude - Math.abs(coefficients[i]! * scale);
    const k = Math.min(magnitude, 2) - 1;
    counts[k] = counts[k]! + 1;
    sums[k] = sums[k]! + excess;
    squares[k] = squares[k]! + excess * excess;
  }
  const of = (k: number): Excess => ({ count: counts[k]!, sum: sums[k]!, squared: squares[k]! });
  return fittedOffsets(of(0), of(1), step);
}

/** Sum of squares of the coefficients that are reconstructed as 0. */
export function energyOfZeros(coefficients: Float64Array, quantized: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < quantized.length; i++) {
    if (quantized[i] === 0) sum += coefficients[i]! * coefficients[i]!;
  }
  return sum;
}

/** Magnitudes up to here are reconstructed from a table. */
const TABULATED = 64;

/** ĉ = sign(q)·(|q| − offset)·step. */
export function reconstruct(
  quantized: Int32Array,
  step: number,
  offsets: ReconstructionOffsets,
): Float64Array {
  const coefficients = new Float64Array(quantized.length);
  const one = (1 - offsets.one * OFFSET_UNIT) * step;
  const more = offsets.more * OFFSET_UNIT * step;
  const table = new Float64Array(2 * TABULATED + 1);
  for (let q = 1; q <= TABULATED; q++) {
    const value = q === 1 ? one : q * step - more;
    table[TABULATED + q] = value;
    table[TABULATED - q] = -value;
  }
  for (let i = 0; i < quantized.length; i++) {
    const q = quantized[i]!;
    if (q >= -TABULATED && q <= TABULATED) coefficients[i] = table[TABULATED + q]!;
    else coefficients[i] = q > 0 ? q * step - more : q * step + more;
  }
  return coefficients;
}
