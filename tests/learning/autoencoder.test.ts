// Apart from other test files: TensorFlow.js leaves globals.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AutoencoderNetwork } from '../../lib/bases/parts/autoencoder-network';
import { matrixProduct, transposed } from '../../lib/kernels/matrix';
import { Adam } from '../../lib/numerics/adam';
import {
  learnAutoencoder,
  lappedCosines,
  type AutoencoderTask,
} from '../../lib/learning/autoencoder/autoencoder';
import { AutoencoderGraph } from '../../lib/learning/autoencoder/autoencoder-graph';
import { convolutionalShapes } from '../../lib/bases/parts/autoencoder-shape';
import type { LearningState } from '../../lib/learning/learner';
import { polarFactor } from '../../lib/numerics/polar-factor';
import { principalComponents } from '../../lib/numerics/principal-components';
import { loadTensorFlow } from '../../lib/learning/autoencoder/tensorflow';
import { uniformNumbers } from '../../lib/numerics/random';
import { largestDifference } from '../kernels/fixtures';

const ALONE = { resumed: undefined, report: async () => {}, keep: () => {} };

/** Blocks of 12 samples: few directions with much variance, hidden by a rotation, and a little of everything. */
function blocksOf(count: number, seed: number): Float64Array {
  const length = 12;
  const rotation = uniformNumbers(1);
  const hidden = polarFactor(
    new Float64Array(length * length).map(() => rotation() - 0.5),
    length,
  );
  const next = uniformNumbers(seed);
  const sources = new Float64Array(count * length).map(
    (_, i) => (next() + next() + next() - 1.5) * [4, 3, 2.2, 1.6][i % length]! || 0.3 * (next() - 0.5),
  );
  for (let i = 0; i < sources.length; i++) {
    if (i % length >= 4) sources[i] = 0.3 * (next() - 0.5);
  }
  return matrixProduct(sources, hidden, length, length);
}

const LINEAR: AutoencoderTask = {
  kind: 'linear',
  length: 12,
  latents: 4,
  start: 'random',
  price: 0,
  hops: 1,
  batch: 256,
  iterations: 1500,
  rate: 0.02,
  seed: 3,
};

/** Cosine of the largest angle between the spaces that rows span: the smallest singular value of A·Bᵀ. */
function cosineOfLargestAngle(a: Float64Array, b: Float64Array, count: number, length: number): number {
  const product = matrixProduct(a, transposed(b, count, length), length, count);
  const gram = matrixProduct(product, transposed(product, count, count), count, count);
  // Smallest eigenvalue of a small Gram matrix, by power iteration on 1 minus the matrix.
  let vector = new Float64Array(count).fill(1).map((value, i) => value + 0.1 * i);
  let largest = 0;
  for (let pass = 0; pass < 2000; pass++) {
    const image = matrixProduct(gram, vector, count, 1).map((value, i) => vector[i]! - value);
    largest = Math.sqrt(image.reduce((sum, value) => sum + value * value, 0));
    if (largest < 1e-15) return 1;
    vector = image.map((value) => value / largest);
  }
  return Math.sqrt(1 - largest);
}

test('a linear autoencoder with a bottleneck finds the subspace of the principal components', async () => {
  const blocks = blocksOf(4000, 2);
  const { weights } = await learnAutoencoder(blocks, blocksOf(600, 9), LINEAR, ALONE);
  const { components } = principalComponents(blocks, 12);
  const synthesis = polarFactorOfRows(weights['synthesis']!, 4, 12);
  const cosine = cosineOfLargestAngle(synthesis, components.subarray(0, 48), 4, 12);
  assert.ok(cosine > 0.9999, `the largest principal angle has the cosine ${cosine}`);
});

/** Orthonormal rows that span the same. */
function polarFactorOfRows(rows: Float64Array, count: number, length: number): Float64Array {
  const result = rows.slice();
  for (let i = 0; i < count; i++) {
    const own = result.subarray(i * length, (i + 1) * length);
    for (let j = 0; j < i; j++) {
      const other = result.subarray(j * length, (j + 1) * length);
      const product = own.reduce((sum, value, n) => sum + value * other[n]!, 0);
      for (let n = 0; n < length; n++) own[n] = own[n]! - product * other[n]!;
    }
    const norm = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    for (let n = 0; n < length; n++) own[n] = own[n]! / norm;
  }
  return result;
}

