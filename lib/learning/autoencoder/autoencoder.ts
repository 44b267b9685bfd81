/**
 * Learns an autoencoder from end to end by gradient descent on D + λ·R. Uniform noise stands in for the
 * quantizer, and R is the bits of a learned entropy model (J. Ballé, V. Laparra and E. P. Simoncelli,
 * "End-to-end optimized image compression", ICLR 2017, eq. 10). One model serves all steps: signals are given
 * in units of the step, and each excerpt has a step of its own. Learning stops early, when the loss on
 * held-out recordings no longer falls.
 *
 * A linear autoencoder without noise and without a price of bits finds the subspace of the principal
 * components (P. Baldi and K. Hornik, "Neural networks and principal component analysis", Neural Networks 2,
 * 1989), but an arbitrary basis of that subspace; only the price of bits leads it to the components
 * themselves.
 */
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { uniformNumbers } from '../../numerics/random';
import { Adam } from '../../numerics/adam';
import { AutoencoderGraph, type Batch, type Weights } from './autoencoder-graph';
import {
  convolutionalShapes,
  linearShapes,
  type AutoencoderKind,
  type Shapes,
} from '../../bases/parts/autoencoder-shape';
import type { Learned, Learner, LearningContext, LearningState } from '../learner';
import { polarFactor } from '../../numerics/polar-factor';
import { loadTensorFlow, type TensorFlow } from './tensorflow';
import { TrainingSet } from '../training-set';

/** The autoencoder to be learned, and the settings of learning. */
export interface AutoencoderTask {
  readonly kind: AutoencoderKind;
  /** Samples of a block (linear) or of a hop (convolutional). */
  readonly length: number;
  /** Latents of a block, for a linear autoencoder; as many as samples where not given. */
  readonly latents?: number;
  /**
   * Start of a linear autoencoder, cosines where not given; a convolutional one always starts from lapped
   * cosines.
   */
  readonly start?: 'cosines' | 'random';
  /** λ: squared steps that a bit may cost. 0 leaves out the noise and the entropy model. */
  readonly price: number;
  /** Hops of an excerpt; 1 for blocks. */
  readonly hops: number;
  /** Excerpts in a batch; each batch gives one step of the descent. */
  readonly batch: number;
  /** Most steps of the descent. */
  readonly iterations: number;
  readonly rate: number;
  readonly seed: number;
}

/** A learned autoencoder. */
export interface LearnedAutoencoder {
  /**
   * Weights by the names that {@link linearShapes} and {@link convolutionalShapes} list, with `logScales` of
   * the entropy model where there is one.
   */
  readonly weights: Readonly<Record<string, Float64Array>>;
  /** D + λ·R at each evaluation: of batches, and of held-out excerpts. */
  readonly loss: readonly number[];
  readonly heldOutLoss: readonly number[];
}

/**
 * Range of quantizer steps that are learned, finest and coarsest, relative to the standard deviation of a
 * recording.
 */
const FINEST_STEP = 0.1;
const COARSEST_STEP = 3;

/** Steps of the descent between evaluations on held-out excerpts. */
const EVALUATED_EVERY = 25;

/**
 * Evaluations without gain after which the descent's step is halved, and halvings after which learning ends.
 */
const PATIENCE = 3;
const HALVINGS = 5;

/** Number of held-out excerpts in an evaluation. */
const HELD_OUT = 128;

/** Price of a bit in squared steps: the slope of a uniform quantizer at high rate, −dD/dR = (ln 2)/6. */
const PRICE_OF_A_BIT = Math.LN2 / 6;

export function shapesOf({ kind, length, latents }: AutoencoderTask): Shapes {
  return kind === 'linear' ? linearShapes(length, latents) : convolutionalShapes(length);
}

/**
 * Initial weights: orthonormal rows for a linear autoencoder, cosines of the MDCT without nonlinear
 * correction for a convolutional one.
 */
function firstWeights(task: AutoencoderTask): Record<string, Float64Array> {
  const { kind, length, seed } = task;
  const random = uniformNumbers(seed);
  const weights: Record<string, Float64Array> = {};
  for (const [name, [rows, columns]] of Object.entries(shapesOf(task))) {
    weights[name] = new Float64Array(rows * columns);
    if (name.endsWith('In')) weights[name] = weights[name]!.map(() => (2 * random() - 1) / Math.sqrt(rows));
  }
  const { analysis, synthesis } = weights as { analysis: Float64Array; synthesis: Float64Array };
  const channels = synthesis.length / (kind === 'linear' ? length : 2 * length);
  const span = synthesis.length / channels;
  const atoms = kind === 'linear' ? firstBlockAtoms(task, random) : lappedCosines(length);
  for (let k = 0; k < channels; k++) {
    for (let n = 0; n < span; n++) {
      synthesis[k * span + n] = atoms[k * span + n]!;
      analysis[n * channels + k] = atoms[k * span + n]!;
    }
  }
  if (task.price > 0) weights['logScales'] = new Float64Array(channels).fill(Math.log(0.5));
  return weights;
}

