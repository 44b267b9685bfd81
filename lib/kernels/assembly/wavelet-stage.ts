// One level of a wavelet transform or of its inverse: the specification is ../reference/wavelet.ts.
//
// Even and odd samples lie in two arrays, so that taps meet consecutive samples and a vector holds consecutive results.
// Taking apart and putting together are then the same thing: two arrays through four short filters into two arrays.
import { lanes, VECTOR } from './lanes';
import { evenOf, oddOf } from './pairs';

/** What becomes of the two results of a filter pair. */
const PLAIN: u32 = 0;
const SPLIT_FIRST: u32 = 1;
const SPLIT_BOTH: u32 = 2;
const INTERLEAVED: u32 = 3;

/** Writes elements of two vectors in turn. */
@inline
function storeInterleaved<T>(a: v128, b: v128, target: usize): void {
  if (sizeof<T>() == 4) {
    v128.store(target, i32x4.shuffle(a, b, 0, 4, 1, 5));
    v128.store(target, i32x4.shuffle(a, b, 2, 6, 3, 7), VECTOR);
  } else {
    v128.store(target, i64x2.shuffle(a, b, 0, 2));
    v128.store(target, i64x2.shuffle(a, b, 1, 3), VECTOR);
  }
}

/** Writes four vectors of consecutive elements, the even elements to one array and the odd ones to another. */
@inline
function storeSplit<T>(a: v128, b: v128, c: v128, d: v128, even: usize, odd: usize): void {
  v128.store(even, evenOf<T>(a, b));
  v128.store(even, evenOf<T>(c, d), VECTOR);
  v128.store(odd, oddOf<T>(a, b));
  v128.store(odd, oddOf<T>(c, d), VECTOR);
}

@inline
function storePlain(a: v128, b: v128, c: v128, d: v128, target: usize): void {
  v128.store(target, a);
  v128.store(target, b, VECTOR);
  v128.store(target, c, 2 * VECTOR);
  v128.store(target, d, 3 * VECTOR);
}

/**
 * p[n] = Σ a[2i]·x[n − i] + a[2i + 1]·y[n − i], q[n] = Σ b[2i]·x[n − i] + b[2i + 1]·y[n − i].
 *
 * The innermost loop takes a tap of each filter and turns from x to y and back, so that all it needs stays in registers:
 * 8 sums, 4 vectors of samples, 2 taps and a product.
 *
 * @param x, y - addresses of element 0; there are elements before it, and as many behind the last as complete four vectors
 * @param taps, length - a[0], b[0], a[1], b[1], …, and the length of each filter
 * @param count - number of results; writing goes on to the end of the last four vectors
 * @param mode - what is written: see above
 * @param p, q - results; with {@link INTERLEAVED}, p[0], q[0], p[1], … all to p
 * @param pOdd, qOdd - odd results where they are split from the even ones
 */
@inline
function filter<T>(
  x: usize, y: usize, taps: usize, length: usize, count: usize, mode: u32, p: usize, pOdd: usize, q: usize, qOdd: usize,
): void {
  const size = sizeof<T>();
  const end = taps + 2 * length * size;
  for (let n: usize = 0; n < count; n += 4 * lanes<T>()) {
    let p0 = v128.splat<T>(0);
    let q0 = p0;
    let p1 = p0;
    let q1 = p0;
    let p2 = p0;
    let q2 = p0;
    let p3 = p0;
    let q3 = p0;
    let from = x + n * size;
    let other = y + n * size;
    for (let tap = taps; tap < end; tap += 2 * size) {
      const first = v128.load_splat<T>(tap);
      const second = v128.load_splat<T>(tap + size);
      let value = v128.load(from);
      p0 = v128.add<T>(p0, v128.mul<T>(first, value));
      q0 = v128.add<T>(q0, v128.mul<T>(second, value));
      value = v128.load(from, VECTOR);
      p1 = v128.add<T>(p1, v128.mul<T>(first, value));
      q1 = v128.add<T>(q1, v128.mul<T>(second, value));
      value = v128.load(from, 2 * VECTOR);
      p2 = v128.add<T>(p2, v128.mul<T>(first, value));
      q2 = v128.add<T>(q2, v128.mul<T>(second, value));
      value = v128.load(from, 3 * VECTOR);
      p3 = v128.add<T>(p3, v128.mul<T>(first, value));
      q3 = v128.add<T>(q3, v128.mul<T>(second, value));
      const after = from - size;
      from = other;
      other = after;
    }
    const at = n * size;
    if (mode == INTERLEAVED) {
      storeInterleaved<T>(p0, q0, p + 2 * at);
      storeInterleaved<T>(p1, q1, p + 2 * at + 2 * VECTOR);
      storeInterleaved<T>(p2, q2, p + 2 * at + 4 * VECTOR);
      storeInterleaved<T>(p3, q3, p + 2 * at + 6 * VECTOR);
      continue;
    }
    if (mode == PLAIN) storePlain(p0, p1, p2, p3, p + at);
    else storeSplit<T>(p0, p1, p2, p3, p + at / 2, pOdd + at / 2);
    if (mode == SPLIT_BOTH) storeSplit<T>(q0, q1, q2, q3, q + at / 2, qOdd + at / 2);
    else storePlain(q0, q1, q2, q3, q + at);
  }
}

