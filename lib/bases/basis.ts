/**
 * What a basis is: a pair of maps between a signal and its coefficients.
 *
 * A recording goes `ADC codes -> signal -> analyze -> coefficients -> quantizer -> bytes` and back. Only the basis
 * changes from study to study; everything after it is shared.
 */
import type { CoefficientLayout, Coefficients } from '../coding/layout';

export type { CoefficientLayout, Coefficients, Subband } from '../coding/layout';

/**
 * A basis of signals of any length, 0 and 1 included; where it works on blocks, it pads and un-pads.
 *
 * Signals are ADC codes with the mean taken out. Unless a basis says otherwise it is orthonormal: the energy of
 * the coefficients is the energy of the (padded) signal, so that a quantization error has the same size on
 * both sides.
 */
export interface Basis {
  /** Name and parameters, enough to build the basis again: `"dct-256"`. */
  readonly id: string;
  /**
   * Delay in samples: how many samples must have arrived before the first coefficient that depends on one of them can
   * be computed.
   */
  readonly delay: number;
  /**
   * True if the encoder counts or chooses something over the whole recording; {@link delay} then describes the
   * transform alone. Default: false.
   */
  readonly wholeRecording?: boolean;
  /** Names of result measures, besides the squared error, that the encoder itself optimizes. Default: none. */
  readonly optimizes?: readonly string[];
  /** Multiply–adds per sample of `analyze`. */
  readonly multiplyAddsPerSample: number;
  /**
   * True if integer signals have integer coefficients at step 1 and come back exactly, so that the lossless operating
   * point needs no residual. Default: false.
   */
  readonly exactInIntegers?: boolean;
  /**
   * Step of the lossless operating point, in ADC codes. A residual completes the signal decoded at this step. Default:
   * {@link LOSSLESS_STEP}; read it through {@link losslessStepOf}.
   */
  readonly losslessStep?: number;
  /** The layout of the coefficients of a signal of `length` samples. */
  layout(length: number): CoefficientLayout;
  /** False if the atoms are not orthonormal or outnumber the samples. Default: true. */
  readonly orthonormal?: boolean;
  /**
   * True if `analyze` returns multiples of the step, as a closed-loop predictor does. A codec that puts another
   * quantizer over such a basis is refused. Default: false.
   */
  readonly quantizesItself?: boolean;
  /**
   * The same basis for signals of more than 10 bits, where it limits what it expects by the codes that there are. Default:
   * the basis itself.
   *
   * @param largest - largest code, above 1023
   */
  within?(largest: number): Basis;
  /**
   * Coefficients of a signal.
   *
   * @param step - step of the quantizer that follows, ADC codes. Only predictors, pursuits and integer transforms use
   * it.
   */
  analyze(signal: Float64Array, step: number): Coefficients;
  /**
   * The signal of `layout.signalLength` samples that has these coefficients. A decoder depends on it, so its
   * arithmetic is exactly specified (IEEE double precision, a fixed order of operations).
   *
   * @param step - step that the coefficients were analyzed for, ADC codes
   */
  synthesize(coefficients: Coefficients, step: number): Float64Array;
}

/**
 * A family of bases. The encoder chooses one basis of the family for each recording and writes its choice as side
 * information: bytes before the coefficients, which count in the size of the file.
 */
export interface AdaptiveBasis extends Pick<
  Basis,
  | 'id'
  | 'delay'
  | 'wholeRecording'
  | 'optimizes'
  | 'multiplyAddsPerSample'
  | 'exactInIntegers'
  | 'losslessStep'
  | 'quantizesItself'
> {
  /**
   * Side information that names the basis of the family in which this signal costs least.
   *
   * @param signal - ADC codes less their mean
   * @param step - step of the quantizer, ADC codes
   * @param models - dataset whose learned models are taken, where the family has any; that of NEUROBASIS_DATASET unless
   *   given
   */
  choose(signal: Float64Array, step: number, models?: string): Uint8Array;
  /**
   * The basis that the side information names.
   *
   * @param length - length of the signal, in samples
   * @throws SideInformationError when no choice gives these bytes
   */
  chosen(side: Uint8Array, length: number): Basis;
}

/**
 * Default step of the lossless operating point, ADC codes. It is large because the residual codes the last bits of a
 * sample more cheaply than finer coefficients would.
 */
const LOSSLESS_STEP = 16;

/** Step of the lossless operating point, ADC codes. */
export function losslessStepOf({
  exactInIntegers,
  losslessStep,
}: Pick<Basis, 'exactInIntegers' | 'losslessStep'>): number {
  return losslessStep ?? (exactInIntegers ? 1 : LOSSLESS_STEP);
}

/** A fixed basis, or a family from which each recording gets its own. */
export type AnyBasis = Basis | AdaptiveBasis;

/** Whether the encoder chooses a basis for each recording. */
export function isAdaptive(basis: AnyBasis): basis is AdaptiveBasis {
  return 'choose' in basis;
}

/**
 * A fixed basis itself; of a family, the basis chosen for this signal.
 *
 * @param models - dataset whose learned models are taken, see {@link AdaptiveBasis.choose}
 */
export function basisFor(basis: AnyBasis, signal: Float64Array, step: number, models?: string): Basis {
  return isAdaptive(basis) ? basis.chosen(basis.choose(signal, step, models), signal.length) : basis;
}

/** Side information names no basis of its family. */
export class SideInformationError extends RangeError {
  override readonly name = 'SideInformationError';
}

/** The parameters of a basis are outside their allowed values. */
export class BasisParameterError extends RangeError {
  override readonly name = 'BasisParameterError';
}

/**
 * Returns a parameter after checking that it is allowed.
 *
 * @param what - name of the parameter in the error message: `"block length of a DCT"`
 * @throws BasisParameterError that lists what is allowed
 */
export function allowedParameter<T extends number | string>(
  what: string,
  value: T,
  allowed: readonly T[],
): T {
  if (allowed.includes(value)) return value;
  throw new BasisParameterError(
    `The ${what} must be ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}, not ${value}.`,
  );
}

/** 2^`first`, 2^(`first` + 1) … 2^`last`. */
export function powersOfTwo(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => 2 ** (first + i));
}
