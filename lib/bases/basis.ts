/**
 * What a basis is: a pair of maps between a signal and its coefficients.
 *
 * The way of a recording is `ADC codes -> signal -> analyze -> coefficients -> quantizer -> bytes` and back.
 * Only the basis changes from study to study; everything after it is shared.
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
  /** Samples that must be at hand before the first coefficient about a sample can be computed. */
  readonly delay: number;
  /**
   * True where the encoder counts or chooses something over the whole recording: {@link delay} is that of the transform
   * alone then. False where nothing is said.
   */
  readonly wholeRecording?: boolean;
  /** Measures of the results that the encoder itself works toward, besides the squared error; none where nothing is said. */
  readonly optimizes?: readonly string[];
  /** Multiply–adds per sample of `analyze`. */
  readonly multiplyAddsPerSample: number;
  /**
   * True when integers have integer coefficients and come back exactly at step 1: the lossless operating point needs no
   * residual. False where nothing is said.
   */
  readonly exactInIntegers?: boolean;
  /**
   * Step of the lossless operating point; what the decoder gives back at this step is completed by a residual.
   * {@link LOSSLESS_STEP} where nothing is said; ask {@link losslessStepOf}.
   */
  readonly losslessStep?: number;
  /** The layout of the coefficients of a signal of `length` samples. */
  layout(length: number): CoefficientLayout;
  /** False where the atoms are not orthonormal, or too many; true where nothing is said. */
  readonly orthonormal?: boolean;
  /**
   * True when `analyze` gives multiples of the step, as a predictor does that sees only what the decoder will see: a
   * codec with another quantizer over it is refused. False where nothing is said.
   */
  readonly quantizesItself?: boolean;
  /**
   * Coefficients of a signal.
   *
   * @param step - of the quantizer that follows, ADC codes; only predictors and pursuits, which choose what fits it,
   * look at it
   */
  analyze(signal: Float64Array, step: number): Coefficients;
  /**
   * The signal of `layout.signalLength` samples that has these coefficients. A decoder depends on it, so its
   * arithmetic is exactly specified (IEEE double precision, a fixed order of operations).
   *
   * @param step - the one that the coefficients were analyzed for
   */
  synthesize(coefficients: Coefficients, step: number): Float64Array;
}

/**
 * A family of bases of which each recording is given the one that suits it. Which one that is, is side information:
 * bytes that lie before the coefficients and count like them.
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
   * @param signal - ADC codes with the mean taken out
   * @param step - of the quantizer, ADC codes
   */
  choose(signal: Float64Array, step: number): Uint8Array;
  /**
   * The basis that the side information names.
   *
   * @param length - of the signal, in samples
   * @throws SideInformationError when no choice gives these bytes
   */
  chosen(side: Uint8Array, length: number): Basis;
}

/**
 * Step of the lossless operating point of a basis that names none, ADC codes: large, because a residual pays less for what
 * the transform already explained than fine coefficients would.
 */
const LOSSLESS_STEP = 16;

/** Step of the lossless operating point, ADC codes. */
export function losslessStepOf({
  exactInIntegers,
  losslessStep,
}: Pick<Basis, 'exactInIntegers' | 'losslessStep'>): number {
  return losslessStep ?? (exactInIntegers ? 1 : LOSSLESS_STEP);
}

/** One basis for all signals, or one for each. */
export type AnyBasis = Basis | AdaptiveBasis;

/** Whether each recording is given a basis of its own. */
export function isAdaptive(basis: AnyBasis): basis is AdaptiveBasis {
  return 'choose' in basis;
}

/** The basis itself, or of a family the one that suits the signal. */
export function basisFor(basis: AnyBasis, signal: Float64Array, step: number): Basis {
  return isAdaptive(basis) ? basis.chosen(basis.choose(signal, step), signal.length) : basis;
}

/** Side information names no basis of its family. */
export class SideInformationError extends RangeError {
  override readonly name = 'SideInformationError';
}

/** A basis was asked for with parameters that it cannot have. */
export class BasisParameterError extends RangeError {
  override readonly name = 'BasisParameterError';
}

/**
 * Lets a parameter through that is allowed.
 *
 * @param what - what it is called: `"block length of a DCT"`
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
