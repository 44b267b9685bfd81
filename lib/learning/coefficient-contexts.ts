/**
 * Learns how trellis-quantized coefficients of lapped cosines are distributed: which magnitudes nearby say most of the
 * next one (least squares), how likely each decision is in each context (counts), how far the contexts are to be trusted
 * (the online gradient descent of the mixer, carried on from recording to recording), and where in their cells
 * magnitudes lie.
 */
import { Matrix, solve } from 'ml-matrix';
import { LappedBasis } from '../bases/lapped';
import {
  CENTROIDS,
  CONTEXTS,
  ContextMixingCoder,
  GROUPS,
  NEIGHBOR_CLASSES,
  REGRESSORS,
  WEIGHTS,
  type ContextModel,
} from '../coding/context-mixing';
import type { CoefficientLayout } from '../bases/basis';
import { optimizeQuantization } from '../coding/rate-distortion';
import { PROBABILITY_ONE, type BinaryCoder } from '../coding/range-coder';
import { activeSubbands, codingOrder } from '../coding/coding-order';
import { amplitudesOf } from '../coding/context-reconstruction';
import { TRELLIS } from '../coding/trellis';
import { readCodes, stratifiedSubset } from '../recordings/corpus';
import type { Learned, Learner, LearningContext } from './learner';

/** Block length of the lapped cosines. */
export const CONTEXT_BLOCK_LENGTH = 256;

/** Recordings that are learned from, at most, and the steps that they are quantized with, ADC codes. */
const RECORDINGS = 40;
const STEPS = [2, 4, 8, 12, 16, 24, 32, 48, 64, 96];

/** How often the decisions of a context are taken to have been seen before, as even ones. */
const FIRST_COUNT = 0.4;
/** Keeps silent neighborhoods from counting for everything in the least squares. */
const LEAST_EXPECTED = 0.05;
const RIDGE = 1e-3;
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
interface Quantized {
  readonly layout: CoefficientLayout;
  readonly step: number;
  readonly coefficients: Float64Array;
  readonly values: Int32Array;
}

/** A model that knows nothing: even chances, the running mean alone. */
function ignorantModel(): ContextModel {
  const neighbors = new Float32Array(NEIGHBOR_CLASSES * REGRESSORS);
  for (let i = 0; i < NEIGHBOR_CLASSES; i++) neighbors[(i + 1) * REGRESSORS - 1] = 1;
  return {
    neighbors,
    priors: new Float32Array(GROUPS * CONTEXTS).fill(0.5),
    weights: new Float32Array(WEIGHTS).fill(FIRST_WEIGHT),
    centroids: new Float32Array(CENTROIDS),
  };
}

/** Weights of the magnitudes nearby, by weighted least squares for each class of subbands. */
class NeighborRegression {
  private readonly products = new Float64Array(NEIGHBOR_CLASSES * REGRESSORS * REGRESSORS);
  private readonly targets = new Float64Array(NEIGHBOR_CLASSES * REGRESSORS);

  decision(): void {}

  coefficient(ofClass: number, regressors: Float64Array, magnitude: number): void {
    const { products, targets } = this;
    // The spread of a magnitude grows with its mean.
    const expected = regressors[REGRESSORS - 1]! + LEAST_EXPECTED;
    const weight = 1 / (expected * expected);
    for (let i = 0; i < REGRESSORS; i++) {
      const weighted = weight * regressors[i]!;
      const row = (ofClass * REGRESSORS + i) * REGRESSORS;
      for (let j = 0; j <= i; j++) products[row + j]! += weighted * regressors[j]!;
      targets[ofClass * REGRESSORS + i]! += weighted * magnitude;
    }
  }

  solve(): Float32Array {
    const weights = new Float32Array(NEIGHBOR_CLASSES * REGRESSORS);
    for (let c = 0; c < NEIGHBOR_CLASSES; c++) {
      const entry = (i: number, j: number): number =>
        this.products[(c * REGRESSORS + Math.max(i, j)) * REGRESSORS + Math.min(i, j)]!;
      const scale = entry(REGRESSORS - 1, REGRESSORS - 1) || 1;
      const matrix = Matrix.zeros(REGRESSORS, REGRESSORS);
      for (let i = 0; i < REGRESSORS; i++) {
        for (let j = 0; j < REGRESSORS; j++) matrix.set(i, j, entry(i, j) + (i === j ? RIDGE * scale : 0));
      }
      const target = Matrix.columnVector(
        Array.from(this.targets.subarray(c * REGRESSORS, (c + 1) * REGRESSORS)),
      );
      weights.set(solve(matrix, target).to1DArray(), c * REGRESSORS);
    }
    return weights;
  }
}

