// Samples in a basis (docs/format.md §2, §5, §6): the coefficient coder of lib with its tables, trellis, rounding by the
// widths of codes, and two bases, the identity and the MDCT. The specification is lib/codecs/transform-codec.ts.

import * as coder from '../../lib/kernels/assembly/coefficient-coder';
import { allocate, allocateZeros } from './arena';
import { WIDTHS } from './constants';
import { DAMAGED, fail, fault } from './faults';
import { deviation, formatVersion, lossless, mean, offsetMore, offsetOne, samples, step, trellis } from './header';
import { inverseLapped } from './lapped';
import { leastPayload } from './lossless';

const IDENTITY: u32 = 0;
const LAPPED: u32 = 6;
const ACTIVE_BITS: u32 = 15;
const OFFSET_UNIT: f64 = 1.0 / 32;
const EXP_STEP: f64 = 1.007843097206448;
const CENTER: i32 = 1280;
const LEVELS: u32 = 64;
const GROUPS: u32 = 48;
const ADC_CODES: i32 = 1024;

const LOGISTIC: usize = memory.data(8 * 2561, 16);
const STRETCH: usize = memory.data(4 * 4096, 16);
const RATES: usize = memory.data(8 * 249, 16);
const SIGN_RATES: usize = memory.data(8 * 119, 16);
const INITIAL: usize = memory.data(4 * (2 * 48 * 64 + 48 * 256), 16);
/** Logistic entries before they are rounded. */
const EXACT: usize = memory.data(8 * 2561, 16);
const NEXT: usize = memory.data(512, 16);
let prepared: bool = false;

/** Whether this module has a basis. */
export function hasTransform(family: u32, parameter: u64): bool {
  return family == IDENTITY ? parameter == 0 : family == LAPPED && (parameter & 15) <= 10 && parameter >> 4 <= 2;
}

@inline
function exact(i: i32): f64 {
  return load<f64>(EXACT + (<usize>i << 3));
}

function prepareTables(): void {
  if (prepared) return;
  prepared = true;
  let power: f64 = 1;
  for (let i = 0; i <= CENTER; i++) {
    store<f64>(EXACT + (<usize>(CENTER + i) << 3), power / (1 + power));
    store<f64>(EXACT + (<usize>(CENTER - i) << 3), 1 / (1 + power));
    power *= EXP_STEP;
  }
  for (let i: i32 = 0; i <= 2 * CENTER; i++) {
    const value = <f32>exact(i);
    store<f32>(LOGISTIC + (<usize>i << 3), value);
    store<u32>(LOGISTIC + (<usize>i << 3), <u32>(<f64>value * 65536), 4);
  }
  let entry = 0;
  for (let i = 0; i < 4096; i++) {
    const probability = (<f64>i + 0.5) / 4096;
    while (entry < 2 * CENTER - 1 && exact(entry + 1) < probability) entry++;
    const below = exact(entry);
    const position = <f64>entry + (probability - below) / (exact(entry + 1) - below);
    store<f32>(STRETCH + (<usize>i << 2), <f32>((position - <f64>CENTER) / 128));
  }
  for (let i: usize = 0; i < 249; i++) store<f64>(RATES + (i << 3), 1 / (<f64>i + 1.5));
  for (let i: usize = 0; i < 119; i++) store<f64>(SIGN_RATES + (i << 3), 1 / (<f64>i + 1.5));
  for (let group: u32 = 0; group < GROUPS; group++) {
    for (let i: u32 = 0; i < LEVELS; i++) {
      const p = geometric(i);
      store<f32>(INITIAL + (<usize>(group * LEVELS + i) << 2), p);
      store<f32>(INITIAL + (<usize>((GROUPS + group) * LEVELS + i) << 2), p);
    }
    for (let i: u32 = 0; i < 256; i++) {
      const place = 2 * GROUPS * LEVELS + group * 256 + i;
      store<f32>(INITIAL + (<usize>place << 2), geometric(4 * (i >> 4) + 2));
    }
  }
}

/** Density that a context of a level starts from. */
function geometric(level: u32): f32 {
  let scaled = <f64>level;
  if (level >= 4) scaled = <f64>((4 + (level & 3)) << ((level >> 2) - 1));
  const expected = (1.1 * scaled + 0.5) / 4096;
  return <f32>(expected / (1 + expected));
}

