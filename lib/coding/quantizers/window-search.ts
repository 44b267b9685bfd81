/**
 * Trellis quantization with a bounded delay: the search of `rate-distortion.ts` for an encoder that cannot wait for the
 * end of a recording. Hop after hop is decided, with a look at those that follow; rates, λ and expectations come from
 * what was decided before. A decoder does not notice.
 *
 * The number of active subbands is that of the whole recording, as a live encoder would fix its bandwidth beforehand.
 */
import { RATE_LEVELS, RATE_MAGNITUDES, RATE_ROW, predecessorsOf } from '../../kernels/reference/trellis';
import { kept } from '../../kernels/runtime/kept';
import { gaussianNumbers } from '../../numerics/random';
import type { CoefficientLayout } from '../layout';
import { activeSubbands, codingOrder, type CodingOrder } from '../entropy/coding-order';
import { MagnitudeExpectation } from '../entropy/magnitude-expectation';
import { MAX_MAGNITUDE, quantize } from './quantizer';
import {
  countedRates,
  expectHop,
  lambdaAt,
  laplacianRates,
  optimizeQuantization,
  priced,
  type Rates,
} from './rate-distortion';
import { STATE_MACHINES, type QuantizerStates, type StateMachine } from './trellis';

/** Passes over a window: the first expects what rounding gives, the others what the pass before gave. */
const PASSES = 2;

/** Rate that is expected at the start, in bits a sample, and how many samples it counts for. */
const FIRST_RATE = 1;
const FIRST_SAMPLES = 2048;

/** Noise that the first rates are counted on: subbands, hops, deviation of the lowest subband in steps, and its fall. */
const CALIBRATION_BANDS = 256;
const CALIBRATION_HOPS = 512;
const CALIBRATION_DEVIATION = 4;
const BANDS_IN_OCTAVE = 24;
/** How much each of those counts weighs against one of the recording. */
const CALIBRATION_WEIGHT = 1 / 2;

/** The search tries a magnitude or two above a target. */
const MAX_TARGET = MAX_MAGNITUDE - 3;

/** Rates have entries for magnitudes up to here; larger ones cost the same. */
const LAST_RATE = RATE_ROW - 4;

/**
 * Quantizes coefficients hop by hop along a trellis.
 *
 * @param coefficients - in ADC codes
 * @param layout - their order of coding
 * @param step - Δ, above 0
 * @param machine - with two sets: one of `STATE_MACHINES` of more than one state
 * @param lookAhead - hops that must have arrived after the one that is decided, 0 or more
 */
export function quantizeInWindows(
  coefficients: Float64Array,
  layout: CoefficientLayout,
  step: number,
  machine: StateMachine,
  lookAhead: number,
): Int32Array {
  const rounded = quantize(coefficients, step);
  let active = activeSubbands(layout, rounded);
  // Subbands that become empty are not coded, which changes all later states. Each search starts from what rounding gives:
  // from the integers of the one before, it would know the future.
  while (active > 0) {
    const order = codingOrder(layout, active);
    const search = new WindowSearch(coefficients, rounded, layout, order, active, step, machine);
    const quantized = search.decide(lookAhead, calibratedCounts(machine.states));
    const left = activeSubbands(layout, quantized);
    if (left === active) return quantized;
    active = left;
  }
  return new Int32Array(coefficients.length);
}

/**
 * Counts to start with: how often magnitudes are taken at each expected level where a search over everything has settled,
 * on Gaussian noise whose deviation falls from subband to subband. They are constants of the encoder: no recording is in
 * them.
 */
const calibratedCounts = kept((states: number): Uint32Array => {
  const machine = STATE_MACHINES[states as QuantizerStates];
  const gaussian = gaussianNumbers(1);
  const subbands = Array.from({ length: CALIBRATION_BANDS }, (_, k) => ({
    offset: k * CALIBRATION_HOPS,
    length: CALIBRATION_HOPS,
    timeStep: CALIBRATION_BANDS,
  }));
  const coefficientCount = CALIBRATION_BANDS * CALIBRATION_HOPS;
  const layout = { signalLength: coefficientCount, coefficientCount, hop: CALIBRATION_BANDS, subbands };
  const noise = new Float64Array(coefficientCount);
  subbands.forEach(({ offset, length }, k) => {
    const deviation = CALIBRATION_DEVIATION * 2 ** (-k / BANDS_IN_OCTAVE);
    for (let i = offset; i < offset + length; i++) noise[i] = gaussian(deviation);
  });
  const quantized = optimizeQuantization(noise, layout, 1, machine);
  const active = activeSubbands(layout, quantized);
  const order = codingOrder(layout, active);
  const { counts } = new WindowSearch(noise, quantized, layout, order, active, 1, machine).countAll();
  return counts.map((count) => Math.ceil(count * CALIBRATION_WEIGHT));
});

