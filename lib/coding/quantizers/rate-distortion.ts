/**
 * Quantization for the rate, not for the error alone: of all sequences of values that a state machine allows, the one
 * with the least D + λ·R, found by the Viterbi algorithm (G. D. Forney, "The Viterbi algorithm", Proceedings of the
 * IEEE 61, 1973). With one state each coefficient decides for itself, as in scalar rate–distortion-optimized
 * quantization; with a trellis the whole sequence is chosen together.
 *
 * The rate is that of the entropy coder, estimated: how probable each magnitude is at each level of expected magnitude
 * is counted in a first pass over the same coefficients.
 */
import type { CoefficientLayout } from '../../bases/basis';
import { SurvivorPaths } from '../../kernels/trellis';
import { activeSubbands, codingOrder, type CodingOrder } from '../entropy/coding-order';
import { LEVELS, levelOf, MagnitudeExpectation, meanOfLevel } from '../entropy/magnitude-expectation';
import { MAX_MAGNITUDE, quantize } from './quantizer';
import { nextState, setOf, type StateMachine } from './trellis';

/**
 * Squared error, in steps², that is worth a bit: measured on the recordings. At high rates a bit lowers the error by
 * 2·ln 2·Δ²/12 = 0.116·Δ².
 */
const LAMBDA = 0.1;

/** Magnitudes from here on are of equal cost but for a few bits more each time they double. */
const MAGNITUDES = 16;

/** Passes: the first with rates from a Laplacian density, the others with counted ones. */
const PASSES = 2;

/** Counts that the Laplacian density is worth. */
const PRIOR = 8;

/** Bits of each magnitude, sign included: entry (set·LEVELS + level)·MAGNITUDES + magnitude. */
type Rates = Float64Array;

/**
 * Quantizes coefficients.
 *
 * @param coefficients - in ADC codes
 * @param layout - their order of coding
 * @param step - Δ, above 0
 * @param machine - the sets of values to choose from: {@link ONE_SET} or {@link TRELLIS}
 */
export function optimizeQuantization(
  coefficients: Float64Array,
  layout: CoefficientLayout,
  step: number,
  machine: StateMachine,
): Int32Array {
  let quantized = quantize(coefficients, step);
  let active = activeSubbands(layout, quantized);
  let rates = laplacianRates();
  let pass = 0;
  // A state depends on all coefficients coded before, and subbands that become empty are not coded: once more without
  // them, until none does.
  for (let settled = false; active > 0 && !settled;) {
    const order = codingOrder(layout, active);
    const levels = expectedLevels(quantized, order, active);
    quantized = search(coefficients, order, levels, rates, step, machine);
    const left = activeSubbands(layout, quantized);
    settled = ++pass >= PASSES && left === active;
    if (pass < PASSES) rates = countedRates(quantized, order, levels, rates, machine);
    active = left;
  }
  return quantized;
}

/** Level of what each coefficient is expected to be by the coder, in the order of coding. */
function expectedLevels(
  quantized: Int32Array,
  { places, subbands, hopStarts }: CodingOrder,
  active: number,
): Uint8Array {
  const levels = new Uint8Array(places.length);
  const expectation = new MagnitudeExpectation(active);
  // How many of a subband came before, up to two.
  const seen = new Uint8Array(active);
  for (let h = 0; h < hopStarts.length; h++) {
    const end = h + 1 < hopStarts.length ? hopStarts[h + 1]! : places.length;
    expectation.startHop();
    for (let i = hopStarts[h]!; i < end; i++) {
      const k = subbands[i]!;
      const at = places[i]!;
      const before = seen[k]!;
      if (before < 2) seen[k] = before + 1;
      expectation.expect(k, before > 0 ? quantized[at - 1]! : 0, before > 1 ? quantized[at - 2]! : 0);
      levels[i] = levelOf(0.5 * (expectation.smooth + expectation.local));
      const value = quantized[at]!;
      expectation.learn(k, value < 0 ? -value : value);
    }
  }
  return levels;
}

/** The values of least cost: distortion in steps² and λ times the rate. */
function search(
  coefficients: Float64Array,
  { places }: CodingOrder,
  levels: Uint8Array,
  rates: Rates,
  step: number,
  machine: StateMachine,
): Int32Array {
  const count = places.length;
  const scale = 1 / step;
  const sets = machine.states === 1 ? 1 : 2;
  // For each coefficient the best value of each set and parity, and its cost.
  const values = new Int32Array(CHOICES * count);
  const costs = new Float32Array(CHOICES * count);
  for (let i = 0; i < count; i++) {
    const target = Math.min(Math.abs(coefficients[places[i]!]!) * scale, MAX_MAGNITUDE - 2);
    for (let set = 0; set < sets; set++) {
      chooseValues(target, set, (set * LEVELS + levels[i]!) * MAGNITUDES, rates, costs, values, CHOICES * i);
    }
  }
  const quantized = new Int32Array(coefficients.length);
  const take = (i: number, choice: number): void => {
    const at = places[i]!;
    const value = values[CHOICES * i + choice]!;
    quantized[at] = coefficients[at]! < 0 ? -value : value;
  };
  if (sets === 1) {
    for (let i = 0; i < count; i++) take(i, costs[CHOICES * i + 1]! < costs[CHOICES * i]! ? 1 : 0);
    return quantized;
  }
  const decisions = new Uint32Array(count);
  paths ??= new SurvivorPaths(machine);
  const { from, parity } = paths.predecessors;
  let state = paths.run(costs, decisions);
  for (let i = count - 1; i >= 0; i--) {
    const entry = 2 * state + ((decisions[i]! >>> state) & 1);
    state = from[entry]!;
    take(i, 2 * setOf(machine, state) + parity[entry]!);
  }
  return quantized;
}

