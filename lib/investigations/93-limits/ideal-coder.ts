/**
 * The ideal coder: what integers cost when the variance of every coefficient is known and nothing has to be learned.
 *
 * How probable a magnitude is follows from the deviation of its coefficient in steps, from the set of the trellis, and
 * from what the magnitudes nearby let expect: those matter although the coefficients of a stationary Gaussian process do
 * not depend on each other, because the search prefers zeros where zeros are cheap, and so gathers them. The
 * probabilities are counted on surrogates, whose variances are known, and on those of the other fold.
 */
import { activeSubbands, codingOrder } from '../../coding/entropy/coding-order';
import { LEVELS, levelOf, MagnitudeExpectation } from '../../coding/entropy/magnitude-expectation';
import type { CoefficientLayout } from '../../coding/layout';
import { nextState, setOf, type StateMachine } from '../../coding/quantizers/trellis';

/** Deviations in steps: levels in an octave, the lowest octave, and all levels. */
const PER_OCTAVE = 4;
const LOWEST_OCTAVE = -6;
const DEVIATIONS = 16 * PER_OCTAVE;

/** Levels of expected magnitudes, two of the coefficient model's in one. */
const EXPECTED = LEVELS / 2;

/** Magnitudes are counted singly up to here, and beyond in fourths of octaves. */
const SINGLE = 16;
const CLASSES = SINGLE + 4 * 20;

/** Counts that every class starts with, and those that a cell takes from all deviations together. */
const PRIOR = 0.05;
const SHARED = 8;

/** Integers of a recording, and what they were quantized from. */
export interface KnownCoefficients {
  readonly quantized: Int32Array;
  readonly layout: CoefficientLayout;
  readonly machine: StateMachine;
  /** Variance of the coefficients of each subband, codes². */
  readonly variances: ArrayLike<number>;
  /** ADC codes. */
  readonly step: number;
}

/** How often magnitudes occurred, and what they cost by that. */
export class IdealCoder {
  /** Entry ((deviation·expected levels + expected level)·2 + set)·classes + class. */
  private readonly counts = new Float64Array(DEVIATIONS * EXPECTED * 2 * CLASSES);
  /** The same for all deviations together. */
  private readonly shared = new Float64Array(EXPECTED * 2 * CLASSES);
  private costs: Float64Array | undefined;

  /** Counts the integers of a recording. */
  learn(coefficients: KnownCoefficients): void {
    this.costs = undefined;
    eachCell(coefficients, (deviation, context, magnitude) => {
      const at = context * CLASSES + classOf(magnitude);
      this.shared[at]! += 1;
      this.counts[deviation * this.shared.length + at]! += 1;
    });
  }

  /** Bits of the integers of a recording, signs included. */
  bits(coefficients: KnownCoefficients): number {
    const costs = (this.costs ??= this.costsOfClasses());
    let sum = 0;
    eachCell(coefficients, (deviation, context, magnitude) => {
      const at = deviation * this.shared.length + context * CLASSES + classOf(magnitude);
      sum += costs[at]! + (magnitude > 0 ? 1 : 0);
    });
    return sum;
  }

  private costsOfClasses(): Float64Array {
    const shares = probabilities(this.shared, () => PRIOR);
    const all = probabilities(this.counts, (at) => SHARED * shares[at % shares.length]!);
    // Magnitudes of a class are taken to be equally probable.
    return all.map((probability, at) => Math.log2(widthOf(at % CLASSES) / probability));
  }
}

/** Shares of the classes in each row, with some counts beforehand. */
function probabilities(counts: Float64Array, before: (at: number) => number): Float64Array {
  const shares = new Float64Array(counts.length);
  for (let row = 0; row < counts.length; row += CLASSES) {
    let total = 0;
    for (let at = row; at < row + CLASSES; at++) total += shares[at] = counts[at]! + before(at);
    for (let at = row; at < row + CLASSES; at++) shares[at]! /= total;
  }
  return shares;
}

/** Visits the coded coefficients with the level of their deviation, and the row of expected level and set. */
function eachCell(
  { quantized, layout, machine, variances, step }: KnownCoefficients,
  visit: (deviation: number, context: number, magnitude: number) => void,
): void {
  const active = activeSubbands(layout, quantized);
  const deviations = Int32Array.from({ length: active }, (_, k) => {
    const octave = 0.5 * Math.log2(variances[k]! / (step * step)) - LOWEST_OCTAVE;
    return Math.max(0, Math.min(DEVIATIONS - 1, Math.floor(octave * PER_OCTAVE)));
  });
  const { positions, subbands, hopStarts } = codingOrder(layout, active);
  const expectation = new MagnitudeExpectation(active);
  // The two magnitudes before in each subband.
  const last = new Int32Array(2 * active);
  let state = 0;
  for (let h = 0; h < hopStarts.length; h++) {
    const end = hopStarts[h + 1] ?? positions.length;
    expectation.startHop();
    for (let i = hopStarts[h]!; i < end; i++) {
      const k = subbands[i]!;
      const value = quantized[positions[i]!]!;
      const magnitude = Math.abs(value);
      expectation.expect(k, last[2 * k]!, last[2 * k + 1]!);
      const expected = levelOf(0.5 * (expectation.smooth + expectation.local)) >> 1;
      visit(deviations[k]!, 2 * expected + setOf(machine, state), magnitude);
      expectation.learn(k, magnitude);
      last[2 * k + 1] = last[2 * k]!;
      last[2 * k] = magnitude;
      state = nextState(machine, state, value);
    }
  }
}

function classOf(magnitude: number): number {
  if (magnitude < SINGLE) return magnitude;
  const octave = 31 - Math.clz32(magnitude);
  return SINGLE + 4 * (octave - 4) + ((magnitude >> (octave - 2)) & 3);
}

function widthOf(magnitudeClass: number): number {
  return magnitudeClass < SINGLE ? 1 : 2 ** (2 + ((magnitudeClass - SINGLE) >> 2));
}
