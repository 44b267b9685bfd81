/**
 * The search for quantized values of least cost along a trellis (the Viterbi algorithm: G. D. Forney, "The Viterbi
 * algorithm", Proceedings of the IEEE 61, 1973), in plain TypeScript: the specification of the kernel, and its stand-in
 * where SIMD is missing. Prices are in single precision, costs of paths are integers.
 */

/** A machine whose states have two predecessors each; a state's own parity is the set of the coefficient after it. */
export interface TrellisStates {
  readonly states: number;
  /** The state after state s and a coefficient of parity p, at 2s + p. */
  readonly next: Uint8Array;
}

/** Number of levels of expected magnitude, and of counted magnitudes; the last counts all larger ones too. */
export const RATE_LEVELS = 64;
export const RATE_MAGNITUDES = 16;

/**
 * Entries of a row of rates, in steps²: one for each of the first 16 magnitudes, one for each of the next four, then
 * four equal entries for all larger magnitudes.
 */
export const RATE_ROW = 24;
const LAST_PRICED = 16;
const EVENLY_PRICED = 20;

/** Costs of paths are in 1/512 step². Four choices of a coefficient differ by less than 8 steps², or count as that much. */
const COST_UNITS = 512;
const MAX_COST = 4095;
/** A path that does not exist. */
const NO_PATH = 65535;
/** Coefficients after which the cost of the best is taken from all: before, none of 256 states exceeds 16 bits. */
const NORMALIZE_EVERY = 8;

/** Input of a search. All arrays are in the order of coding. */
export interface SearchArrays {
  /** Magnitudes of the coefficients in steps, at most 2²⁴ − 4. */
  readonly targets: Float32Array;
  /** Level of the expected magnitude of each coefficient. */
  readonly levels: Uint8Array;
  /** Rows of {@link RATE_ROW}: for each level of set 0, then of set 1. */
  readonly rates: Float32Array;
  /** Receives the quantized magnitudes. */
  readonly magnitudes: Uint32Array;
  /** Rows of {@link RATE_MAGNITUDES} by set and level: how often each magnitude was taken. Zeros at the start. */
  readonly counts: Uint32Array;
}

/** Coefficients decided at a time, so that the memory for paths does not grow with the sequence. */
export interface SearchWindow {
  /** Coefficients that are decided together. */
  readonly length: number;
  /** Coefficients of look-ahead after them: many times the distance after which all paths have merged. */
  readonly lookAhead: number;
}

/** The states that lead to state t: entry 2t by an odd coefficient, 2t + 1 by an even one. */
export function predecessorsOf({ states, next }: TrellisStates): Uint8Array {
  const from = new Uint8Array(2 * states);
  for (let state = 0; state < states; state++) {
    for (const parity of [0, 1]) from[2 * next[2 * state + parity]! + 1 - parity] = state;
  }
  return from;
}

/** The first of four magnitudes that are tried: the last below the target, and the one before it. */
function firstTried(target: number, set: number): number {
  const nearest = Math.trunc(Math.fround(target + 0.5 * set));
  return nearest > 0 ? nearest - 1 : 0;
}

/** Cost of a magnitude in steps². */
function priceOf(
  target: number,
  first: number,
  magnitude: number,
  set: number,
  row: number,
  rates: Float32Array,
) {
  const amplitude = Math.max(0, Math.fround(Math.fround(first - 0.5 * set) + (magnitude - first)));
  const error = Math.fround(target - amplitude);
  const entry = (first <= LAST_PRICED ? first : EVENLY_PRICED) + magnitude - first;
  return Math.fround(Math.fround(error * error) + rates[row * RATE_ROW + entry]!);
}

/** The cheaper of two magnitudes that differ by 2. */
function cheaper(
  { targets, levels, rates }: SearchArrays,
  i: number,
  set: number,
  parity: number,
): { readonly magnitude: number; readonly price: number } {
  const target = targets[i]!;
  const row = set * RATE_LEVELS + levels[i]!;
  const first = firstTried(target, set);
  const lower = first + ((first & 1) ^ parity);
  const [a, b] = [lower, lower + 2].map((magnitude) =>
    priceOf(target, first, magnitude, set, row, rates),
  ) as [number, number];
  return b < a ? { magnitude: lower + 2, price: b } : { magnitude: lower, price: a };
}

