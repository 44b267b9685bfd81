/**
 * Blocks that are multiplied by a matrix: for bases without a fast transform.
 */
import { MatrixMultiplication, transposed } from '../kernels/matrix';
import type { Basis, CoefficientLayout, Coefficients } from './basis';
import { frameLayout, wholeFrames } from './frames-of-blocks';

/** To coefficients and back. */
interface BlockPlan {
  /** One function in each row. */
  readonly functions: Float64Array;
  readonly forward: MatrixMultiplication<'float64'>;
  readonly inverse: MatrixMultiplication<'float64'>;
}

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

/** One plan for each basis, kept as long as the thread lives: bases come and go with every recording. */
const plans = new Map<string, BlockPlan>();

function planFor(id: string, length: number, matricesOf: () => BlockMatrices): BlockPlan {
  let plan = plans.get(id);
  if (plan === undefined) {
    const { functions, duals = functions } = matricesOf();
    plan = {
      functions,
      forward: new MatrixMultiplication(transposed(duals, length, length), length, length, 'float64'),
      inverse: new MatrixMultiplication(functions, length, length, 'float64'),
    };
    plans.set(id, plan);
  }
  return plan;
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
  readonly orthonormal: boolean;
  private readonly plan: BlockPlan;

  /**
   * @param blockLength - N
   * @param matricesOf - called once for each id
   * @param orthonormal - whether the functions are
   */
  constructor(
    readonly id: string,
    readonly blockLength: number,
    matricesOf: () => BlockMatrices,
    orthonormal = true,
  ) {
    this.delay = blockLength - 1;
    this.multiplyAddsPerSample = blockLength;
    this.orthonormal = orthonormal;
    this.plan = planFor(id, blockLength, matricesOf);
  }

  /** Function k of a block. */
  blockFunction(k: number): Float64Array {
    return this.plan.functions.slice(k * this.blockLength, (k + 1) * this.blockLength);
  }

  layout(length: number): CoefficientLayout {
    return frameLayout(this.blockLength, length);
  }

  analyze(signal: Float64Array): Coefficients {
    const { blockLength, plan } = this;
    const blocks = wholeFrames(signal, blockLength);
    const products = new Float64Array(blocks.length);
    plan.forward.multiply(blocks, products);
    return {
      values: transposed(products, blocks.length / blockLength, blockLength),
      layout: this.layout(signal.length),
    };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { blockLength, plan } = this;
    const products = transposed(values, blockLength, values.length / blockLength);
    const blocks = new Float64Array(products.length);
    plan.inverse.multiply(products, blocks);
    return blocks.subarray(0, layout.signalLength);
  }
}
