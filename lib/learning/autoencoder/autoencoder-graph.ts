/**
 * Autoencoders in TensorFlow.js, with the loss of J. Ballé, V. Laparra and E. P. Simoncelli, "End-to-end optimized image
 * compression", ICLR 2017: distortion, and the rate of latents to which uniform noise is added in place of rounding.
 *
 * The package has no gradients of convolutions for WebAssembly. A strided convolution is the product of overlapping
 * frames with a matrix, and is written so.
 */
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { FRAMES_SEEN } from '../../bases/parts/autoencoder-shape';
import type { TensorFlow } from './tensorflow';

/** Matrices by name. */
export type Weights = Readonly<Record<string, Tensor2D>>;

/** Signals in steps: B × T, T a whole number of hops or blocks. */
export interface Batch {
  readonly signals: Tensor2D;
  /** Δ, relative to the standard deviation of a recording: B × 1. */
  readonly steps: Tensor2D;
  /** −½…½: B·F × M for F frames in each signal. */
  readonly noise: Tensor2D;
}

/** The smallest scale of the entropy model, in steps, so that no probability becomes 0 / 0. */
const LEAST_SCALE = 0.05;

/** Added to probabilities before their logarithm is taken. */
const LEAST_PROBABILITY = 1e-9;

/** The two sides of an autoencoder as TensorFlow.js computes them. */
export class AutoencoderGraph {
  constructor(
    private readonly tf: TensorFlow,
    /** Samples of a block, or of a hop. */
    private readonly length: number,
  ) {}

  /** a·b. The gradients of the package transpose inside the product, several times slower than outside. */
  product(a: Tensor2D, b: Tensor2D): Tensor2D {
    const { tf } = this;
    const multiply = tf.customGrad((...inputs) => {
      const [left, right, save] = inputs as unknown as [Tensor2D, Tensor2D, (saved: Tensor[]) => void];
      save([left, right]);
      return {
        value: tf.matMul(left, right),
        gradFunc: (dy: Tensor, saved: Tensor[]) => [
          tf.matMul(dy as Tensor2D, tf.transpose(saved[1]!)),
          tf.matMul(tf.transpose(saved[0]!), dy as Tensor2D),
        ],
      };
    });
    return multiply(a, b) as Tensor2D;
  }

  /** x / (1 + |x|). */
  private softsign(x: Tensor2D): Tensor2D {
    const { tf } = this;
    return tf.div(x, tf.add(tf.abs(x), 1));
  }

  /** Latents of a linear autoencoder: blocks (B × N) to B × K. */
  linearAnalysis(weights: Weights, blocks: Tensor2D): Tensor2D {
    return this.product(blocks, weights['analysis']!);
  }

  /** Blocks that latents give. */
  linearSynthesis(weights: Weights, latents: Tensor2D): Tensor2D {
    return this.product(latents, weights['synthesis']!);
  }

  /**
   * Latents of a convolutional autoencoder. Frame t has the hops t and t + 1, so there is one frame less than hops.
   *
   * @param signals - B × T
   * @returns B·F × M
   */
  analysis(weights: Weights, signals: Tensor2D): Tensor2D {
    const { tf, length } = this;
    const [count, samples] = signals.shape;
    const hops = samples / length;
    const size: [number, number] = [count, samples - length];
    const rows: [number, number] = [count * (hops - 1), length];
    const frames = tf.concat(
      [
        tf.reshape(tf.slice(signals, [0, 0], size), rows),
        tf.reshape(tf.slice(signals, [0, length], size), rows),
      ],
      1,
    ) as Tensor2D;
    return this.nonlinear(weights, 'analysis', this.product(frames, weights['analysis']!), hops - 1);
  }

  /**
   * The hops that overlapping frames give, without the first and the last, which one frame alone reaches.
   *
   * @param latents - B·F × M
   * @param frames - F
   * @returns B × (F − 1)·M
   */
  synthesis(weights: Weights, latents: Tensor2D, frames: number): Tensor2D {
    const { tf, length } = this;
    const count = latents.shape[0] / frames;
    const values = this.nonlinear(weights, 'synthesis', latents, frames);
    const halves = tf.reshape(this.product(values, weights['synthesis']!), [
      count,
      frames,
      2 * length,
    ]) as Tensor3D;
    const sizes: [number, number, number] = [count, frames - 1, length];
    const sum = tf.add(tf.slice(halves, [0, 0, length], sizes), tf.slice(halves, [0, 1, 0], sizes));
    return tf.reshape(sum, [count, (frames - 1) * length]);
  }

  /** y + φ([before, y, after]·In + Bias)·Out; beyond the ends there are zeros. */
  private nonlinear(weights: Weights, side: string, latents: Tensor2D, frames: number): Tensor2D {
    const { tf, length } = this;
    const rows = latents.shape[0];
    const count = rows / frames;
    const cube = tf.reshape(latents, [count, frames, length]) as Tensor3D;
    const nothing = tf.zeros([count, 1, length]) as Tensor3D;
    const less: [number, number, number] = [count, frames - 1, length];
    const before = tf.concat([nothing, tf.slice(cube, [0, 0, 0], less)], 1);
    const after = tf.concat([tf.slice(cube, [0, 1, 0], less), nothing], 1);
    const seen = tf.reshape(tf.concat([before, cube, after], 2), [rows, FRAMES_SEEN * length]) as Tensor2D;
    const inner = tf.add(this.product(seen, weights[`${side}In`]!), weights[`${side}Bias`]!) as Tensor2D;
    return tf.add(latents, this.product(this.softsign(inner), weights[`${side}Out`]!));
  }

  /**
   * Bits of noisy latents, a sum, if each is distributed logistically about 0: the learned entropy model.
   *
   * @param latents - R × K, in steps
   * @param scales - R × K, in steps
   */
  bits(latents: Tensor2D, scales: Tensor2D): Tensor {
    const { tf } = this;
    const magnitude = tf.neg(tf.abs(latents));
    const upper = tf.sigmoid(tf.div(tf.add(magnitude, 0.5), scales));
    const lower = tf.sigmoid(tf.div(tf.sub(magnitude, 0.5), scales));
    return tf.mul(tf.sum(tf.log(tf.add(tf.sub(upper, lower), LEAST_PROBABILITY))), -1 / Math.LN2);
  }

  /**
   * Scales of the entropy model: learned for a standard deviation of 1, so that they are in steps when divided by Δ.
   *
   * @param frames - of each signal
   */
  scales(logScales: Tensor2D, steps: Tensor2D, frames: number): Tensor2D {
    const { tf } = this;
    const channels = logScales.shape[1]!;
    const each = tf.add(tf.div(tf.exp(logScales), steps), LEAST_SCALE) as Tensor2D;
    const count = steps.shape[0];
    const spread = tf.mul(tf.reshape(each, [count, 1, channels]), tf.ones([1, frames, 1]));
    return tf.reshape(spread, [count * frames, channels]);
  }
}
