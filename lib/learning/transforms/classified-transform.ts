/**
 * Learns a mixture of transforms: classes of blocks, and for each the Karhunen–Loève transform of its blocks
 * (R. D. Dony and S. Haykin, "Optimally adaptive transform coding", IEEE Transactions on Image Processing 4,
 * 1995).
 *
 * Blocks are first clustered by their features. Then two steps alternate, as in Lloyd's algorithm: each class
 * takes the principal components of its blocks; each block goes to the class in which it costs least, by the
 * estimated rate of its coefficients, Σ ½·log₂(1 + 4·c²/Δ²). The cost of the level of a block is equal in all
 * classes, so it is left out.
 *
 * The cost of naming a class is left out too. At a coarse step it exceeds the gain of most blocks: if it
 * counted, one class would take all blocks, and nothing would be left to choose from at a fine step. The
 * encoder, which knows the step, takes it into account.
 *
 * The second step never raises the rate. The first step may: principal components minimize the sum of the
 * logarithms of variances, not the sum over blocks. The round with the smallest rate is kept.
 */
import { blockRates } from '../../bases/parts/frames-of-blocks';
import { CovarianceSum } from '../../kernels/covariance';
import { SymmetricEigensolver } from '../../kernels/eigen-symmetric';
import { matrixProduct, transposed } from '../../kernels/matrix';
import { uniformNumbers } from '../../numerics/random';
import { blockFeatures } from './block-features';
import { certainResponsibilities, fitMixture, mixtureOf } from '../../numerics/gaussian-mixture';
import { kMeans, spreadCenters } from '../../numerics/k-means';
import type { Clustering } from '../../bases/blocks/classified';
import type { Learned, Learner, LearningContext } from '../learner';

/** Number of samples to learn from: 65536 blocks of 64. */
const SAMPLES = 2 ** 22;

/** Most iterations of Lloyd's algorithm on the features. */
const CLUSTERING_ITERATIONS = 60;

/** Least variance of a feature within a cluster, where all blocks together have variance 1. */
const VARIANCE_FLOOR = 0.01;

/** Rounds of the two steps. */
const ROUNDS = 16;

/** Quantizer step for a signal of variance 1: that of about CR 20. */
const STEP = 0.8;

/** Seed of the random numbers. */
const SEED = 38;

/** Transforms of all classes. */
export interface ClassTransforms {
  /** C × N × N: for each class one component in each row, sorted by variance, the largest first. */
  readonly components: Float64Array;
  /** C × N: variances along the components. */
  readonly variances: Float64Array;
  /** C, of sum 1: share of the blocks in each class. */
  readonly shares: Float64Array;
}

/** Classes of all blocks. */
export interface ClassAssignment {
  readonly labels: Uint8Array;
  /** Estimated bits per sample. */
  readonly rate: number;
}

/**
 * Clusters blocks by their features, before any transform is known.
 *
 * @param sampleRate - Hz
 */
export function clusteredBlocks(
  blocks: Float64Array,
  length: number,
  classes: number,
  clustering: Clustering,
  sampleRate: number,
): Uint8Array {
  const { values, dimension } = blockFeatures(blocks, length, sampleRate);
  const initial = spreadCenters(values, dimension, classes, uniformNumbers(SEED));
  const { labels } = kMeans(values, dimension, initial, CLUSTERING_ITERATIONS);
  if (clustering === 'kmeans') return labels;
  const mixture = mixtureOf(values, dimension, certainResponsibilities(labels, classes), VARIANCE_FLOOR);
  return fitMixture(values, dimension, mixture, VARIANCE_FLOOR, CLUSTERING_ITERATIONS).labels;
}

/**
 * The Karhunen–Loève transforms of classes. The covariance of all blocks, with the weight of N blocks, is
 * added to that of each class; without it, a small class would have directions without any variance.
 *
 * @param blocks - B blocks of `length` samples, two or more
 * @param labels - class of each block, below `classes`
 */
export function transformsOf(
  blocks: Float64Array,
  length: number,
  labels: Uint8Array,
  classes: number,
): ClassTransforms {
  const components = new Float64Array(classes * length * length);
  const variances = new Float64Array(classes * length);
  const shares = new Float64Array(classes);
  const ofAll = covarianceOf(blocks, length);
  const solver = new SymmetricEigensolver(length);
  try {
    for (let label = 0; label < classes; label++) {
      const own = blocksOf(blocks, length, labels, label);
      const count = own.length / length;
      shares[label] = count / labels.length;
      const weight = count < 2 ? 0 : count / (count + length);
      const ofClass = count < 2 ? ofAll : covarianceOf(own, length);
      const joined = ofClass.map((value, i) => weight * value + (1 - weight) * ofAll[i]!);
      const { values, vectors } = solver.decompose(joined);
      components.set(vectors, label * length * length);
      variances.set(values, label * length);
    }
  } finally {
    solver.release();
  }
  return { components, variances, shares };
}

