// The search for quantized values along a trellis: the specification is lib/kernels/reference/trellis.ts, and the
// decisions are the same.
//
// Costs of paths are 16-bit integers, eight states to a vector. Even and odd states are held apart: new states of the
// lower half come from even states, those of the upper half from odd ones, each by an even and by an odd coefficient,
// whose states differ in fixed bits of their number (the polynomials of lib/coding/quantizers/trellis.ts).
import { LEAST_MEAN, level, LEVELS, MAX_EXPECTED, MEAN_MEMORY, SPREAD } from './expectation';
import { VECTOR } from './lanes';

const MAGNITUDES: u32 = 16;
const ROW_BYTES: usize = 24 * 4;
const SETS_BYTES: usize = LEVELS * ROW_BYTES;
const LAST_PRICED: u32 = 16;
const EVENLY_PRICED: u32 = 20;
const COST_UNITS: f32 = 512;
const MAX_COST: u32 = 4095;
const NORMALIZE_EVERY: u32 = 8;

/**
 * Levels of what is expected of magnitudes, as assembly/coefficient-coder.ts expects them.
 *
 * @param subbands - of those that are coded: offset, length, coefficients in a hop (u32 each)
 * @param single - whether the layout has one subband alone
 * @param rates - f64, how far a mean moves at its n-th visit
 * @param means - f64, one more than there are active subbands; zeros
 * @param visits - u16, one for each active subband; zeros
 * @param last - u32, two for each active subband: the magnitudes before; zeros
 * @param magnitudes - u32, in the order of coding
 * @param levels - u8, receives them in the same order
 */
export function expectLevels(
  hops: u32, active: u32, subbands: usize, single: bool, rates: usize,
  means: usize, visits: usize, last: usize, magnitudes: usize, levels: usize,
): void {
  let around: f64 = 0;
  let expectedAround: f64 = 0;
  for (let h: u32 = 0; h < hops; h++) {
    if (!single) {
      around = 0;
      expectedAround = 0;
    }
    for (let k: u32 = 0; k < active; k++) {
      const band = subbands + 12 * <usize>k;
      const perHop = load<u32>(band, 8);
      const start = h * perHop;
      const end = min<u32>(start + perHop, load<u32>(band, 4));
      if (start >= end) continue;
      const mean = means + (<usize>k << 3);
      const visit = visits + (<usize>k << 1);
      const before = last + (<usize>k << 3);
      let count = <u32>load<u16>(visit);
      let a = load<u32>(before);
      let b = load<u32>(before, 4);
      for (let t = start; t < end; t++) {
        let ownMean: f64 = 0;
        let smooth: f64 = 0;
        if (count > 0) {
          ownMean = load<f64>(mean);
          smooth = k > 0 ? 0.5 * ownMean + 0.25 * (load<f64>(mean - 8) + load<f64>(mean, 8)) : ownMean;
        } else {
          if (k > 0) ownMean = load<f64>(mean - 8);
          smooth = ownMean;
        }
        const excitation = (2 * <f64>a + <f64>b + around + 2) / (3 * ownMean + expectedAround + 2);
        let local = (smooth + 0.002) * excitation;
        if (local > MAX_EXPECTED) local = MAX_EXPECTED;
        store<u8>(levels++, level(0.5 * (smooth + local)));
        b = a;
        a = load<u32>(magnitudes);
        magnitudes += 4;
        const found = <f64>a;
        const newMean = ownMean + (found - ownMean) * load<f64>(rates + (<usize>count << 3));
        store<f64>(mean, newMean < LEAST_MEAN ? LEAST_MEAN : newMean);
        if (count < MEAN_MEMORY - 2) count++;
        const newAround = SPREAD * around + found;
        around = newAround < LEAST_MEAN ? 0 : newAround;
        expectedAround = SPREAD * expectedAround + ownMean;
      }
      store<u16>(visit, count);
      store<u32>(before, a);
      store<u32>(before, b, 4);
    }
  }
}

/**
 * The first of the four magnitudes that are tried: the last below the target, and the one before it. A target has one for
 * each set; they are found once, as twice that of set 0 and how much larger that of set 1 is.
 *
 * @param targets - f32, magnitudes of the coefficients in steps
 * @param tried - u32, receives them
 */
export function findTried(targets: usize, count: u32, tried: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const target = load<f32>(targets + (i << 2));
    const nearest = <u32>target;
    const upper = <u32>(target + 0.5);
    const first = nearest - u32(nearest > 0);
    store<u32>(tried + (i << 2), 2 * first + (upper - u32(upper > 0) - first));
  }
}

