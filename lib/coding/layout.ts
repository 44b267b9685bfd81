/**
 * Position of each coefficient in time and frequency: the only thing that the coder knows about a basis.
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
 * Layout of the coefficients of a signal. Subbands are listed from low to high frequency; the coefficient model expects
 * the neighbor of subband k at the same time in subband k − 1.
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
