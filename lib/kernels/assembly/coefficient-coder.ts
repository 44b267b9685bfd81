// The coefficient model, its mixed binary decisions and the range coder in one loop: the specification is
// lib/coding/entropy/{coefficient-coder,mixed-bit,range-coder}.ts, and the bytes are the same.
import { LEAST_MEAN, level, LEVELS, MAX_EXPECTED, MEAN_MEMORY, SPREAD, truncated, truncatedFromZero } from './expectation';

/** Written for both directions: `u8` stands for the encoder, `u16` for the decoder. */
@inline
function encodes<D>(): bool {
  return sizeof<D>() == 1;
}

const TOP: u32 = 1 << 24;
const DIRECT_BITS: u32 = 12;
const MAX_IMPLICIT_ZEROS: u32 = 16;

const UNARY_LIMIT: u32 = 20;
const UNARY_CONTEXTS: u32 = 12;
const COARSE_LEVELS: u32 = 16;
const SPLIT_FROM: f64 = 3;
const MAX_SHIFT: u32 = 20;
const CONTEXT_MEMORY: u32 = 250;
const SIGN_MEMORY: u32 = 120;
const MAX_MAGNITUDE: u64 = (1 << 24) - 1;
const GROUPS: u32 = 4 * UNARY_CONTEXTS;
const MAGNITUDE_CONTEXTS: u32 = GROUPS * LEVELS;
const JOINT_CONTEXTS: u32 = GROUPS * COARSE_LEVELS * COARSE_LEVELS;
const CONTEXTS: u32 = 2 * MAGNITUDE_CONTEXTS + JOINT_CONTEXTS;
const WEIGHT_SETS: u32 = GROUPS;
const SIGN_CONTEXTS: u32 = 27;
const LOW_BIT_CONTEXTS: u32 = 64;
const DOUBT: f64 = 1.0 / 65536;
const LEARNING_RATE: f64 = 0.004;
const STRETCH_LIMIT: f64 = 10;
const STRETCH_UNIT: f64 = 128;
const LOGISTIC_CENTER: f64 = 1280;

// What a run found, apart from the number of hops that it coded.
const FAULT_CODE: i32 = -1;
const FAULT_MAGNITUDE: i32 = -2;

// Tables: of the mixer, then of the model.
let logistic: usize = 0;
let stretch: usize = 0;
let rates: usize = 0;
let signRates: usize = 0;
let initial: usize = 0;

// Adaptive state: a context is its probability and the stretched one beside it (f32 each).
let contexts: usize = 0;
let seen: usize = 0;
let weights: usize = 0;
let signProbability: usize = 0;
let signSeen: usize = 0;
let lowBits: usize = 0;
let lowBitsSeen: usize = 0;

// The range coder.
let low: u64 = 0;
let range: u32 = 0;
let cache: u32 = 0;
let pending: u32 = 0;
let started: bool = false;
let offset: u32 = 0;
let implicitZeros: u32 = 0;
/** Where the next byte is written or read, and where bytes end. */
let position: usize = 0;
let limit: usize = 0;
let fault: i32 = 0;

// The model.
let around: f64 = 0;
let expectedAround: f64 = 0;
/** Of the trellis. */
let state: u32 = 0;

/** Bytes of adaptive state that {@link setState} takes. */
export function stateBytes(): i32 {
  return 8 * CONTEXTS + CONTEXTS + 8 * 3 * WEIGHT_SETS + 9 * SIGN_CONTEXTS + 9 * LOW_BIT_CONTEXTS + 64;
}

/**
 * @param logisticTable - 2561 entries, each the value (f32) and, over 65536, the probability that it stands for (u32)
 * @param stretchTable - f32, 4096 entries
 * @param ratesTable - f64, by the number of visits; the same for contexts and means of subbands
 * @param signRatesTable - f64
 * @param initialTable - f32, the probability that each context starts from
 */
export function setTables(
  logisticTable: usize, stretchTable: usize, ratesTable: usize, signRatesTable: usize, initialTable: usize,
): void {
  logistic = logisticTable;
  stretch = stretchTable;
  rates = ratesTable;
  signRates = signRatesTable;
  initial = initialTable;
}

