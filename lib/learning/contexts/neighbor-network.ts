/**
 * Learns a network that predicts the mean magnitude of the next trellis-quantized coefficient, and the
 * statistics of the contexts made from it. The loss is the cost of the magnitudes under a geometric density
 * with the predicted mean.
 */
import {
  factorOf,
  forward,
  HIDDEN,
  NetworkNeighborhood,
  SEEN,
  softsign,
  type NetworkWeights,
} from '../../coding/contexts/network-neighborhood';
import { uniformNumbers } from '../../numerics/random';
import { Adam } from '../../numerics/adam';
import {
  CONTEXT_BLOCK_LENGTH,
  CONTEXT_RECORDINGS,
  CONTEXT_STEPS,
  learnContexts,
  partOf,
  passOver,
  quantizedRecordings,
} from './context-statistics';
import type { Learned, Learner, LearningContext, Report } from '../learner';

/** Approximate number of coefficients to learn from, and coefficients in a batch. */
const EXAMPLES = 400_000;
const BATCH = 256;
const EPOCHS = 4;
const FIRST_RATE = 0.01;
const LAST_RATE = 0.0002;
const SEED = 1;

/** One of so many examples is held out. */
const HELD_OUT_EVERY = 10;

/** Number of parameters in the network: those of the hidden units come first, those of the output last. */
const HIDDEN_PARAMETERS = HIDDEN * (SEEN + 1);
const PARAMETERS = HIDDEN_PARAMETERS + HIDDEN + 1;

/** Examples: the inputs of the network and the magnitude that followed. */
export class Examples {
  readonly seen: Float32Array;
  readonly units: Float32Array;
  readonly magnitudes: Float32Array;
  count = 0;

  /** @param capacity - largest number of examples */
  constructor(readonly capacity: number) {
    this.seen = new Float32Array(capacity * SEEN);
    this.units = new Float32Array(capacity);
    this.magnitudes = new Float32Array(capacity);
  }

  add(seen: Float64Array, unit: number, magnitude: number): void {
    if (this.count === this.capacity) return;
    this.seen.set(seen, this.count * SEEN);
    this.units[this.count] = unit;
    this.magnitudes[this.count++] = magnitude;
  }
}

/** A neighborhood that keeps some of the coefficients it sees as examples. */
class ObservedNeighborhood extends NetworkNeighborhood {
  constructor(
    private readonly examples: Examples,
    private readonly chosen: () => boolean,
    subbands: number,
  ) {
    super(networkOf(new Float64Array(PARAMETERS)), subbands);
  }

  override learn(k: number, magnitude: number): void {
    if (this.chosen()) this.examples.add(this.seen, this.unit, magnitude);
    super.learn(k, magnitude);
  }
}

export function networkOf(parameters: Float64Array): NetworkWeights {
  return {
    hidden: Float32Array.from(parameters.subarray(0, HIDDEN_PARAMETERS)),
    output: Float32Array.from(parameters.subarray(HIDDEN_PARAMETERS)),
  };
}

/**
 * Initial parameters: small random weights of the hidden units, and an output of 0, which stands for the
 * running mean.
 */
export function firstParameters(): Float64Array {
  const random = uniformNumbers(SEED);
  const parameters = new Float64Array(PARAMETERS);
  for (let i = 0; i < HIDDEN_PARAMETERS; i++) parameters[i] = (2 * random() - 1) / Math.sqrt(SEEN);
  for (let h = 0; h < HIDDEN; h++) parameters[HIDDEN_PARAMETERS + h] = 0.1 * (2 * random() - 1);
  return parameters;
}

/**
 * Cost of magnitudes in nats, under a geometric density with the mean that the network predicts, and its
 * gradient.
 *
 * @param examples - all examples
 * @param chosen - numbers of the examples that count
 * @param gradient - the gradient of the sum is added to it
 */
export function costOf(
  parameters: Float64Array,
  { seen, units, magnitudes }: Examples,
  chosen: ArrayLike<number>,
  gradient?: Float64Array,
): number {
  const hidden = parameters.subarray(0, HIDDEN_PARAMETERS);
  const outer = parameters.subarray(HIDDEN_PARAMETERS);
  const sums = new Float64Array(HIDDEN);
  let cost = 0;
  for (let n = 0; n < chosen.length; n++) {
    const example = chosen[n]!;
    const first = example * SEEN;
    const output = forward(hidden, outer, seen, first, sums);
    const unit = units[example]!;
    const magnitude = magnitudes[example]!;
    const mean = unit * factorOf(output);
    cost += (magnitude + 1) * Math.log(1 + mean) - magnitude * Math.log(mean);
    if (!gradient) continue;
    const slopeOfFactor = output < 0 ? 1 / ((1 - output) * (1 - output)) : 1;
    const ofOutput = ((mean - magnitude) / (mean * (1 + mean))) * unit * slopeOfFactor;
    gradient[PARAMETERS - 1]! += ofOutput;
    for (let h = 0, w = 0; h < HIDDEN; h++, w += SEEN + 1) {
      const x = sums[h]!;
      gradient[HIDDEN_PARAMETERS + h]! += ofOutput * softsign(x);
      const scale = 1 + Math.abs(x);
      const ofSum = (ofOutput * outer[h]!) / (scale * scale);
      for (let i = 0; i < SEEN; i++) gradient[w + i]! += ofSum * seen[first + i]!;
      gradient[w + SEEN]! += ofSum;
    }
  }
  return cost;
}