function take({ levels, magnitudes, counts }: SearchArrays, i: number, set: number, magnitude: number): void {
  const row = set * RATE_LEVELS + levels[i]!;
  magnitudes[i] = magnitude;
  counts[row * RATE_MAGNITUDES + Math.min(magnitude, RATE_MAGNITUDES - 1)]! += 1;
}

/**
 * Magnitudes of least cost, each for itself.
 *
 * @returns the cost of all in steps²
 */
export function decideEach(arrays: SearchArrays): number {
  let cost = 0;
  for (let i = 0; i < arrays.targets.length; i++) {
    const [even, odd] = [cheaper(arrays, i, 0, 0), cheaper(arrays, i, 0, 1)];
    // Of two that cost the same, the one that the kernel comes to first.
    const evenFirst = (firstTried(arrays.targets[i]!, 0) & 1) === 0;
    const takesEven = evenFirst ? even.price <= odd.price : even.price < odd.price;
    const { magnitude, price } = takesEven ? even : odd;
    take(arrays, i, 0, magnitude);
    cost += price;
  }
  return cost;
}

/**
 * Magnitudes of least cost along a trellis, from state 0 on.
 *
 * @returns the total cost in steps², up to the rounding of prices
 */
export function decideAlong(arrays: SearchArrays, machine: TrellisStates, window: SearchWindow): number {
  const { states } = machine;
  const from = predecessorsOf(machine);
  const count = arrays.targets.length;
  let cost = 0;
  let entry = 0;
  for (let start = 0; start < count;) {
    const length = Math.min(window.length + window.lookAhead, count - start);
    const kept = length === count - start ? length : window.length;
    const byEven = new Uint8Array(length * states);
    let paths = new Uint16Array(states).fill(NO_PATH);
    let after = new Uint16Array(states);
    paths[entry] = 0;
    for (let i = 0; i < length; i++) {
      const decided = byEven.subarray(i * states, (i + 1) * states);
      extend(paths, after, costsOf(arrays, start + i).units, from, decided);
      [paths, after] = [after, paths];
      if (i % NORMALIZE_EVERY === NORMALIZE_EVERY - 1) {
        const least = paths.reduce((a, b) => Math.min(a, b));
        for (let state = 0; state < states; state++) paths[state]! -= least;
      }
    }
    let state = paths.reduce((best, path, s) => (path < paths[best]! ? s : best), 0);
    for (let i = length - 1; i >= 0; i--) {
      if (i + 1 === kept) entry = state;
      const even = byEven[i * states + state]!;
      state = from[2 * state + even]!;
      if (i >= kept) continue;
      const set = state & 1;
      take(arrays, start + i, set, cheaper(arrays, start + i, set, 1 - even).magnitude);
      const { least, units } = costsOf(arrays, start + i);
      cost += least + units[2 * set + 1 - even]! / COST_UNITS;
    }
    start += kept;
  }
  return cost;
}

/** The least cost in steps², and those of set 0 even, set 0 odd, set 1 even, set 1 odd over it, rounded to units. */
function costsOf(
  arrays: SearchArrays,
  i: number,
): { readonly least: number; readonly units: readonly number[] } {
  const prices = [0, 1, 2, 3].map((choice) => cheaper(arrays, i, choice >> 1, choice & 1).price);
  const least = Math.min(...prices);
  const units = prices.map((price) => {
    const scaled = Math.fround(Math.fround(Math.fround(price - least) * COST_UNITS) + 0.5);
    return Math.min(MAX_COST, Math.trunc(scaled));
  });
  return { least, units };
}

/** The cheaper of both ways to each state; `byEven` receives 1 where it is that by an even coefficient. */
function extend(
  before: Uint16Array,
  after: Uint16Array,
  costs: readonly number[],
  from: Uint8Array,
  byEven: Uint8Array,
): void {
  for (let state = 0; state < before.length; state++) {
    const [odd, even] = [from[2 * state]!, from[2 * state + 1]!];
    const first = Math.min(NO_PATH, before[even]! + costs[2 * (even & 1)]!);
    const second = Math.min(NO_PATH, before[odd]! + costs[2 * (odd & 1) + 1]!);
    byEven[state] = first <= second ? 1 : 0;
    after[state] = Math.min(first, second);
  }
}