/** Cosines of the DCT-II, or random orthonormal rows: N × N. */
function firstBlockAtoms({ length, start = 'cosines' }: AutoencoderTask, random: () => number): Float64Array {
  const atoms = new Float64Array(length * length);
  if (start === 'random') {
    return polarFactor(
      atoms.map(() => random() + random() + random() - 1.5),
      length,
    );
  }
  return atoms.map((_, i) => {
    const k = Math.floor(i / length);
    const scale = Math.sqrt((k === 0 ? 1 : 2) / length);
    return scale * Math.cos((Math.PI / length) * ((i % length) + 0.5) * k);
  });
}

/** Windowed cosines of the MDCT, M × 2M (H. S. Malvar, Signal Processing with Lapped Transforms, 1992). */
export function lappedCosines(hop: number): Float64Array {
  return new Float64Array(2 * hop * hop).map((_, i) => {
    const k = Math.floor(i / (2 * hop));
    const n = i % (2 * hop);
    const window = Math.sin((Math.PI * (n + 0.5)) / (2 * hop));
    return window * Math.sqrt(2 / hop) * Math.cos((Math.PI / hop) * (n + 0.5 + hop / 2) * (k + 0.5));
  });
}

/** The descent of one autoencoder. */
class Descent {
  private readonly graph: AutoencoderGraph;
  private readonly names: readonly string[];
  private readonly shapes: Shapes;
  private readonly frames: number;
  private readonly channels: number;

  constructor(
    private readonly tf: TensorFlow,
    private readonly task: AutoencoderTask,
    first: Readonly<Record<string, Float64Array>>,
  ) {
    this.graph = new AutoencoderGraph(tf, task.length);
    this.names = Object.keys(first);
    this.channels = first['synthesis']!.length / (task.kind === 'linear' ? 1 : 2) / task.length;
    this.shapes = { ...shapesOf(task), logScales: [1, this.channels] };
    this.frames = task.kind === 'linear' ? 1 : task.hops - 1;
  }

  /** D + λ·R of a batch, in squared steps a sample; without a price, the distortion alone. */
  loss(weights: Weights, { signals, steps, noise }: Batch): Scalar {
    const { tf, graph, task, frames } = this;
    const { length, price } = task;
    const linear = task.kind === 'linear';
    const latents = linear ? graph.linearAnalysis(weights, signals) : graph.analysis(weights, signals);
    const noisy = price > 0 ? tf.add(latents, noise) : latents;
    const decoded = linear
      ? graph.linearSynthesis(weights, noisy as Tensor2D)
      : graph.synthesis(weights, noisy as Tensor2D, frames);
    const [count, samples] = signals.shape;
    const seen = linear ? signals : tf.slice(signals, [0, length], [count, samples - 2 * length]);
    const distortion = tf.mul(tf.sum(tf.square(tf.sub(decoded, seen))), 1 / (seen.shape[0] * seen.shape[1]!));
    if (price === 0) return distortion as Scalar;
    const scales = graph.scales(weights['logScales']!, steps, frames);
    const bits = tf.mul(graph.bits(noisy as Tensor2D, scales), 1 / (count * frames * length));
    return tf.add(distortion, tf.mul(bits, price)) as Scalar;
  }

  /** Tensors of weights, in the order of the names. */
  tensors(weights: Readonly<Record<string, Float64Array>>): Tensor2D[] {
    return this.names.map((name) =>
      this.tf.tensor2d(Float32Array.from(weights[name]!), [...this.shapes[name]!]),
    );
  }

  private named(tensors: readonly Tensor[]): Weights {
    return Object.fromEntries(this.names.map((name, i) => [name, tensors[i] as Tensor2D]));
  }

  /** @returns the loss, and its gradients in the order of the names */
  gradients(
    weights: Readonly<Record<string, Float64Array>>,
    batch: Batch,
  ): { readonly value: number; readonly gradients: readonly ArrayLike<number>[] } {
    const { tf } = this;
    const tensors = this.tensors(weights);
    const { value, grads } = tf.valueAndGrads((...given: Tensor[]) => this.loss(this.named(given), batch))(
      tensors,
    );
    const result = {
      value: value.dataSync()[0]!,
      gradients: grads.map((gradient) => gradient.dataSync()),
    };
    tf.dispose([tensors, value, grads]);
    return result;
  }

