/**
 * The probability of a decision, from several contexts at once: each context keeps an adaptive estimate, and a
 * mixer that learns which to trust joins them in the logistic domain (M. Mahoney, "Adaptive weighing of context
 * models for lossless data compression", Florida Tech. report CS-2005-16, 2005).
 *
 * Encoder and decoder must come to the same probability, so all arithmetic is + − × ÷ on IEEE doubles in a fixed
 * order, and the logistic function and its inverse are tables made that way.
 */
import { PROBABILITY_ONE, type BinaryCoder } from './range-coder';

/** The logistic domain is cut off at ±10: a probability of 3/65536. */
const STRETCH_LIMIT = 10;
/** Entries of the logistic table in each unit. */
const STRETCH_UNIT = 128;
/** e^(1/128). */
const EXP_STEP = 1.007843097206448;
const LOGISTIC_CENTER = STRETCH_LIMIT * STRETCH_UNIT;

/** 1/(1 + e^(−x)) at x = (i − center)/128. */
export const LOGISTIC = Float32Array.from(makeLogistic());
/** ln(p/(1 − p)) at p = (i + 1/2)/4096. */
export const STRETCH = Float32Array.from(makeStretch());

function makeLogistic(): Float64Array {
  const table = new Float64Array(2 * LOGISTIC_CENTER + 1);
  let power = 1;
  for (let i = 0; i <= LOGISTIC_CENTER; i++) {
    table[LOGISTIC_CENTER + i] = power / (1 + power);
    table[LOGISTIC_CENTER - i] = 1 / (1 + power);
    power *= EXP_STEP;
  }
  return table;
}

/** Inverts the logistic table, linearly between its entries. */
function makeStretch(): Float64Array {
  const LOGISTIC = makeLogistic();
  const table = new Float64Array(4096);
  let entry = 0;
  for (let i = 0; i < 4096; i++) {
    const probability = (i + 0.5) / 4096;
    while (entry < 2 * LOGISTIC_CENTER - 1 && LOGISTIC[entry + 1]! < probability) entry++;
    const below = LOGISTIC[entry]!;
    const position = entry + (probability - below) / (LOGISTIC[entry + 1]! - below);
    table[i] = (position - LOGISTIC_CENTER) / STRETCH_UNIT;
  }
  return table;
}

/** Estimates move by 1/(n + 1.5) at their n-th decision, and never by less than 1/limit. */
export function adaptationRates(limit: number): Float64Array {
  return Float64Array.from({ length: limit - 1 }, (_, n) => 1 / (n + 1.5));
}

/** Least distance of an estimate from 0 and 1; also keeps it away from denormal numbers. */
const DOUBT = 1 / 65536;

/** Step of the mixer's gradient descent. */
const LEARNING_RATE = 0.004;

/**
 * Decisions in `slots × contexts` adaptive contexts, three of which are consulted at a time.
 *
 * A caller sets {@link first}, {@link second} and {@link third}, each the number of a context, and
 * {@link selected}, the number of a set of mixing weights; then calls {@link code}.
 */
export class MixedBit {
  first = 0;
  second = 0;
  third = 0;
  selected = 0;
  private readonly probability: Float32Array;
  private readonly seen: Uint8Array;
  private readonly weights: Float64Array;
  private readonly rates: Float64Array;
  private readonly lastRate: number;

  /**
   * @param initial - the probability that each context starts from
   * @param weightSets - number of sets of mixing weights
   * @param limit - the longest memory of a context, in decisions, 2…255
   */
  constructor(
    private readonly coder: BinaryCoder,
    initial: Float32Array,
    weightSets: number,
    limit: number,
  ) {
    this.probability = initial.slice();
    this.seen = new Uint8Array(initial.length);
    this.weights = new Float64Array(3 * weightSets).fill(0.34);
    this.rates = adaptationRates(limit);
    this.lastRate = this.rates.length - 1;
  }

  /** Codes one decision in the contexts set, and learns from it. */
  code(bit: number): number {
    const { probability, weights, first, second, third } = this;
    const p1 = probability[first]!;
    const p2 = probability[second]!;
    const p3 = probability[third]!;
    const s1 = STRETCH[(p1 * 4096) | 0]!;
    const s2 = STRETCH[(p2 * 4096) | 0]!;
    const s3 = STRETCH[(p3 * 4096) | 0]!;
    const set = 3 * this.selected;
    const w1 = weights[set]!;
    const w2 = weights[set + 1]!;
    const w3 = weights[set + 2]!;
    let mixed = w1 * s1 + w2 * s2 + w3 * s3;
    if (mixed > STRETCH_LIMIT) mixed = STRETCH_LIMIT;
    else if (mixed < -STRETCH_LIMIT) mixed = -STRETCH_LIMIT;
    const p = LOGISTIC[(mixed * STRETCH_UNIT + LOGISTIC_CENTER + 0.5) | 0]!;
    const coded = this.coder.code(bit, (p * PROBABILITY_ONE) | 0);

    const error = (coded - p) * LEARNING_RATE;
    weights[set] = w1 + error * s1;
    weights[set + 1] = w2 + error * s2;
    weights[set + 2] = w3 + error * s3;
    this.learn(first, p1, coded);
    this.learn(second, p2, coded);
    this.learn(third, p3, coded);
    return coded;
  }

  private learn(context: number, estimate: number, bit: number): void {
    const count = this.seen[context]!;
    const target = bit === 0 ? DOUBT : 1 - DOUBT;
    this.probability[context] = estimate + (target - estimate) * this.rates[count]!;
    if (count < this.lastRate) this.seen[context] = count + 1;
  }
}
