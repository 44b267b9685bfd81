/**
 * Linear predictive coding: each recording has its own predictor of least squared error. Its reflection coefficients
 * are side information, one byte each.
 */
import { cosineOfTurn } from '../../kernels/exact-trigonometry';
import { autocorrelation, predictorWeights, reflectionCoefficients } from '../../numerics/levinson';
import { allowedParameter, SideInformationError, type AdaptiveBasis } from '../basis';
import { PredictorBasis } from '../parts/closed-loop-prediction';

/** Orders that a predictor can have. */
export const LPC_ORDERS: readonly number[] = Array.from({ length: 32 }, (_, i) => i + 1);

/** Steps of a reflection byte in half a turn. */
const BYTE_STEPS = 256;

/**
 * Largest noise power assumed in the decoded samples that a predictor sees, as a share of the signal's power. Up to it
 * the noise is that of a uniform quantizer; at coarser steps the error is no longer noise but resembles the signal.
 */
const LARGEST_NOISE_SHARE = 0.02;

/**
 * The byte b whose coefficient −cos(π·b/256) is nearest in angle. Steps are uniform in the angle because an error of
 * the angle costs the same number of bits everywhere (A. H. Gray and J. D. Markel, "Quantization and bit allocation in
 * speech processing", IEEE Transactions on Acoustics, Speech and Signal Processing 24, 1976). For recordings of 5 s an
 * eighth bit costs about as much as it saves.
 */
function reflectionByte(reflection: number): number {
  const byte = Math.round((Math.acos(-reflection) / Math.PI) * BYTE_STEPS);
  return Math.min(BYTE_STEPS - 1, Math.max(1, byte));
}

/** The family of predictors of one order; each recording gets its own. */
export class LpcBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay = 0;
  readonly wholeRecording = true;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = true;
  readonly quantizesItself = true;

  /**
   * @param order - past samples that a prediction is made from, 1…32
   * @throws BasisParameterError when it is not
   */
  constructor(readonly order: number) {
    allowedParameter('order of linear prediction', order, LPC_ORDERS);
    this.id = `lpc-${order}`;
    // The prediction and, before it, the autocorrelation.
    this.multiplyAddsPerSample = 2 * order + 1;
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const correlation = autocorrelation(signal, this.order);
    const noise = Math.min((step * step) / 12, LARGEST_NOISE_SHARE * correlation[0]!);
    return Uint8Array.from(reflectionCoefficients(correlation, this.order, noise), reflectionByte);
  }

  chosen(side: Uint8Array): PredictorBasis {
    if (side.length !== this.order) {
      throw new SideInformationError(
        `a predictor of order ${this.order} has as many reflection coefficients, not ${side.length}`,
      );
    }
    if (side.includes(0)) throw new SideInformationError('a reflection coefficient is −1');
    const reflections = Float64Array.from(side, (byte) => -cosineOfTurn(byte, 2 * BYTE_STEPS));
    return new PredictorBasis(this.id, predictorWeights(reflections));
  }
}
