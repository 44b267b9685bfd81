// Filters: the specifications are reference/filters.ts (finite responses) and ../iir.ts (second-order sections).
import { VECTOR } from './lanes';

/** Bytes of outputs that are worked on at a time: four vectors, which stay in registers. */
const STEP: usize = 4 * VECTOR;

/**
 * output[i] = Σ taps[k] · signal[i − k], k rising.
 *
 * @param signal - element 0; `tapCount` − 1 elements lie before it
 * @param output, bytes - of the outputs, a multiple of four vectors
 */
@inline
function convolve<T>(signal: usize, taps: usize, tapCount: usize, output: usize, bytes: usize): void {
  const tapEnd = taps + tapCount * sizeof<T>();
  for (let offset: usize = 0; offset < bytes; offset += STEP) {
    let a = v128.splat<T>(<T>0);
    let b = a;
    let c = a;
    let d = a;
    let from = signal + offset;
    for (let at = taps; at < tapEnd; at += sizeof<T>()) {
      const tap = v128.load_splat<T>(at);
      a = v128.add<T>(a, v128.mul<T>(tap, v128.load(from)));
      b = v128.add<T>(b, v128.mul<T>(tap, v128.load(from, 16)));
      c = v128.add<T>(c, v128.mul<T>(tap, v128.load(from, 32)));
      d = v128.add<T>(d, v128.mul<T>(tap, v128.load(from, 48)));
      from -= sizeof<T>();
    }
    const to = output + offset;
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
}

export function convolveFloat32(
  signal: usize, taps: usize, tapCount: usize, output: usize, bytes: usize,
): void {
  convolve<f32>(signal, taps, tapCount, output, bytes);
}

export function convolveFloat64(
  signal: usize, taps: usize, tapCount: usize, output: usize, bytes: usize,
): void {
  convolve<f64>(signal, taps, tapCount, output, bytes);
}

/** Samples between two looks at whether a filter's memory has decayed to nothing. */
const CHUNK: usize = 1024;

/** What is left of a filter's memory below this is dropped. */
const NOTHING: f64 = 1e-100;

/** Bytes of a section, as vectors of equal lanes: b0, b1, b2, a1, a2, and its memory after a long run of ones. */
const SECTION: usize = 7 * VECTOR;

/** Sections of a group: they go through a signal together, so that each need not wait for itself alone. */
const GROUP: usize = 4;

@inline
function memoryOf(sections: usize, section: usize, which: usize, constant: v128): v128 {
  return f64x2.mul(v128.load(sections + section * SECTION + (5 + which) * VECTOR), constant);
}

@inline
function outputOf(sections: usize, section: usize, x: v128, s1: v128): v128 {
  return f64x2.add(f64x2.mul(v128.load(sections + section * SECTION), x), s1);
}

@inline
function nextFirst(sections: usize, section: usize, x: v128, y: v128, s2: v128): v128 {
  const at = sections + section * SECTION;
  const ahead = f64x2.add(f64x2.mul(v128.load(at + VECTOR), x), s2);
  return f64x2.sub(ahead, f64x2.mul(v128.load(at + 3 * VECTOR), y));
}

@inline
function nextSecond(sections: usize, section: usize, x: v128, y: v128): v128 {
  const at = sections + section * SECTION;
  return f64x2.sub(f64x2.mul(v128.load(at + 2 * VECTOR), x), f64x2.mul(v128.load(at + 4 * VECTOR), y));
}

@inline
function withoutNothing(state: v128): v128 {
  return v128.andnot(state, f64x2.lt(f64x2.abs(state), f64x2.splat(NOTHING)));
}

/** Filters `count` vectors in place with a group of sections, from `at` on, `step` bytes apart. */
function filterGroup(at: usize, step: isize, count: usize, sections: usize, constant: v128): void {
  let r1 = memoryOf(sections, 0, 0, constant);
  let r2 = memoryOf(sections, 0, 1, constant);
  let s1 = memoryOf(sections, 1, 0, constant);
  let s2 = memoryOf(sections, 1, 1, constant);
  let t1 = memoryOf(sections, 2, 0, constant);
  let t2 = memoryOf(sections, 2, 1, constant);
  let u1 = memoryOf(sections, 3, 0, constant);
  let u2 = memoryOf(sections, 3, 1, constant);
  while (count > 0) {
    const taken = min<usize>(count, CHUNK);
    for (let i: usize = 0; i < taken; i++) {
      const x = v128.load(at);
      const r = outputOf(sections, 0, x, r1);
      r1 = nextFirst(sections, 0, x, r, r2);
      r2 = nextSecond(sections, 0, x, r);
      const s = outputOf(sections, 1, r, s1);
      s1 = nextFirst(sections, 1, r, s, s2);
      s2 = nextSecond(sections, 1, r, s);
      const t = outputOf(sections, 2, s, t1);
      t1 = nextFirst(sections, 2, s, t, t2);
      t2 = nextSecond(sections, 2, s, t);
      const u = outputOf(sections, 3, t, u1);
      u1 = nextFirst(sections, 3, t, u, u2);
      u2 = nextSecond(sections, 3, t, u);
      v128.store(at, u);
      at += step;
    }
    count -= taken;
    r1 = withoutNothing(r1);
    r2 = withoutNothing(r2);
    s1 = withoutNothing(s1);
    s2 = withoutNothing(s2);
    t1 = withoutNothing(t1);
    t2 = withoutNothing(t2);
    u1 = withoutNothing(u1);
    u2 = withoutNothing(u2);
  }
}

/** Sample `index` of two signals, as a vector. */
@inline
function pairAt(first: usize, second: usize, index: usize): v128 {
  const offset = index * sizeof<f64>();
  return f64x2.replace_lane(v128.load_splat<f64>(first + offset), 1, load<f64>(second + offset));
}

/**
 * Filters two signals in place, forward and backward.
 *
 * @param first, second - two signals of `length` samples, 1 or more
 * @param extension - samples that each signal is extended by at each end, less than `length`
 * @param sections, groups - groups of four sections
 * @param work - room for `length` + 2 · `extension` vectors
 */
export function filterZeroPhase(
  first: usize, second: usize, length: usize, extension: usize, sections: usize, groups: usize, work: usize,
): void {
  const count = length + 2 * extension;
  const twiceStart = f64x2.mul(f64x2.splat(2), pairAt(first, second, 0));
  const twiceEnd = f64x2.mul(f64x2.splat(2), pairAt(first, second, length - 1));
  let at = work;
  for (let i = extension; i > 0; i--) {
    v128.store(at, f64x2.sub(twiceStart, pairAt(first, second, i)));
    at += VECTOR;
  }
  for (let i: usize = 0; i < length; i++) {
    v128.store(at, pairAt(first, second, i));
    at += VECTOR;
  }
  for (let i: usize = 0; i < extension; i++) {
    v128.store(at, f64x2.sub(twiceEnd, pairAt(first, second, length - 2 - i)));
    at += VECTOR;
  }
  const last = at - VECTOR;
  const atStart = v128.load(work);
  for (let g: usize = 0; g < groups; g++) {
    filterGroup(work, VECTOR, count, sections + g * GROUP * SECTION, atStart);
  }
  const atEnd = v128.load(last);
  for (let g: usize = 0; g < groups; g++) {
    filterGroup(last, -(<isize>VECTOR), count, sections + g * GROUP * SECTION, atEnd);
  }
  at = work + extension * VECTOR;
  for (let offset: usize = 0; offset < length * sizeof<f64>(); offset += sizeof<f64>()) {
    store<f64>(first + offset, load<f64>(at));
    store<f64>(second + offset, load<f64>(at, 8));
    at += VECTOR;
  }
}
