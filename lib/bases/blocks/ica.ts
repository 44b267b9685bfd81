/**
 * Independent components: blocks as sums of the atoms that FastICA found in other recordings
 * (`lib/learning/transforms/fast-ica.ts`). The atoms are not orthogonal: the quantization errors of two coefficients of
 * a block can add up or cancel in the signal.
 */
import { inverse, Matrix } from 'ml-matrix';
import { allowedParameter, powersOfTwo } from '../basis';
import type { BlockMatrices } from '../parts/block-matrix';
import { LearnedMatrixBasis } from '../parts/learned-matrix-basis';
import { unitRows } from '../parts/orthonormal-rows';

/** How FastICA finds components: all at once, or one after another. */
export const ICA_APPROACHES = ['symmetric', 'deflation'] as const;
export type IcaApproach = (typeof ICA_APPROACHES)[number];

/** Block lengths of independent components. */
export const ICA_BLOCK_LENGTHS: readonly number[] = powersOfTwo(3, 8);

/**
 * Blocks of N samples, each a sum of N atoms of unit energy. Subband k holds the coefficients of k-th largest variance.
 */
export class IndependentComponentsBasis extends LearnedMatrixBasis {
  /**
   * @param blockLength - N, one of {@link ICA_BLOCK_LENGTHS}
   * @param approach - how the components were found, one of {@link ICA_APPROACHES}
   * @throws BasisParameterError
   */
  constructor(
    blockLength: number,
    readonly approach: IcaApproach,
  ) {
    allowedParameter('block length of independent components', blockLength, ICA_BLOCK_LENGTHS);
    allowedParameter('search for independent components', approach, ICA_APPROACHES);
    super(`ica-${blockLength}-${approach}`, blockLength, 'atoms', matricesOf);
  }
}

/** Atoms of unit energy, and the dual basis, which only an encoder needs. */
function matricesOf(atoms: Float32Array, length: number): BlockMatrices {
  const functions = unitRows(atoms, length);
  const duals = inverse(Matrix.from1DArray(length, length, functions)).transpose();
  return { functions, duals: Float64Array.from(duals.to1DArray()) };
}
