/**
 * The Viterbi algorithm (G. D. Forney, "The Viterbi algorithm", Proceedings of the IEEE 61, 1973), in plain TypeScript:
 * the specification of the kernel, and its stand-in where SIMD is missing.
 */

/** A machine whose states have two predecessors each; a state's own parity is the set of the coefficient after it. */
export interface TrellisStates {
  readonly states: number;
  /** The state after state s and a coefficient of parity p, at 2s + p. */
  readonly next: Uint8Array;
}

/** How each state is reached: from state `from[2t + d]` by a coefficient of parity `parity[2t + d]`, d = 0, 1. */
export interface Predecessors {
  readonly from: Uint8Array;
  readonly parity: Uint8Array;
}

/** Predecessor 0 of a state is the one that leads to it by an even coefficient, predecessor 1 by an odd one. */
export function predecessorsOf({ states, next }: TrellisStates): Predecessors {
  const from = new Uint8Array(2 * states);
  const parity = new Uint8Array(2 * states);
  for (let state = 0; state < states; state++) {
    for (const p of [0, 1]) {
      const entry = 2 * next[2 * state + p]! + p;
      from[entry] = state;
      parity[entry] = p;
    }
  }
  return { from, parity };
}

/**
 * Extends the survivors by coefficients, in single precision, and takes the cost of the best from all.
 *
 * @param costs - of set 0 even, set 0 odd, set 1 even, set 1 odd, for each coefficient
 * @param paths - costs of the survivors of all states
 * @param decisions - receives for each coefficient which predecessor state t comes from, in bit t
 */
export function extendPaths(
  { from }: Predecessors,
  costs: Float32Array,
  paths: Float32Array,
  decisions: Uint32Array,
): void {
  const states = paths.length;
  let before = paths.slice();
  let after = new Float32Array(states);
  for (let i = 0; i < decisions.length; i++) {
    let decision = 0;
    for (let state = 0; state < states; state++) {
      const [even, odd] = [from[2 * state]!, from[2 * state + 1]!];
      const first = Math.fround(before[even]! + costs[4 * i + 2 * (even & 1)]!);
      const second = Math.fround(before[odd]! + costs[4 * i + 2 * (odd & 1) + 1]!);
      if (second < first) decision |= 1 << state;
      after[state] = second < first ? second : first;
    }
    decisions[i] = decision;
    [before, after] = [after, before];
  }
  const best = before.reduce((least, cost) => Math.min(least, cost), Infinity);
  for (let state = 0; state < states; state++) paths[state] = before[state]! - best;
}
