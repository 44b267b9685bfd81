/**
 * A coder of trellis-quantized coefficients with more contexts than the common coefficient model, mixed in the logistic
 * domain (M. Mahoney, "Adaptive weighing of context models for lossless data compression", Florida Tech. report
 * CS-2005-16, 2005). Priors of contexts and mixing weights were learned from other recordings; both keep adapting to
 * the recording. Encoder and decoder come to the same probabilities: + − × ÷ on doubles in a fixed order, tables as for
 * `mixed-bit.ts`.
 */
import type { CoefficientLayout } from '../layout';
import { ACTIVE_BITS, checkActive, magnitudeError } from '../entropy/coefficient-coder';
import { CoefficientTail, splitBits, UNARY_LIMIT } from '../entropy/coefficient-tail';
import { activeSubbands, hopsOf } from '../entropy/coding-order';
import { LEVELS, levelOf, MagnitudeExpectation } from '../entropy/magnitude-expectation';
import { adaptationRates, LOGISTIC, STRETCH } from '../entropy/mixed-bit';
import type { NewNeighborhood } from './neighborhood';
import { MAX_MAGNITUDE } from '../quantizers/quantizer';
import { PROBABILITY_ONE, type BinaryCoder } from '../entropy/range-coder';
import { nextState, setOf, TRELLIS } from '../quantizers/trellis';

/** Decisions of the count of a magnitude beyond this one share their contexts. */
const DECISIONS = 8;

/** Largest expected magnitude; keeps levels within 32-bit integers. */
const MOST_EXPECTED = 2 ** 18;

/** Contexts: for each decision, with and without low bits split off, in both sets of the trellis. */
export const GROUPS = 4 * DECISIONS;
const INPUTS = 6;
const COARSE = 16;
const EXACT = 4 * 4 * 3 * 3;
const SUBBAND_CLASSES = 16;
/** Where the contexts of each input start within a group. */
const SMOOTH_AT = 0;
const LOCAL_AT = SMOOTH_AT + LEVELS;
const JOINT_AT = LOCAL_AT + LEVELS;
const NEAR_AT = JOINT_AT + COARSE * COARSE;
const SUBBAND_AT = NEAR_AT + LEVELS;
const EXACT_AT = SUBBAND_AT + SUBBAND_CLASSES * LEVELS;
export const CONTEXTS = EXACT_AT + EXACT;

/** Sets of mixing weights: one for each group, and one for each level of the neighborhood and early decision. */
const EARLY = 4;
export const WEIGHTS = (GROUPS + COARSE * EARLY) * INPUTS;

/**
 * Number of reconstruction cells: magnitude 1 or more, both sets of the trellis, each coarse level of the expected
 * magnitude.
 */
export const CENTROIDS = 2 * 2 * COARSE;

/** The logistic domain of the tables of `mixed-bit.ts`: ±10, 128 entries a unit. */
const STRETCH_LIMIT = 10;
const STRETCH_UNIT = 128;
const LOGISTIC_CENTER = STRETCH_LIMIT * STRETCH_UNIT;
const DOUBT = 1 / 65536;
const LEARNING_RATE = 0.0025;
/** Longest memory of a context, and how much of it a learned prior counts for. */
const MEMORY = 250;
const PRIOR_SEEN = 30;
const RATES = adaptationRates(MEMORY);

/** What is learned. */
export interface ContextModel {
  /** {@link GROUPS} × {@link CONTEXTS}: probability of a 1 that each context starts from. */
  readonly priors: Float32Array;
  /** {@link WEIGHTS} mixing weights. */
  readonly weights: Float32Array;
  /** {@link CENTROIDS}: distance of each cell's mean from its nominal value, toward zero, in steps. */
  readonly centroids: Float32Array;
}

/** Observer of the decisions in a pass over one recording; used by the learner. */
export interface ContextObserver {
  /** A decision in the contexts of one group; `contexts` holds an index within the group for each input. */
  decision(group: number, contexts: Int32Array, bit: number): void;
}