/** Counts decisions in all contexts. */
class DecisionCounts {
  private readonly ones = new Float64Array(GROUPS * CONTEXTS);
  private readonly all = new Float64Array(GROUPS * CONTEXTS);

  coefficient(): void {}

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
function centroidsOf(sets: readonly Quantized[], levels: readonly Uint8Array[]): Float32Array {
  const sums = new Float64Array(CENTROIDS);
  const counts = new Float64Array(CENTROIDS);
  sets.forEach(({ layout, step, coefficients, values }, s) => {
    const order = codingOrder(layout, activeSubbands(layout, values)).places;
    const { amplitudes, places } = amplitudesOf(values, order, levels[s]!);
    for (let i = 0; i < values.length; i++) {
      if (values[i] === 0) continue;
      // The quantizer may take a coefficient to the other side of zero; then it counts as it is.
      const size = (values[i]! < 0 ? -1 : 1) * coefficients[i]!;
      sums[places[i]!]! += amplitudes[i]! - size / step;
      counts[places[i]!]! += 1;
    }
  });
  return Float32Array.from(sums, (sum, i) => (counts[i]! > 50 ? sum / counts[i]! : 0));
}

/** Four passes over the same coefficients: neighborhoods, counts, mixing weights, centroids. */
async function learn(
  _values: readonly (number | string)[],
  { training, report }: LearningContext,
): Promise<Learned> {
  const lapped = new LappedBasis(CONTEXT_BLOCK_LENGTH, 'sine');
  const chosen = stratifiedSubset(training.recordings, Math.min(RECORDINGS, training.recordings.length));
  const total = chosen.length * 4;
  let done = 0;
  const sets: Quantized[] = [];
  for (const [i, recording] of chosen.entries()) {
    await report(done++, total);
    const codes = readCodes(recording);
    if (codes.length === 0) continue;
    let sum = 0;
    for (let n = 0; n < codes.length; n++) sum += codes[n]!;
    const mean = Math.round(sum / codes.length);
    const { values: coefficients, layout } = lapped.analyze(Float64Array.from(codes, (code) => code - mean));
    // Every recording at every other step, by turns.
    for (const [s, step] of STEPS.entries()) {
      if ((i + s) % 2 !== 0 && chosen.length > 4) continue;
      const values = optimizeQuantization(coefficients, layout, step, TRELLIS);
      sets.push({ layout, step, coefficients, values });
    }
  }
  const perSet = sets.length / Math.max(1, chosen.length);
  const pass = async (model: ContextModel, observer?: NeighborRegression | DecisionCounts) => {
    let weights = model.weights;
    let bits = 0;
    const levels: Uint8Array[] = [];
    for (const [i, { layout, values }] of sets.entries()) {
      if (i % Math.ceil(perSet) === 0) await report(Math.min(total - 1, done++), total);
      const counter = new CostCounter();
      const coder = new ContextMixingCoder(counter, { ...model, weights }, observer);
      const level = new Uint8Array(values.length);
      coder.code(layout, values, level);
      levels.push(level);
      weights = Float32Array.from(coder.weights);
      bits += counter.bits;
    }
    return { weights, bits, levels };
  };
  const samples = sets.reduce((sum, { layout }) => sum + layout.signalLength, 0);
  const bitsPerSample: number[] = [];

  let model = ignorantModel();
  const regression = new NeighborRegression();
  bitsPerSample.push((await pass(model, regression)).bits / samples);
  model = { ...model, neighbors: regression.solve() };
  const counts = new DecisionCounts();
  bitsPerSample.push((await pass(model, counts)).bits / samples);
  model = { ...model, priors: counts.priors() };
  const mixed = await pass(model);
  bitsPerSample.push(mixed.bits / samples);
  model = { ...model, weights: mixed.weights, centroids: centroidsOf(sets, mixed.levels) };
  const { neighbors, priors, weights, centroids } = model;
  return {
    arrays: { neighbors, priors, weights, centroids },
    hyperparameters: { recordings: chosen.length, steps: STEPS.join(' '), blockLength: CONTEXT_BLOCK_LENGTH },
    history: { bitsPerSample: bitsPerSample.map((bits) => Number(bits.toPrecision(7))) },
  };
}

export const coefficientContexts: Learner = {
  family: 'contexts',
  module: 'lib/learning/coefficient-contexts.ts',
  learn,
};