  value(weights: Readonly<Record<string, Float64Array>>, batch: Batch): number {
    return this.tf.tidy(() => this.loss(this.named(this.tensors(weights)), batch).dataSync()[0]!);
  }

  /**
   * Makes a batch: excerpts with steps and noise.
   *
   * @param excerpts - all excerpts, one after another
   * @param chosen - numbers of the excerpts in the batch
   * @param random - source of the steps and the noise
   */
  batch(excerpts: Float64Array, chosen: readonly number[], random: () => number): Batch {
    const { tf, task, frames, channels } = this;
    const samples = task.hops * task.length;
    const signals = new Float32Array(chosen.length * samples);
    const steps = new Float32Array(chosen.length).fill(1);
    chosen.forEach((number, i) => {
      if (task.price > 0) steps[i] = FINEST_STEP * (COARSEST_STEP / FINEST_STEP) ** random();
      for (let n = 0; n < samples; n++) {
        signals[i * samples + n] = excerpts[number * samples + n]! / steps[i]!;
      }
    });
    const noise = new Float32Array(task.price > 0 ? chosen.length * frames * channels : 0);
    for (let i = 0; i < noise.length; i++) noise[i] = random() - 0.5;
    return {
      signals: tf.tensor2d(signals, [chosen.length, samples]),
      steps: tf.tensor2d(steps, [chosen.length, 1]),
      noise: tf.tensor2d(noise, [noise.length / channels, channels]),
    };
  }
}

/**
 * Learns an autoencoder. The same excerpts and task give the same weights.
 *
 * @param excerpts - excerpts of `hops · length` samples, one after another
 * @param heldOut - other excerpts, which decide when to stop and which weights are kept
 */
export async function learnAutoencoder(
  excerpts: Float64Array,
  heldOut: Float64Array,
  task: AutoencoderTask,
  { resumed, report, keep }: Pick<LearningContext, 'resumed' | 'report' | 'keep'>,
): Promise<LearnedAutoencoder> {
  const tf = await loadTensorFlow();
  const first = firstWeights(task);
  const names = Object.keys(first);
  const descent = new Descent(tf, task, first);
  const steps = Object.fromEntries(names.map((name) => [name, new Adam(first[name]!)]));
  const weights = first;
  let best = copyOf(weights);
  let start = 0;
  const loss: number[] = [];
  const heldOutLoss: number[] = [];
  const progress = { rate: task.rate, least: Infinity, waited: 0, halvings: 0 };
  if (resumed) {
    const { arrays } = resumed;
    for (const name of names) {
      weights[name]!.set(arrays[name]!);
      steps[name]!.mean.set(arrays[`mean ${name}`]!);
      steps[name]!.square.set(arrays[`square ${name}`]!);
      best[name]!.set(arrays[`best ${name}`]!);
    }
    loss.push(...arrays['loss']!);
    heldOutLoss.push(...arrays['heldOutLoss']!);
    [progress.rate, progress.least, progress.waited, progress.halvings] = arrays['progress'] as unknown as [
      number,
      number,
      number,
      number,
    ];
    start = resumed.iterations;
  }
  const samples = task.hops * task.length;
  const count = excerpts.length / samples;
  const looked = Array.from({ length: Math.min(HELD_OUT, heldOut.length / samples) }, (_, i) =>
    Math.floor((i * heldOut.length) / samples / Math.min(HELD_OUT, heldOut.length / samples)),
  );
  const fixed = descent.batch(heldOut, looked, uniformNumbers(task.seed + 1));
  let sum = 0;
  for (let i = start; i < task.iterations && progress.halvings < HALVINGS; i++) {
    const random = uniformNumbers(task.seed + 2 + i);
    const chosen = Array.from({ length: task.batch }, () => Math.floor(random() * count));
    const batch = descent.batch(excerpts, chosen, random);
    const { value, gradients } = descent.gradients(weights, batch);
    tf.dispose([batch.signals, batch.steps, batch.noise]);
    names.forEach((name, k) => steps[name]!.descend(gradients[k]!, i + 1, progress.rate));
    sum += value;
    if ((i + 1) % EVALUATED_EVERY !== 0) continue;
    await report(i + 1, task.iterations);
    loss.push(sum / EVALUATED_EVERY);
    sum = 0;
    const now = descent.value(weights, fixed);
    heldOutLoss.push(now);
    if (now < progress.least) {
      progress.least = now;
      progress.waited = 0;
      best = copyOf(weights);
    } else if (++progress.waited >= PATIENCE) {
      progress.rate /= 2;
      progress.waited = 0;
      progress.halvings++;
    }
    keep(stateOf(i + 1, weights, steps, best, loss, heldOutLoss, progress));
  }
  tf.dispose([fixed.signals, fixed.steps, fixed.noise]);
  return { weights: best, loss, heldOutLoss };
}

