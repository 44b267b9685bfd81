// One level of a lifted wavelet transform or of its inverse: the specification is ../reference/lifting.ts.
//
// Even and odd samples lie in two arrays, so that a vector holds consecutive samples of one kind. All steps go through
// the level together, block by block: each is as far behind the step before it as its neighbors demand.
import { lanes, VECTOR } from './lanes';
import { evenOf, oddOf } from './pairs';

/** Samples of each kind that are taken on at a time: both arrays of them stay in the first cache. */
const BLOCK: isize = 1024;

/** What a sample gets from the sum of its neighbors; integers have the factors of 5/3 and round down. */
@inline
function share<T>(sum: v128, factor: v128, predicts: bool): v128 {
  if (isInteger<T>()) return predicts ? i32x4.shr_s(sum, 1) : i32x4.shr_s(i32x4.add(sum, i32x4.splat(2)), 2);
  return v128.mul<T>(sum, factor);
}

/**
 * Samples from … to − 1 of a kind get what their neighbors give them: for floating-point numbers the multiple `factor` of
 * their sum, for integers what the 5/3 transform adds to or takes from them.
 *
 * @param target - samples of this kind
 * @param left - where the left neighbor of sample 0 lies; the right one lies behind it
 * @param predicts - these are the odd samples
 * @param adds - of integers only
 */
@inline
function lift<T>(target: usize, left: usize, from: isize, to: isize, factor: T, predicts: bool, adds: bool): void {
  const size = sizeof<T>();
  const factors = v128.splat<T>(factor);
  let k = from;
  for (; k + <isize>lanes<T>() <= to; k += lanes<T>()) {
    const at = k * size;
    const given = share<T>(v128.add<T>(v128.load(left + at), v128.load(left + at + size)), factors, predicts);
    const value = v128.load(target + at);
    if (isInteger<T>() && !adds) v128.store(target + at, v128.sub<T>(value, given));
    else v128.store(target + at, v128.add<T>(value, given));
  }
  for (; k < to; k++) {
    const at = k * size;
    const sum = load<T>(left + at) + load<T>(left + at + size);
    if (isInteger<T>()) {
      const given = predicts ? sum >> 1 : (sum + 2) >> 2;
      store<T>(target + at, adds ? load<T>(target + at) + given : load<T>(target + at) - given);
    } else {
      store<T>(target + at, load<T>(target + at) + sum * factor);
    }
  }
}

/** Odd samples from … to − 1; `evens` samples are all there are when the last odd one is among them. */
@inline
function predict<T>(even: usize, odd: usize, from: isize, to: isize, evens: isize, factor: T, adds: bool): void {
  const size = sizeof<T>();
  // The last sample may be an odd one: then its right neighbor is its left one again.
  if (to == evens) store<T>(even + evens * size, load<T>(even + (evens - 1) * size));
  lift<T>(odd, even, from, to, factor, true, adds);
}

/** Even samples from … to − 1; `odds` are all odd samples. */
@inline
function update<T>(even: usize, odd: usize, from: isize, to: isize, odds: isize, factor: T, adds: bool): void {
  const size = sizeof<T>();
  if (from == 0) store<T>(odd - size, load<T>(odd));
  if (to > odds) store<T>(odd + odds * size, load<T>(odd + (odds - 1) * size));
  lift<T>(even, odd - size, from, to, factor, false, adds);
}

/** Takes pairs from … to − 1 of a signal apart. */
@inline
function split<T>(signal: usize, from: isize, to: isize, even: usize, odd: usize): void {
  const size = sizeof<T>();
  let k = from;
  for (; k + <isize>lanes<T>() <= to; k += lanes<T>()) {
    const a = v128.load(signal + 2 * k * size);
    const b = v128.load(signal + 2 * k * size, VECTOR);
    v128.store(even + k * size, evenOf<T>(a, b));
    v128.store(odd + k * size, oddOf<T>(a, b));
  }
  for (; k < to; k++) {
    store<T>(even + k * size, load<T>(signal + 2 * k * size));
    store<T>(odd + k * size, load<T>(signal + (2 * k + 1) * size));
  }
}

/** Puts pairs from … to − 1 of a signal together. */
@inline
function interleave<T>(even: usize, odd: usize, from: isize, to: isize, signal: usize): void {
  const size = sizeof<T>();
  let k = from;
  for (; k + <isize>lanes<T>() <= to; k += lanes<T>()) {
    const a = v128.load(even + k * size);
    const b = v128.load(odd + k * size);
    if (sizeof<T>() == 4) {
      v128.store(signal + 2 * k * size, i32x4.shuffle(a, b, 0, 4, 1, 5));
      v128.store(signal + 2 * k * size, i32x4.shuffle(a, b, 2, 6, 3, 7), VECTOR);
    } else {
      v128.store(signal + 2 * k * size, i64x2.shuffle(a, b, 0, 2));
      v128.store(signal + 2 * k * size, i64x2.shuffle(a, b, 1, 3), VECTOR);
    }
  }
  for (; k < to; k++) {
    store<T>(signal + 2 * k * size, load<T>(even + k * size));
    store<T>(signal + (2 * k + 1) * size, load<T>(odd + k * size));
  }
}