/** Expectations that can be taken back to where they were at the start of a hop. */
class RewindableExpectation extends MagnitudeExpectation {
  private readonly keptMean: Float64Array;
  private readonly keptVisits: Uint16Array;

  constructor(subbands: number) {
    super(subbands);
    this.keptMean = this.mean.slice();
    this.keptVisits = this.visits.slice();
  }

  keep(): void {
    this.keptMean.set(this.mean);
    this.keptVisits.set(this.visits);
  }

  rewind(): void {
    this.mean.set(this.keptMean);
    this.visits.set(this.keptVisits);
  }
}

/** The search along one order of coding. */
class WindowSearch {
  /** In the order of coding: magnitudes in steps, and what they are quantized to. */
  private readonly targets: Float64Array;
  private readonly magnitudes: Uint32Array;
  private readonly levels: Uint8Array;
  /** The two magnitudes before in each subband: before the window, and within it. */
  private readonly last: Uint32Array;
  private readonly lastInWindow: Uint32Array;
  private readonly expectation: RewindableExpectation;
  private readonly single: boolean;
  private readonly counts = new Uint32Array(2 * RATE_LEVELS * RATE_MAGNITUDES);
  private readonly paths: WindowPaths;

  constructor(
    private readonly coefficients: Float64Array,
    rounded: Int32Array,
    private readonly layout: CoefficientLayout,
    private readonly order: CodingOrder,
    active: number,
    step: number,
    private readonly machine: StateMachine,
  ) {
    const { positions } = order;
    this.targets = Float64Array.from(positions, (at) =>
      Math.min(Math.abs(coefficients[at]!) / step, MAX_TARGET),
    );
    this.magnitudes = Uint32Array.from(positions, (at) => Math.abs(rounded[at]!));
    this.levels = new Uint8Array(positions.length);
    this.last = new Uint32Array(2 * active);
    this.lastInWindow = new Uint32Array(2 * active);
    this.expectation = new RewindableExpectation(active);
    this.single = layout.subbands.length === 1;
    this.paths = new WindowPaths(machine);
  }

  /**
   * All hops, with a look at so many after each.
   *
   * @param first - counts to start with
   */
  decide(lookAhead: number, first: Uint32Array): Int32Array {
    const { order, machine, magnitudes, levels, counts, layout } = this;
    const { hopStarts } = order;
    const prior = laplacianRates();
    counts.set(first);
    let rates = countedRates(counts, prior);
    let bits = FIRST_RATE * FIRST_SAMPLES;
    let state = 0;
    for (let hop = 0; hop < hopStarts.length; hop++) {
      const from = hopStarts[hop]!;
      const last = Math.min(hopStarts.length - 1, hop + lookAhead);
      const lambda = lambdaAt(bits / (FIRST_SAMPLES + hop * layout.hop), machine.states as QuantizerStates);
      const prices = priced(rates, lambda);
      this.expectation.keep();
      for (let pass = 0; pass < PASSES; pass++) {
        this.expect(hop, last);
        this.expectation.rewind();
        this.paths.search(this.targets, levels, prices, from, this.endOf(last), state, magnitudes);
      }
      // Levels that the decoder will see, and what is learned from them.
      this.expect(hop, hop);
      this.last.set(this.lastInWindow);
      const counted = this.count(from, this.endOf(hop), state, rates);
      state = counted.state;
      bits += counted.bits;
      rates = countedRates(counts, prior);
    }
    return this.signed();
  }

  /** Counts magnitudes that were decided elsewhere. */
  countAll(): { readonly counts: Uint32Array } {
    this.expect(0, this.order.hopStarts.length - 1);
    this.count(0, this.targets.length, 0, laplacianRates());
    return { counts: this.counts };
  }

  /** Counts decided magnitudes; returns their bits and the state after them. */
  private count(
    from: number,
    to: number,
    before: number,
    rates: Rates,
  ): { readonly state: number; readonly bits: number } {
    const { machine, magnitudes, levels, counts } = this;
    let state = before;
    let bits = 0;
    for (let i = from; i < to; i++) {
      const magnitude = magnitudes[i]!;
      const row = (state & 1) * RATE_LEVELS + levels[i]!;
      const at = row * RATE_MAGNITUDES + Math.min(magnitude, RATE_MAGNITUDES - 1);
      counts[at]! += 1;
      bits += rates[at]!;
      state = machine.next[2 * state + (magnitude & 1)]!;
    }
    return { state, bits };
  }

