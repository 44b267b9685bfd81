/**
 * Autoencoders in TensorFlow.js, with the loss of J. Ballé, V. Laparra and E. P. Simoncelli, "End-to-end
 * optimized image compression", ICLR 2017: distortion plus rate, where uniform noise added to the latents
 * stands in for rounding.
 *
 * Strided convolutions are written as products of overlapping frames with a matrix, because the package has
 * no gradients of convolutions for WebAssembly.
 */
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { FRAMES_SEEN } from '../../bases/parts/autoencoder-shape';
import type { TensorFlow } from './tensorflow';

/** Matrices by name. */
export type Weights = Readonly<Record<string, Tensor2D>>;

/** Signals in units of their steps: B × T, T a whole number of hops or blocks. */
export interface Batch {
  readonly signals: Tensor2D;
  /** Quantizer steps, relative to the standard deviation of each recording: B × 1. */
  readonly steps: Tensor2D;
  /** Uniform noise, −½…½: B·F × M for F frames in each signal. */
  readonly noise: Tensor2D;
}

/** The smallest scale of the entropy model, in steps, so that no probability becomes 0 / 0. */
const LEAST_SCALE = 0.05;

/** Added to probabilities before their logarithm is taken. */
const LEAST_PROBABILITY = 1e-9;

/** Analysis and synthesis of an autoencoder in TensorFlow.js. */
export class AutoencoderGraph {
  constructor(
    private readonly tf: TensorFlow,
    /** Samples of a block (linear) or of a hop (convolutional). */
    private readonly length: number,
  ) {}

  /**
   * The product a·b. The package's own gradients transpose inside the product, which is several times slower
   * than outside.
   */
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

  /** Blocks from latents of a linear autoencoder. */
  linearSynthesis(weights: Weights, latents: Tensor2D): Tensor2D {
    return this.product(latents, weights['synthesis']!);
  }

  /**
   * Latents of a convolutional autoencoder. Frame t covers hops t and t + 1, so there is one frame fewer than
   * hops.
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
   * Hops from overlapping frames, without the first and the last hop, which only one frame covers.
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
   * The learned entropy model: the sum of the bits of noisy latents, each of logistic distribution about 0.
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
   * Scales of the entropy model in steps. They are learned for a standard deviation of 1 and divided by Δ.
   *
   * @param frames - frames of each signal
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
