/**
 * Encoder and decoder of a convolutional autoencoder in double precision, with + − × ÷ in a fixed order, so that a file
 * decodes to the same samples on every machine.
 */
import { matrixProduct } from '../../kernels/matrix';
import { convolutionalShapes, FRAMES_SEEN } from './autoencoder-shape';

/** Weights by name, as {@link convolutionalShapes} lists them. */
export type NetworkWeights = Readonly<Record<string, Float64Array>>;

/** The arrays of a model do not fit an autoencoder. */
export class AutoencoderWeightsError extends RangeError {
  override readonly name = 'AutoencoderWeightsError';
}

/** A convolutional autoencoder with its weights. */
export class AutoencoderNetwork {
  private readonly weights: NetworkWeights;

  /**
   * @param hop - M
   * @throws AutoencoderWeightsError when an array is missing or has another size
   */
  constructor(
    readonly hop: number,
    arrays: Readonly<Record<string, ArrayLike<number>>>,
  ) {
    this.weights = Object.fromEntries(
      Object.entries(convolutionalShapes(hop)).map(([name, [rows, columns]]) => {
        const values = arrays[name];
        if (values?.length !== rows * columns) {
          throw new AutoencoderWeightsError(
            `The array ${name} of an autoencoder of hop ${hop} must have ${rows} × ${columns} numbers.`,
          );
        }
        return [name, Float64Array.from(values)];
      }),
    );
  }

  /**
   * @param halves - H hops of M samples
   * @param passes - rounds of correction: each adds the latents of the residual, without the nonlinear layer of
   *   analysis and without the first and last hop
   * @returns latents of H − 1 frames, frame after frame; empty without hops
   */
  analyze(halves: Float64Array, passes = 0): Float64Array {
    const { hop } = this;
    const latents = this.corrected('analysis', this.projected(halves));
    for (let pass = 0; pass < passes; pass++) {
      const left = new Float64Array(halves.length);
      const back = this.synthesize(latents);
      for (let i = 0; i < back.length; i++) left[hop + i] = halves[hop + i]! - back[i]!;
      const more = this.projected(left);
      for (let i = 0; i < latents.length; i++) latents[i] = latents[i]! + more[i]!;
    }
    return latents;
  }

  /** Overlapping frames times the matrix of analysis. */
  private projected(halves: Float64Array): Float64Array {
    const { hop, weights } = this;
    const frames = Math.max(0, halves.length / hop - 1);
    const overlapping = new Float64Array(frames * 2 * hop);
    for (let t = 0; t < frames; t++) {
      overlapping.set(halves.subarray(t * hop, (t + 2) * hop), t * 2 * hop);
    }
    return matrixProduct(overlapping, weights['analysis']!, 2 * hop, hop);
  }

  /**
   * @param latents - latents of F frames
   * @returns F − 1 hops: hop t is the second half of frame t plus the first half of frame t + 1
   */
  synthesize(latents: Float64Array): Float64Array {
    const { hop, weights } = this;
    const halves = matrixProduct(this.corrected('synthesis', latents), weights['synthesis']!, hop, 2 * hop);
    const signal = new Float64Array(Math.max(0, latents.length - hop));
    for (let start = 0; start < signal.length; start += hop) {
      const second = 2 * start + hop;
      for (let n = 0; n < hop; n++) signal[start + n] = halves[second + n]! + halves[second + hop + n]!;
    }
    return signal;
  }

  /** y + φ([before, y, after]·In + Bias)·Out, φ(x) = x / (1 + |x|). Frames beyond the ends are zeros. */
  private corrected(side: 'analysis' | 'synthesis', latents: Float64Array): Float64Array {
    const { hop, weights } = this;
    const bias = weights[`${side}Bias`]!;
    const frames = latents.length / hop;
    const width = FRAMES_SEEN * hop;
    const seen = new Float64Array(frames * width);
    for (let t = 0; t < frames; t++) {
      const first = Math.max(0, t - 1);
      const end = Math.min(frames, t + 2);
      seen.set(latents.subarray(first * hop, end * hop), t * width + (first - t + 1) * hop);
    }
    const inner = matrixProduct(seen, weights[`${side}In`]!, width, bias.length);
    for (let start = 0; start < inner.length; start += bias.length) {
      for (let h = 0; h < bias.length; h++) {
        const value = inner[start + h]! + bias[h]!;
        inner[start + h] = value / (1 + Math.abs(value));
      }
    }
    const correction = matrixProduct(inner, weights[`${side}Out`]!, bias.length, hop);
    for (let i = 0; i < correction.length; i++) correction[i] = latents[i]! + correction[i]!;
    return correction;
  }
}