  private endOf(hop: number): number {
    return this.order.hopStarts[hop + 1] ?? this.targets.length;
  }

  /** Levels of expected magnitude from one hop to another, from the magnitudes so far; the expectation goes on with them. */
  private expect(firstHop: number, lastHop: number): void {
    const { expectation, levels, magnitudes, lastInWindow: last } = this;
    const { subbands, hopStarts } = this.order;
    last.set(this.last);
    for (let hop = firstHop; hop <= lastHop; hop++) {
      if (!this.single) expectation.startHop();
      expectHop(expectation, subbands, hopStarts[hop]!, this.endOf(hop), magnitudes, last, levels);
    }
  }

  private signed(): Int32Array {
    const { coefficients, magnitudes } = this;
    const { positions } = this.order;
    const quantized = new Int32Array(coefficients.length);
    for (let i = 0; i < positions.length; i++) {
      const at = positions[i]!;
      quantized[at] = coefficients[at]! < 0 ? -magnitudes[i]! : magnitudes[i]!;
    }
    return quantized;
  }
}

/** The Viterbi algorithm over a window. */
class WindowPaths {
  private readonly from: Uint8Array;
  private costs: Float64Array;
  private after: Float64Array;
  private byEven = new Uint8Array(0);
  /** Best price and magnitude of set 0 even, set 0 odd, set 1 even, set 1 odd of each coefficient of the window. */
  private prices = new Float64Array(0);
  private tried = new Uint32Array(0);

  constructor(private readonly machine: StateMachine) {
    this.from = predecessorsOf(machine);
    this.costs = new Float64Array(machine.states);
    this.after = new Float64Array(machine.states);
  }

  /** Magnitudes of least cost of the coefficients `start` … `end` − 1, from a state on. */
  search(
    targets: Float64Array,
    levels: Uint8Array,
    rates: Float32Array,
    start: number,
    end: number,
    state: number,
    magnitudes: Uint32Array,
  ): void {
    const { from } = this;
    const { states } = this.machine;
    const count = end - start;
    if (this.tried.length < 4 * count) {
      this.byEven = new Uint8Array(states * count);
      this.prices = new Float64Array(4 * count);
      this.tried = new Uint32Array(4 * count);
    }
    const { byEven, prices, tried } = this;
    for (let i = 0; i < count; i++) this.price(targets[start + i]!, levels[start + i]!, rates, 4 * i);
    let costs = this.costs.fill(Infinity);
    let after = this.after;
    costs[state] = 0;
    for (let i = 0; i < count; i++) {
      const at = 4 * i;
      const decided = states * i;
      for (let s = 0; s < states; s++) {
        const odd = from[2 * s]!;
        const even = from[2 * s + 1]!;
        const byEvenCost = costs[even]! + prices[at + 2 * (even & 1)]!;
        const byOddCost = costs[odd]! + prices[at + 2 * (odd & 1) + 1]!;
        const takesEven = byEvenCost <= byOddCost;
        byEven[decided + s] = takesEven ? 1 : 0;
        after[s] = takesEven ? byEvenCost : byOddCost;
      }
      [costs, after] = [after, costs];
    }
    let best = 0;
    for (let s = 1; s < states; s++) if (costs[s]! < costs[best]!) best = s;
    for (let i = count - 1; i >= 0; i--) {
      const even = byEven[states * i + best]!;
      best = from[2 * best + even]!;
      magnitudes[start + i] = tried[4 * i + 2 * (best & 1) + 1 - even]!;
    }
    this.costs = costs;
    this.after = after;
  }

  /** The cheaper of two magnitudes of each set and parity. */
  private price(target: number, level: number, rates: Float32Array, at: number): void {
    for (let set = 0; set < 2; set++) {
      const row = (set * RATE_LEVELS + level) * RATE_ROW;
      const nearest = Math.trunc(target + 0.5 * set);
      const first = nearest > 0 ? nearest - 1 : 0;
      for (let parity = 0; parity < 2; parity++) {
        const lower = first + ((first & 1) ^ parity);
        const low = priceOf(target, lower, set, row, rates);
        const high = priceOf(target, lower + 2, set, row, rates);
        this.prices[at + 2 * set + parity] = Math.min(low, high);
        this.tried[at + 2 * set + parity] = high < low ? lower + 2 : lower;
      }
    }
  }
}

/** Squared error in steps² and the price of the bits. */
function priceOf(target: number, magnitude: number, set: number, row: number, rates: Float32Array): number {
  const error = target - (magnitude === 0 ? 0 : magnitude - 0.5 * set);
  return error * error + rates[row + Math.min(magnitude, LAST_RATE)]!;
}
