/**
 * Trellis-coded quantization: two coarse quantizers used in alternation, whose union is as fine as one of half the step
 * (M. W. Marcellin and T. R. Fischer, "Trellis coded quantization of memoryless and Gauss–Markov sources", IEEE
 * Transactions on Communications 38, 1990). The parities of the coefficients so far say which of the two the next one
 * is quantized with, as in the dependent quantization of VVC (H. Schwarz, T. Nguyen, D. Marpe and T. Wiegand, "Hybrid
 * video coding with trellis-coded quantization", Data Compression Conference, 2019): an encoder that looks ahead
 * chooses among all sequences that the states allow, and these pack space more densely than a grid of scalar
 * quantizers.
 *
 * Set 0 has the values k·Δ, set 1 has (k − ½)·Δ for k > 0 and 0, both with their negatives.
 */
import { fittedOffsets, OFFSET_UNIT, type FittedOffsets, type ReconstructionOffsets } from './quantizer';

/** Which set the next coefficient belongs to, and what decides it. */
export interface StateMachine {
  readonly states: QuantizerStates;
  /** The state that follows state s when a coefficient has parity p: entry 2s + p. */
  readonly next: Uint8Array;
}

/** One state and one set: plain scalar quantization. */
export const ONE_SET: StateMachine = { states: 1, next: new Uint8Array(2) };

/** Numbers of states that a quantizer can have; with 1 each coefficient is quantized for itself. */
export const QUANTIZER_STATES = [1, 8, 32, 256] as const;
export type QuantizerStates = (typeof QUANTIZER_STATES)[number];

/**
 * Parity-check polynomials h⁰ and h¹ of Ungerboeck's codes for amplitude modulation (G. Ungerboeck, "Trellis-coded
 * modulation with redundant signal sets, part II", IEEE Communications Magazine 25, 1987, table I): those of the largest
 * free distance for their number of states, which Marcellin and Fischer quantize with. That of 8 states is also the one
 * of JPEG 2000 (ISO/IEC 15444-2, annex C). Each further doubling of the states gains less than the one before and takes
 * twice the time; beyond 256 states 0.2 dB are left to what any quantizer can do.
 */
const PARITY_CHECKS: Readonly<Record<Exclude<QuantizerStates, 1>, readonly [h0: number, h1: number]>> = {
  8: [0o13, 0o04],
  32: [0o45, 0o10],
  256: [0o515, 0o362],
};

/** The code as a systematic feedback encoder: a shift register whose lowest stage is the state's parity. */
function machineOf(states: Exclude<QuantizerStates, 1>): StateMachine {
  const [h0, h1] = PARITY_CHECKS[states];
  const next = new Uint8Array(2 * states);
  for (let state = 0; state < states; state++) {
    for (let parity = 0; parity < 2; parity++) {
      next[2 * state + parity] = (state >> 1) ^ (state & 1 ? h0 >> 1 : 0) ^ (parity === 1 ? h1 >> 1 : 0);
    }
  }
  return { states, next };
}

/** The state machine of each number of states. */
export const STATE_MACHINES: Readonly<Record<QuantizerStates, StateMachine>> = {
  1: ONE_SET,
  8: machineOf(8),
  32: machineOf(32),
  256: machineOf(256),
};

/** The trellis of 32 states, with which contexts are learned. */
export const TRELLIS: StateMachine = STATE_MACHINES[32];

/** The set of a state: 0 or 1. With one state there is only set 0. */
export function setOf({ states }: StateMachine, state: number): number {
  return states === 1 ? 0 : state & 1;
}

/** The state after a coefficient of this quantized value. */
export function nextState({ next }: StateMachine, state: number, quantized: number): number {
  return next[2 * state + (quantized & 1)]!;
}

/** The values of quantized coefficients, without their sign and in steps, along the order of coding. */
function amplitude(magnitude: number, set: number): number {
  return magnitude === 0 ? 0 : magnitude - 0.5 * set;
}

/**
 * The offsets that put magnitudes back at the mean of what was quantized to them.
 *
 * @param order - {@link codingOrder} of the layout up to its last subband that is not all zero
 * @param machine - what they were quantized with
 */
export function trellisOffsets(
  coefficients: Float64Array,
  quantized: Int32Array,
  order: Int32Array,
  step: number,
  machine: StateMachine,
): FittedOffsets {
  let [ones, onesSum, onesSquared] = [0, 0, 0];
  let [more, moreSum, moreSquared] = [0, 0, 0];
  const scale = 1 / step;
  let state = 0;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    const q = quantized[at]!;
    if (q !== 0) {
      const magnitude = q < 0 ? -q : q;
      const excess = amplitude(magnitude, setOf(machine, state)) - Math.abs(coefficients[at]! * scale);
      if (magnitude === 1) {
        ones++;
        onesSum += excess;
        onesSquared += excess * excess;
      } else {
        more++;
        moreSum += excess;
        moreSquared += excess * excess;
      }
    }
    state = nextState(machine, state, q);
  }
  return fittedOffsets(
    { count: ones, sum: onesSum, squared: onesSquared },
    { count: more, sum: moreSum, squared: moreSquared },
    step,
  );
}

/** ĉ = sign(q)·(|q| − set/2 − offset/32)·step. */
export function reconstructTrellis(
  quantized: Int32Array,
  order: Int32Array,
  step: number,
  offsets: ReconstructionOffsets,
  machine: StateMachine,
): Float64Array {
  const coefficients = new Float64Array(quantized.length);
  const one = offsets.one * OFFSET_UNIT;
  const more = offsets.more * OFFSET_UNIT;
  let state = 0;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    const q = quantized[at]!;
    if (q !== 0) {
      const magnitude = q < 0 ? -q : q;
      const value = (amplitude(magnitude, setOf(machine, state)) - (magnitude === 1 ? one : more)) * step;
      coefficients[at] = q < 0 ? -value : value;
    }
    state = nextState(machine, state, q);
  }
  return coefficients;
}
