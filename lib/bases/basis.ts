/**
 * What a basis is: a pair of maps between a signal and its coefficients.
 *
 * The way of a recording is `ADC codes -> signal -> analyze -> coefficients -> quantizer -> bytes` and back.
 * Only the basis changes from study to study; everything after it is shared.
 */

/** A run of coefficients that belong to one frequency band, one after another in time. */
export interface Subband {
  /** Position of the first coefficient of the subband in the flat array. */
  readonly offset: number;
  /** Number of coefficients. */
  readonly length: number;
  /** Samples of signal from one coefficient of the subband to the next. */
  readonly timeStep: number;
}

/**
 * Where each coefficient of a signal lies. Subbands are listed from low to high frequency, so that the
 * neighbor of subband k at the same time is found in subband k − 1: that is all that the coefficient model
 * needs to know of a basis.
 */
export interface CoefficientLayout {
  /** Number of samples that the coefficients give back. */
  readonly signalLength: number;
  /** Number of coefficients, all subbands together. */
  readonly coefficientCount: number;
  /**
   * Samples that are coded together: the largest `timeStep`. The coder walks through time in hops; in each hop
   * it visits the subbands in order, and `hop / timeStep` coefficients of each.
   */
  readonly hop: number;
  readonly subbands: readonly Subband[];
}

/** The coefficients of a signal: one flat array and the layout that says what each one is. */
export interface Coefficients {
  readonly values: Float64Array;
  readonly layout: CoefficientLayout;
}

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
   * True when integers have integer coefficients and come back exactly: the lossless operating point is then
   * step 1, and nothing is left over.
   */
  readonly exactInIntegers: boolean;
  /** Step of the lossless operating point; what the decoder gives back at this step is completed by a residual. */
  readonly losslessStep: number;
  /** The layout of the coefficients of a signal of `length` samples. */
  layout(length: number): CoefficientLayout;
  /** False where the atoms are not orthonormal, or too many; true where nothing is said. */
  readonly orthonormal?: boolean;
  /**
   * True when `analyze` gives multiples of the step, as a predictor does that sees only what the decoder will see:
   * then no other quantizer may choose them.
   */
  readonly closedLoop?: boolean;
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
