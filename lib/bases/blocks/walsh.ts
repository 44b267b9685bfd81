/**
 * Walsh functions in the order of their sign changes (J. L. Walsh, "A closed set of normal orthogonal functions",
 * American Journal of Mathematics 45, 1923). Their values are ±1, so the transform needs additions only.
 */
import { WalshTransform } from '../../kernels/walsh';
import { transposed } from '../../kernels/matrix';
import { allowedParameter, powersOfTwo } from '../basis';
import { BlockBasis } from '../parts/block-basis';
import { kept } from '../../kernels/runtime/kept';

/** Block lengths that a Walsh–Hadamard transform can have. */
export const WALSH_BLOCK_LENGTHS: readonly number[] = powersOfTwo(1, 12);

const planFor = kept((blockLength: number) => new WalshTransform(blockLength, 'float64'));

/**
 * Blocks of N samples, each expanded in N Walsh functions. Subband k holds the coefficients of the function with k
 * changes of sign.
 */
export class WalshBasis extends BlockBasis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;

  /**
   * @param blockLength - N, one of {@link WALSH_BLOCK_LENGTHS}
   * @throws BasisParameterError when it is not
   */
  constructor(blockLength: number) {
    super(blockLength);
    allowedParameter('block length of a Walsh–Hadamard transform', blockLength, WALSH_BLOCK_LENGTHS);
    this.id = `walsh-${blockLength}`;
    this.delay = blockLength - 1;
    // log₂N additions, and one multiplication that scales.
    this.multiplyAddsPerSample = Math.log2(blockLength) + 1;
  }

  protected toSubbands(blocks: Float64Array): Float64Array {
    planFor(this.blockLength).transform(blocks, blocks);
    return transposed(blocks, blocks.length / this.blockLength, this.blockLength);
  }

  protected fromSubbands(values: Float64Array): Float64Array {
    const blocks = transposed(values, this.blockLength, values.length / this.blockLength);
    planFor(this.blockLength).transform(blocks, blocks);
    return blocks;
  }
}