/** Class of a subband by its index k: two classes an octave, at most {@link SUBBAND_CLASSES}. */
function subbandClass(k: number): number {
  const octave = 31 - Math.clz32(k + 1);
  const index = 2 * octave + (((k + 1) >> Math.max(0, octave - 1)) & 1);
  return index < SUBBAND_CLASSES ? index : SUBBAND_CLASSES - 1;
}

/** Codes the coefficients of one recording and adapts to them. */
export class ContextMixingCoder {
  private readonly probability: Float32Array;
  private readonly seen: Uint8Array;
  /** Mixing weights as they are after the coefficients so far. */
  readonly weights: Float64Array;
  private readonly tail: CoefficientTail;
  private readonly contexts = new Int32Array(INPUTS);
  private nearLevel = 0;

  /**
   * @param coder - encoder or decoder
   * @param newNeighborhood - makes the predictor of magnitudes
   * @param observer - is told of all decisions
   */
  constructor(
    private readonly coder: BinaryCoder,
    model: ContextModel,
    private readonly newNeighborhood: NewNeighborhood,
    private readonly observer?: ContextObserver,
  ) {
    this.tail = new CoefficientTail(coder);
    this.probability = model.priors.slice();
    this.seen = new Uint8Array(model.priors.length).fill(PRIOR_SEEN);
    this.weights = Float64Array.from(model.weights);
  }

  /**
   * Codes all coefficients.
   *
   * @param layout - of frames: one coefficient of each frame in each subband
   * @param quantized - read by an encoder, filled in by a decoder
   * @param levels - receives for each coefficient the coarse level of its expected magnitude, 0…15
   * @returns subbands that are coded; the others are all zero
   * @throws BitstreamError when no encoder wrote this
   */
  code(layout: CoefficientLayout, quantized: Int32Array, levels: Uint8Array): number {
    const { coder, contexts } = this;
    const { subbands } = layout;
    const active = coder.codeBits(activeSubbands(layout, quantized), ACTIVE_BITS);
    checkActive(active, layout);
    const expectation = new MagnitudeExpectation(active);
    const frames = hopsOf(layout);
    const neighborhood = this.newNeighborhood(active);
    let state = 0;
    for (let t = 0; t < frames; t++) {
      expectation.startHop();
      neighborhood.startFrame();
      // Magnitudes of the two subbands below.
      let below = 0;
      let twoBelow = 0;
      for (let k = 0; k < active; k++) {
        const at = subbands[k]!.offset + t;
        const last = t > 0 ? quantized[at - 1]! : 0;
        const lastButOne = t > 1 ? quantized[at - 2]! : 0;
        expectation.expect(k, last, lastButOne);
        const { smooth, local } = expectation;
        const set = setOf(TRELLIS, state);
        const near = Math.min(neighborhood.expect(k, smooth, local, set), MOST_EXPECTED);
        const value = quantized[at]!;
        const shift = splitBits(0.5 * (smooth + local));
        const unit = 1 / (1 << shift);
        const smoothLevel = levelOf(smooth * unit);
        const localLevel = levelOf(local * unit);
        const nearLevel = levelOf(near * unit);
        contexts[0] = SMOOTH_AT + smoothLevel;
        contexts[1] = LOCAL_AT + localLevel;
        contexts[2] = JOINT_AT + (nearLevel >> 2) * COARSE + (localLevel >> 2);
        contexts[3] = NEAR_AT + nearLevel;
        contexts[4] = SUBBAND_AT + subbandClass(k) * LEVELS + nearLevel;
        contexts[5] =
          EXACT_AT +
          ((few(Math.abs(last), 3) * 4 + few(below, 3)) * 3 + few(twoBelow, 2)) * 3 +
          few(Math.abs(lastButOne), 2);
        this.nearLevel = nearLevel >> 2;
        levels[at] = nearLevel >> 2;
        const firstGroup = (shift > 0 ? DECISIONS : 0) + 2 * DECISIONS * set;
        const size = this.codeMagnitude(Math.abs(value), shift, firstGroup);
        if (size > MAX_MAGNITUDE) throw magnitudeError();
        const coded = size === 0 ? 0 : this.tail.codeSign(value, k, last, lastButOne) ? -size : size;
        quantized[at] = coded;
        twoBelow = below;
        below = size;
        neighborhood.learn(k, size);
        expectation.learn(k, size);
        state = nextState(TRELLIS, state, coded);
      }
    }
    return active;
  }