/** Of a coefficient: even and odd magnitudes of set 0, then of set 1. */
const CHOICES = 4;

/** The Viterbi algorithm, kept as long as the thread lives. */
let paths: SurvivorPaths | undefined;

/**
 * The cheapest even and the cheapest odd magnitude for a target, of 0 and the three about it.
 *
 * @param row - where the rates of the set and the level start
 * @param costs - receives those of both parities at `start` + 2·set and the place after it
 * @param values - receives the magnitudes at the same places
 */
function chooseValues(
  target: number,
  set: number,
  row: number,
  rates: Rates,
  costs: Float32Array,
  values: Int32Array,
  start: number,
): void {
  const at = start + 2 * set;
  const half = 0.5 * set;
  costs[at] = target * target + LAMBDA * rates[row]!;
  values[at] = 0;
  costs[at + 1] = Infinity;
  const nearest = Math.floor(target + half);
  const last = nearest + 1;
  for (let magnitude = nearest > 1 ? nearest - 1 : 1; magnitude <= last; magnitude++) {
    const error = target - (magnitude - half);
    const excess = magnitude - MAGNITUDES + 1;
    const bits =
      excess <= 0 ? rates[row + magnitude]! : rates[row + MAGNITUDES - 1]! + 2 * Math.log2(excess + 1);
    const cost = error * error + LAMBDA * bits;
    const entry = at + (magnitude & 1);
    if (cost >= costs[entry]!) continue;
    costs[entry] = cost;
    values[entry] = magnitude;
  }
}

/** Probabilities of the magnitudes of a Laplacian density, in bits. */
function laplacianRates(): Rates {
  const rates = new Float64Array(2 * LEVELS * MAGNITUDES);
  for (let level = 0; level < LEVELS; level++) {
    // Rounding the density with scale b gives magnitudes of mean 1/(2·sinh(1/(2b))).
    const scale = 0.5 / Math.asinh(0.5 / meanOfLevel(level));
    const above = (threshold: number): number => Math.exp(-threshold / scale);
    for (let set = 0; set < 2; set++) {
      // Halfway between 0 and the first value, then between neighbors.
      const lower = (magnitude: number): number =>
        magnitude === 0 ? 0 : magnitude === 1 ? 0.5 - 0.25 * set : magnitude - 0.5 - 0.5 * set;
      for (let magnitude = 0; magnitude < MAGNITUDES; magnitude++) {
        const probability = above(lower(magnitude)) - above(lower(magnitude + 1));
        rates[(set * LEVELS + level) * MAGNITUDES + magnitude] = bitsOf(probability, magnitude);
      }
    }
  }
  return rates;
}

/** Rates from how often each magnitude occurred at a level and its neighbors, starting from the rates so far. */
function countedRates(
  quantized: Int32Array,
  { places }: CodingOrder,
  levels: Uint8Array,
  earlier: Rates,
  machine: StateMachine,
): Rates {
  const counts = new Float64Array(earlier.length);
  let state = 0;
  for (let i = 0; i < places.length; i++) {
    const value = quantized[places[i]!]!;
    const magnitude = Math.min(MAGNITUDES - 1, Math.abs(value));
    counts[(setOf(machine, state) * LEVELS + levels[i]!) * MAGNITUDES + magnitude]! += 1;
    state = nextState(machine, state, value);
  }
  const rates = new Float64Array(earlier.length);
  const shares = new Float64Array(MAGNITUDES);
  for (let row = 0; row < 2 * LEVELS; row++) {
    const level = row % LEVELS;
    let total = 0;
    for (let magnitude = 0; magnitude < MAGNITUDES; magnitude++) {
      const at = row * MAGNITUDES + magnitude;
      const below = level > 0 ? counts[at - MAGNITUDES]! : 0;
      const above = level < LEVELS - 1 ? counts[at + MAGNITUDES]! : 0;
      const prior = 2 ** -(earlier[at]! - (magnitude > 0 ? 1 : 0));
      shares[magnitude] = counts[at]! + 0.5 * (below + above) + PRIOR * prior;
      total += shares[magnitude]!;
    }
    for (let magnitude = 0; magnitude < MAGNITUDES; magnitude++) {
      rates[row * MAGNITUDES + magnitude] = bitsOf(shares[magnitude]! / total, magnitude);
    }
  }
  return rates;
}

/** Bits of a magnitude of this probability, and of its sign; never infinite. */
function bitsOf(probability: number, magnitude: number): number {
  return -Math.log2(Math.max(probability, 1e-9)) + (magnitude > 0 ? 1 : 0);
}
