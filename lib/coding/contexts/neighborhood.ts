/**
 * How large the next quantized coefficient will be, as something learned says it from the magnitudes coded before it
 * nearby in time and frequency.
 */

/** Walks along the order of coding: {@link expect}, then {@link learn}, for each coefficient. */
export interface Neighborhood {
  /** A new frame begins. */
  startFrame(): void;

  /**
   * The mean of what a magnitude may be.
   *
   * @param k - subband of the coefficient
   * @param smooth - what its subband and those beside it have been like of late
   * @param local - the same, corrected by what is nearby
   * @param set - of the trellis, that the coefficient will be a value of
   * @returns 0 or more
   */
  expect(k: number, smooth: number, local: number, set: number): number;

  /** Tells what the coefficient was. */
  learn(k: number, magnitude: number): void;
}

/** A neighborhood in which nothing was coded yet. */
export type NewNeighborhood = (subbands: number) => Neighborhood;