/** Copies elements from … to − 1, times `scale` unless they are integers. */
@inline
function copy<T>(source: usize, from: isize, to: isize, target: usize, scale: T): void {
  const size = sizeof<T>();
  const scales = v128.splat<T>(scale);
  let k = from;
  for (; k + <isize>lanes<T>() <= to; k += lanes<T>()) {
    const value = v128.load(source + k * size);
    if (isInteger<T>()) v128.store(target + k * size, value);
    else v128.store(target + k * size, v128.mul<T>(value, scales));
  }
  for (; k < to; k++) {
    const value = load<T>(source + k * size);
    store<T>(target + k * size, isInteger<T>() ? value : value * scale);
  }
}

/**
 * One level of the transform.
 *
 * @param signal - address of the samples; the approximation takes the place of the first of them
 * @param length - number of samples, 2 or more
 * @param even, odd - room for the samples of each kind, with one element before and one behind
 * @param detail - receives the detail
 * @param factors, steps - of the lifting steps, an even number; integers take the steps of 5/3
 * @param lowScale, highScale - what approximation and detail are multiplied by; integers are not
 */
@inline
function analyze<T>(
  signal: usize, length: isize, even: usize, odd: usize, detail: usize, factors: usize, steps: i32, lowScale: T,
  highScale: T,
): void {
  const size = sizeof<T>();
  const odds = length >> 1;
  const evens = length - odds;
  const pairs = steps >> 1;
  if (evens > odds) store<T>(even + odds * size, load<T>(signal + (length - 1) * size));
  for (let start: isize = 0; start < odds; start += BLOCK) {
    const end = min(start + BLOCK, odds);
    const last = end == odds;
    split<T>(signal, start, end, even, odd);
    for (let pair = 0; pair < pairs; pair++) {
      // A prediction needs the even sample behind; so each ends one sample before the one that went before it.
      const behind = pair + 1;
      const from = max(start - behind, 0);
      const to = end - behind;
      const factor = load<T>(factors + 2 * pair * size);
      predict<T>(even, odd, from, last ? odds : to, evens, factor, false);
      update<T>(even, odd, from, last ? evens : to, odds, load<T>(factors + (2 * pair + 1) * size), true);
    }
    const from = max(start - pairs, 0);
    copy<T>(even, from, last ? evens : end - pairs, signal, lowScale);
    copy<T>(odd, from, last ? odds : end - pairs, detail, highScale);
  }
}

export function analyzeFloat32(
  signal: usize, length: isize, even: usize, odd: usize, detail: usize, factors: usize, steps: i32, lowScale: f32,
  highScale: f32,
): void {
  analyze<f32>(signal, length, even, odd, detail, factors, steps, lowScale, highScale);
}

export function analyzeFloat64(
  signal: usize, length: isize, even: usize, odd: usize, detail: usize, factors: usize, steps: i32, lowScale: f64,
  highScale: f64,
): void {
  analyze<f64>(signal, length, even, odd, detail, factors, steps, lowScale, highScale);
}

export function analyzeInt32(
  signal: usize, length: isize, even: usize, odd: usize, detail: usize, factors: usize, steps: i32, lowScale: i32,
  highScale: i32,
): void {
  analyze<i32>(signal, length, even, odd, detail, factors, steps, lowScale, highScale);
}

/**
 * Undoes {@link analyze}.
 *
 * @param signal - address of the approximation; receives the samples
 * @param factors - negative, the last first
 * @param lowScale, highScale - what approximation and detail are multiplied by
 */
@inline
function synthesize<T>(
  signal: usize, length: isize, even: usize, odd: usize, detail: usize, factors: usize, steps: i32, lowScale: T,
  highScale: T,
): void {
  const size = sizeof<T>();
  const odds = length >> 1;
  const evens = length - odds;
  const pairs = steps >> 1;
  // The first samples will lie where the approximation does.
  copy<T>(signal, 0, evens, even, lowScale);
  for (let start: isize = 0; start < odds; start += BLOCK) {
    const end = min(start + BLOCK, odds);
    const last = end == odds;
    copy<T>(detail, start, end, odd, highScale);
    for (let pair = 0; pair < pairs; pair++) {
      const factor = load<T>(factors + 2 * pair * size);
      update<T>(even, odd, max(start - pair, 0), last ? evens : end - pair, odds, factor, false);
      const from = max(start - pair - 1, 0);
      const to = last ? odds : end - pair - 1;
      predict<T>(even, odd, from, to, evens, load<T>(factors + (2 * pair + 1) * size), true);
    }
    interleave<T>(even, odd, max(start - pairs, 0), last ? odds : end - pairs, signal);
  }
  if (evens > odds) store<T>(signal + (length - 1) * size, load<T>(even + odds * size));
}

export function synthesizeFloat32(
  signal: usize, length: isize, even: usize, odd: usize, detail: usize, factors: usize, steps: i32, lowScale: f32,
  highScale: f32,
): void {
  synthesize<f32>(signal, length, even, odd, detail, factors, steps, lowScale, highScale);
}

export function synthesizeFloat64(
  signal: usize, length: isize, even: usize, odd: usize, detail: usize, factors: usize, steps: i32, lowScale: f64,
  highScale: f64,
): void {
  synthesize<f64>(signal, length, even, odd, detail, factors, steps, lowScale, highScale);
}

export function synthesizeInt32(
  signal: usize, length: isize, even: usize, odd: usize, detail: usize, factors: usize, steps: i32, lowScale: i32,
  highScale: i32,
): void {
  synthesize<i32>(signal, length, even, odd, detail, factors, steps, lowScale, highScale);
}
