/**
 * Learns the Karhunen–Loève transform of a fold.
 */
import { CovarianceSum, type MeanAndCovariance } from '../../kernels/covariance';
import { eigenDecomposition } from '../../numerics/eigen-decomposition';
import type { Learned, Learner, LearningContext } from '../learner';

/**
 * Covariance of all blocks of a training set. Blocks overlap by half, since the signal has no block
 * boundaries of its own.
 *
 * @param report - receives the progress
 */
export async function covarianceOfBlocks(
  { training, report }: Pick<LearningContext, 'training' | 'report'>,
  length: number,
): Promise<MeanAndCovariance> {
  const sum = new CovarianceSum(length);
  try {
    let done = 0;
    for (const signal of training.signals()) {
      for (const start of [0, length >> 1]) {
        const count = Math.floor((signal.length - start) / length);
        if (count > 0) sum.add(signal.subarray(start, start + count * length));
      }
      await report(++done, training.recordings.length);
    }
    return sum.result();
  } finally {
    sum.release();
  }
}

/**
 * Learns the principal components of blocks of a fold, sorted by variance, the largest first.
 *
 * @returns `components`, N × N, one in each row, and `variances`, N
 */
async function learn(
  [blockLength]: readonly (number | string)[],
  context: LearningContext,
): Promise<Learned> {
  const length = Number(blockLength);
  const { covariance } = await covarianceOfBlocks(context, length);
  const { values, vectors } = eigenDecomposition(covariance, length);
  return {
    arrays: { components: Float32Array.from(vectors), variances: Float32Array.from(values) },
    hyperparameters: { blockLength: length },
    history: {},
  };
}

export const karhunenLoeve: Learner = {
  family: 'klt',
  module: 'lib/learning/transforms/karhunen-loeve.ts',
  learn,
};
