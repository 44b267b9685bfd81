/**
 * Blocks multiplied by a matrix, for bases without a fast transform.
 */
import { matrixProduct, transposed } from '../../kernels/matrix';
import { BlockBasis } from './block-basis';

/** The functions of a block, and the dual functions that give its coefficients. */
export interface BlockMatrices {
  /** N × N, a function in each row: a coefficient of 1 adds this row to the block. */
  readonly functions: Float64Array;
  /**
   * The dual basis, N × N, a function in each row: coefficient k is the inner product of row k with the block. Left out
   * if the functions are orthonormal, since they are then their own duals.
   */
  readonly duals?: Float64Array;
}

/**
 * Blocks times a matrix. A decoded sample is summed over the functions in their order; the matrix product keeps this
 * order with and without SIMD, and another order would break decoding.
 */
export class BlockMatrixBasis extends BlockBasis {
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  private readonly functions: Float64Array;
  /** A dual function in each column. */
  private readonly analysis: Float64Array;

  /**
   * @param blockLength - N
   * @param orthonormal - whether the functions are orthonormal
   */
  constructor(
    readonly id: string,
    blockLength: number,
    { functions, duals = functions }: BlockMatrices,
    readonly orthonormal = true,
  ) {
    super(blockLength);
    this.delay = blockLength - 1;
    this.multiplyAddsPerSample = blockLength;
    this.functions = functions;
    this.analysis = transposed(duals, blockLength, blockLength);
  }

  /** Function k of a block. */
  blockFunction(k: number): Float64Array {
    return this.functions.slice(k * this.blockLength, (k + 1) * this.blockLength);
  }

  protected toSubbands(blocks: Float64Array): Float64Array {
    const { blockLength, analysis } = this;
    const products = matrixProduct(blocks, analysis, blockLength, blockLength);
    return transposed(products, blocks.length / blockLength, blockLength);
  }

  protected fromSubbands(values: Float64Array): Float64Array {
    const { blockLength, functions } = this;
    const products = transposed(values, blockLength, values.length / blockLength);
    return matrixProduct(products, functions, blockLength, blockLength);
  }
}
