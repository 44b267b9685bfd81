/**
 * Learns overcomplete dictionaries, in which blocks are sums of few atoms.
 *
 * K-SVD (M. Aharon, M. Elad and A. Bruckstein, "K-SVD: an algorithm for designing overcomplete dictionaries
 * for sparse representation", IEEE Transactions on Signal Processing 54, 2006; in the approximate form of R.
 * Rubinstein, M. Zibulevsky and M. Elad, Technion CS-2008-08): all blocks are coded; then each atom, with its
 * coefficients, is replaced by the best fit to the blocks that use it. Online learning (J. Mairal, F. Bach,
 * J. Ponce and G. Sapiro, "Online dictionary learning for sparse coding", ICML 2009) sees a few blocks at a
 * time, keeps Σ z·zᵀ and Σ x·zᵀ, and improves each atom once by them (algorithm 2); here, blocks are coded by
 * orthogonal matching pursuit as in the codec, not by the lasso.
 */
import { OrthogonalMatchingPursuit } from '../../kernels/orthogonal-matching-pursuit';
import type { SparseCodes } from '../../kernels/reference/orthogonal-matching-pursuit';
import type { DictionaryMethod } from '../../bases/frames/dictionary';
import type { Learned, Learner, LearningContext } from '../learner';
import { scaleAtom } from './unit-energy';

/** Number of blocks to learn from. */
const BLOCKS = 30_000;

/** Rounds of K-SVD over all blocks; the online method makes as many passes. */
const ROUNDS = 20;

/** Blocks in a batch of the online method. */
const BATCH = 500;

/** Most atoms of a block, as a share of its samples. */
const SPARSITY = 1 / 8;

/**
 * Coding of a block stops at this squared error of a sample, for a signal of variance 1. Codecs have it at about CR 20.
 */
const ENOUGH = 0.03;

/** Atoms, in rows. */
export interface DictionaryState {
  readonly atoms: Float64Array;
  /** Result of the last round: mean squared error of a sample, and mean number of atoms of a block. */
  readonly error: number;
  readonly nonzeros: number;
}

type Codes = SparseCodes<Float64Array>;

/** Learning by either method, round by round. */
export class DictionaryLearning {
  private readonly count: number;
  private readonly limit: number;
  /** State of the online method: Σ z·zᵀ and Σ x·zᵀ. */
  private readonly pairs: Float64Array;
  private readonly products: Float64Array;

  /**
   * @param blocks - blocks of `length` samples, one after another
   * @param atoms - initial atoms, in rows of unit energy; changed in place
   */
  constructor(
    private readonly blocks: Float64Array,
    private readonly length: number,
    readonly atoms: Float64Array,
    private readonly method: DictionaryMethod,
    sums?: { readonly pairs: Float64Array; readonly products: Float64Array },
  ) {
    this.count = atoms.length / length;
    this.limit = Math.max(1, Math.round(SPARSITY * length));
    this.pairs = sums?.pairs ?? new Float64Array(this.count * this.count);
    this.products = sums?.products ?? new Float64Array(this.count * length);
  }

  /** State beside the atoms that a resumed run needs. */
  sums(): { readonly pairs: Float64Array; readonly products: Float64Array } {
    return { pairs: this.pairs, products: this.products };
  }

  /** One round over all blocks. */
  next(): DictionaryState {
    const { blocks, length } = this;
    const batch = this.method === 'ksvd' ? blocks.length : BATCH * length;
    let error = 0;
    let nonzeros = 0;
    for (let start = 0; start < blocks.length; start += batch) {
      const some = blocks.subarray(start, start + batch);
      const codes = this.code(some);
      const residual = this.residualOf(some, codes);
      for (const value of residual) error += value * value;
      for (const number of codes.counts) nonzeros += number;
      if (this.method === 'ksvd') this.renewByUse(codes, residual);
      else this.renewBySums(some, codes);
    }
    return { atoms: this.atoms, error: error / blocks.length, nonzeros: (nonzeros * length) / blocks.length };
  }

  private code(blocks: Float64Array): Codes {
    const pursuit = new OrthogonalMatchingPursuit(this.atoms, this.length, 'float64');
    try {
      return pursuit.code(blocks, { nonzeros: this.limit, tolerance: ENOUGH * this.length });
    } finally {
      pursuit.release();
    }
  }

  private residualOf(blocks: Float64Array, { counts, indices, coefficients, limit }: Codes): Float64Array {
    const { length, atoms } = this;
    const residual = blocks.slice();
    for (let block = 0; block < counts.length; block++) {
      for (let i = block * limit; i < block * limit + counts[block]!; i++) {
        const atom = indices[i]! * length;
        const factor = coefficients[i]!;
        const at = block * length;
        for (let n = 0; n < length; n++) residual[at + n] = residual[at + n]! - factor * atoms[atom + n]!;
      }
    }
    return residual;
  }