/** Where the adaptive state is kept; a multiple of 8. */
export function setState(state: usize): void {
  contexts = state;
  weights = contexts + 8 * CONTEXTS;
  signProbability = weights + 8 * 3 * WEIGHT_SETS;
  lowBits = signProbability + 8 * SIGN_CONTEXTS;
  seen = lowBits + 8 * LOW_BIT_CONTEXTS;
  signSeen = seen + CONTEXTS;
  lowBitsSeen = signSeen + SIGN_CONTEXTS;
}

/** Entry trunc(p·4096) of the table, p below 1: the first 12 bits of the fraction of 1 + p, which is exact. */
@inline
function stretched(p: f64): f32 {
  return load<f32>(stretch + (<usize>(reinterpret<u64>(1 + p) >> 38) & 0x3ffc));
}

/** A model that has seen nothing. */
export function startModel(): void {
  for (let i: u32 = 0; i < CONTEXTS; i++) {
    const p = load<f32>(initial + (i << 2));
    store<f32>(contexts + (i << 3), p);
    store<f32>(contexts + (i << 3), stretched(<f64>p), 4);
  }
  memory.fill(seen, 0, CONTEXTS + SIGN_CONTEXTS + LOW_BIT_CONTEXTS);
  for (let i: u32 = 0; i < 3 * WEIGHT_SETS; i++) store<f64>(weights + (i << 3), 0.34);
  for (let i: u32 = 0; i < SIGN_CONTEXTS; i++) store<f64>(signProbability + (i << 3), 0.5);
  for (let i: u32 = 0; i < LOW_BIT_CONTEXTS; i++) store<f64>(lowBits + (i << 3), 0.5);
  around = 0;
  expectedAround = 0;
  state = 0;
}

export function startEncoder(): void {
  low = 0;
  range = 0xffffffff;
  cache = 0;
  pending = 0;
  started = false;
  fault = 0;
}

/** Where an encoder writes from now on. */
export function setOutput(start: usize): void {
  position = start;
}

export function outputEnd(): usize {
  return position;
}

/** Bytes that an encoder may still owe for those that it has held back. */
export function pendingBytes(): u32 {
  return pending;
}

/** @returns a fault, or 0 */
export function startDecoder(start: usize, end: usize): i32 {
  position = start;
  limit = end;
  range = 0xffffffff;
  offset = 0;
  implicitZeros = 0;
  fault = 0;
  for (let i = 0; i < 4; i++) offset = (offset << 8) | readByte();
  if (offset >= range) fault = FAULT_CODE;
  return fault;
}

/** Skips zeros after the code. */
export function skipZeros(): void {
  while (position < limit && load<u8>(position) == 0) position++;
}

/** @returns a fault when bytes are left over, or 0 */
export function finishDecoder(): i32 {
  return position < limit ? FAULT_CODE : 0;
}

@inline
function readByte(): u32 {
  if (position < limit) return load<u8>(position++);
  if (++implicitZeros > MAX_IMPLICIT_ZEROS) fault = FAULT_CODE;
  return 0;
}

function shiftLow(): void {
  if (low < 0xff000000 || low > 0xffffffff) {
    const carry = <u32>(low >> 32);
    if (started) store<u8>(position++, cache + carry);
    started = true;
    for (; pending > 0; pending--) store<u8>(position++, 0xff + carry);
    cache = <u32>(low >> 24) & 0xff;
  } else {
    pending++;
  }
  low = (low & 0xffffff) << 8;
}

/** Ends the code: writes the last bytes, zeros at the end included. */
export function finishEncoder(): void {
  const upper = low + range - 1;
  for (let bits: u64 = 32; ; bits -= 8) {
    const candidate = (upper >> bits) << bits;
    if (candidate >= low) {
      low = candidate;
      break;
    }
  }
  for (let i = 0; i < 5; i++) shiftLow();
}

@inline
function normalize<D>(): void {
  while (range < TOP) {
    range <<= 8;
    if (encodes<D>()) shiftLow();
    else offset = (offset << 8) | readByte();
  }
}