export function filterFloat32(
  x: usize, y: usize, taps: usize, length: usize, count: usize, mode: u32, p: usize, pOdd: usize, q: usize, qOdd: usize,
): void {
  filter<f32>(x, y, taps, length, count, mode, p, pOdd, q, qOdd);
}

export function filterFloat64(
  x: usize, y: usize, taps: usize, length: usize, count: usize, mode: u32, p: usize, pOdd: usize, q: usize, qOdd: usize,
): void {
  filter<f64>(x, y, taps, length, count, mode, p, pOdd, q, qOdd);
}

/**
 * Writes the even samples of a signal to one array and the odd ones to another.
 *
 * @param count - number of samples; reading and writing go on to the end of the last two vectors
 */
@inline
function split<T>(signal: usize, count: usize, even: usize, odd: usize): void {
  for (let n: usize = 0; n < count; n += 2 * lanes<T>()) {
    const at = n * sizeof<T>();
    const a = v128.load(signal + at);
    const b = v128.load(signal + at, VECTOR);
    v128.store(even + at / 2, evenOf<T>(a, b));
    v128.store(odd + at / 2, oddOf<T>(a, b));
  }
}

export function splitFloat32(signal: usize, count: usize, even: usize, odd: usize): void {
  split<f32>(signal, count, even, odd);
}

export function splitFloat64(signal: usize, count: usize, even: usize, odd: usize): void {
  split<f64>(signal, count, even, odd);
}

/** Where sample i of a signal that goes on beyond its ends is found. */
@inline
function indexBeyond(i: isize, length: isize, periodic: bool): isize {
  // Most signals are longer than a filter, and divisions are slow.
  if (i >= -length && i < 0) {
    if (!periodic) return -1 - i;
    if ((length & 1) == 0) return i + length;
    return i == -1 ? length - 1 : i + length + 1;
  }
  if (i >= length && i < 2 * length) {
    if (!periodic) return 2 * length - 1 - i;
    if ((length & 1) == 0) return i - length;
    return i == length ? length - 1 : i - length - 1;
  }
  const period = periodic ? length + (length & 1) : 2 * length;
  let within = i % period;
  if (within < 0) within += period;
  if (within < length) return within;
  return periodic ? length - 1 : period - 1 - within;
}

@inline
function sampleAt<T>(even: usize, odd: usize, i: isize): usize {
  return (i & 1 ? odd : even) + (i >> 1) * sizeof<T>();
}

/**
 * Lets a signal go on beyond its ends.
 *
 * @param even, odd - its samples, with room before and behind
 * @param length - of the signal, 1 or more
 * @param periodic - 0 for symmetric borders
 * @param margin - samples to be written before, and as many behind
 */
@inline
function extend<T>(even: usize, odd: usize, length: isize, periodic: bool, margin: isize): void {
  for (let i: isize = 1; i <= margin; i++) {
    const before = sampleAt<T>(even, odd, indexBeyond(-i, length, periodic));
    store<T>(sampleAt<T>(even, odd, -i), load<T>(before));
    const behind = sampleAt<T>(even, odd, indexBeyond(length - 1 + i, length, periodic));
    store<T>(sampleAt<T>(even, odd, length - 1 + i), load<T>(behind));
  }
}

export function extendFloat32(even: usize, odd: usize, length: isize, periodic: bool, margin: isize): void {
  extend<f32>(even, odd, length, periodic, margin);
}

export function extendFloat64(even: usize, odd: usize, length: isize, periodic: bool, margin: isize): void {
  extend<f64>(even, odd, length, periodic, margin);
}

/** Lets a band go on periodically beyond its ends; parameters as of {@link extend}. */
@inline
function repeat<T>(band: usize, length: isize, margin: isize): void {
  const size = sizeof<T>();
  for (let i: isize = 1; i <= margin; i++) {
    store<T>(band - i * size, load<T>(band + (length - 1 - ((i - 1) % length)) * size));
    store<T>(band + (length - 1 + i) * size, load<T>(band + ((i - 1) % length) * size));
  }
}

export function repeatFloat32(band: usize, length: isize, margin: isize): void {
  repeat<f32>(band, length, margin);
}

export function repeatFloat64(band: usize, length: isize, margin: isize): void {
  repeat<f64>(band, length, margin);
}