  /**
   * Second half of a round of K-SVD: each atom, then its coefficients, is fitted to the residual of the
   * others.
   */
  private renewByUse({ counts, indices, coefficients, limit }: Codes, residual: Float64Array): void {
    const { length, atoms, count } = this;
    const uses: number[][] = Array.from({ length: count }, () => []);
    for (let block = 0; block < counts.length; block++) {
      for (let i = block * limit; i < block * limit + counts[block]!; i++) uses[indices[i]!]!.push(i);
    }
    for (let k = 0; k < count; k++) {
      const atom = atoms.subarray(k * length, (k + 1) * length);
      if (uses[k]!.length === 0) {
        this.replace(atom, residual);
        continue;
      }
      const sum = new Float64Array(length);
      let power = 0;
      for (const i of uses[k]!) {
        const at = Math.floor(i / limit) * length;
        const factor = coefficients[i]!;
        power += factor * factor;
        for (let n = 0; n < length; n++) sum[n] = sum[n]! + factor * residual[at + n]!;
      }
      // Residual without this atom, weighted by its coefficients: the present residual plus the atom's own
      // part.
      for (let n = 0; n < length; n++) sum[n] = sum[n]! + power * atom[n]!;
      const before = atom.slice();
      if (!scaleAtom(sum)) continue;
      atom.set(sum);
      for (const i of uses[k]!) {
        const at = Math.floor(i / limit) * length;
        const old = coefficients[i]!;
        let product = 0;
        for (let n = 0; n < length; n++) product += (residual[at + n]! + old * before[n]!) * atom[n]!;
        coefficients[i] = product;
        for (let n = 0; n < length; n++) {
          residual[at + n] = residual[at + n]! + old * before[n]! - product * atom[n]!;
        }
      }
    }
  }

  /** Replaces an unused atom by the worst coded block. */
  private replace(atom: Float64Array, residual: Float64Array): void {
    const { length, blocks } = this;
    let worst = 0;
    let most = -1;
    for (let start = 0; start < residual.length; start += length) {
      let energy = 0;
      for (let n = start; n < start + length; n++) energy += residual[n]! * residual[n]!;
      if (energy > most) [most, worst] = [energy, start];
    }
    const block = blocks.slice(worst, worst + length);
    residual.fill(0, worst, worst + length);
    if (scaleAtom(block)) atom.set(block);
  }

  /** Algorithm 2 of Mairal et al., once through the atoms. */
  private renewBySums(blocks: Float64Array, { counts, indices, coefficients, limit }: Codes): void {
    const { length, atoms, count, pairs, products } = this;
    for (let block = 0; block < counts.length; block++) {
      const end = block * limit + counts[block]!;
      for (let i = block * limit; i < end; i++) {
        for (let j = block * limit; j < end; j++) {
          const at = indices[i]! * count + indices[j]!;
          pairs[at] = pairs[at]! + coefficients[i]! * coefficients[j]!;
        }
        const at = indices[i]! * length;
        for (let n = 0; n < length; n++) {
          products[at + n] = products[at + n]! + coefficients[i]! * blocks[block * length + n]!;
        }
      }
    }
    for (let k = 0; k < count; k++) {
      const power = pairs[k * count + k]!;
      if (power === 0) continue;
      const atom = atoms.subarray(k * length, (k + 1) * length);
      const step = new Float64Array(length);
      for (let j = 0; j < count; j++) {
        const pair = pairs[k * count + j]!;
        if (pair === 0) continue;
        for (let n = 0; n < length; n++) step[n] = step[n]! - pair * atoms[j * length + n]!;
      }
      for (let n = 0; n < length; n++) {
        step[n] = (products[k * length + n]! + step[n]!) / power + atom[n]!;
      }
      // The atom is scaled to unit energy, so that scale lies in the coefficients alone.
      if (scaleAtom(step)) atom.set(step);
    }
  }
}

/**
 * Cosines, with more frequencies than samples where the dictionary is overcomplete. Together with the
 * constant they span all blocks.
 */
export function overcompleteCosines(length: number, count: number): Float64Array {
  const atoms = new Float64Array(count * length);
  for (let k = 0; k < count; k++) {
    const atom = atoms.subarray(k * length, (k + 1) * length);
    for (let n = 0; n < length; n++) atom[n] = Math.cos((Math.PI * k * (n + 0.5)) / count);
    scaleAtom(atom);
  }
  return atoms;
}

async function learn(
  [blockLength, redundancy, method]: readonly (number | string)[],
  { training, resumed, report, keep }: LearningContext,
): Promise<Learned> {
  const length = Number(blockLength);
  await report(0, ROUNDS);
  const { atoms, pairs, products } = resumed?.arrays ?? {};
  const learning = new DictionaryLearning(
    training.blocks(length, BLOCKS),
    length,
    atoms ?? overcompleteCosines(length, length * Number(redundancy)),
    method as DictionaryMethod,
    pairs && products && { pairs, products },
  );
  const errors = Array.from(resumed?.arrays['errors'] ?? []);
  const nonzeros = Array.from(resumed?.arrays['nonzeros'] ?? []);
  for (let i = resumed?.iterations ?? 0; i < ROUNDS; i++) {
    await report(i, ROUNDS);
    const round = learning.next();
    errors.push(round.error);
    nonzeros.push(round.nonzeros);
    keep({
      iterations: i + 1,
      arrays: {
        atoms: learning.atoms.slice(),
        pairs: learning.sums().pairs.slice(),
        products: learning.sums().products.slice(),
        errors: Float64Array.from(errors),
        nonzeros: Float64Array.from(nonzeros),
      },
    });
  }
  return {
    arrays: { atoms: Float32Array.from(learning.atoms) },
    hyperparameters: {
      blockLength: length,
      redundancy: Number(redundancy),
      method: method!,
      blocks: BLOCKS,
      rounds: ROUNDS,
      enough: ENOUGH,
    },
    history: {
      error: errors.map((value) => Number(value.toPrecision(6))),
      nonzeros: nonzeros.map((value) => Number(value.toPrecision(6))),
    },
  };
}

export const dictionary: Learner = {
  family: 'dictionary',
  module: 'lib/learning/dictionaries/dictionary.ts',
  learn,
};