/** Costs of the four magnitudes that are tried. */
@inline
function pricesOf(target: f32, first: u32, half: f32, row: usize): v128 {
  const entry = first <= LAST_PRICED ? first : EVENLY_PRICED;
  const amplitudes = f32x4.pmax(
    f32x4.add(f32x4.splat(<f32>first - half), f32x4(0, 1, 2, 3)),
    f32x4.splat(0),
  );
  const errors = f32x4.sub(f32x4.splat(target), amplitudes);
  return f32x4.add(f32x4.mul(errors, errors), v128.load(row + (<usize>entry << 2)));
}

@inline
function otherPair(a: v128): v128 {
  return i32x4.shuffle(a, a, 2, 3, 0, 1);
}

/**
 * Prices of coefficients over that of the cheapest choice: of set 0 even, set 0 odd, set 1 even, set 1 odd (u16 each), and
 * which of two magnitudes of equal parity is the cheaper (a byte: bits 0 and 1 for set 0, bits 4 and 5 for set 1).
 *
 * @returns prices of the cheapest choices of the first `kept` coefficients, in steps²
 */
function price(
  targets: usize, tried: usize, levels: usize, count: u32, kept: u32, rates: usize, costs: usize, choices: usize,
): f64 {
  let sum: f64 = 0;
  const evenFirst = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  // Bytes of the two lanes of a set change places where its first magnitude is odd.
  const oddFirst: u64 = 0x0404040404040404;
  for (let i: u32 = 0; i < count; i++) {
    const target = load<f32>(targets);
    targets += 4;
    const both = load<u32>(tried);
    tried += 4;
    const row = rates + <usize>load<u8>(levels++) * ROW_BYTES;
    const first0 = both >> 1;
    const first1 = first0 + (both & 1);
    const tried0 = pricesOf(target, first0, 0, row);
    const tried1 = pricesOf(target, first1, 0.5, row + SETS_BYTES);
    const lower = i64x2.shuffle(tried0, tried1, 0, 2);
    const upper = i64x2.shuffle(tried0, tried1, 1, 3);
    const chosen = i32x4.bitmask(f32x4.lt(upper, lower));
    store<u8>(choices++, (chosen & 3) | ((chosen & 12) << 2));
    const least = f32x4.pmin(lower, upper);
    const pair = f32x4.pmin(least, otherPair(least));
    const all = f32x4.pmin(pair, i32x4.shuffle(pair, pair, 1, 0, 3, 2));
    const scaled = f32x4.add(f32x4.mul(f32x4.sub(least, all), f32x4.splat(COST_UNITS)), f32x4.splat(0.5));
    const units = i32x4.min_u(i32x4.trunc_sat_f32x4_s(scaled), i32x4.splat(MAX_COST));
    const swaps = i64x2.replace_lane(
      i64x2.splat(<u64>(first0 & 1) * oddFirst),
      1,
      <u64>(first1 & 1) * oddFirst,
    );
    const ordered = i8x16.swizzle(units, v128.xor(evenFirst, swaps));
    v128.store64_lane(costs, i16x8.narrow_i32x4_u(ordered, ordered), 0);
    costs += 8;
    sum += i < kept ? <f64>f32x4.extract_lane(all, 0) : 0;
  }
  return sum;
}

@inline
function evens(a: v128, b: v128): v128 {
  const mask = i32x4.splat(0xffff);
  return i16x8.narrow_i32x4_u(v128.and(a, mask), v128.and(b, mask));
}

@inline
function odds(a: v128, b: v128): v128 {
  return i16x8.narrow_i32x4_u(i32x4.shr_u(a, 16), i32x4.shr_u(b, 16));
}

/** Lanes whose numbers differ in these bits change places. */
@inline
function flip1(a: v128): v128 {
  return i16x8.shuffle(a, a, 1, 0, 3, 2, 5, 4, 7, 6);
}

@inline
function flip2(a: v128): v128 {
  return i32x4.shuffle(a, a, 1, 0, 3, 2);
}

@inline
function flip4(a: v128): v128 {
  return i64x2.shuffle(a, a, 1, 0);
}

@inline
function flip6(a: v128): v128 {
  return i32x4.shuffle(a, a, 3, 2, 1, 0);
}

@inline
function flip7(a: v128): v128 {
  return i16x8.shuffle(a, a, 7, 6, 5, 4, 3, 2, 1, 0);
}

