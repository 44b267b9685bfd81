/**
 * No transform: the coefficients are the samples. Its size in bytes is the mark that every other basis has to beat. It
 * is exact in integers, so lossless files code the residual of another basis with it.
 */
import type { Basis, CoefficientLayout, Coefficients } from '../basis';

/** The standard basis: one subband, one coefficient a sample. */
export class IdentityBasis implements Basis {
  readonly id = 'identity';
  readonly delay = 0;
  readonly multiplyAddsPerSample = 0;
  readonly exactInIntegers = true;

  layout(length: number): CoefficientLayout {
    return {
      signalLength: length,
      coefficientCount: length,
      hop: 1,
      subbands: [{ offset: 0, length, timeStep: 1 }],
    };
  }

  analyze(signal: Float64Array): Coefficients {
    return { values: signal.slice(), layout: this.layout(signal.length) };
  }

  synthesize({ values }: Coefficients): Float64Array {
    return values.slice();
  }
}
