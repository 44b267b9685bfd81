/** Response of a learned neighborhood to one large coefficient. */
import type { NewNeighborhood } from '../coding/contexts/neighborhood';

/** Position of an earlier coefficient relative to the one being coded. */
export interface Place {
  /** Number of frames before it. */
  readonly frames: number;
  /** Number of subbands above it; negative below. */
  readonly subbands: number;
}

/** Size of the test pattern: frames and subbands of equal coefficients, except for one. */
const FRAMES = 6;
const SUBBANDS = 64;
const SUBBAND = 32;

/**
 * Expected magnitude of a coefficient, as a function of one of its neighbors.
 *
 * @param usual - magnitude of all other coefficients, and their running mean
 * @param magnitudes - magnitudes of the neighbor, tried one after another
 * @param set - quantizer set of the trellis, the same for all coefficients
 * @returns expected magnitude for each tried magnitude
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