@inline
function leastOf(a: v128): v128 {
  const b = i16x8.min_u(a, flip4(a));
  const c = i16x8.min_u(b, flip2(b));
  return i16x8.min_u(c, flip1(c));
}

/** 8 states: h⁰ = 13, h¹ = 04 (octal); a decision takes a byte. */
function extend8(costs: usize, count: u32, paths: usize, decisions: usize): void {
  // Even states in lanes 0 … 3, odd ones in lanes 4 … 7.
  const natural = v128.load(paths);
  let states = i16x8.shuffle(natural, natural, 0, 2, 4, 6, 1, 3, 5, 7);
  for (let i: u32 = 0; i < count; i++) {
    const given = v128.load64_zero(costs);
    costs += 8;
    const even = i16x8.shuffle(given, given, 0, 0, 0, 0, 2, 2, 2, 2);
    const odd = i16x8.shuffle(given, given, 1, 1, 1, 1, 3, 3, 3, 3);
    // Odd states lead to u from u ^ 1 and, with an odd coefficient, from u ^ 1 ^ 2; even ones from t and t ^ 2.
    const first = i16x8.add_sat_u(i16x8.shuffle(states, states, 0, 1, 2, 3, 5, 4, 7, 6), even);
    const second = i16x8.add_sat_u(i16x8.shuffle(states, states, 2, 3, 0, 1, 7, 6, 5, 4), odd);
    let after = i16x8.min_u(first, second);
    store<u8>(decisions + i, i16x8.bitmask(i16x8.eq(after, first)));
    if ((i & (NORMALIZE_EVERY - 1)) == NORMALIZE_EVERY - 1) after = i16x8.sub(after, leastOf(after));
    states = i16x8.shuffle(after, after, 0, 2, 4, 6, 1, 3, 5, 7);
  }
  v128.store(paths, i16x8.shuffle(states, states, 0, 4, 1, 5, 2, 6, 3, 7));
}

/** 32 states: h⁰ = 45, h¹ = 10 (octal). */
function extend32(costs: usize, count: u32, paths: usize, decisions: usize): void {
  let n0 = v128.load(paths);
  let n1 = v128.load(paths + VECTOR);
  let n2 = v128.load(paths + 2 * VECTOR);
  let n3 = v128.load(paths + 3 * VECTOR);
  for (let i: u32 = 0; i < count; i++) {
    const e0 = evens(n0, n1);
    const e1 = evens(n2, n3);
    const o0 = odds(n0, n1);
    const o1 = odds(n2, n3);
    const even0 = v128.load16_splat(costs);
    const odd0 = v128.load16_splat(costs, 2);
    const even1 = v128.load16_splat(costs, 4);
    const odd1 = v128.load16_splat(costs, 6);
    costs += 8;
    const a0 = i16x8.add_sat_u(e0, even0);
    const a1 = i16x8.add_sat_u(e1, even0);
    const a2 = i16x8.add_sat_u(flip2(o0), even1);
    const a3 = i16x8.add_sat_u(flip2(o1), even1);
    n0 = i16x8.min_u(a0, i16x8.add_sat_u(flip4(e0), odd0));
    n1 = i16x8.min_u(a1, i16x8.add_sat_u(flip4(e1), odd0));
    n2 = i16x8.min_u(a2, i16x8.add_sat_u(flip6(o0), odd1));
    n3 = i16x8.min_u(a3, i16x8.add_sat_u(flip6(o1), odd1));
    const lower = i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.eq(n0, a0), i16x8.eq(n1, a1)));
    const upper = i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.eq(n2, a2), i16x8.eq(n3, a3)));
    store<u32>(decisions + (i << 2), lower | (upper << 16));
    if ((i & (NORMALIZE_EVERY - 1)) == NORMALIZE_EVERY - 1) {
      const least = leastOf(i16x8.min_u(i16x8.min_u(n0, n1), i16x8.min_u(n2, n3)));
      n0 = i16x8.sub(n0, least);
      n1 = i16x8.sub(n1, least);
      n2 = i16x8.sub(n2, least);
      n3 = i16x8.sub(n3, least);
    }
  }
  v128.store(paths, n0);
  v128.store(paths + VECTOR, n1);
  v128.store(paths + 2 * VECTOR, n2);
  v128.store(paths + 3 * VECTOR, n3);
}

/** Vectors of 256 states, and of half of them. */
const VECTORS: usize = 32;
const HALF: usize = 16 * VECTOR;

