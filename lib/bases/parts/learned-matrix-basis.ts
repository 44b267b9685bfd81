/**
 * Blocks of N samples in N functions that were learned: a dense matrix for each model.
 */
import { LearnedBasis } from '../learned';
import { BlockMatrixBasis, type BlockMatrices } from './block-matrix';
import { orthonormalRows } from './orthonormal-rows';

/** A learned basis whose model is one matrix. */
export class LearnedMatrixBasis extends LearnedBasis {
  /**
   * @param id - `"klt-64"`
   * @param blockLength - N
   * @param array - name of the array of the model, N × N, a function in each row
   * @param matricesOf - makes of it the functions, and the duals that an encoder needs where the functions are not
   *   orthonormal
   */
  constructor(
    id: string,
    readonly blockLength: number,
    array: string,
    matricesOf: (rows: Float32Array, length: number) => BlockMatrices,
  ) {
    const facts = { id, delay: blockLength - 1, multiplyAddsPerSample: blockLength };
    super({ ...facts, arrays: { [array]: blockLength ** 2 } }, ({ arrays, sha256 }) => {
      const matrices = matricesOf(arrays[array]!, blockLength);
      return new BlockMatrixBasis(`${id}/${sha256}`, blockLength, matrices, matrices.duals === undefined);
    });
  }
}

/** Orthonormal functions from rows that are so but for the precision that they were stored in. */
export function orthonormalMatrices(rows: Float32Array, length: number): BlockMatrices {
  return { functions: orthonormalRows(rows, length) };
}
