/**
 * Overcomplete dictionaries: each block is a sum of few atoms. The atoms were learned from other recordings
 * (`lib/learning/dictionaries/dictionary.ts`); batch orthogonal matching pursuit chooses them.
 */
import { OrthogonalMatchingPursuit } from '../../kernels/orthogonal-matching-pursuit';
import { matrixProduct, transposed } from '../../kernels/matrix';
import {
  allowedParameter,
  powersOfTwo,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { quantizedMagnitude } from '../parts/coefficient-cost';
import { wholeFrames } from '../parts/frames-of-blocks';
import { unitRows } from '../parts/orthonormal-rows';
import { LearnedBasis } from '../learned';

export const DICTIONARY_METHODS = ['ksvd', 'online'] as const;
export type DictionaryMethod = (typeof DICTIONARY_METHODS)[number];

/** Block lengths of dictionaries. */
export const DICTIONARY_BLOCK_LENGTHS: readonly number[] = powersOfTwo(3, 7);

/** Atoms for each sample of a block: 1 is a basis, more are overcomplete. */
export const REDUNDANCIES: readonly number[] = [1, 2, 4];

/**
 * Mean squared error of a block, in steps², at which the pursuit stops: the error that a transform leaves at a CR of
 * about 20.
 */
const ENOUGH = 0.05;

/** Rounds of rounding the factors of a block, one factor after another. */
const PASSES = 3;

/** The basis of one model: blocks as sums of its atoms. */
class AtomsOfBlocks implements Basis {
  readonly orthonormal = false;
  readonly quantizesItself = true;
  readonly delay: number;

  constructor(
    readonly id: string,
    private readonly blockLength: number,
    readonly multiplyAddsPerSample: number,
    /** An atom of unit energy in each row. */
    private readonly atoms: Float64Array,
  ) {
    this.delay = blockLength - 1;
  }

  /** Subband k holds the coefficients of atom k, one for each block. */
  layout(length: number): CoefficientLayout {
    const { blockLength, atoms } = this;
    const blocks = Math.ceil(length / blockLength);
    const count = atoms.length / blockLength;
    return {
      signalLength: length,
      coefficientCount: count * blocks,
      hop: blockLength,
      subbands: Array.from({ length: count }, (_, k) => ({
        offset: k * blocks,
        length: blocks,
        timeStep: blockLength,
      })),
    };
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const { blockLength, atoms } = this;
    const layout = this.layout(signal.length);
    const values = new Float64Array(layout.coefficientCount);
    const blocks = layout.subbands[0]!.length;
    const pursuit = new OrthogonalMatchingPursuit(atoms, blockLength, 'float64');
    try {
      const tolerance = ENOUGH * step * step * blockLength;
      const samples = wholeFrames(signal, blockLength);
      const codes = pursuit.code(samples, { nonzeros: blockLength, tolerance });
      for (let block = 0; block < blocks; block++) {
        const first = block * codes.limit;
        const end = first + codes.counts[block]!;
        const chosen = codes.indices.subarray(first, end);
        const factors = codes.coefficients.subarray(first, end);
        this.quantize(
          samples.subarray(block * blockLength, (block + 1) * blockLength),
          chosen,
          factors,
          step,
        );
        chosen.forEach((atom, i) => (values[atom * blocks + block] = factors[i]!));
      }
    } finally {
      pursuit.release();
    }
    return { values, layout };
  }

  /**
   * Rounds the factors of a block to whole steps, each one in turn so that it compensates the errors of all others:
   * atoms are not orthogonal, and independent rounding errors would add up. It starts from zeros, in the order in which
   * the atoms were chosen. Starting from the rounded least-squares factors would come closer to the block, but with
   * values several times as large, because similar atoms cancel each other.
   */
  private quantize(block: Float64Array, chosen: Uint32Array, factors: Float64Array, step: number): void {
    const { blockLength, atoms } = this;
    const rest = block.slice();
    const add = (atom: number, factor: number): void => {
      const start = atom * blockLength;
      for (let n = 0; n < blockLength; n++) rest[n] = rest[n]! + factor * atoms[start + n]!;
    };
    const inSteps = (factor: number): number => Math.sign(factor) * quantizedMagnitude(factor / step) * step;
    factors.fill(0);
    for (let pass = 0; pass < PASSES; pass++) {
      for (let i = 0; i < chosen.length; i++) {
        const start = chosen[i]! * blockLength;
        let product = factors[i]!;
        for (let n = 0; n < blockLength; n++) product += rest[n]! * atoms[start + n]!;
        const rounded = inSteps(product);
        if (rounded === factors[i]) continue;
        add(chosen[i]!, factors[i]! - rounded);
        factors[i] = rounded;
      }
    }
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { blockLength, atoms } = this;
    const count = layout.subbands.length;
    const byBlock = transposed(values, count, values.length / count);
    return matrixProduct(byBlock, atoms, count, blockLength).subarray(0, layout.signalLength);
  }
}

/** Blocks of N samples as sums of few atoms out of r·N. */
export class DictionaryBasis extends LearnedBasis {
  /**
   * @param blockLength - N, one of {@link DICTIONARY_BLOCK_LENGTHS}
   * @param redundancy - r, one of {@link REDUNDANCIES}
   * @param method - learning method, one of {@link DICTIONARY_METHODS}
   * @throws BasisParameterError
   */
  constructor(
    readonly blockLength: number,
    readonly redundancy: number,
    readonly method: DictionaryMethod,
  ) {
    allowedParameter('block length of a dictionary', blockLength, DICTIONARY_BLOCK_LENGTHS);
    allowedParameter('redundancy of a dictionary', redundancy, REDUNDANCIES);
    allowedParameter('method of learning a dictionary', method, DICTIONARY_METHODS);
    const id = `dictionary-${blockLength}-${redundancy}-${method}`;
    // Products with all atoms; at the highest rates also N/2 chosen atoms, each of which adds one direction.
    const cost = redundancy * blockLength * (1 + blockLength / 8);
    super(
      {
        id,
        arrays: { atoms: redundancy * blockLength ** 2 },
        delay: blockLength - 1,
        multiplyAddsPerSample: cost,
        quantizesItself: true,
      },
      ({ arrays, sha256 }) => {
        const atoms = unitRows(arrays['atoms']!, blockLength);
        return new AtomsOfBlocks(`${id}/${sha256}`, blockLength, cost, atoms);
      },
    );
  }
}
