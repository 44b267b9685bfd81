/**
 * Predicts the magnitude of a coefficient as a weighted sum of magnitudes nearby; weights are learned for each octave
 * of subbands.
 */
import type { Neighborhood } from './neighborhood';

/** Number of neighbors: five of the frame before, three of the frame before that, three of this frame. */
const NEIGHBORS = 11;

/** Terms of the sum: the neighbors, and the running mean of the subband and those beside it. */
export const REGRESSORS = NEIGHBORS + 1;

/** Subbands share weights by octaves. */
export const NEIGHBOR_CLASSES = 8;

/** Zeros on each side of a frame, so that neighbors beyond its ends need no test. */
const MARGIN = 3;

/** Octave of a subband's number. */
export function neighborClass(k: number): number {
  const octave = 31 - Math.clz32(k + 1);
  return octave < NEIGHBOR_CLASSES ? octave : NEIGHBOR_CLASSES - 1;
}

/** Weighted sums of magnitudes. */
export class LinearNeighborhood implements Neighborhood {
  /** Terms of the last sum. */
  readonly regressors = new Float64Array(REGRESSORS);
  private current: Float64Array;
  private before: Float64Array;
  private twoBefore: Float64Array;

  /**
   * @param weights - {@link NEIGHBOR_CLASSES} × {@link REGRESSORS}
   * @param subbands - number of coded subbands
   */
  constructor(
    private readonly weights: Float32Array,
    subbands: number,
  ) {
    this.current = new Float64Array(subbands + 2 * MARGIN);
    this.before = new Float64Array(subbands + 2 * MARGIN);
    this.twoBefore = new Float64Array(subbands + 2 * MARGIN);
  }

  startFrame(): void {
    const oldest = this.twoBefore;
    this.twoBefore = this.before;
    this.before = this.current;
    this.current = oldest;
  }

  expect(k: number, smooth: number): number {
    const { regressors, weights, current, before, twoBefore } = this;
    const j = k + MARGIN;
    regressors[0] = before[j - 2]!;
    regressors[1] = before[j - 1]!;
    regressors[2] = before[j]!;
    regressors[3] = before[j + 1]!;
    regressors[4] = before[j + 2]!;
    regressors[5] = twoBefore[j - 1]!;
    regressors[6] = twoBefore[j]!;
    regressors[7] = twoBefore[j + 1]!;
    regressors[8] = current[j - 1]!;
    regressors[9] = current[j - 2]!;
    regressors[10] = current[j - 3]!;
    regressors[11] = smooth;
    const row = neighborClass(k) * REGRESSORS;
    let near = 0;
    for (let i = 0; i < REGRESSORS; i++) near += weights[row + i]! * regressors[i]!;
    return near < 0 ? 0 : near;
  }

  learn(k: number, magnitude: number): void {
    this.current[k + MARGIN] = magnitude;
  }
}