/** Even and odd ones of 16 new states go to their places among the old ones of the next coefficient. */
@inline
function splitPair(after: usize, pair: usize, first: v128, second: v128): void {
  v128.store(after + pair * VECTOR, evens(first, second));
  v128.store(after + HALF + pair * VECTOR, odds(first, second));
}

/** 256 states: h⁰ = 515, h¹ = 362 (octal). `scratch` has room for two sets of them. */
function extend256(costs: usize, count: u32, paths: usize, decisions: usize, scratch: usize): void {
  let before = scratch;
  let after = scratch + VECTORS * VECTOR;
  for (let pair: usize = 0; pair < 16; pair++) {
    const at = paths + 2 * pair * VECTOR;
    splitPair(before, pair, v128.load(at), v128.load(at + VECTOR));
  }
  for (let i: u32 = 0; i < count; i++) {
    const even0 = v128.load16_splat(costs);
    const odd0 = v128.load16_splat(costs, 2);
    const even1 = v128.load16_splat(costs, 4);
    const odd1 = v128.load16_splat(costs, 6);
    costs += 8;
    const normalize = (i & (NORMALIZE_EVERY - 1)) == NORMALIZE_EVERY - 1;
    let least = i16x8.splat(-1);
    for (let pair: usize = 0; pair < 8; pair++) {
      // Vectors v and v + 1: t from t, and from t ^ 121 = (vector 15, lane 1).
      const v = 2 * pair * VECTOR;
      const a0 = i16x8.add_sat_u(v128.load(before + v), even0);
      const a1 = i16x8.add_sat_u(v128.load(before + v + VECTOR), even0);
      const n0 = i16x8.min_u(a0, i16x8.add_sat_u(flip1(v128.load(before + (v ^ (15 * VECTOR)))), odd0));
      const n1 = i16x8.min_u(
        a1,
        i16x8.add_sat_u(flip1(v128.load(before + ((v + VECTOR) ^ (15 * VECTOR)))), odd0),
      );
      store<u16>(decisions, i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.eq(n0, a0), i16x8.eq(n1, a1))));
      // u from u ^ 38 = (4, 6), and from u ^ 95 = (11, 7).
      const odd = before + HALF;
      const a2 = i16x8.add_sat_u(flip6(v128.load(odd + (v ^ (4 * VECTOR)))), even1);
      const a3 = i16x8.add_sat_u(flip6(v128.load(odd + ((v + VECTOR) ^ (4 * VECTOR)))), even1);
      const n2 = i16x8.min_u(a2, i16x8.add_sat_u(flip7(v128.load(odd + (v ^ (11 * VECTOR)))), odd1));
      const n3 = i16x8.min_u(
        a3,
        i16x8.add_sat_u(flip7(v128.load(odd + ((v + VECTOR) ^ (11 * VECTOR)))), odd1),
      );
      store<u16>(decisions, i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.eq(n2, a2), i16x8.eq(n3, a3))), 16);
      decisions += 2;
      splitPair(after, pair, n0, n1);
      splitPair(after, pair + 8, n2, n3);
      if (normalize) {
        least = i16x8.min_u(least, i16x8.min_u(i16x8.min_u(n0, n1), i16x8.min_u(n2, n3)));
      }
    }
    decisions += 16;
    if (normalize) {
      least = leastOf(least);
      for (let at = after; at < after + VECTORS * VECTOR; at += VECTOR) {
        v128.store(at, i16x8.sub(v128.load(at), least));
      }
    }
    const swap = before;
    before = after;
    after = swap;
  }
  for (let pair: usize = 0; pair < 16; pair++) {
    const even = v128.load(before + pair * VECTOR);
    const odd = v128.load(before + HALF + pair * VECTOR);
    const at = paths + 2 * pair * VECTOR;
    v128.store(at, i16x8.shuffle(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(at + VECTOR, i16x8.shuffle(even, odd, 4, 12, 5, 13, 6, 14, 7, 15));
  }
}

/** Tells what a coefficient has become. */
@inline
function take(i: u32, set: u32, magnitude: u32, levels: usize, magnitudes: usize, counts: usize): void {
  store<u32>(magnitudes + (i << 2), magnitude);
  const row = set * LEVELS + load<u8>(levels + i);
  const count = counts + (<usize>(row * MAGNITUDES + min<u32>(magnitude, MAGNITUDES - 1)) << 2);
  store<u32>(count, load<u32>(count) + 1);
}

/**
 * Magnitudes of least cost, each for itself.
 *
 * @param targets - f32, magnitudes of the coefficients in steps, in the order of coding
 * @param tried - u32, see {@link findTried}
 * @param levels - u8, of what is expected of them
 * @param rates - f32, rows of 24 by level
 * @param magnitudes - u32, receives them
 * @param counts - u32, rows of 16 by level: how often each magnitude was taken; zeros
 * @returns the cost of all in steps²
 */
export function decideEach(
  targets: usize, tried: usize, levels: usize, count: u32, rates: usize, magnitudes: usize, counts: usize,
): f64 {
  let cost: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const first = load<u32>(tried + (i << 2)) >> 1;
    const row = rates + <usize>load<u8>(levels + i) * ROW_BYTES;
    const prices = pricesOf(load<f32>(targets + (i << 2)), first, 0, row);
    const pairs = f32x4.pmin(prices, otherPair(prices));
    const upper = i32x4.bitmask(f32x4.lt(otherPair(prices), prices));
    const odd = <u32>(f32x4.extract_lane(pairs, 1) < f32x4.extract_lane(pairs, 0));
    cost += <f64>f32x4.extract_lane(f32x4.pmin(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
    take(i, 0, first + odd + 2 * ((<u32>upper >> odd) & 1), levels, magnitudes, counts);
  }
  return cost;
}

/**
 * Magnitudes of least cost along a trellis, from state 0 on; windows of the sequence are decided one after another, each
 * with a look at what follows it.
 *
 * @param targets, tried, levels, rates, magnitudes, counts - as for {@link decideEach}; rows of set 1 after those of set 0
 * @param states - 8, 32 or 256
 * @param from - u8, the state before state t, by decision: entries 2t (by an odd coefficient) and 2t + 1 (by an even one)
 * @param window, lookAhead - coefficients
 * @param room - room for a window and its look ahead: costs (8 bytes each), choices (1), decisions (states / 8), and then
 * 2 × states for paths and 4 × states for scratch
 * @returns the cost of all in steps², but for what a price is rounded to
 */
export function decideAlong(
  targets: usize, tried: usize, levels: usize, count: u32, rates: usize, magnitudes: usize, counts: usize,
  states: u32, from: usize, window: u32, lookAhead: u32, room: usize,
): f64 {
  const longest = window + lookAhead;
  const paths = room;
  const scratch = paths + 2 * states;
  const costs = scratch + 4 * states;
  const decisions = costs + 8 * longest;
  const bytes = states >> 3;
  const choices = decisions + bytes * longest;
  let least: f64 = 0;
  let units: u64 = 0;
  let entry: u32 = 0;
  for (let start: u32 = 0; start < count;) {
    const length = min<u32>(longest, count - start);
    const kept = length == count - start ? length : window;
    least += price(
      targets + (start << 2), tried + (start << 2), levels + start, length, kept, rates, costs, choices,
    );
    memory.fill(paths, 0xff, 2 * states);
    store<u16>(paths + (entry << 1), 0);
    if (states == 8) extend8(costs, length, paths, decisions);
    else if (states == 32) extend32(costs, length, paths, decisions);
    else extend256(costs, length, paths, decisions, scratch);
    let state: u32 = 0;
    for (let s: u32 = 1; s < states; s++) {
      if (load<u16>(paths + (s << 1)) < load<u16>(paths + (state << 1))) state = s;
    }
    let i = length;
    for (; i > kept; i--) state = before(state, i - 1, decisions, bytes, from);
    entry = state;
    while (i-- > 0) {
      const even = evenTo(state, i, decisions, bytes);
      state = load<u8>(from + 2 * state + even);
      const set = state & 1;
      const both = load<u32>(tried + ((start + i) << 2));
      const first = (both >> 1) + (both & set);
      const lane = (first & 1) ^ (even ^ 1);
      const upper = (<u32>load<u8>(choices + i) >> (4 * set + lane)) & 1;
      units += <u64>load<u16>(costs + (i << 3) + (set << 2) + ((even ^ 1) << 1));
      take(start + i, set, first + lane + 2 * upper, levels, magnitudes, counts);
    }
    start += kept;
  }
  return least + <f64>units / COST_UNITS;
}

/** 1 where the best way to a state is by an even coefficient. */
@inline
function evenTo(state: u32, i: u32, decisions: usize, bytes: u32): u32 {
  return (<u32>load<u8>(decisions + i * bytes + (state >> 3)) >> (state & 7)) & 1;
}

/** The state before coefficient i on the best way to a state after it. */
@inline
function before(state: u32, i: u32, decisions: usize, bytes: u32, from: usize): u32 {
  return load<u8>(from + 2 * state + evenTo(state, i, decisions, bytes));
}
