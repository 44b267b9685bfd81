/**
 * The ideal coder: what integers cost when the variance of every coefficient is known and nothing has to be learned.
 *
 * How probable a magnitude is follows from the deviation of its coefficient in steps and from the set of the trellis. It
 * is counted on surrogates, whose variances are known, and on those of the other fold.
 */
import { codingOrder, activeSubbands } from '../../coding/entropy/coding-order';
import type { CoefficientLayout } from '../../coding/layout';
import { nextState, setOf, type StateMachine } from '../../coding/quantizers/trellis';

/** Deviations in steps: levels in an octave, the lowest octave, and all levels. */
const PER_OCTAVE = 8;
const LOWEST_OCTAVE = -6;
const LEVELS = 16 * PER_OCTAVE;

/** Magnitudes are counted singly up to here, and beyond in fourths of octaves. */
const SINGLE = 16;
const CLASSES = SINGLE + 4 * 20;

/** What every class counts for beforehand. */
const PRIOR = 0.05;

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
  /** Entry (2·level + set)·classes + class. */
  private readonly counts = new Float64Array(2 * LEVELS * CLASSES);
  private costs: Float64Array | undefined;

  /** Counts the integers of a recording. */
  learn(coefficients: KnownCoefficients): void {
    this.costs = undefined;
    eachCell(coefficients, (row, magnitude) => {
      this.counts[row * CLASSES + classOf(magnitude)]! += 1;
    });
  }

  /** Bits of the integers of a recording, signs included. */
  bits(coefficients: KnownCoefficients): number {
    const costs = (this.costs ??= this.costsOfClasses());
    let sum = 0;
    eachCell(coefficients, (row, magnitude) => {
      sum += costs[row * CLASSES + classOf(magnitude)]! + (magnitude > 0 ? 1 : 0);
    });
    return sum;
  }

  private costsOfClasses(): Float64Array {
    const costs = new Float64Array(this.counts.length);
    for (let row = 0; row < 2 * LEVELS; row++) {
      let total = 0;
      for (let c = 0; c < CLASSES; c++) total += this.counts[row * CLASSES + c]! + PRIOR;
      for (let c = 0; c < CLASSES; c++) {
        // Magnitudes of a class are taken to be equally probable.
        const probability = (this.counts[row * CLASSES + c]! + PRIOR) / total / widthOf(c);
        costs[row * CLASSES + c] = -Math.log2(probability);
      }
    }
    return costs;
  }
}

/** Visits the coded coefficients with the row of their deviation and set. */
function eachCell(
  { quantized, layout, machine, variances, step }: KnownCoefficients,
  visit: (row: number, magnitude: number) => void,
): void {
  const active = activeSubbands(layout, quantized);
  const levels = Int32Array.from({ length: active }, (_, k) => {
    const octave = 0.5 * Math.log2(variances[k]! / (step * step)) - LOWEST_OCTAVE;
    return Math.max(0, Math.min(LEVELS - 1, Math.floor(octave * PER_OCTAVE)));
  });
  const { positions, subbands } = codingOrder(layout, active);
  let state = 0;
  for (let i = 0; i < positions.length; i++) {
    const value = quantized[positions[i]!]!;
    visit(2 * levels[subbands[i]!]! + setOf(machine, state), Math.abs(value));
    state = nextState(machine, state, value);
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
