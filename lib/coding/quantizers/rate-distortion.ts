/**
 * Quantization for the rate, not for the error alone: of all sequences of values that a state machine allows, the one
 * with the least D + λ·R, found by the Viterbi algorithm (G. D. Forney, "The Viterbi algorithm", Proceedings of the
 * IEEE 61, 1973). With one state each coefficient decides for itself, as in scalar rate–distortion-optimized
 * quantization; with a trellis the whole sequence is chosen together.
 *
 * The rate is that of the entropy coder, estimated: how probable each magnitude is at each level of expected magnitude
 * is counted in the pass before. Rates and decisions follow each other until a pass saves next to nothing.
 */
import type { CoefficientLayout } from '../layout';
import {
  decideAlong,
  decideEach,
  RATE_LEVELS,
  RATE_MAGNITUDES,
  RATE_ROW,
} from '../../kernels/reference/trellis';
import {
  KernelQuantizerSearch,
  SEARCH_WINDOW,
  type QuantizerSearch,
  type SearchedCoefficients,
  type SearchPass,
} from '../../kernels/trellis';
import { simdAvailable } from '../../kernels/runtime/webassembly';
import { activeSubbands, codingOrder, type CodingOrder } from '../entropy/coding-order';
import { levelOf, MagnitudeExpectation, MEAN_RATES, meanOfLevel } from '../entropy/magnitude-expectation';
import { MAX_MAGNITUDE, quantize } from './quantizer';
import type { QuantizerStates, StateMachine } from './trellis';

/**
 * Squared error, in steps², that is worth a bit (λ): at many bits a sample, at about one, and at few, by the number of
 * states. Each was tuned for the fewest bytes at equal error, together with the step, on 12 recordings with lapped cosines
 * of 256. At high rates a bit lowers the error by 2·ln 2·Δ²/12 = 0.116·Δ², along a trellis by a fourth less; at low rates
 * a longer step with cheaper bits is better, the more so the longer the trellis.
 */
const LAMBDAS: Readonly<Record<QuantizerStates, readonly [many: number, one: number, few: number]>> = {
  1: [0.116, 0.116, 0.116],
  8: [0.09, 0.11, 0.075],
  32: [0.085, 0.103, 0.068],
  256: [0.078, 0.1, 0.068],
};
/** Bits a sample at which the λ of the list hold; between them they lie on lines over the logarithm. */
const MANY_BITS = 3;
const ONE_BIT = 1;
const FEW_BITS = 0.3;

/** Passes with the λ of one bit a sample, after which the rate is known well enough to choose it. */
const FIRST_PASSES = 2;

/** Passes end when one saves less than this share of the bits. */
const LEAST_SAVING = 0.0002;

/** Passes at most; a recording needs about eight. */
const MAX_PASSES = 24;

/** Weight of the Laplacian prior, in counts. */
const PRIOR = 8;

/** The search tries a magnitude or two above a target. */
const MAX_TARGET = MAX_MAGNITUDE - 3;

/** Longer signals are left to the plain version, which needs no second copy of them. */
const KERNEL_COEFFICIENTS = 2 ** 24;

/** Bits of each magnitude, sign included: entry (set·levels + level)·magnitudes + magnitude. */
export type Rates = Float64Array;

/**
 * Quantizes coefficients.
 *
 * @param coefficients - in ADC codes
 * @param layout - their order of coding
 * @param step - Δ, above 0
 * @param machine - the sets of values to choose from: one of `STATE_MACHINES`
 * @param simd - false for the plain version
 */
export function optimizeQuantization(
  coefficients: Float64Array,
  layout: CoefficientLayout,
  step: number,
  machine: StateMachine,
  simd: boolean = simdAvailable,
): Int32Array {
  let quantized = quantize(coefficients, step);
  let active = activeSubbands(layout, quantized);
  let course: Course = { rates: laplacianRates(), lambda: LAMBDAS[machine.states][1] };
  // Subbands that become empty are not coded, which changes all later states. So the search is repeated without them
  // until no further subband becomes empty.
  while (active > 0) {
    const order = codingOrder(layout, active);
    const search = newSearch(coefficients, quantized, layout, order, active, step, machine, simd);
    course = settled(search, layout.signalLength, machine.states, course);
    quantized = signed(search.magnitudes(), order, coefficients);
    search.release();
    const left = activeSubbands(layout, quantized);
    if (left === active) break;
    active = left;
  }
  return active > 0 ? quantized : new Int32Array(coefficients.length);
}

/** State handed from one pass to the next. */
interface Course {
  readonly rates: Rates;
  readonly lambda: number;
}

