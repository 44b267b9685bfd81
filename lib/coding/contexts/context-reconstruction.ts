/**
 * Reconstruction of trellis-quantized coefficients at learned means, one for each cell of magnitude, set and expected
 * level. Where the expected magnitude is small, the density falls steeply and the mean lies nearer to zero.
 */
import { meanOffset, OFFSET_UNIT, type ReconstructionOffsets } from '../quantizers/quantizer';
import { nextState, setOf, TRELLIS } from '../quantizers/trellis';

const COARSE = 16;

/** Nominal value of each magnitude in steps, and the index of its reconstruction cell. */
export function amplitudesOf(
  quantized: Int32Array,
  order: Int32Array,
  levels: Uint8Array,
): { readonly amplitudes: Float64Array; readonly cells: Uint8Array } {
  const amplitudes = new Float64Array(quantized.length);
  const cells = new Uint8Array(quantized.length);
  let state = 0;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    const q = quantized[at]!;
    if (q !== 0) {
      const magnitude = q < 0 ? -q : q;
      const set = setOf(TRELLIS, state);
      amplitudes[at] = magnitude - 0.5 * set;
      cells[at] = ((magnitude === 1 ? 0 : 1) * 2 + set) * COARSE + levels[at]!;
    }
    state = nextState(TRELLIS, state, q);
  }
  return { amplitudes, cells };
}

/** The offsets of one recording that remain after reconstruction at the learned means. */
export function contextOffsets(
  coefficients: Float64Array,
  quantized: Int32Array,
  order: Int32Array,
  levels: Uint8Array,
  centroids: Float32Array,
  step: number,
): ReconstructionOffsets {
  const { amplitudes, cells } = amplitudesOf(quantized, order, levels);
  const excess = [0, 0];
  const counts = [0, 0];
  for (let i = 0; i < quantized.length; i++) {
    const q = quantized[i]!;
    if (q === 0) continue;
    const kind = q === 1 || q === -1 ? 0 : 1;
    excess[kind]! +=
      amplitudes[i]! - centroids[cells[i]!]! - (q < 0 ? -coefficients[i]! : coefficients[i]!) / step;
    counts[kind]! += 1;
  }
  return { one: meanOffset(excess[0]!, counts[0]!), more: meanOffset(excess[1]!, counts[1]!) };
}

/** ĉ = sign(q)·(|q| − set/2 − centroid − offset/32)·step. */
export function reconstructInContext(
  quantized: Int32Array,
  order: Int32Array,
  levels: Uint8Array,
  centroids: Float32Array,
  step: number,
  offsets: ReconstructionOffsets,
): Float64Array {
  const { amplitudes, cells } = amplitudesOf(quantized, order, levels);
  const one = offsets.one * OFFSET_UNIT;
  const more = offsets.more * OFFSET_UNIT;
  const coefficients = new Float64Array(quantized.length);
  for (let i = 0; i < quantized.length; i++) {
    const q = quantized[i]!;
    if (q === 0) continue;
    const value = (amplitudes[i]! - centroids[cells[i]!]! - (q === 1 || q === -1 ? one : more)) * step;
    coefficients[i] = q < 0 ? -value : value;
  }
  return coefficients;
}
