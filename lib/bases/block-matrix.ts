/**
 * Blocks that are multiplied by an orthogonal matrix: for bases without a fast transform.
 */
import { MatrixMultiplication } from '../kernels/matrix';
import type { Basis, CoefficientLayout, Coefficients } from './basis';
import { frameLayout, wholeFrames } from './frames-of-blocks';

/** To coefficients and back. */
interface BlockPlan {
  /** One function in each row. */
  readonly functions: Float64Array;
  readonly forward: MatrixMultiplication<'float64'>;
  readonly inverse: MatrixMultiplication<'float64'>;
}

/** One plan for each basis, kept as long as the thread lives: bases come and go with every recording. */
const plans = new Map<string, BlockPlan>();

function planFor(id: string, length: number, functionsOf: () => Float64Array): BlockPlan {
  let plan = plans.get(id);
  if (plan === undefined) {
    const functions = functionsOf();
    plan = {
      functions,
      forward: new MatrixMultiplication(transposed(functions, length, length), length, length, 'float64'),
      inverse: new MatrixMultiplication(functions, length, length, 'float64'),
    };
    plans.set(id, plan);
  }
  return plan;
}

function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j]!;
  }
  return result;
}

/**
 * Blocks of N samples, each expanded in N orthonormal functions; subband k holds those of function k. The last block is
 * filled up with the last sample. A sample of a decoded block is the sum over the functions in their order: the matrix
 * product adds in this order alone, with SIMD and without.
 */
export class BlockMatrixBasis implements Basis {
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = false;
  readonly losslessStep = 16;
  private readonly plan: BlockPlan;

  /**
   * @param blockLength - N
   * @param functionsOf - N × N, an orthonormal function in each row; called once for each id
   */
  constructor(
    readonly id: string,
    readonly blockLength: number,
    functionsOf: () => Float64Array,
  ) {
    this.delay = blockLength - 1;
    this.multiplyAddsPerSample = blockLength;
    this.plan = planFor(id, blockLength, functionsOf);
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