function copyOf(weights: Readonly<Record<string, Float64Array>>): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.slice()]));
}

function stateOf(
  iterations: number,
  weights: Readonly<Record<string, Float64Array>>,
  steps: Readonly<Record<string, Adam>>,
  best: Readonly<Record<string, Float64Array>>,
  loss: readonly number[],
  heldOutLoss: readonly number[],
  { rate, least, waited, halvings }: { rate: number; least: number; waited: number; halvings: number },
): LearningState {
  const arrays: Record<string, Float64Array> = {
    loss: Float64Array.from(loss),
    heldOutLoss: Float64Array.from(heldOutLoss),
    progress: Float64Array.of(rate, least, waited, halvings),
  };
  for (const [name, values] of Object.entries(weights)) {
    arrays[name] = values;
    arrays[`mean ${name}`] = steps[name]!.mean;
    arrays[`square ${name}`] = steps[name]!.square;
    arrays[`best ${name}`] = best[name]!;
  }
  return { iterations, arrays };
}

/** One of so many recordings is held out. */
const HELD_OUT_EVERY = 8;

/** Approximate number of samples to learn from, and samples in a batch. */
const SAMPLES = 4_000_000;
const SAMPLES_OF_A_BATCH = 32_768;

/** Hops of an excerpt of a convolutional autoencoder. */
const HOPS = 17;

const ITERATIONS: Readonly<Record<AutoencoderKind, number>> = { linear: 1500, convolutional: 2500 };

const RATE = 1e-3;

/** The latents of a linear autoencoder, sorted by scale, the largest first. */
function inOrderOfScale(
  { analysis, synthesis, logScales }: LearnedAutoencoder['weights'],
  length: number,
): LearnedAutoencoder['weights'] {
  const order = Array.from(logScales!.keys()).sort((a, b) => logScales![b]! - logScales![a]!);
  return {
    analysis: analysis!.map((_, i) => analysis![i - (i % length) + order[i % length]!]!),
    synthesis: synthesis!.map((_, i) => synthesis![order[Math.floor(i / length)]! * length + (i % length)]!),
    logScales: logScales!.map((_, k) => logScales![order[k]!]!),
  };
}

async function learn(
  [kindName, lengthValue]: readonly (number | string)[],
  { training, resumed, report, keep }: LearningContext,
): Promise<Learned> {
  const kind = kindName as AutoencoderKind;
  const length = Number(lengthValue);
  const hops = kind === 'linear' ? 1 : HOPS;
  const task: AutoencoderTask = {
    kind,
    length,
    price: PRICE_OF_A_BIT,
    hops,
    batch: Math.round(SAMPLES_OF_A_BATCH / (hops * length)),
    iterations: ITERATIONS[kind],
    rate: RATE,
    seed: 1,
  };
  const { recordings } = training;
  const every = Math.min(HELD_OUT_EVERY, recordings.length);
  const part = (held: boolean): TrainingSet =>
    new TrainingSet(recordings.filter((_, i) => (i % every === every - 1) === held));
  const samples = hops * length;
  // With a single recording, nothing is held out.
  const excerpts = (every > 1 ? part(false) : training).blocks(samples, SAMPLES / samples);
  const heldOut = part(true).blocks(samples, SAMPLES / HELD_OUT_EVERY / samples);
  const { weights, loss, heldOutLoss } = await learnAutoencoder(excerpts, heldOut, task, {
    resumed,
    report,
    keep,
  });
  const ordered = kind === 'linear' ? inOrderOfScale(weights, length) : weights;
  const rounded = (values: readonly number[]): number[] =>
    values.map((value) => Number(value.toPrecision(6)));
  return {
    arrays: Object.fromEntries(
      Object.entries(ordered).map(([name, values]) => [name, Float32Array.from(values)]),
    ),
    hyperparameters: {
      kind,
      length,
      price: PRICE_OF_A_BIT,
      batch: task.batch,
      hops,
      rate: task.rate,
      iterations: ITERATIONS[kind],
    },
    history: { loss: rounded(loss), heldOutLoss: rounded(heldOutLoss) },
  };
}

export const autoencoder: Learner = {
  family: 'autoencoder',
  module: 'lib/learning/autoencoder/autoencoder.ts',
  learn,
};