@inline
function codeBit<D>(bit: u32, probability: u32): u32 {
  const bound = (range >>> 16) * probability;
  let coded = bit;
  // Selected, not branched to: nothing foretells a bit that costs a bit.
  if (encodes<D>()) {
    low += select<u64>(0, <u64>bound, bit != 0);
  } else {
    coded = u32(offset < bound);
    offset -= select<u32>(0, bound, coded != 0);
  }
  range = select<u32>(bound, range - bound, coded != 0);
  normalize<D>();
  return coded;
}

/** At most {@link DIRECT_BITS} bits as they are. */
function codeDirect<D>(value: u32, count: u32): u32 {
  range >>>= count;
  let coded = value;
  if (encodes<D>()) {
    low += <u64>value * <u64>range;
  } else {
    coded = offset / range;
    if (coded >>> count != 0) {
      fault = FAULT_CODE;
      coded = 0;
    }
    offset -= coded * range;
  }
  normalize<D>();
  return coded;
}

function codeBits<D>(value: u32, count: u32): u32 {
  if (count <= DIRECT_BITS) return codeDirect<D>(value, count);
  const upper = codeDirect<D>(value >>> DIRECT_BITS, count - DIRECT_BITS);
  return (upper << DIRECT_BITS) | codeDirect<D>(value & ((1 << DIRECT_BITS) - 1), DIRECT_BITS);
}

export function encodeBits(value: u32, count: u32): void {
  codeBits<u8>(value, count);
}

/** @returns the bits; see {@link currentFault} */
export function decodeBits(count: u32): u32 {
  return codeBits<u16>(0, count);
}

export function currentFault(): i32 {
  return fault;
}

@inline
function learn(context: usize, visits: usize, estimate: f64, target: f64): void {
  const count = <u32>load<u8>(visits);
  const updated = <f32>(estimate + (target - estimate) * load<f64>(rates + (<usize>count << 3)));
  store<f32>(context, updated);
  store<f32>(context, stretched(<f64>updated), 4);
  store<u8>(visits, count + <u32>(count < CONTEXT_MEMORY - 2));
}

/** A decision in three contexts, mixed. */
@inline
function codeMixed<D>(bit: u32, first: u32, second: u32, third: u32, set: usize): u32 {
  const at1 = contexts + (<usize>first << 3);
  const at2 = contexts + (<usize>second << 3);
  const at3 = contexts + (<usize>third << 3);
  const s1 = <f64>load<f32>(at1, 4);
  const s2 = <f64>load<f32>(at2, 4);
  const s3 = <f64>load<f32>(at3, 4);
  const w1 = load<f64>(set);
  const w2 = load<f64>(set, 8);
  const w3 = load<f64>(set, 16);
  let mixed = w1 * s1 + w2 * s2 + w3 * s3;
  if (mixed > STRETCH_LIMIT) mixed = STRETCH_LIMIT;
  else if (mixed < -STRETCH_LIMIT) mixed = -STRETCH_LIMIT;
  const place = logistic + (<usize>truncated(mixed * STRETCH_UNIT + LOGISTIC_CENTER + 0.5) << 3);
  const p = <f64>load<f32>(place);
  const coded = codeBit<D>(bit, load<u32>(place, 4));

  const error = (<f64>coded - p) * LEARNING_RATE;
  store<f64>(set, w1 + error * s1);
  store<f64>(set, w2 + error * s2, 8);
  store<f64>(set, w3 + error * s3, 16);
  const target = coded == 0 ? DOUBT : 1 - DOUBT;
  learn(at1, seen + first, <f64>load<f32>(at1), target);
  learn(at2, seen + second, <f64>load<f32>(at2), target);
  learn(at3, seen + third, <f64>load<f32>(at3), target);
  return coded;
}

