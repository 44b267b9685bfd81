/**
 * The discrete cosine transform (DCT-II) of blocks that follow one another: what a Karhunen–Loève transform tends
 * to when neighboring samples are strongly correlated (N. Ahmed, T. Natarajan and K. R. Rao, 1974).
 */
import { BlockCosineTransform } from '../../kernels/cosine';
import {
  allowedParameter,
  powersOfTwo,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';

/** Block lengths that a DCT can have; the longest is 0.8 s of signal. */
export const COSINE_BLOCK_LENGTHS: readonly number[] = powersOfTwo(1, 14);

/** One plan for each block length, kept as long as the thread lives: bases come and go with every recording. */
const plans = new Map<number, BlockCosineTransform<'float64'>>();

function planFor(blockLength: number): BlockCosineTransform<'float64'> {
  let plan = plans.get(blockLength);
  if (plan === undefined) plans.set(blockLength, (plan = new BlockCosineTransform(blockLength, 'float64')));
  return plan;
}

/**
 * Blocks of N samples, each expanded in N cosines. The last block is filled up with the last sample. Subband k
 * holds coefficient k of every block, so its center frequency is k/(2N) of the sample rate.
 */
export class CosineBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = false;
  readonly losslessStep = 16;
  private readonly transform: BlockCosineTransform<'float64'>;

  /**
   * @param blockLength - N, a power of two, 2…16384
   * @throws BasisParameterError when it is not
   */
  constructor(readonly blockLength: number) {
    allowedParameter('block length of a DCT', blockLength, COSINE_BLOCK_LENGTHS);
    this.id = `dct-${blockLength}`;
    // The first sample of a block waits for the last one.
    this.delay = blockLength - 1;
    // Butterflies of N/2 complex values, 4 multiply–adds each, then two rotations of N/2 pairs.
    this.multiplyAddsPerSample = Math.log2(blockLength) - 1 + 4;
    this.transform = planFor(blockLength);
  }

  layout(length: number): CoefficientLayout {
    const { blockLength } = this;
    const blocks = Math.ceil(length / blockLength);
    return {
      signalLength: length,
      coefficientCount: blocks * blockLength,
      hop: blockLength,
      subbands: Array.from({ length: blockLength }, (_, k) => ({
        offset: k * blocks,
        length: blocks,
        timeStep: blockLength,
      })),
    };
  }

  analyze(signal: Float64Array): Coefficients {
    const layout = this.layout(signal.length);
    const padded = new Float64Array(layout.coefficientCount).fill(
      signal[signal.length - 1] ?? 0,
      signal.length,
    );
    padded.set(signal);
    return { values: this.transform.toSubbands(padded), layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    return this.transform.fromSubbands(values).subarray(0, layout.signalLength);
  }
}