/** A learned network, with its mean cost of a coefficient in bits at the end of each epoch. */
export interface LearnedNetwork {
  readonly parameters: Float64Array;
  readonly cost: readonly number[];
  readonly heldOutCost: readonly number[];
}

/**
 * Descends from {@link firstParameters} over the training examples, in an order given by the seed. The
 * network of the epoch with the lowest cost on held-out examples is kept.
 */
export async function learnNetwork(
  examples: Examples,
  report: Report,
  epochs: number = EPOCHS,
): Promise<LearnedNetwork> {
  const random = uniformNumbers(SEED + 1);
  const numbers = Array.from({ length: examples.count }, (_, i) => i);
  const order = Int32Array.from(numbers.filter((i) => i % HELD_OUT_EVERY !== HELD_OUT_EVERY - 1));
  const heldOut = numbers.filter((i) => i % HELD_OUT_EVERY === HELD_OUT_EVERY - 1);
  const parameters = firstParameters();
  const adam = new Adam(parameters);
  const gradient = new Float64Array(PARAMETERS);
  const batches = Math.ceil(order.length / BATCH);
  const bits = (cost: number, count: number): number => cost / Math.LN2 / Math.max(1, count);
  let best = parameters.slice();
  const cost: number[] = [];
  const heldOutCost: number[] = [];
  for (let epoch = 0, step = 0; epoch < epochs; epoch++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    let sum = 0;
    for (let b = 0; b < batches; b++) {
      if (b % 50 === 0) await report(epoch * batches + b, epochs * batches);
      const chosen = order.subarray(b * BATCH, (b + 1) * BATCH);
      gradient.fill(0);
      sum += costOf(parameters, examples, chosen, gradient);
      for (let i = 0; i < PARAMETERS; i++) gradient[i]! /= chosen.length;
      const rate = FIRST_RATE * (LAST_RATE / FIRST_RATE) ** (step / (epochs * batches));
      adam.descend(gradient, ++step, rate);
    }
    cost.push(bits(sum, order.length));
    heldOutCost.push(bits(costOf(parameters, examples, heldOut), heldOut.length));
    if (heldOutCost[epoch]! <= Math.min(...heldOutCost)) best = parameters.slice();
  }
  return { parameters: best, cost, heldOutCost };
}

async function learn(
  _values: readonly (number | string)[],
  { training, report }: LearningContext,
): Promise<Learned> {
  const sets = await quantizedRecordings(training, partOf(report, 0, 6));
  const coefficients = sets.reduce((sum, { values }) => sum + values.length, 0);
  const random = uniformNumbers(SEED);
  const share = EXAMPLES / coefficients;
  const examples = new Examples(Math.min(coefficients, EXAMPLES));
  const first = await passOver(
    sets,
    (subbands) => new ObservedNeighborhood(examples, () => random() < share, subbands),
    partOf(report, 1, 6),
  );
  const { parameters, cost, heldOutCost } = await learnNetwork(examples, partOf(report, 1, 3));
  const weights = networkOf(parameters);
  const { model, bitsPerSample } = await learnContexts(
    sets,
    (subbands) => new NetworkNeighborhood(weights, subbands),
    partOf(report, 2, 3),
  );
  const rounded = (values: readonly number[]): number[] =>
    values.map((value) => Number(value.toPrecision(7)));
  return {
    arrays: { ...weights, ...model },
    hyperparameters: {
      recordings: Math.min(CONTEXT_RECORDINGS, training.recordings.length),
      steps: CONTEXT_STEPS.join(' '),
      blockLength: CONTEXT_BLOCK_LENGTH,
      examples: examples.count,
      epochs: EPOCHS,
    },
    history: {
      cost: rounded(cost),
      heldOutCost: rounded(heldOutCost),
      bitsPerSample: rounded([first.bitsPerSample, ...bitsPerSample]),
    },
  };
}

export const neighborNetwork: Learner = {
  family: 'network',
  module: 'lib/learning/contexts/neighbor-network.ts',
  learn,
};
