/**
 * Learns the orthogonal transform in which blocks have the fewest large coefficients (S. Ravishankar and Y.
 * Bresler, "ℓ0 sparsifying transform learning with efficient optimal updates and convergence guarantees",
 * IEEE Transactions on Signal Processing 63, 2015; with orthogonality: C. Bao, H. Ji and Z. Shen,
 * "Convergence analysis for iterative data-driven tight frame construction scheme", Applied and Computational
 * Harmonic Analysis 38, 2015).
 *
 * Two steps alternate: coefficients are shrunk, Z = shrink(W·X); then W becomes the orthogonal matrix nearest
 * to Z·Xᵀ. With a hard threshold this minimizes ‖W·X − Z‖² + τ²·‖Z‖₀. With the shrinkage c·c²/(c² + Δ²/4) it
 * minimizes the estimated rate Σ ½·log₂(1 + 4·c²/Δ²). That rate is concave in c², so its tangent lies above
 * it. Since the energy of the coefficients never changes, the transform that lowers the tangent most is again
 * the nearest one (minimization by a majorant). Neither objective ever rises.
 */
import { eigenDecomposition } from '../../numerics/eigen-decomposition';
import { matrixProduct, transposed } from '../../kernels/matrix';
import { covarianceOfBlocks } from './karhunen-loeve';
import type { SparsityObjective } from '../../bases/blocks/sparsifying';
import type { Learned, Learner, LearningContext } from '../learner';
import { polarFactor } from '../../numerics/polar-factor';

/** Number of blocks to learn from. */
const BLOCKS = 40_000;

const ITERATIONS = 150;

/** Number of iterations between two kept states. */
const KEPT_EVERY = 10;

/** Threshold and quantizer step for a signal of variance 1: those of about CR 20. */
const STEP = 0.8;

/** Result of one iteration. */
export interface TransformStep {
  /** N × N, one function in each row. */
  readonly transform: Float64Array;
  /** Objective before the iteration, as a mean over samples. */
  readonly objective: number;
}

/** The iteration, with the blocks and the working memory that it needs. */
export class SparsifyingIteration {
  private readonly count: number;

  /**
   * @param blocks - M blocks of `length` samples, one after another
   * @param step - τ or Δ, in the unit of the blocks
   */
  constructor(
    private readonly blocks: Float64Array,
    private readonly length: number,
    private readonly objective: SparsityObjective,
    private readonly step: number,
  ) {
    this.count = blocks.length / length;
  }

  /** One iteration: shrinks the coefficients and solves one Procrustes problem. 2·M·N² multiply–adds. */
  next(transform: Float64Array): TransformStep {
    const { blocks, length, count } = this;
    const coefficients = matrixProduct(blocks, transposed(transform, length, length), length, length);
    const value =
      this.objective === 'count'
        ? shrinkToFew(coefficients, this.step)
        : shrinkToRate(coefficients, this.step);
    const nearest = matrixProduct(transposed(coefficients, count, length), blocks, count, length);
    return { transform: polarFactor(nearest, length), objective: value / blocks.length };
  }
}

/** Sets coefficients below the threshold to 0. @returns ‖C − Z‖² + τ²·‖Z‖₀ */
function shrinkToFew(coefficients: Float64Array, threshold: number): number {
  const square = threshold * threshold;
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) {
    const energy = coefficients[i]! * coefficients[i]!;
    if (energy < square) {
      sum += energy;
      coefficients[i] = 0;
    } else sum += square;
  }
  return sum;
}

/** Shrinks each coefficient c to c·c²/(c² + Δ²/4). @returns Σ ½·log₂(1 + 4·c²/Δ²), bits */
function shrinkToRate(coefficients: Float64Array, step: number): number {
  const knee = (step * step) / 4;
  let bits = 0;
  for (let i = 0; i < coefficients.length; i++) {
    const value = coefficients[i]!;
    const energy = value * value;
    bits += Math.log2(1 + energy / knee);
    coefficients[i] = (value * energy) / (energy + knee);
  }
  return bits / 2;
}

/** Rows sorted by the energy of blocks along them, the largest first. */
function inOrderOfEnergy(transform: Float64Array, covariance: Float64Array, length: number): Float64Array {
  const row = (k: number): Float64Array => transform.subarray(k * length, (k + 1) * length);
  const energies = Array.from({ length }, (_, k) => {
    const own = row(k);
    let energy = 0;
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) energy += own[i]! * own[j]! * covariance[i * length + j]!;
    }
    return energy;
  });
  const order = energies.map((_, k) => k).sort((a, b) => energies[b]! - energies[a]!);
  const result = new Float64Array(transform.length);
  order.forEach((from, k) => result.set(row(from), k * length));
  return result;
}

async function learn(
  [blockLength, objective]: readonly (number | string)[],
  context: LearningContext,
): Promise<Learned> {
  const length = Number(blockLength);
  const { training, resumed, report, keep } = context;
  const { covariance } = await covarianceOfBlocks({ training, report: () => report(0, ITERATIONS) }, length);
  const iteration = new SparsifyingIteration(
    training.blocks(length, BLOCKS),
    length,
    objective as SparsityObjective,
    STEP,
  );
  let transform = resumed?.arrays['transform'] ?? eigenDecomposition(covariance, length).vectors;
  const objectives = Array.from(resumed?.arrays['objectives'] ?? []);
  for (let i = resumed?.iterations ?? 0; i < ITERATIONS; i++) {
    await report(i, ITERATIONS);
    const step = iteration.next(transform);
    transform = step.transform;
    objectives.push(step.objective);
    if ((i + 1) % KEPT_EVERY === 0) {
      keep({ iterations: i + 1, arrays: { transform, objectives: Float64Array.from(objectives) } });
    }
  }
  return {
    arrays: { transform: Float32Array.from(inOrderOfEnergy(transform, covariance, length)) },
    hyperparameters: {
      blockLength: length,
      objective: objective!,
      step: STEP,
      blocks: BLOCKS,
      iterations: ITERATIONS,
    },
    history: { objective: objectives.map((value) => Number(value.toPrecision(8))) },
  };
}

export const sparsifyingTransform: Learner = {
  family: 'sparsifying',
  module: 'lib/learning/transforms/sparsifying-transform.ts',
  learn,
};
