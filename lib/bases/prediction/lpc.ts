/**
 * Linear predictive coding: each recording has the predictor of least squared error for it, and its reflection
 * coefficients go before the residuals, a byte each.
 */
import { cosineOfTurn } from '../../kernels/exact-trigonometry';
import { autocorrelation, predictorWeights, reflectionCoefficients } from '../../numerics/levinson';
import {
  allowedParameter,
  SideInformationError,
  type AdaptiveBasis,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { FixedPrediction, residualLayout } from '../parts/closed-loop-prediction';

/** Orders that a predictor can have. */
export const LPC_ORDERS: readonly number[] = Array.from({ length: 32 }, (_, i) => i + 1);

/** Bytes of reflection coefficients are so many steps of half a turn. */
const BYTE_STEPS = 256;

/**
 * The decoded samples that a predictor sees are the signal and noise of a uniform quantizer, but never more than this
 * share of the signal's power: at coarse steps the error is no longer noise, but looks like the signal.
 */
const LARGEST_NOISE_SHARE = 0.02;

/**
 * The byte b whose coefficient −cos(π·b/256) is nearest, as an angle: a recording loses the same by an error of the
 * angle wherever it is (A. H. Gray and J. D. Markel, "Quantization and bit allocation in speech processing", IEEE
 * Transactions on Acoustics, Speech and Signal Processing 24, 1976). For 5 s, 8 bits cost about what 7 would lose.
 */
function reflectionByte(reflection: number): number {
  const byte = Math.round((Math.acos(-reflection) / Math.PI) * BYTE_STEPS);
  return Math.min(BYTE_STEPS - 1, Math.max(1, byte));
}

/** Of each recording the predictor of one order that suits it. */
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
    // The prediction, and the autocorrelation before it.
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

/** Residuals of a given predictor. */
export class PredictorBasis implements Basis {
  readonly delay = 0;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = true;
  readonly orthonormal = false;
  readonly quantizesItself = true;
  private readonly prediction: FixedPrediction;

  /** @param weights - of the last sample, of the one before it, … */
  constructor(
    readonly id: string,
    readonly weights: Float64Array,
  ) {
    this.multiplyAddsPerSample = weights.length;
    this.prediction = new FixedPrediction(weights);
  }

  layout(length: number): CoefficientLayout {
    return residualLayout(length);
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    return this.prediction.analyze(signal, step);
  }

  synthesize({ values }: Coefficients, step: number): Float64Array {
    return this.prediction.synthesize(values, step);
  }
}