function prepareStates(states: u32): void {
  const f: u32 = states == 8 ? 5 : states == 32 ? 18 : 166;
  const g: u32 = states == 8 ? 2 : states == 32 ? 4 : 121;
  memory.fill(NEXT, 0, 512);
  if (states == 1) return;
  for (let state: u32 = 0; state < states; state++) {
    for (let parity: u32 = 0; parity < 2; parity++) {
      const next = (state >> 1) ^ ((state & 1) != 0 ? f : 0) ^ (parity == 1 ? g : 0);
      store<u8>(NEXT + 2 * state + parity, <u8>next);
    }
  }
}

function statesOf(number: u32): u32 {
  return number == 0 ? 1 : number == 1 ? 32 : number == 2 ? 8 : 256;
}

/** The next set of coefficients: `bands` subbands of `length`, i32 each. */
function decodeSet(bands: u32, length: u32, sets: u32): usize {
  const active = coder.decodeBits(ACTIVE_BITS);
  if (coder.currentFault() != 0 || active > bands) return fail(DAMAGED);
  const all = <u64>bands * length;
  const quantized = allocateZeros(4 * all);
  const subbands = allocate(12 * <u64>bands);
  for (let k: u32 = 0; k < bands; k++) {
    store<u32>(subbands + 12 * <usize>k, k * length);
    store<u32>(subbands + 12 * <usize>k, length, 4);
    store<u32>(subbands + 12 * <usize>k, 1, 8);
  }
  const means = allocateZeros(8 * (<u64>active + 1));
  const visits = allocateZeros(2 * <u64>active);
  coder.startModel();
  coder.decodeHops(0, length, active, subbands, bands == 1, quantized, means, visits, NEXT, sets);
  return coder.currentFault() != 0 ? fail(DAMAGED) : quantized;
}

/** Coefficients of integers along the trellis, f64 each. */
function dequantized(quantized: usize, bands: u32, length: u32, states: u32): usize {
  const delta = step();
  const all = <usize>bands * length;
  const values = allocateZeros(8 * <u64>all);
  if (states == 1) {
    const one = (1 - <f64>offsetOne * OFFSET_UNIT) * delta;
    const more = <f64>offsetMore * OFFSET_UNIT * delta;
    for (let i: usize = 0; i < all; i++) {
      const q = load<i32>(quantized + 4 * i);
      if (q == 0) continue;
      const magnitude = <f64>abs(q);
      const value = magnitude == 1 ? one : magnitude * delta - more;
      store<f64>(values + 8 * i, q < 0 ? -value : value);
    }
    return values;
  }
  let active = bands;
  while (active > 0 && isZero(quantized + 4 * <usize>(active - 1) * length, length)) active--;
  const one = <f64>offsetOne * OFFSET_UNIT;
  const more = <f64>offsetMore * OFFSET_UNIT;
  let state: u32 = 0;
  for (let t: u32 = 0; t < length; t++) {
    for (let k: u32 = 0; k < active; k++) {
      const at = <usize>k * length + t;
      const q = load<i32>(quantized + 4 * at);
      if (q != 0) {
        const magnitude = <f64>abs(q);
        const value = (magnitude - 0.5 * <f64>(state & 1) - (magnitude == 1 ? one : more)) * delta;
        store<f64>(values + 8 * at, q < 0 ? -value : value);
      }
      state = load<u8>(NEXT + 2 * state + (q & 1));
    }
  }
  return values;
}

function isZero(quantized: usize, length: u32): bool {
  for (let i: usize = 0; i < length; i++) if (load<i32>(quantized + 4 * i) != 0) return false;
  return true;
}

