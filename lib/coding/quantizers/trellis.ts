/**
 * Trellis-coded quantization: two coarse quantizers by turns, which together are as fine as one of half the step
 * (M. W. Marcellin and T. R. Fischer, "Trellis coded quantization of memoryless and Gauss–Markov sources", IEEE
 * Transactions on Communications 38, 1990). The parities of the coefficients so far say which of the two the next one
 * is quantized with, as in the dependent quantization of VVC (H. Schwarz, T. Nguyen, D. Marpe and T. Wiegand,
 * "Hybrid video coding with trellis-coded quantization", Data Compression Conference, 2019): an encoder that looks ahead
 * may choose among all sequences of values that the states allow, which lie denser in space than any grid.
 *
 * Set 0 has the values k·Δ, set 1 has (k − ½)·Δ for k > 0 and 0, both with their negatives.
 */
import { OFFSET_UNIT, type ReconstructionOffsets } from './quantizer';

/** Which set the next coefficient belongs to, and what decides it. */
export interface StateMachine {
  readonly states: number;
  /** The state that follows state s when a coefficient has parity p: entry 2s + p. */
  readonly next: Uint8Array;
}

/** One state and one set: plain scalar quantization. */
export const ONE_SET: StateMachine = { states: 1, next: new Uint8Array(2) };

/** Stages of the shift register, and its parity-check polynomials, octal 45 and 10. */
const STAGES = 5;
const PARITY_CHECK_0 = 0o45;
const PARITY_CHECK_1 = 0o10;

/**
 * Ungerboeck's code of 32 states for amplitude modulation (G. Ungerboeck, "Trellis-coded modulation with redundant
 * signal sets, part II", IEEE Communications Magazine 25, 1987, table I), as a systematic feedback encoder.
 */
export const TRELLIS: StateMachine = { states: 2 ** STAGES, next: transitions() };

function transitions(): Uint8Array {
  const next = new Uint8Array(2 ** (STAGES + 1));
  for (let state = 0; state < 2 ** STAGES; state++) {
    for (let parity = 0; parity < 2; parity++) {
      const feedback = state & 1 ? PARITY_CHECK_0 >> 1 : 0;
      const input = parity === 1 ? PARITY_CHECK_1 >> 1 : 0;
      next[2 * state + parity] = (state >> 1) ^ feedback ^ input;
    }
  }
  return next;
}

/** The set of a state: 0 or 1. With one state there is only set 0. */
export function setOf({ states }: StateMachine, state: number): number {
  return states === 1 ? 0 : state & 1;
}

/** The state after a coefficient of this quantized value. */
export function nextState({ next }: StateMachine, state: number, quantized: number): number {
  return next[2 * state + (quantized & 1)]!;
}

/** An offset that says nothing; those below put magnitudes further out, those above further in. */
const NO_OFFSET = 8;

/** The values of quantized coefficients, without their sign and in steps, along the order of coding. */
function amplitude(magnitude: number, set: number): number {
  return magnitude === 0 ? 0 : magnitude - 0.5 * set;
}

/**
 * The offsets that put magnitudes back at the mean of what was quantized to them.
 *
 * @param order - {@link codingOrder} of the layout up to its last subband that is not all zero
 */
export function trellisOffsets(
  coefficients: Float64Array,
  quantized: Int32Array,
  order: Int32Array,
  step: number,
): ReconstructionOffsets {
  const excess = [0, 0];
  const counts = [0, 0];
  let state = 0;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    const magnitude = Math.abs(quantized[at]!);
    if (magnitude > 0) {
      const kind = magnitude === 1 ? 0 : 1;
      excess[kind]! += amplitude(magnitude, setOf(TRELLIS, state)) - Math.abs(coefficients[at]!) / step;
      counts[kind]! += 1;
    }
    state = nextState(TRELLIS, state, magnitude);
  }
  const [one, more] = excess.map((sum, kind) => {
    const offset = counts[kind]! > 0 ? sum / counts[kind]! / OFFSET_UNIT : 0;
    return Math.max(0, Math.min(15, Math.round(offset) + NO_OFFSET));
  }) as [number, number];
  return { one, more };
}

/** ĉ = sign(q)·(|q| − set/2 − (offset − 8)/32)·step. */
export function reconstructTrellis(
  quantized: Int32Array,
  order: Int32Array,
  step: number,
  offsets: ReconstructionOffsets,
): Float64Array {
  const coefficients = new Float64Array(quantized.length);
  const one = (offsets.one - NO_OFFSET) * OFFSET_UNIT;
  const more = (offsets.more - NO_OFFSET) * OFFSET_UNIT;
  let state = 0;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    const q = quantized[at]!;
    if (q !== 0) {
      const magnitude = q < 0 ? -q : q;
      const value = (amplitude(magnitude, setOf(TRELLIS, state)) - (magnitude === 1 ? one : more)) * step;
      coefficients[at] = q < 0 ? -value : value;
    }
    state = nextState(TRELLIS, state, q);
  }
  return coefficients;
}