/** Passes until one saves next to nothing. */
function settled(
  search: QuantizerSearch,
  samples: number,
  states: QuantizerStates,
  { rates, lambda }: Course,
): Course {
  let last = Infinity;
  for (let passes = 1; ; passes++) {
    const { cost, counts } = search.pass(priced(rates, lambda));
    const bits = bitsOf(counts, rates);
    rates = countedRates(counts, rates);
    if (passes === FIRST_PASSES) {
      lambda = lambdaAt(bits / samples, states);
      last = Infinity;
    } else if (passes === MAX_PASSES || last - cost < LEAST_SAVING * lambda * bits) {
      return { rates, lambda };
    } else {
      last = cost;
    }
  }
}

/** λ at a rate in bits a sample. */
export function lambdaAt(rate: number, states: QuantizerStates): number {
  const [many, one, few] = LAMBDAS[states];
  const [from, to, fraction] =
    rate > ONE_BIT
      ? [one, many, Math.log(rate / ONE_BIT) / Math.log(MANY_BITS / ONE_BIT)]
      : [one, few, Math.log(rate / ONE_BIT) / Math.log(FEW_BITS / ONE_BIT)];
  return from + Math.min(1, fraction) * (to - from);
}

function newSearch(
  coefficients: Float64Array,
  quantized: Int32Array,
  layout: CoefficientLayout,
  order: CodingOrder,
  active: number,
  step: number,
  machine: StateMachine,
  simd: boolean,
): QuantizerSearch {
  const { positions } = order;
  const scale = 1 / step;
  const targets = new Float32Array(positions.length);
  const magnitudes = new Uint32Array(positions.length);
  for (let i = 0; i < positions.length; i++) {
    targets[i] = Math.min(Math.abs(coefficients[positions[i]!]!) * scale, MAX_TARGET);
    magnitudes[i] = Math.abs(quantized[positions[i]!]!);
  }
  const subbands = new Uint32Array(3 * active);
  layout.subbands.slice(0, active).forEach(({ offset, length, timeStep }, k) => {
    subbands.set([offset, length, layout.hop / timeStep], 3 * k);
  });
  const single = layout.subbands.length === 1;
  const hops = order.hopStarts.length;
  const searched = { targets, magnitudes, subbands, hops, single, meanRates: MEAN_RATES };
  return simd && positions.length <= KERNEL_COEFFICIENTS
    ? new KernelQuantizerSearch(searched, machine)
    : new PlainSearch(searched, order, active, machine);
}

/** The search without WebAssembly. */
class PlainSearch implements QuantizerSearch {
  private readonly chosen: Uint32Array;

  constructor(
    private readonly searched: SearchedCoefficients,
    private readonly order: CodingOrder,
    private readonly active: number,
    private readonly machine: StateMachine,
  ) {
    this.chosen = searched.magnitudes.slice();
  }

  pass(rates: Float32Array): SearchPass {
    const { machine, searched, chosen: magnitudes } = this;
    const counts = new Uint32Array(2 * RATE_LEVELS * RATE_MAGNITUDES);
    const levels = expectedLevels(magnitudes, this.order, this.active, searched.single);
    const arrays = { targets: searched.targets, levels, rates, magnitudes, counts };
    const cost = machine.states === 1 ? decideEach(arrays) : decideAlong(arrays, machine, SEARCH_WINDOW);
    return { cost, counts };
  }

  magnitudes(): Uint32Array {
    return this.chosen;
  }

  release(): void {
    // Holds no memory to release.
  }
}

/** Level of the magnitude that the coder expects for each coefficient, in the order of coding. */
function expectedLevels(
  magnitudes: Uint32Array,
  { subbands, hopStarts }: CodingOrder,
  active: number,
  single: boolean,
): Uint8Array {
  const levels = new Uint8Array(magnitudes.length);
  const expectation = new MagnitudeExpectation(active);
  // The two magnitudes before in each subband.
  const last = new Uint32Array(2 * active);
  for (let h = 0; h < hopStarts.length; h++) {
    const end = hopStarts[h + 1] ?? magnitudes.length;
    if (!single) expectation.startHop();
    expectHop(expectation, subbands, hopStarts[h]!, end, magnitudes, last, levels);
  }
  return levels;
}

/**
 * Levels of the magnitudes that the coder expects in a hop, in the order of coding. The expectation goes on with the
 * magnitudes of the hop.
 *
 * @param subbands - of each coefficient
 * @param first - coefficient of the hop; `end` is the one behind its last
 * @param last - the two magnitudes before in each subband, which are brought up to date
 * @param levels - filled in from `first` on
 */