/** Replaces values by expected codes (§2, code widths). */
function estimateCodes(values: usize, count: u32): void {
  const sigma = <f64>deviation * (1.0 / 32);
  const reach = <i32>(deviation >> 3) + 2;
  const exponent = 1 / (128 * sigma * sigma);
  let ratio: f64 = 1;
  for (let i = 14; i > 0; i--) ratio = 1 - (exponent / <f64>i) * ratio;
  const square = ratio * ratio;
  const weights = allocate(8 * 8 * <u64>(reach + 1));
  let weight: f64 = 1;
  for (let i: usize = 0; i < <usize>(8 * (reach + 1)); i++) {
    store<f64>(weights + 8 * i, weight);
    weight *= ratio;
    ratio *= square;
  }
  const entries = 8 * 1023 + 1;
  const means = allocate(8 * <u64>entries);
  for (let entry = 0; entry < entries; entry++) {
    const middle = entry >> 3;
    const to = min<i32>(1023, middle + reach);
    let sum: f64 = 0;
    let moment: f64 = 0;
    for (let code = max<i32>(0, middle - reach); code <= to; code++) {
      const outer = code == 0 || code == ADC_CODES - 1;
      const width = outer ? 4096 : <f64>load<u16>(WIDTHS + 2 * <usize>code);
      const one = width * load<f64>(weights + 8 * <usize>abs(8 * code - entry));
      sum += one;
      moment += one * <f64>code;
    }
    store<f64>(means + 8 * <usize>entry, moment / sum);
  }
  for (let i: usize = 0; i < count; i++) {
    const place = load<f64>(values + 8 * i) * 8;
    const entry = min<i32>(<i32>place, entries - 2);
    const below = load<f64>(means + 8 * <usize>entry);
    const above = load<f64>(means + 8 * <usize>entry, 8);
    store<f64>(values + 8 * i, below + (place - <f64>entry) * (above - below));
  }
}

/**
 * Samples of a payload in a basis, 16 bits each.
 *
 * @param smallest, largest - what samples can be
 */
export function decodeTransform(
  family: u32, parameter: u64, start: usize, end: usize, smallest: i32, largest: i32,
): usize {
  prepareTables();
  const isIdentity = family == IDENTITY;
  const hop: u32 = isIdentity ? 1 : <u32>4 << <u32>(parameter & 15);
  const frames = (samples + hop - 1) / hop;
  const states = statesOf(trellis);
  prepareStates(states);
  const isExact = isIdentity && step() == 1 && states == 1;
  const hasResidual = lossless && !isExact;
  const least = leastPayload(samples);
  const bytes = <u64>(end - start);
  const silent = bytes < least;
  if (silent && formatVersion() != 1) return fail(DAMAGED);
  coder.setTables(LOGISTIC, STRETCH, RATES, SIGN_RATES, INITIAL);
  coder.setState(allocate(<u64>coder.stateBytes()));
  if (coder.startDecoder(start, end) != 0) return fail(DAMAGED);
  let signal: usize = 0;
  let residual: usize = 0;
  if (silent) {
    // Version 1 wrote recordings that are nothing but their mean like this.
    const sets = hasResidual ? 2 : 1;
    for (let set = 0; set < sets; set++) {
      if (coder.decodeBits(ACTIVE_BITS) != 0 || coder.currentFault() != 0) return fail(DAMAGED);
    }
    signal = allocateZeros(8 * <u64>samples);
  } else {
    const quantized = decodeSet(isIdentity ? 1 : hop, isIdentity ? samples : frames, states == 1 ? 1 : 2);
    if (fault() != 0) return 0;
    if (hasResidual) residual = decodeSet(1, samples, 1);
    if (fault() != 0) return 0;
    const bands = isIdentity ? 1 : hop;
    const values = dequantized(quantized, bands, isIdentity ? samples : frames, states);
    signal = isIdentity ? values : inverseLapped(values, frames, hop, <u32>(parameter >> 4));
    if (formatVersion() != 1 && bytes == least) coder.skipZeros();
  }
  if (coder.finishDecoder() != 0) return fail(DAMAGED);

  const lowest = <f64>smallest;
  const highest = <f64>largest;
  const target = allocate(2 * <u64>samples);
  if (deviation > 0) {
    for (let i: usize = 0; i < samples; i++) {
      const value = load<f64>(signal + 8 * i) + mean;
      store<f64>(signal + 8 * i, min<f64>(highest, max<f64>(lowest, value)));
    }
    estimateCodes(signal, samples);
    for (let i: usize = 0; i < samples; i++) {
      store<u16>(target + 2 * i, <u16>floor(load<f64>(signal + 8 * i) + 0.5));
    }
    return target;
  }
  for (let i: usize = 0; i < samples; i++) {
    const rounded = floor(load<f64>(signal + 8 * i) + mean + 0.5);
    let sample = rounded < lowest ? smallest : rounded > highest ? largest : <i32>rounded;
    if (residual != 0) {
      const whole = <i64>sample + <i64>load<i32>(residual + 4 * i);
      if (whole < <i64>smallest || whole > <i64>largest) return fail(DAMAGED);
      sample = <i32>whole;
    }
    store<u16>(target + 2 * i, <u16>sample);
  }
  return target;
}