const SMALL: AutoencoderTask = {
  kind: 'convolutional',
  length: 16,
  price: 0.1,
  hops: 6,
  batch: 8,
  iterations: 100,
  rate: 1e-3,
  seed: 1,
};

function excerptsOf(count: number, seed: number): Float64Array {
  const next = uniformNumbers(seed);
  let last = 0;
  return new Float64Array(count * 96).map(() => (last = 0.8 * last + 1.2 * (next() - 0.5)));
}

test('the same excerpts give the same weights, the loss falls, and a stopped run goes on to the same end', async () => {
  const [excerpts, heldOut] = [excerptsOf(200, 1), excerptsOf(20, 2)];
  const states: LearningState[] = [];
  const copied = (state: LearningState): LearningState => structuredClone(state);
  const once = await learnAutoencoder(excerpts, heldOut, SMALL, {
    ...ALONE,
    keep: (state) => states.push(copied(state)),
  });
  const again = await learnAutoencoder(excerpts, heldOut, SMALL, ALONE);
  assert.deepEqual(again, once);
  assert.ok(once.heldOutLoss.at(-1)! < once.heldOutLoss[0]!);
  const resumed = await learnAutoencoder(excerpts, heldOut, SMALL, { ...ALONE, resumed: states[1]! });
  assert.deepEqual(resumed, once);
});

/** Weights of no meaning, as large as learned ones. */
function someWeights(hop: number): Record<string, Float64Array> {
  const next = uniformNumbers(7);
  return Object.fromEntries(
    Object.entries(convolutionalShapes(hop)).map(([name, [rows, columns]]) => [
      name,
      new Float64Array(rows * columns).map(() => (2 * (next() - 0.5)) / Math.sqrt(rows)),
    ]),
  );
}

test('both sides in fixed-order doubles are those that TensorFlow.js computes', async () => {
  const tf = await loadTensorFlow();
  const [hop, hops] = [16, 9];
  const weights = someWeights(hop);
  const tensors = Object.fromEntries(
    Object.entries(convolutionalShapes(hop)).map(([name, shape]) => [
      name,
      tf.tensor2d(Float32Array.from(weights[name]!), [...shape]),
    ]),
  );
  const signal = excerptsOf(2, 5)
    .subarray(0, hop * hops)
    .map((value) => 3 * value);
  const graph = new AutoencoderGraph(tf, hop);
  const network = new AutoencoderNetwork(hop, weights);
  const latents = network.analyze(signal);
  const theirs = graph.analysis(tensors, tf.tensor2d(Float32Array.from(signal), [1, signal.length]));
  assert.ok(largestDifference(latents, Float64Array.from(theirs.dataSync())) < 1e-4);
  const back = network.synthesize(latents);
  const theirBack = graph.synthesis(tensors, theirs, hops - 1);
  assert.ok(largestDifference(back, Float64Array.from(theirBack.dataSync())) < 1e-4);
  tf.dispose([Object.values(tensors), theirs, theirBack]);
});

test('what learning starts from is the lapped transform, which gives hops back', () => {
  const hop = 16;
  const atoms = lappedCosines(hop);
  const weights: Record<string, Float64Array> = Object.fromEntries(
    Object.entries(convolutionalShapes(hop)).map(([name, [rows, columns]]) => [
      name,
      new Float64Array(rows * columns),
    ]),
  );
  weights['synthesis'] = atoms;
  weights['analysis'] = transposed(atoms, hop, 2 * hop);
  const network = new AutoencoderNetwork(hop, weights);
  const signal = excerptsOf(2, 3).subarray(0, 9 * hop);
  const back = network.synthesize(network.analyze(signal));
  assert.ok(largestDifference(back, signal.subarray(hop, 8 * hop)) < 1e-12);
});

test('arrays of another size are no autoencoder', () => {
  const fewer = someWeights(16);
  delete fewer['analysisIn'];
  assert.throws(() => new AutoencoderNetwork(16, fewer), {
    name: 'AutoencoderWeightsError',
    message: /analysisIn/,
  });
  assert.throws(() => new AutoencoderNetwork(32, someWeights(16)), { name: 'AutoencoderWeightsError' });
});

test('descent with moments finds the bottom of a bowl', () => {
  const adam = new Adam(Float64Array.of(5, -3));
  for (let step = 1; step <= 3000; step++) {
    adam.descend([2 * adam.values[0]!, 20 * adam.values[1]!], step, 0.01);
  }
  assert.ok(adam.values.every((value) => Math.abs(value) < 1e-3));
});