export function expectHop(
  expectation: MagnitudeExpectation,
  subbands: CodingOrder['subbands'],
  first: number,
  end: number,
  magnitudes: Uint32Array,
  last: Uint32Array,
  levels: Uint8Array,
): void {
  for (let i = first; i < end; i++) {
    const k = subbands[i]!;
    expectation.expect(k, last[2 * k]!, last[2 * k + 1]!);
    levels[i] = levelOf(0.5 * (expectation.smooth + expectation.local));
    last[2 * k + 1] = last[2 * k]!;
    last[2 * k] = magnitudes[i]!;
    expectation.learn(k, magnitudes[i]!);
  }
}

/** Magnitudes in the order of the layout, with the signs of the coefficients. */
function signed(magnitudes: Uint32Array, { positions }: CodingOrder, coefficients: Float64Array): Int32Array {
  const quantized = new Int32Array(coefficients.length);
  for (let i = 0; i < positions.length; i++) {
    const at = positions[i]!;
    quantized[at] = coefficients[at]! < 0 ? -magnitudes[i]! : magnitudes[i]!;
  }
  return quantized;
}

/** Rates as the search takes them: times λ, and extended to magnitudes beyond those counted singly. */
export function priced(rates: Rates, lambda: number): Float32Array {
  const rows = rates.length / RATE_MAGNITUDES;
  const prices = new Float32Array(rows * RATE_ROW);
  for (let row = 0; row < rows; row++) {
    for (let entry = 0; entry < RATE_ROW; entry++) {
      const counted = Math.min(entry, RATE_MAGNITUDES - 1);
      // An Elias gamma code grows by two bits when what it codes doubles. Far out neighbors cost the same.
      const excess = Math.min(entry, RATE_MAGNITUDES + 4) - counted;
      prices[row * RATE_ROW + entry] =
        lambda * (rates[row * RATE_MAGNITUDES + counted]! + 2 * Math.log2(excess + 1));
    }
  }
  return prices;
}

/** Probabilities of the magnitudes of a Laplacian density, in bits. */
export function laplacianRates(): Rates {
  const rates = new Float64Array(2 * RATE_LEVELS * RATE_MAGNITUDES);
  for (let level = 0; level < RATE_LEVELS; level++) {
    // Rounding the density with scale b gives magnitudes of mean 1/(2·sinh(1/(2b))).
    const scale = 0.5 / Math.asinh(0.5 / meanOfLevel(level));
    const above = (threshold: number): number => Math.exp(-threshold / scale);
    for (let set = 0; set < 2; set++) {
      // Halfway between 0 and the first value, then between neighbors.
      const lower = (magnitude: number): number =>
        magnitude === 0 ? 0 : magnitude === 1 ? 0.5 - 0.25 * set : magnitude - 0.5 - 0.5 * set;
      for (let magnitude = 0; magnitude < RATE_MAGNITUDES; magnitude++) {
        const probability = above(lower(magnitude)) - above(lower(magnitude + 1));
        rates[(set * RATE_LEVELS + level) * RATE_MAGNITUDES + magnitude] = bitsAt(probability, magnitude);
      }
    }
  }
  return rates;
}

/** Rates from how often each magnitude occurred at a level and its neighbors, starting from the rates so far. */
export function countedRates(counts: Uint32Array, earlier: Rates): Rates {
  const rates = new Float64Array(earlier.length);
  const shares = new Float64Array(RATE_MAGNITUDES);
  for (let row = 0; row < 2 * RATE_LEVELS; row++) {
    const level = row % RATE_LEVELS;
    let total = 0;
    for (let magnitude = 0; magnitude < RATE_MAGNITUDES; magnitude++) {
      const at = row * RATE_MAGNITUDES + magnitude;
      const below = level > 0 ? counts[at - RATE_MAGNITUDES]! : 0;
      const above = level < RATE_LEVELS - 1 ? counts[at + RATE_MAGNITUDES]! : 0;
      const prior = 2 ** -(earlier[at]! - (magnitude > 0 ? 1 : 0));
      shares[magnitude] = counts[at]! + 0.5 * (below + above) + PRIOR * prior;
      total += shares[magnitude]!;
    }
    for (let magnitude = 0; magnitude < RATE_MAGNITUDES; magnitude++) {
      rates[row * RATE_MAGNITUDES + magnitude] = bitsAt(shares[magnitude]! / total, magnitude);
    }
  }
  return rates;
}

/** Bits of a magnitude of this probability, and of its sign; never infinite. */
function bitsAt(probability: number, magnitude: number): number {
  return -Math.log2(Math.max(probability, 1e-9)) + (magnitude > 0 ? 1 : 0);
}

/** Bits of all magnitudes that were counted. */
function bitsOf(counts: Uint32Array, rates: Rates): number {
  return counts.reduce((sum, count, i) => sum + count * rates[i]!, 0);
}
