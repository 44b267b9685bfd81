/**
 * Blocks that are multiplied by a matrix: for bases without a fast transform.
 */
import { matrixProduct, transposed } from '../../kernels/matrix';
import type { Basis, CoefficientLayout, Coefficients } from '../basis';
import { frameLayout, wholeFrames } from './frames-of-blocks';

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
 * Blocks of N samples, each expanded in N functions; subband k holds those of function k. The last block is
 * filled up with the last sample. A sample of a decoded block is the sum over the functions in their order: the matrix
 * product adds in this order alone, with SIMD and without.
 */
export class BlockMatrixBasis implements Basis {
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = false;
  readonly losslessStep = 16;
  private readonly functions: Float64Array;
  /** A dual function in each column. */
  private readonly analysis: Float64Array;

  /**
   * @param blockLength - N
   * @param orthonormal - whether the functions are
   */
  constructor(
    readonly id: string,
    readonly blockLength: number,
    { functions, duals = functions }: BlockMatrices,
    readonly orthonormal = true,
  ) {
    this.delay = blockLength - 1;
    this.multiplyAddsPerSample = blockLength;
    this.functions = functions;
    this.analysis = transposed(duals, blockLength, blockLength);
  }

  /** Function k of a block. */
  blockFunction(k: number): Float64Array {
    return this.functions.slice(k * this.blockLength, (k + 1) * this.blockLength);
  }

  layout(length: number): CoefficientLayout {
    return frameLayout(this.blockLength, length);
  }

  analyze(signal: Float64Array): Coefficients {
    const { blockLength, analysis } = this;
    const blocks = wholeFrames(signal, blockLength);
    const products = matrixProduct(blocks, analysis, blockLength, blockLength);
    return {
      values: transposed(products, blocks.length / blockLength, blockLength),
      layout: this.layout(signal.length),
    };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { blockLength, functions } = this;
    const products = transposed(values, blockLength, values.length / blockLength);
    return matrixProduct(products, functions, blockLength, blockLength).subarray(0, layout.signalLength);
  }
}
