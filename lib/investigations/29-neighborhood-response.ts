/**
 * What a learned neighborhood makes of one coefficient that stands out.
 */
import type { NewNeighborhood } from '../coding/contexts/neighborhood';

/** Where a coefficient lies that was coded before another one. */
export interface Place {
  /** Frames before. */
  readonly frames: number;
  /** Subbands above, negative below. */
  readonly subbands: number;
}

/** Frames and subbands that are all alike, but for the one coefficient. */
const FRAMES = 6;
const SUBBANDS = 64;
const SUBBAND = 32;

/**
 * Expected magnitude of a coefficient amid others.
 *
 * @param usual - magnitude of all other coefficients, and their running mean
 * @param magnitudes - that the coefficient at the place has, one after another
 * @param set - of the trellis, for all
 * @returns what is then expected, for each
 */
export function neighborhoodResponse(
  newNeighborhood: NewNeighborhood,
  usual: number,
  { frames, subbands }: Place,
  magnitudes: readonly number[],
  set = 0,
): number[] {
  return magnitudes.map((magnitude) => {
    const neighborhood = newNeighborhood(SUBBANDS);
    for (let t = 0; ; t++) {
      neighborhood.startFrame();
      for (let k = 0; k < SUBBANDS; k++) {
        const expected = neighborhood.expect(k, usual, usual, set);
        if (t === FRAMES && k === SUBBAND) return expected;
        const standsOut = t === FRAMES - frames && k === SUBBAND + subbands;
        neighborhood.learn(k, standsOut ? magnitude : usual);
      }
    }
  });
}
