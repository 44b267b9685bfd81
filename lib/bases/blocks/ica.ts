/**
 * Independent components: blocks as sums of the atoms that FastICA found in other recordings (`lib/learning/transforms/fast-ica.ts`).
 * The atoms are not orthogonal: what the quantizer does to one coefficient is seen in others, too.
 */
import { inverse, Matrix } from 'ml-matrix';
import { ICA_APPROACHES, type IcaApproach } from '../../learning/transforms/fast-ica';
import { allowedParameter, powersOfTwo } from '../basis';
import { BlockMatrixBasis, type BlockMatrices } from '../parts/block-matrix';
import { LearnedBasis } from '../learned';

/** Block lengths of independent components. */
export const ICA_BLOCK_LENGTHS: readonly number[] = powersOfTwo(3, 8);

/** Blocks of N samples, each a sum of N atoms of unit energy; subband k holds those of k-th largest variance. */
export class IndependentComponentsBasis extends LearnedBasis {
  /**
   * @param blockLength - N, one of {@link ICA_BLOCK_LENGTHS}
   * @param approach - how they were searched for, one of {@link ICA_APPROACHES}
   * @throws BasisParameterError
   */
  constructor(
    readonly blockLength: number,
    readonly approach: IcaApproach,
  ) {
    allowedParameter('block length of independent components', blockLength, ICA_BLOCK_LENGTHS);
    allowedParameter('search for independent components', approach, ICA_APPROACHES);
    const id = `ica-${blockLength}-${approach}`;
    super(
      { id, delay: blockLength - 1, multiplyAddsPerSample: blockLength },
      ({ arrays, sha256 }) =>
        new BlockMatrixBasis(
          `${id}/${sha256}`,
          blockLength,
          matricesOf(arrays['atoms']!, blockLength),
          false,
        ),
    );
  }
}

/** Atoms of unit energy, and the dual basis, which only an encoder needs. */
function matricesOf(atoms: Float32Array, length: number): BlockMatrices {
  const functions = Float64Array.from(atoms);
  for (let start = 0; start < functions.length; start += length) {
    let energy = 0;
    for (let n = start; n < start + length; n++) energy += functions[n]! * functions[n]!;
    const norm = Math.sqrt(energy);
    for (let n = start; n < start + length; n++) functions[n] = functions[n]! / norm;
  }
  const duals = inverse(Matrix.from1DArray(length, length, functions)).transpose();
  return { functions, duals: Float64Array.from(duals.to1DArray()) };
}
