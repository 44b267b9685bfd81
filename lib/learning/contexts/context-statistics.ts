/**
 * Learned statistics of trellis-quantized coefficients for a coder that mixes contexts. They are the
 * probability of each decision in each context; the weights of the contexts, from the mixer's own online
 * gradient descent carried on from recording to recording; and the mean position of magnitudes in their
 * cells.
 */
import { signalOf } from '../../recordings/signal';
import type { CoefficientLayout } from '../../bases/basis';
import { LappedBasis } from '../../bases/blocks/lapped';
import { activeSubbands, codingOrder } from '../../coding/entropy/coding-order';
import {
  CENTROIDS,
  CONTEXTS,
  ContextMixingCoder,
  GROUPS,
  WEIGHTS,
  type ContextModel,
  type ContextObserver,
} from '../../coding/contexts/context-mixing';
import { amplitudesOf } from '../../coding/contexts/context-reconstruction';
import type { NewNeighborhood } from '../../coding/contexts/neighborhood';
import { PROBABILITY_ONE, type BinaryCoder } from '../../coding/entropy/range-coder';
import { optimizeQuantization } from '../../coding/quantizers/rate-distortion';
import { TRELLIS } from '../../coding/quantizers/trellis';
import { readCodes, stratifiedSubset } from '../../recordings/corpus';
import type { Report } from '../learner';
import type { TrainingSet } from '../training-set';

/** Block length of the lapped cosines. */
export const CONTEXT_BLOCK_LENGTH = 256;

/** Largest number of training recordings, and the quantizer steps used on them, ADC codes. */
export const CONTEXT_RECORDINGS = 40;
export const CONTEXT_STEPS: readonly number[] = [2, 4, 8, 12, 16, 24, 32, 48, 64, 96];

/** Initial count of each outcome of a decision in a context, equal for both outcomes. */
const FIRST_COUNT = 0.4;
const FIRST_WEIGHT = 0.1;

/** A coder that only adds up the cost of decisions. */
class CostCounter implements BinaryCoder {
  bits = 0;

  code(bit: number, probability: number): number {
    const share = probability / PROBABILITY_ONE;
    this.bits -= Math.log2(bit === 1 ? share : 1 - share);
    return bit;
  }

  codeBits(value: number, count: number): number {
    this.bits += count;
    return value;
  }
}

/** One recording at one step. */
export interface QuantizedRecording {
  readonly layout: CoefficientLayout;
  readonly step: number;
  readonly coefficients: Float64Array;
  readonly values: Int32Array;
}

/** The model before learning: even chances everywhere. */
function ignorantModel(): ContextModel {
  return {
    priors: new Float32Array(GROUPS * CONTEXTS).fill(0.5),
    weights: new Float32Array(WEIGHTS).fill(FIRST_WEIGHT),
    centroids: new Float32Array(CENTROIDS),
  };
}

/** Counts decisions in all contexts. */
class DecisionCounts implements ContextObserver {
  private readonly ones = new Float64Array(GROUPS * CONTEXTS);
  private readonly all = new Float64Array(GROUPS * CONTEXTS);

  decision(group: number, contexts: Int32Array, bit: number): void {
    for (let i = 0; i < contexts.length; i++) {
      const at = group * CONTEXTS + contexts[i]!;
      this.all[at]! += 1;
      this.ones[at]! += bit;
    }
  }

  priors(): Float32Array {
    return Float32Array.from(this.all, (all, at) =>
      Math.min(0.9998, Math.max(0.0002, (this.ones[at]! + FIRST_COUNT) / (all + 2 * FIRST_COUNT))),
    );
  }
}

