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
  /** Coefficients of a signal. */
  analyze(signal: Float64Array): Coefficients;
  /**
   * The signal of `layout.signalLength` samples that has these coefficients. A decoder depends on it, so its
   * arithmetic is exactly specified (IEEE double precision, a fixed order of operations).
   */
  synthesize(coefficients: Coefficients): Float64Array;
}

/** A basis was asked for with parameters that it cannot have. */
export class BasisParameterError extends RangeError {
  override readonly name = 'BasisParameterError';
}
