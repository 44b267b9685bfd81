/**
 * Learns independent components of blocks by FastICA (A. Hyvärinen, "Fast and robust fixed-point algorithms
 * for independent component analysis", IEEE Transactions on Neural Networks 10, 1999): blocks are whitened;
 * then the rotation is found whose components are least Gaussian by the contrast ln cosh.
 */
import { inverse, Matrix } from 'ml-matrix';
import { eigenDecomposition } from '../../numerics/eigen-decomposition';
import { matrixProduct, transposed } from '../../kernels/matrix';
import { covarianceOfBlocks } from './karhunen-loeve';
import type { IcaApproach } from '../../bases/blocks/ica';
import { LearningFailedError, requireFinite } from '../../numerics/finite-numbers';
import type { Learned, Learner, LearningContext } from '../learner';
import { polarFactor } from '../../numerics/polar-factor';

/** Number of blocks to learn from. */
const BLOCKS = 20_000;

/** Most iterations: of all components together (symmetric), or of each (one by one). */
const ITERATIONS = 200;

/** Change of direction, 1 − |cos|, below which a component has converged. */
const TOLERANCE = 1e-4;

/**
 * Least variance of a principal component, as a share of the largest one. Components below it hold only
 * rounding errors, as all but two do in a recording of pure hum. Whitened by their own variance, they would
 * be divided by almost zero.
 */
const VARIANCE_FLOOR = 1e-12;

/** Number of iterations between two kept states. */
const KEPT_EVERY = 10;

/** The fixed-point step E[z·g(wᵀz)] − E[g′(wᵀz)]·w for rows w (eq. 20), g = tanh. */
class FixedPoint {
  private readonly byTime: Float64Array;

  /** @param white - M whitened blocks of `length` samples, one after another */
  constructor(
    private readonly white: Float64Array,
    private readonly length: number,
  ) {
    this.byTime = transposed(white, white.length / length, length);
  }

  /**
   * @param rows - R × N
   * @returns as many new rows, not yet orthonormal
   */
  next(rows: Float64Array): Float64Array {
    const { white, length } = this;
    const count = white.length / length;
    const projections = matrixProduct(rows, this.byTime, length, count);
    const slopes = new Float64Array(rows.length / length);
    for (let k = 0; k < slopes.length; k++) {
      let slope = 0;
      for (let i = k * count; i < (k + 1) * count; i++) {
        const value = Math.tanh(projections[i]!);
        slope += 1 - value * value;
        projections[i] = value;
      }
      slopes[k] = slope / count;
    }
    const result = matrixProduct(projections, white, count, length);
    for (let i = 0; i < result.length; i++) {
      result[i] = result[i]! / count - slopes[Math.floor(i / length)]! * rows[i]!;
    }
    return result;
  }
}

/** Result of the search for components. */
export interface IcaResult {
  /** N × N, row by row: blocks times these rows are the components, of variance 1. */
  readonly unmixing: Float64Array;
  /** Largest change of direction in each iteration. */
  readonly changes: readonly number[];
}

/**
 * Independent components.
 *
 * @param blocks - M blocks of `length` samples, one after another; where they are not of full rank, the
 *   components beyond the rank are empty
 * @param covariance - covariance of the blocks, N × N
 * @param onIteration - receives the rotation after each iteration
 * @param resumed - rotation of an earlier run
 * @throws LearningFailedError when the blocks have no variance, or are not finite
 */
export async function fastIca(
  blocks: Float64Array,
  covariance: Float64Array,
  length: number,
  approach: IcaApproach,
  {
    tolerance = TOLERANCE,
    iterations = ITERATIONS,
    resumed,
    onIteration,
  }: {
    readonly tolerance?: number;
    readonly iterations?: number;
    readonly resumed?: { readonly rotation: Float64Array; readonly changes: readonly number[] } | undefined;
    readonly onIteration?: (rotation: Float64Array, changes: readonly number[]) => Promise<void>;
  } = {},
): Promise<IcaResult> {
  const whitening = whiteningOf(covariance, length);
  const fixedPoint = new FixedPoint(
    matrixProduct(blocks, transposed(whitening, length, length), length, length),
    length,
  );
  const rotation = resumed?.rotation ?? identity(length);
  const changes = [...(resumed?.changes ?? [])];
  if (approach === 'symmetric') {
    while (changes.length < iterations && (changes[changes.length - 1] ?? 1) > tolerance) {
      const next = polarFactor(fixedPoint.next(rotation), length);
      changes.push(largestTurn(rotation, next, length));
      // NaN compares as not above the tolerance, so it would pass for convergence.
      requireFinite(changes.slice(-1), 'the change of direction in an iteration of FastICA');
      rotation.set(next);
      await onIteration?.(rotation, changes);
    }
  } else {
    // Each entry of `changes` stands for a component that is finished; those components are not touched
    // again.
    for (let k = changes.length; k < length; k++) {
      const row = rotation.subarray(k * length, (k + 1) * length);
      orthonormalize(row, rotation, k, length);
      let change = 1;
      for (let i = 0; i < iterations && change > tolerance; i++) {
        const next = fixedPoint.next(row);
        orthonormalize(next, rotation, k, length);
        change = largestTurn(row, next, length);
        requireFinite([change], 'the change of direction in an iteration of FastICA');
        row.set(next);
      }
      changes.push(change);
      await onIteration?.(rotation, changes);
    }
  }
  return { unmixing: matrixProduct(rotation, whitening, length, length), changes };
}

