/**
 * The coefficient model: probabilities of the next quantized coefficient, from coefficients already coded nearby in
 * time and frequency. It knows a basis only by its layout, so it serves every basis. One pass of the same code codes
 * and decodes; `docs/format.md` specifies it.
 */
import type { CoefficientLayout } from '../layout';
import { BitstreamError } from '../bitstream-errors';
import type { CoderTables } from '../../kernels/coefficient-coder';
import { activeSubbands, hopsOf } from './coding-order';
import { CoefficientTail, SIGN_RATES, splitBits, UNARY_LIMIT } from './coefficient-tail';
import { adaptationRates, LOGISTIC, MixedBit, STRETCH } from './mixed-bit';
import { LEVELS, levelOf, MagnitudeExpectation, meanOfLevel } from './magnitude-expectation';
import { MAX_MAGNITUDE } from '../quantizers/quantizer';
import type { BinaryCoder } from './range-coder';
import { nextState, ONE_SET, setOf, type StateMachine } from '../quantizers/trellis';

/** Decisions of the count beyond this one share their contexts. */
const UNARY_CONTEXTS = 12;
/** Coarse levels where two expectations meet. */
const COARSE_LEVELS = 16;
/** Bits of the number of subbands that are coded; those above are all zero. */
export const ACTIVE_BITS = 15;
/** Longest memory of an adaptive context. */
const CONTEXT_MEMORY = 250;

/** Groups of contexts: for each decision of the count, with and without low bits split off, in both sets of a trellis. */
const GROUPS = 4 * UNARY_CONTEXTS;
const MAGNITUDE_CONTEXTS = GROUPS * LEVELS;
const JOINT_CONTEXTS = GROUPS * COARSE_LEVELS * COARSE_LEVELS;

/** Contexts start from a geometric density with the mean that their level stands for. */
const INITIAL = initialProbabilities();

function initialProbabilities(): Float32Array {
  const initial = new Float32Array(2 * MAGNITUDE_CONTEXTS + JOINT_CONTEXTS);
  const geometric = Float64Array.from({ length: LEVELS }, (_, i) => {
    const mean = meanOfLevel(i);
    return mean / (1 + mean);
  });
  for (let group = 0; group < GROUPS; group++) {
    for (let i = 0; i < LEVELS; i++) {
      initial[group * LEVELS + i] = geometric[i]!;
      initial[MAGNITUDE_CONTEXTS + group * LEVELS + i] = geometric[i]!;
    }
    const joint = 2 * MAGNITUDE_CONTEXTS + group * COARSE_LEVELS * COARSE_LEVELS;
    for (let i = 0; i < COARSE_LEVELS; i++) {
      initial.fill(geometric[4 * i + 2]!, joint + i * COARSE_LEVELS, joint + (i + 1) * COARSE_LEVELS);
    }
  }
  return initial;
}

/** The constants of the model, for its WebAssembly version. */
export const CODER_TABLES: CoderTables = {
  logistic: LOGISTIC,
  stretch: STRETCH,
  rates: adaptationRates(CONTEXT_MEMORY),
  signRates: SIGN_RATES,
  initial: INITIAL,
};

/**
 * Codes the quantized coefficients of one signal.
 *
 * @param coder - encoder or decoder
 * @param layout - says where in `quantized` each subband lies
 * @param quantized - read by an encoder, filled in by a decoder
 * @param machine - says which set of values each coefficient was quantized to
 */
export function codeCoefficients(
  coder: BinaryCoder,
  layout: CoefficientLayout,
  quantized: Int32Array,
  machine: StateMachine = ONE_SET,
): void {
  const { subbands, hop } = layout;
  const single = subbands.length === 1;
  const active = coder.codeBits(activeSubbands(layout, quantized), ACTIVE_BITS);
  checkActive(active, layout);
  const model = new CoefficientModel(coder, active);
  const hops = hopsOf(layout);
  let state = 0;
  for (let h = 0; h < hops; h++) {
    if (!single) model.startHop();
    for (let k = 0; k < active; k++) {
      const { offset, length, timeStep } = subbands[k]!;
      const perHop = hop / timeStep;
      const end = Math.min((h + 1) * perHop, length);
      for (let t = h * perHop; t < end; t++) {
        const at = offset + t;
        const before = t > 0 ? quantized[at - 1]! : 0;
        const twoBefore = t > 1 ? quantized[at - 2]! : 0;
        const coded = model.code(quantized[at]!, k, before, twoBefore, setOf(machine, state));
        quantized[at] = coded;
        state = nextState(machine, state, coded);
      }
    }
  }
}

/** @throws BitstreamError when there are not so many subbands */
export function checkActive(active: number, { subbands }: CoefficientLayout): void {
  if (active <= subbands.length) return;
  throw new BitstreamError(`${active} subbands are coded where the basis has ${subbands.length}.`);
}

/** The error for a magnitude that no encoder writes. */
export function magnitudeError(): BitstreamError {
  return new BitstreamError(`A coefficient of this .nbz file is more than ${MAX_MAGNITUDE} steps large.`);
}

class CoefficientModel {
  private readonly expectation: MagnitudeExpectation;
  private readonly magnitude: MixedBit;
  private readonly tail: CoefficientTail;

  constructor(coder: BinaryCoder, subbands: number) {
    this.tail = new CoefficientTail(coder);
    this.magnitude = new MixedBit(coder, INITIAL, GROUPS, CONTEXT_MEMORY);
    this.expectation = new MagnitudeExpectation(subbands);
  }

  startHop(): void {
    this.expectation.startHop();
  }

  code(value: number, k: number, before: number, twoBefore: number, set: number): number {
    const { expectation } = this;
    expectation.expect(k, before, twoBefore);
    const { smooth, local } = expectation;
    const shift = splitBits(0.5 * (smooth + local));
    const unit = 1 / (1 << shift);
    const firstGroup = (shift > 0 ? UNARY_CONTEXTS : 0) + 2 * UNARY_CONTEXTS * set;
    const [meanLevel, localLevel] = [levelOf(smooth * unit), levelOf(local * unit)];
    const size = this.codeMagnitude(value < 0 ? -value : value, shift, firstGroup, meanLevel, localLevel);
    if (size > MAX_MAGNITUDE) throw magnitudeError();
    const result = size === 0 ? 0 : this.tail.codeSign(value, k, before, twoBefore) ? -size : size;
    expectation.learn(k, size);
    return result;
  }

  private codeMagnitude(
    size: number,
    shift: number,
    firstGroup: number,
    meanLevel: number,
    localLevel: number,
  ): number {
    const { magnitude } = this;
    const high = size >>> shift;
    const joint = (meanLevel >> 2) * COARSE_LEVELS + (localLevel >> 2);
    let coded = 0;
    for (; coded < UNARY_LIMIT; coded++) {
      const group = firstGroup + (coded < UNARY_CONTEXTS ? coded : UNARY_CONTEXTS - 1);
      magnitude.first = group * LEVELS + meanLevel;
      magnitude.second = MAGNITUDE_CONTEXTS + group * LEVELS + localLevel;
      magnitude.third = 2 * MAGNITUDE_CONTEXTS + group * COARSE_LEVELS * COARSE_LEVELS + joint;
      magnitude.selected = group;
      if (magnitude.code(high > coded ? 1 : 0) === 0) break;
    }
    return this.tail.codeMagnitude(size, shift, coded);
  }
}