function covarianceOf(blocks: Float64Array, length: number): Float64Array {
  const sum = new CovarianceSum(length);
  try {
    sum.add(blocks);
    return sum.result().covariance;
  } finally {
    sum.release();
  }
}

function blocksOf(blocks: Float64Array, length: number, labels: Uint8Array, label: number): Float64Array {
  const own = new Float64Array(blocks.length);
  let end = 0;
  labels.forEach((of, i) => {
    if (of !== label) return;
    own.set(blocks.subarray(i * length, (i + 1) * length), end);
    end += length;
  });
  return own.subarray(0, end);
}

/**
 * Assigns each block to the class in which it costs least. B·C·N² multiply–adds.
 *
 * @param step - Δ, in the unit of the blocks
 */
export function cheapestClasses(
  blocks: Float64Array,
  length: number,
  { components, shares }: ClassTransforms,
  step: number,
): ClassAssignment {
  const count = blocks.length / length;
  const labels = new Uint8Array(count);
  const least = new Float64Array(count).fill(Infinity);
  shares.forEach((share, label) => {
    if (share === 0) return;
    const rows = components.subarray(label * length * length, (label + 1) * length * length);
    const coefficients = matrixProduct(blocks, transposed(rows, length, length), length, length);
    blockRates(coefficients, length, step).forEach((bits, i) => {
      if (bits >= least[i]!) return;
      least[i] = bits;
      labels[i] = label;
    });
  });
  return { labels, rate: least.reduce((sum, bits) => sum + bits, 0) / blocks.length };
}

/** Classes sorted by their number of blocks, the largest first. */
function largestFirst({ components, variances, shares }: ClassTransforms, length: number): ClassTransforms {
  const order = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]! || a - b);
  const sorted = (values: Float64Array, size: number): Float64Array =>
    Float64Array.from(
      order.flatMap((label) => Array.from(values.subarray(label * size, (label + 1) * size))),
    );
  return {
    components: sorted(components, length * length),
    variances: sorted(variances, length),
    shares: sorted(shares, 1),
  };
}

async function learn(
  [blockLength, classCount, clustering]: readonly (number | string)[],
  { training, resumed, report, keep }: LearningContext,
): Promise<Learned> {
  const length = Number(blockLength);
  const classes = Number(classCount);
  await report(0, ROUNDS + 1);
  const blocks = training.blocks(length, SAMPLES / length);
  let labels: Uint8Array = resumed
    ? Uint8Array.from(resumed.arrays['labels']!)
    : clusteredBlocks(blocks, length, classes, clustering as Clustering, training.sampleRate);
  let best: Uint8Array = Uint8Array.from(resumed?.arrays['best'] ?? labels);
  const rates = Array.from(resumed?.arrays['rates'] ?? []);
  const moved = Array.from(resumed?.arrays['moved'] ?? []);
  for (let round = resumed?.iterations ?? 0; round < ROUNDS; round++) {
    await report(round + 1, ROUNDS + 1);
    const transforms = transformsOf(blocks, length, labels, classes);
    const { labels: next, rate } = cheapestClasses(blocks, length, transforms, STEP);
    if (rates.every((earlier) => rate < earlier)) best = Uint8Array.from(labels);
    let changes = 0;
    for (let i = 0; i < next.length; i++) if (next[i] !== labels[i]) changes++;
    rates.push(rate);
    moved.push(changes / next.length);
    labels = next;
    keep({
      iterations: round + 1,
      arrays: {
        labels: Float64Array.from(labels),
        best: Float64Array.from(best),
        rates: Float64Array.from(rates),
        moved: Float64Array.from(moved),
      },
    });
  }
  const found = largestFirst(transformsOf(blocks, length, best, classes), length);
  return {
    arrays: {
      components: Float32Array.from(found.components),
      variances: Float32Array.from(found.variances),
      shares: Float32Array.from(found.shares),
    },
    hyperparameters: {
      blockLength: length,
      classes,
      clustering: clustering!,
      samples: SAMPLES,
      rounds: ROUNDS,
      step: STEP,
      seed: SEED,
    },
    history: {
      rate: rates.map((value) => Number(value.toPrecision(8))),
      moved: moved.map((value) => Number(value.toPrecision(6))),
    },
  };
}

export const classifiedTransform: Learner = {
  family: 'classified',
  module: 'lib/learning/transforms/classified-transform.ts',
  learn,
};