/** Mean distance of magnitudes from the values of their cells, for each reconstruction cell. */
function centroidsOf(sets: readonly QuantizedRecording[], levels: readonly Uint8Array[]): Float32Array {
  const sums = new Float64Array(CENTROIDS);
  const counts = new Float64Array(CENTROIDS);
  sets.forEach(({ layout, step, coefficients, values }, s) => {
    const order = codingOrder(layout, activeSubbands(layout, values)).positions;
    const { amplitudes, cells } = amplitudesOf(values, order, levels[s]!);
    for (let i = 0; i < values.length; i++) {
      if (values[i] === 0) continue;
      // The quantizer may move a coefficient to the other side of zero. Its size is negative then.
      const size = (values[i]! < 0 ? -1 : 1) * coefficients[i]!;
      sums[cells[i]!]! += amplitudes[i]! - size / step;
      counts[cells[i]!]! += 1;
    }
  });
  return Float32Array.from(sums, (sum, i) => (counts[i]! > 50 ? sum / counts[i]! : 0));
}

/**
 * Quantized recordings of a training set. One recording takes the steps of even number, the next those of odd
 * number; with four recordings or fewer, each takes all steps.
 */
export async function quantizedRecordings(
  training: TrainingSet,
  report: Report,
): Promise<QuantizedRecording[]> {
  const lapped = new LappedBasis(CONTEXT_BLOCK_LENGTH, 'sine');
  const chosen = stratifiedSubset(
    training.recordings,
    Math.min(CONTEXT_RECORDINGS, training.recordings.length),
  );
  const sets: QuantizedRecording[] = [];
  for (const [i, recording] of chosen.entries()) {
    await report(i, chosen.length);
    const codes = readCodes(recording);
    if (codes.length === 0) continue;
    const { values: coefficients, layout } = lapped.analyze(signalOf(codes).signal);
    for (const [s, step] of CONTEXT_STEPS.entries()) {
      if ((i + s) % 2 !== 0 && chosen.length > 4) continue;
      const values = optimizeQuantization(coefficients, layout, step, TRELLIS);
      sets.push({ layout, step, coefficients, values });
    }
  }
  return sets;
}

/** Result of one pass over all sets, in which mixing weights are carried on from one set to the next. */
export interface Pass {
  readonly weights: Float32Array;
  readonly bitsPerSample: number;
  /** Coarse level of the expected magnitude of each coefficient. */
  readonly levels: readonly Uint8Array[];
}

/** Codes all sets in order. Measures the cost, and shows every decision to the observer. */
export async function passOver(
  sets: readonly QuantizedRecording[],
  newNeighborhood: NewNeighborhood,
  report: Report,
  model: ContextModel = ignorantModel(),
  observer?: ContextObserver,
): Promise<Pass> {
  let weights = model.weights;
  let bits = 0;
  const levels: Uint8Array[] = [];
  for (const [i, { layout, values }] of sets.entries()) {
    await report(i, sets.length);
    const counter = new CostCounter();
    const coder = new ContextMixingCoder(counter, { ...model, weights }, newNeighborhood, observer);
    const level = new Uint8Array(values.length);
    coder.code(layout, values, level);
    levels.push(level);
    weights = Float32Array.from(coder.weights);
    bits += counter.bits;
  }
  const samples = sets.reduce((sum, { layout }) => sum + layout.signalLength, 0);
  return { weights, bitsPerSample: bits / samples, levels };
}

/**
 * Learns a context model in two passes, for given expectations of magnitudes: the first counts decisions, the
 * second learns mixing weights and centroids.
 */
export async function learnContexts(
  sets: readonly QuantizedRecording[],
  newNeighborhood: NewNeighborhood,
  report: Report,
): Promise<{ readonly model: ContextModel; readonly bitsPerSample: readonly [number, number] }> {
  const counts = new DecisionCounts();
  const counted = await passOver(sets, newNeighborhood, partOf(report, 0, 2), ignorantModel(), counts);
  const informed = { ...ignorantModel(), priors: counts.priors() };
  const mixed = await passOver(sets, newNeighborhood, partOf(report, 1, 2), informed);
  return {
    model: { ...informed, weights: mixed.weights, centroids: centroidsOf(sets, mixed.levels) },
    bitsPerSample: [counted.bitsPerSample, mixed.bitsPerSample],
  };
}

/** A report for one of several parts of equal length. */
export function partOf(report: Report, part: number, parts: number): Report {
  return (done, total) => report(part * total + done, parts * total);
}