/** The whitening matrix D^(−1/2)·Eᵀ of a covariance E·D·Eᵀ. */
function whiteningOf(covariance: Float64Array, length: number): Float64Array {
  const { values, vectors } = eigenDecomposition(covariance, length);
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  if (!(largest > 0)) throw new LearningFailedError('FastICA was given blocks without any variance.');
  const floor = VARIANCE_FLOOR * largest;
  return vectors.map((value, i) => value / Math.sqrt(Math.max(floor, values[Math.floor(i / length)]!)));
}

function identity(length: number): Float64Array {
  const matrix = new Float64Array(length * length);
  for (let i = 0; i < length; i++) matrix[i * length + i] = 1;
  return matrix;
}

/** Largest change of direction, 1 − |cos|, between corresponding rows of unit length. */
function largestTurn(before: Float64Array, after: Float64Array, length: number): number {
  let largest = 0;
  for (let start = 0; start < before.length; start += length) {
    let product = 0;
    for (let n = start; n < start + length; n++) product += before[n]! * after[n]!;
    largest = Math.max(largest, 1 - Math.abs(product));
  }
  return largest;
}

/** Makes a row orthogonal to the first `count` rows of a matrix, and of length 1. */
function orthonormalize(row: Float64Array, rows: Float64Array, count: number, length: number): void {
  for (let k = 0; k < count; k++) {
    let product = 0;
    for (let n = 0; n < length; n++) product += row[n]! * rows[k * length + n]!;
    for (let n = 0; n < length; n++) row[n] = row[n]! - product * rows[k * length + n]!;
  }
  const norm = Math.hypot(...row);
  for (let n = 0; n < length; n++) row[n] = row[n]! / norm;
}

async function learn(
  [blockLength, approach]: readonly (number | string)[],
  context: LearningContext,
): Promise<Learned> {
  const length = Number(blockLength);
  const { training, resumed, report, keep } = context;
  const steps = approach === 'symmetric' ? ITERATIONS : length;
  const { covariance } = await covarianceOfBlocks({ training, report: () => report(0, steps) }, length);
  const state = resumed && {
    rotation: resumed.arrays['rotation']!,
    changes: Array.from(resumed.arrays['changes']!),
  };
  const { unmixing, changes } = await fastIca(
    training.blocks(length, BLOCKS),
    covariance,
    length,
    approach as IcaApproach,
    {
      resumed: state,
      onIteration: async (rotation, known) => {
        if (known.length % KEPT_EVERY === 0) {
          keep({
            iterations: known.length,
            arrays: { rotation: rotation.slice(), changes: Float64Array.from(known) },
          });
        }
        await report(known.length, steps);
      },
    },
  );
  return {
    arrays: { atoms: Float32Array.from(atomsOf(unmixing, length)) },
    hyperparameters: { blockLength: length, approach: approach!, blocks: BLOCKS, tolerance: TOLERANCE },
    history: { change: changes.map((value) => Number(value.toPrecision(6))) },
  };
}

/**
 * The contribution of each component to a block, in rows, sorted by energy, the largest first. These are the
 * columns of the mixing matrix; since components have variance 1, the energy of a column is the energy that
 * its component contributes.
 */
function atomsOf(unmixing: Float64Array, length: number): Float64Array {
  const mixing = inverse(Matrix.from1DArray(length, length, unmixing))
    .transpose()
    .to2DArray();
  const energy = (atom: readonly number[]): number => atom.reduce((sum, value) => sum + value * value, 0);
  mixing.sort((a, b) => energy(b) - energy(a));
  return Float64Array.from(mixing.flat());
}

export const fastIcaLearner: Learner = {
  family: 'ica',
  module: 'lib/learning/transforms/fast-ica.ts',
  learn,
};