/** A decision in one context. */
function codeAdaptive<D>(bit: u32, probability: usize, visits: usize, context: u32): u32 {
  const at = probability + (<usize>context << 3);
  const estimate = load<f64>(at);
  const p = min<u32>(65000, max<u32>(536, truncatedFromZero(estimate * 65536)));
  const coded = codeBit<D>(bit, p);
  const count = <u32>load<u8>(visits + context);
  store<f64>(at, estimate + (<f64>coded - estimate) * load<f64>(signRates + (<usize>count << 3)));
  store<u8>(visits + context, count + <u32>(count < SIGN_MEMORY - 2));
  return coded;
}

/** Elias gamma code of value + 1. */
function codeGamma<D>(value: u32): u32 {
  const width = <u32>31 - clz(value + 1);
  let coded: u32 = 0;
  while (coded < 24 && codeBit<D>(<u32>(coded < width), 32768) == 1) coded++;
  if (coded == 0) return 0;
  return (1 << coded) + codeBits<D>((value + 1) & ((1 << coded) - 1), coded) - 1;
}

function codeLowBits<D>(size: u32, shift: u32, high: u32): u64 {
  const slope = min<u32>(high, 7);
  const bit = codeAdaptive<D>((size >>> (shift - 1)) & 1, lowBits, lowBitsSeen, slope);
  const value = 2 * <u64>high + bit;
  if (shift == 1) return value;
  const next = codeAdaptive<D>((size >>> (shift - 2)) & 1, lowBits, lowBitsSeen, 8 + 2 * slope + bit);
  const rest = shift - 2;
  const upper = 2 * value + next;
  if (rest == 0) return upper;
  return (upper << rest) + codeBits<D>(size & ((1 << rest) - 1), rest);
}

@inline
function codeMagnitude<D>(size: u32, shift: u32, firstGroup: u32, meanLevel: u32, localLevel: u32): u64 {
  const high = size >>> shift;
  const joint = (meanLevel >> 2) * COARSE_LEVELS + (localLevel >> 2);
  let coded: u32 = 0;
  for (; coded < UNARY_LIMIT; coded++) {
    const group = firstGroup + (coded < UNARY_CONTEXTS ? coded : UNARY_CONTEXTS - 1);
    const bit = codeMixed<D>(
      <u32>(high > coded),
      group * LEVELS + meanLevel,
      MAGNITUDE_CONTEXTS + group * LEVELS + localLevel,
      2 * MAGNITUDE_CONTEXTS + group * COARSE_LEVELS * COARSE_LEVELS + joint,
      weights + 24 * <usize>group,
    );
    if (bit == 0) break;
  }
  if (coded == UNARY_LIMIT) coded += codeGamma<D>(high - UNARY_LIMIT);
  return shift == 0 ? <u64>coded : codeLowBits<D>(size, shift, coded);
}

/** The next coefficient of subband k, after the two before it; 0 and a fault when it is too large. */
@inline
function codeCoefficient<D>(
  value: i32, k: u32, means: usize, visits: usize, before: i32, twoBefore: i32, set: u32,
): i32 {
  const mean = means + (<usize>k << 3);
  const visit = visits + (<usize>k << 1);
  const count = <u32>load<u16>(visit);
  let ownMean: f64 = 0;
  let smooth: f64 = 0;
  if (count > 0) {
    ownMean = load<f64>(mean);
    smooth = k > 0 ? 0.5 * ownMean + 0.25 * (load<f64>(mean - 8) + load<f64>(mean, 8)) : ownMean;
  } else {
    if (k > 0) ownMean = load<f64>(mean - 8);
    smooth = ownMean;
  }
  const a = <f64>abs(before);
  const b = <f64>abs(twoBefore);
  const excitation = (2 * a + b + around + 2) / (3 * ownMean + expectedAround + 2);
  let local = (smooth + 0.002) * excitation;
  if (local > MAX_EXPECTED) local = MAX_EXPECTED;

  const expected = 0.5 * (smooth + local);
  let shift: u32 = 0;
  let unit: f64 = 1;
  if (expected >= SPLIT_FROM) {
    shift = min<u32>(31 - clz(truncated((expected * 2) / SPLIT_FROM)), MAX_SHIFT);
    unit = reinterpret<f64>(<u64>(1023 - shift) << 52);
  }
  const firstGroup = (shift > 0 ? UNARY_CONTEXTS : 0) + 2 * UNARY_CONTEXTS * set;
  const size = codeMagnitude<D>(abs(value), shift, firstGroup, level(smooth * unit), level(local * unit));
  if (size > MAX_MAGNITUDE) {
    fault = FAULT_MAGNITUDE;
    return 0;
  }
  let result = <i32>size;
  if (result != 0) {
    const context =
      9 * min<u32>(k, 2) + 3 * (before > 0 ? 2 : <u32>(before < 0)) + (twoBefore > 0 ? 2 : <u32>(twoBefore < 0));
    if (codeAdaptive<D>(<u32>(value < 0), signProbability, signSeen, context) == 1) result = -result;
  }
  const found = <f64>size;
  const newMean = ownMean + (found - ownMean) * load<f64>(rates + (<usize>count << 3));
  store<f64>(mean, newMean < LEAST_MEAN ? LEAST_MEAN : newMean);
  if (count < MEAN_MEMORY - 2) store<u16>(visit, count + 1);
  const newAround = SPREAD * around + found;
  around = newAround < LEAST_MEAN ? 0 : newAround;
  expectedAround = SPREAD * expectedAround + ownMean;
  return result;
}

