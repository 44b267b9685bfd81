/**
 * The discrete cosine transform (DCT-II) of blocks that follow one another: what a Karhunen–Loève transform tends
 * to when neighboring samples are strongly correlated (N. Ahmed, T. Natarajan and K. R. Rao, 1974).
 */
import { CosineTransform } from '../kernels/dct';
import { BasisParameterError, type Basis, type CoefficientLayout, type Coefficients } from './basis';

/** Longest block: 0.8 s of signal. */
const MAX_BLOCK_LENGTH = 16384;

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
  private readonly transform: CosineTransform;

  /**
   * @param blockLength - N, a power of two, 2…16384
   * @throws BasisParameterError when it is not
   */
  constructor(readonly blockLength: number) {
    const levels = Math.log2(blockLength);
    if (!Number.isInteger(levels) || blockLength < 2 || blockLength > MAX_BLOCK_LENGTH) {
      throw new BasisParameterError(
        `The block length of a DCT must be a power of two from 2 to ${MAX_BLOCK_LENGTH}, not ${blockLength}.`,
      );
    }
    this.id = `dct-${blockLength}`;
    // The first sample of a block waits for the last one.
    this.delay = blockLength - 1;
    // Butterflies of N/2 complex values, 4 multiply–adds each, then two rotations of N/2 pairs.
    this.multiplyAddsPerSample = levels - 1 + 4;
    this.transform = new CosineTransform(blockLength);
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
    const { blockLength, transform } = this;
    const layout = this.layout(signal.length);
    const blocks = layout.coefficientCount / blockLength;
    const values = new Float64Array(layout.coefficientCount);
    const wholeBlocks = Math.floor(signal.length / blockLength);
    for (let block = 0; block < wholeBlocks; block++) {
      transform.forward(signal, block * blockLength, values, block, blocks);
    }
    if (wholeBlocks < blocks) {
      const last = new Float64Array(blockLength).fill(signal[signal.length - 1]!);
      last.set(signal.subarray(wholeBlocks * blockLength));
      transform.forward(last, 0, values, wholeBlocks, blocks);
    }
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { blockLength, transform } = this;
    const blocks = layout.coefficientCount / blockLength;
    const padded = new Float64Array(layout.coefficientCount);
    for (let block = 0; block < blocks; block++) {
      transform.inverse(values, block, blocks, padded, block * blockLength);
    }
    return padded.subarray(0, layout.signalLength);
  }
}
