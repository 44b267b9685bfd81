/**
 * No basis at all: the coefficients are the samples. What it needs in bytes is the floor that every basis has to
 * beat, and as it is exact in integers it also codes what another basis leaves over.
 */
import type { Basis, CoefficientLayout, Coefficients } from '../basis';

/** The standard basis: one subband, one coefficient a sample. */
export class IdentityBasis implements Basis {
  readonly id = 'identity';
  readonly delay = 0;
  readonly multiplyAddsPerSample = 0;
  readonly exactInIntegers = true;
  readonly losslessStep = 1;

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