@inline
function codeHops<D>(
  from: u32, to: u32, active: u32, subbands: usize, single: bool,
  quantized: usize, means: usize, visits: usize, next: usize, sets: u32, outputLimit: usize, hopBytes: u32,
): i32 {
  for (let h = from; h < to; h++) {
    if (encodes<D>() && position + pending + hopBytes > outputLimit) return h;
    if (!single) {
      around = 0;
      expectedAround = 0;
    }
    for (let k: u32 = 0; k < active; k++) {
      const band = subbands + 12 * <usize>k;
      const length = load<u32>(band, 4);
      const perHop = load<u32>(band, 8);
      const start = h * perHop;
      const end = min<u32>(start + perHop, length);
      if (start >= end) continue;
      let at = quantized + ((<usize>load<u32>(band) + start) << 2);
      let before: i32 = start > 0 ? load<i32>(at - 4) : 0;
      let twoBefore: i32 = start > 1 ? load<i32>(at - 8) : 0;
      for (let t = start; t < end; t++) {
        const coded = codeCoefficient<D>(load<i32>(at), k, means, visits, before, twoBefore, state & (sets - 1));
        state = load<u8>(next + 2 * state + (coded & 1));
        if (!encodes<D>()) {
          store<i32>(at, coded);
          if (fault != 0) return fault;
        }
        at += 4;
        twoBefore = before;
        before = coded;
      }
    }
  }
  return to;
}

/**
 * Codes hops of quantized coefficients.
 *
 * @param from, to - the hops to code
 * @param active - number of subbands that are coded
 * @param subbands - for each: offset, length, coefficients in a hop (u32 each)
 * @param single - whether the layout has one subband alone
 * @param quantized - i32
 * @param means - f64, one more than there are active subbands; zeros at the start
 * @param visits - u16, one for each active subband; zeros at the start
 * @param next - u8, the state after state s and a coefficient of parity p at 2s + p
 * @param sets - 1, or 2 where the parity of the state is the set that a coefficient belongs to
 * @param outputLimit - where room for bytes ends
 * @param hopBytes - the most that a hop can take
 * @returns the hop to go on from when room runs short, or `to`
 */
export function encodeHops(
  from: u32, to: u32, active: u32, subbands: usize, single: bool,
  quantized: usize, means: usize, visits: usize, next: usize, sets: u32, outputLimit: usize, hopBytes: u32,
): i32 {
  return codeHops<u8>(
    from, to, active, subbands, single, quantized, means, visits, next, sets, outputLimit, hopBytes,
  );
}

/** Decodes hops into `quantized`; see {@link encodeHops}. @returns `to`, or a fault */
export function decodeHops(
  from: u32, to: u32, active: u32, subbands: usize, single: bool,
  quantized: usize, means: usize, visits: usize, next: usize, sets: u32,
): i32 {
  return codeHops<u16>(from, to, active, subbands, single, quantized, means, visits, next, sets, 0, 0);
}
