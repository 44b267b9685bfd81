/**
 * What can be counted of trellis-quantized coefficients beforehand, for a coder that mixes contexts: how likely each
 * decision is in each context, how far the contexts are to be trusted (the online gradient descent of the mixer, carried
 * on from recording to recording), and where in their cells magnitudes lie.
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

/** Recordings that are learned from, at most, and the steps that they are quantized with, ADC codes. */
export const CONTEXT_RECORDINGS = 40;
export const CONTEXT_STEPS: readonly number[] = [2, 4, 8, 12, 16, 24, 32, 48, 64, 96];

/** How often the decisions of a context are taken to have been seen before, as even ones. */
const FIRST_COUNT = 0.4;
const FIRST_WEIGHT = 0.1;

/** Adds up what decisions cost, and codes nothing. */
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

/** A model that knows nothing: even chances. */
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

/** How far from the values of their cells magnitudes lie, the mean for each place of reconstruction. */
function centroidsOf(sets: readonly QuantizedRecording[], levels: readonly Uint8Array[]): Float32Array {
  const sums = new Float64Array(CENTROIDS);
  const counts = new Float64Array(CENTROIDS);
  sets.forEach(({ layout, step, coefficients, values }, s) => {
    const order = codingOrder(layout, activeSubbands(layout, values)).positions;
    const { amplitudes, cells } = amplitudesOf(values, order, levels[s]!);
    for (let i = 0; i < values.length; i++) {
      if (values[i] === 0) continue;
      // The quantizer may take a coefficient to the other side of zero; then it counts as it is.
      const size = (values[i]! < 0 ? -1 : 1) * coefficients[i]!;
      sums[cells[i]!]! += amplitudes[i]! - size / step;
      counts[cells[i]!]! += 1;
    }
  });
  return Float32Array.from(sums, (sum, i) => (counts[i]! > 50 ? sum / counts[i]! : 0));
}

/** Recordings of a training set, quantized: every recording at every other step, by turns. */
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

/** A pass over all sets, mixing weights carried on from one to the next. */
export interface Pass {
  readonly weights: Float32Array;
  readonly bitsPerSample: number;
  /** Coarse level of what was expected of each coefficient. */
  readonly levels: readonly Uint8Array[];
}

/** Codes all sets, one after another, for what they cost and for what an observer sees. */
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

/** What is learned of contexts when it is known what will be expected of magnitudes, in two passes. */
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

/** What reports one of several parts of equal length. */
export function partOf(report: Report, part: number, parts: number): Report {
  return (done, total) => report(part * total + done, parts * total);
}
