/**
 * Learns a linear prediction of the next magnitude from the magnitudes nearby, for trellis-quantized
 * coefficients of lapped cosines (weighted least squares), and the statistics of the contexts made from it.
 */
import { Matrix, solve } from 'ml-matrix';
import {
  LinearNeighborhood,
  NEIGHBOR_CLASSES,
  neighborClass,
  REGRESSORS,
} from '../../coding/contexts/linear-neighborhood';
import {
  CONTEXT_BLOCK_LENGTH,
  CONTEXT_RECORDINGS,
  CONTEXT_STEPS,
  learnContexts,
  partOf,
  passOver,
  quantizedRecordings,
} from './context-statistics';
import type { Learned, Learner, LearningContext } from '../learner';

/**
 * Least expected magnitude in the weights of the least squares: without it, silent neighborhoods would
 * outweigh all others.
 */
const LEAST_EXPECTED = 0.05;
const RIDGE = 1e-3;

/** Weights of the magnitudes nearby, by weighted least squares for each class of subbands. */
class NeighborRegression {
  private readonly products = new Float64Array(NEIGHBOR_CLASSES * REGRESSORS * REGRESSORS);
  private readonly targets = new Float64Array(NEIGHBOR_CLASSES * REGRESSORS);

  add(ofClass: number, regressors: Float64Array, magnitude: number): void {
    const { products, targets } = this;
    // The spread of a magnitude grows with its mean, so errors are weighted by the inverse square of the
    // mean.
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

/** A neighborhood that adds every coefficient it sees to a regression. */
class ObservedNeighborhood extends LinearNeighborhood {
  constructor(
    private readonly regression: NeighborRegression,
    weights: Float32Array,
    subbands: number,
  ) {
    super(weights, subbands);
  }

  override learn(k: number, magnitude: number): void {
    this.regression.add(neighborClass(k), this.regressors, magnitude);
    super.learn(k, magnitude);
  }
}

/** Initial weights: the running mean alone. */
function firstWeights(): Float32Array {
  const weights = new Float32Array(NEIGHBOR_CLASSES * REGRESSORS);
  for (let i = 0; i < NEIGHBOR_CLASSES; i++) weights[(i + 1) * REGRESSORS - 1] = 1;
  return weights;
}

/**
 * Learns in passes over the same coefficients: first the neighborhoods, then the counts, then the mixing
 * weights.
 */
async function learn(
  _values: readonly (number | string)[],
  { training, report }: LearningContext,
): Promise<Learned> {
  const sets = await quantizedRecordings(training, partOf(report, 0, 4));
  const regression = new NeighborRegression();
  const first = await passOver(
    sets,
    (subbands) => new ObservedNeighborhood(regression, firstWeights(), subbands),
    partOf(report, 1, 4),
  );
  const neighbors = regression.solve();
  const { model, bitsPerSample } = await learnContexts(
    sets,
    (subbands) => new LinearNeighborhood(neighbors, subbands),
    partOf(report, 1, 2),
  );
  return {
    arrays: { neighbors, ...model },
    hyperparameters: {
      recordings: Math.min(CONTEXT_RECORDINGS, training.recordings.length),
      steps: CONTEXT_STEPS.join(' '),
      blockLength: CONTEXT_BLOCK_LENGTH,
    },
    history: {
      bitsPerSample: [first.bitsPerSample, ...bitsPerSample].map((bits) => Number(bits.toPrecision(7))),
    },
  };
}

export const coefficientContexts: Learner = {
  family: 'contexts',
  module: 'lib/learning/contexts/coefficient-contexts.ts',
  learn,
};
