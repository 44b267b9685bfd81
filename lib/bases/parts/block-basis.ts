/**
 * Bases of blocks of one length: each block of N samples is expanded in N functions.
 */
import type { Basis, CoefficientLayout, Coefficients } from '../basis';
import { frameLayout, wholeFrames } from './frames-of-blocks';

/**
 * Blocks of N samples, the last one filled up with the last sample of the signal. Subband k holds coefficient k of
 * every block. A basis supplies the transform of many blocks at once.
 */
export abstract class BlockBasis implements Basis {
  abstract readonly id: string;
  abstract readonly delay: number;
  abstract readonly multiplyAddsPerSample: number;

  /** @param blockLength - N */
  constructor(readonly blockLength: number) {}

  layout(length: number): CoefficientLayout {
    return frameLayout(this.blockLength, length);
  }

  analyze(signal: Float64Array): Coefficients {
    const values = this.toSubbands(wholeFrames(signal, this.blockLength));
    return { values, layout: this.layout(signal.length) };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    return this.fromSubbands(values).subarray(0, layout.signalLength);
  }

  /**
   * @param blocks - samples of whole blocks; may be overwritten
   * @returns as many coefficients, subband after subband
   */
  protected abstract toSubbands(blocks: Float64Array): Float64Array;

  /**
   * @param values - coefficients, subband after subband; not overwritten
   * @returns samples of whole blocks
   */
  protected abstract fromSubbands(values: Float64Array): Float64Array;
}
