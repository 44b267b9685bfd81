/**
 * Blocks that are multiplied by a matrix: for bases without a fast transform.
 */
import { matrixProduct, transposed } from '../../kernels/matrix';
import { BlockBasis } from './block-basis';

/** The functions of a block, and those that they are measured with. */
export interface BlockMatrices {
  /** N × N, a function in each row: what a coefficient adds to the signal. */
  readonly functions: Float64Array;
  /**
   * N × N, a function in each row: coefficient k is its inner product with the signal. The dual basis; left out where
   * the functions are orthonormal and so their own duals.
   */
  readonly duals?: Float64Array;
}

/**
 * A sample of a decoded block is the sum over the functions in their order: the matrix
 * product adds in this order alone, with SIMD and without.
 */
export class BlockMatrixBasis extends BlockBasis {
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  private readonly functions: Float64Array;
  /** A dual function in each column. */
  private readonly analysis: Float64Array;

  /**
   * @param blockLength - N
   * @param orthonormal - whether the functions are
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