  private codeMagnitude(size: number, shift: number, firstGroup: number): number {
    const high = size >>> shift;
    let coded = 0;
    for (; coded < UNARY_LIMIT; coded++) {
      const decision = coded < DECISIONS ? coded : DECISIONS - 1;
      if (this.codeMixed(firstGroup + decision, decision, high > coded ? 1 : 0) === 0) break;
    }
    return this.tail.codeMagnitude(size, shift, coded);
  }

  /** One decision: six contexts, mixed with the sum of two sets of weights. */
  private codeMixed(group: number, decision: number, bit: number): number {
    const { probability, weights, contexts } = this;
    const base = group * CONTEXTS;
    const c0 = base + contexts[0]!;
    const c1 = base + contexts[1]!;
    const c2 = base + contexts[2]!;
    const c3 = base + contexts[3]!;
    const c4 = base + contexts[4]!;
    const c5 = base + contexts[5]!;
    const s0 = STRETCH[(probability[c0]! * 4096) | 0]!;
    const s1 = STRETCH[(probability[c1]! * 4096) | 0]!;
    const s2 = STRETCH[(probability[c2]! * 4096) | 0]!;
    const s3 = STRETCH[(probability[c3]! * 4096) | 0]!;
    const s4 = STRETCH[(probability[c4]! * 4096) | 0]!;
    const s5 = STRETCH[(probability[c5]! * 4096) | 0]!;
    const a = group * INPUTS;
    const early = decision < EARLY ? decision : EARLY - 1;
    const b = (GROUPS + this.nearLevel * EARLY + early) * INPUTS;
    let mixed =
      (weights[a]! + weights[b]!) * s0 +
      (weights[a + 1]! + weights[b + 1]!) * s1 +
      (weights[a + 2]! + weights[b + 2]!) * s2 +
      (weights[a + 3]! + weights[b + 3]!) * s3 +
      (weights[a + 4]! + weights[b + 4]!) * s4 +
      (weights[a + 5]! + weights[b + 5]!) * s5;
    if (mixed > STRETCH_LIMIT) mixed = STRETCH_LIMIT;
    else if (mixed < -STRETCH_LIMIT) mixed = -STRETCH_LIMIT;
    const p = LOGISTIC[(mixed * STRETCH_UNIT + LOGISTIC_CENTER + 0.5) | 0]!;
    const coded = this.coder.code(bit, (p * PROBABILITY_ONE) | 0);
    this.observer?.decision(group, contexts, coded);

    const error = (coded - p) * LEARNING_RATE;
    weights[a]! += error * s0;
    weights[a + 1]! += error * s1;
    weights[a + 2]! += error * s2;
    weights[a + 3]! += error * s3;
    weights[a + 4]! += error * s4;
    weights[a + 5]! += error * s5;
    weights[b]! += error * s0;
    weights[b + 1]! += error * s1;
    weights[b + 2]! += error * s2;
    weights[b + 3]! += error * s3;
    weights[b + 4]! += error * s4;
    weights[b + 5]! += error * s5;
    const target = coded === 0 ? DOUBT : 1 - DOUBT;
    this.learn(c0, target);
    this.learn(c1, target);
    this.learn(c2, target);
    this.learn(c3, target);
    this.learn(c4, target);
    this.learn(c5, target);
    return coded;
  }

  private learn(context: number, target: number): void {
    const count = this.seen[context]!;
    const estimate = this.probability[context]!;
    this.probability[context] = estimate + (target - estimate) * RATES[count]!;
    if (count < MEMORY - 2) this.seen[context] = count + 1;
  }
}

/** A magnitude, or the limit where it is more. */
function few(magnitude: number, limit: number): number {
  return magnitude < limit ? magnitude : limit;
}
