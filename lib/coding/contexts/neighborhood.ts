/**
 * A learned predictor of the next quantized magnitude, from magnitudes already coded nearby in time and frequency.
 */

/** Walks along the order of coding: {@link expect}, then {@link learn}, for each coefficient. */
export interface Neighborhood {
  /** A new frame begins. */
  startFrame(): void;

  /**
   * Expected magnitude of the next coefficient.
   *
   * @param k - subband of the coefficient
   * @param smooth - running mean of the magnitudes of its subband and those beside it
   * @param local - the same, corrected by the magnitudes nearby
   * @param set - set of the trellis that the coefficient is quantized with, 0 or 1
   * @returns 0 or more
   */
  expect(k: number, smooth: number, local: number, set: number): number;

  /** Takes the magnitude of the coefficient that was predicted last. */
  learn(k: number, magnitude: number): void;
}

/** Makes a predictor in its initial state, for this number of coded subbands. */
export type NewNeighborhood = (subbands: number) => Neighborhood;
