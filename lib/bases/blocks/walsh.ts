/**
 * Walsh functions, which take the values ±1 alone, in order of their sign changes (J. L. Walsh, "A closed set of normal
 * orthogonal functions", American Journal of Mathematics 45, 1923): a transform of additions.
 */
import { WalshTransform } from '../../kernels/walsh';
import {
  allowedParameter,
  powersOfTwo,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { frameLayout, fromSubbands, toSubbands, wholeFrames } from '../parts/frames-of-blocks';

/** Block lengths that a Walsh–Hadamard transform can have. */
export const WALSH_BLOCK_LENGTHS: readonly number[] = powersOfTwo(1, 12);

/** One plan for each block length, kept as long as the thread lives. */
const plans = new Map<number, WalshTransform<'float64'>>();

function planFor(blockLength: number): WalshTransform<'float64'> {
  let plan = plans.get(blockLength);
  if (plan === undefined) plans.set(blockLength, (plan = new WalshTransform(blockLength, 'float64')));
  return plan;
}

/** Blocks of N samples, each expanded in N Walsh functions; subband k holds those with k changes of sign. */
export class WalshBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = false;
  readonly losslessStep = 16;

  /**
   * @param blockLength - N, one of {@link WALSH_BLOCK_LENGTHS}
   * @throws BasisParameterError when it is not
   */
  constructor(readonly blockLength: number) {
    allowedParameter('block length of a Walsh–Hadamard transform', blockLength, WALSH_BLOCK_LENGTHS);
    this.id = `walsh-${blockLength}`;
    this.delay = blockLength - 1;
    // log₂N additions, and one multiplication that scales.
    this.multiplyAddsPerSample = Math.log2(blockLength) + 1;
  }

  layout(length: number): CoefficientLayout {
    return frameLayout(this.blockLength, length);
  }

  analyze(signal: Float64Array): Coefficients {
    const blocks = wholeFrames(signal, this.blockLength);
    planFor(this.blockLength).transform(blocks, blocks);
    return { values: toSubbands(blocks, this.frames(signal.length)), layout: this.layout(signal.length) };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const blocks = fromSubbands(values, this.frames(layout.signalLength));
    planFor(this.blockLength).transform(blocks, blocks);
    return blocks.subarray(0, layout.signalLength);
  }

  private frames(length: number): number[][] {
    return new Array<number[]>(Math.ceil(length / this.blockLength)).fill([this.blockLength]);
  }
}
