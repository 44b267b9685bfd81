/**
 * Haar's functions, the oldest wavelet (A. Haar, "Zur Theorie der orthogonalen Funktionensysteme", Mathematische
 * Annalen 69, 1910): means and differences of neighbors, of pairs of means, and so on.
 */
import {
  allowedParameter,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
  type Subband,
} from '../basis';
import { wholeFrames } from '../parts/frames-of-blocks';

/** Levels that a Haar transform can have. */
export const HAAR_LEVELS: readonly number[] = Array.from({ length: 12 }, (_, i) => i + 1);

/**
 * J levels of means and differences over the square root of 2, which is orthonormal. At step 1 it becomes the
 * S-transform of rounded means and differences, which maps integers to integers and is not orthonormal (A. Said and W.
 * A. Pearlman, "An image multiresolution representation for lossless and lossy compression", IEEE Transactions on Image
 * Processing 5, 1996).
 */
export class HaarBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample = 2;
  readonly exactInIntegers = true;

  /**
   * @param levels - J, one of {@link HAAR_LEVELS}; the signal is completed with its last sample to whole groups of 2^J
   * @throws BasisParameterError when it is not
   */
  constructor(readonly levels: number) {
    allowedParameter('number of levels of a Haar transform', levels, HAAR_LEVELS);
    this.id = `haar-${levels}`;
    this.delay = 2 ** levels - 1;
  }

  /** First the means of 2^J samples, then the differences from the coarsest level to the finest. */
  layout(length: number): CoefficientLayout {
    const hop = 2 ** this.levels;
    const groups = Math.ceil(length / hop);
    const subbands: Subband[] = [{ offset: 0, length: groups, timeStep: hop }];
    for (let level = this.levels; level >= 1; level--) {
      const count = groups * 2 ** (this.levels - level);
      subbands.push({ offset: count, length: count, timeStep: 2 ** level });
    }
    return { signalLength: length, coefficientCount: groups * hop, hop, subbands };
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const layout = this.layout(signal.length);
    const values = new Float64Array(layout.coefficientCount);
    let means = wholeFrames(signal, layout.hop);
    for (let half = means.length / 2, level = 0; level < this.levels; level++, half /= 2) {
      const next = new Float64Array(half);
      if (step === 1) {
        for (let i = 0; i < half; i++) {
          const [a, b] = [means[2 * i]!, means[2 * i + 1]!];
          next[i] = Math.floor((a + b) / 2);
          values[half + i] = a - b;
        }
      } else {
        for (let i = 0; i < half; i++) {
          const [a, b] = [means[2 * i]!, means[2 * i + 1]!];
          next[i] = (a + b) * Math.SQRT1_2;
          values[half + i] = (a - b) * Math.SQRT1_2;
        }
      }
      means = next;
    }
    values.set(means);
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients, step: number): Float64Array {
    let means = values.slice(0, layout.subbands[0]!.length);
    for (let level = 0; level < this.levels; level++) {
      const half = means.length;
      const next = new Float64Array(2 * half);
      if (step === 1) {
        for (let i = 0; i < half; i++) {
          const difference = values[half + i]!;
          const second = means[i]! - Math.floor(difference / 2);
          next[2 * i] = second + difference;
          next[2 * i + 1] = second;
        }
      } else {
        for (let i = 0; i < half; i++) {
          const [mean, difference] = [means[i]!, values[half + i]!];
          next[2 * i] = (mean + difference) * Math.SQRT1_2;
          next[2 * i + 1] = (mean - difference) * Math.SQRT1_2;
        }
      }
      means = next;
    }
    return means.subarray(0, layout.signalLength);
  }
}
