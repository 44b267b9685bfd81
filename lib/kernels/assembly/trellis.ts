// The Viterbi algorithm on the 32-state trellis of lib/coding/trellis.ts: the specification is
// lib/kernels/reference/trellis.ts, and the decisions are the same.
//
// The states are held in two halves, even ones and odd ones, of sixteen each: new states 0 … 15 come from even states
// t and t ^ 4, new states 16 … 31 from odd ones.
import { VECTOR } from './lanes';

@inline
function decide(first: v128, second: v128): i32 {
  return i32x4.bitmask(f32x4.lt(second, first));
}

/** Even, and odd, lanes of two vectors. */
@inline
function evens(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 2, 4, 6);
}

@inline
function odds(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 1, 3, 5, 7);
}

@inline
function swapped(a: v128): v128 {
  return i32x4.shuffle(a, a, 2, 3, 0, 1);
}

/**
 * Extends the survivors by `count` coefficients and takes the cost of the best from all.
 *
 * @param costs - f32, of set 0 even, set 0 odd, set 1 even, set 1 odd, for each coefficient
 * @param paths - f32, costs of the survivors of states 0 … 31
 * @param decisions - u32, receives for each coefficient which of its two predecessors each state comes from
 */
export function extend(costs: usize, count: u32, paths: usize, decisions: usize): void {
  let e0 = evens(v128.load(paths), v128.load(paths + VECTOR));
  let e1 = evens(v128.load(paths + 2 * VECTOR), v128.load(paths + 3 * VECTOR));
  let e2 = evens(v128.load(paths + 4 * VECTOR), v128.load(paths + 5 * VECTOR));
  let e3 = evens(v128.load(paths + 6 * VECTOR), v128.load(paths + 7 * VECTOR));
  let o0 = odds(v128.load(paths), v128.load(paths + VECTOR));
  let o1 = odds(v128.load(paths + 2 * VECTOR), v128.load(paths + 3 * VECTOR));
  let o2 = odds(v128.load(paths + 4 * VECTOR), v128.load(paths + 5 * VECTOR));
  let o3 = odds(v128.load(paths + 6 * VECTOR), v128.load(paths + 7 * VECTOR));
  for (let i: u32 = 0; i < count; i++) {
    const even0 = v128.load32_splat(costs);
    const odd0 = v128.load32_splat(costs, 4);
    const even1 = v128.load32_splat(costs, 8);
    const odd1 = v128.load32_splat(costs, 12);
    costs += VECTOR;
    // From even states: t after an even coefficient, t ^ 4 after an odd one.
    const a0 = f32x4.add(e0, even0);
    const a1 = f32x4.add(e1, even0);
    const a2 = f32x4.add(e2, even0);
    const a3 = f32x4.add(e3, even0);
    const b0 = f32x4.add(e1, odd0);
    const b1 = f32x4.add(e0, odd0);
    const b2 = f32x4.add(e3, odd0);
    const b3 = f32x4.add(e2, odd0);
    // From odd states: w ^ 2, and w ^ 2 ^ 4.
    const c0 = f32x4.add(swapped(o0), even1);
    const c1 = f32x4.add(swapped(o1), even1);
    const c2 = f32x4.add(swapped(o2), even1);
    const c3 = f32x4.add(swapped(o3), even1);
    const d0 = f32x4.add(swapped(o1), odd1);
    const d1 = f32x4.add(swapped(o0), odd1);
    const d2 = f32x4.add(swapped(o3), odd1);
    const d3 = f32x4.add(swapped(o2), odd1);
    const lower = decide(a0, b0) | (decide(a1, b1) << 4) | (decide(a2, b2) << 8) | (decide(a3, b3) << 12);
    const upper = decide(c0, d0) | (decide(c1, d1) << 4) | (decide(c2, d2) << 8) | (decide(c3, d3) << 12);
    store<u32>(decisions, <u32>(lower | (upper << 16)));
    decisions += 4;
    const n0 = f32x4.pmin(a0, b0);
    const n1 = f32x4.pmin(a1, b1);
    const n2 = f32x4.pmin(a2, b2);
    const n3 = f32x4.pmin(a3, b3);
    const n4 = f32x4.pmin(c0, d0);
    const n5 = f32x4.pmin(c1, d1);
    const n6 = f32x4.pmin(c2, d2);
    const n7 = f32x4.pmin(c3, d3);
    e0 = evens(n0, n1);
    e1 = evens(n2, n3);
    e2 = evens(n4, n5);
    e3 = evens(n6, n7);
    o0 = odds(n0, n1);
    o1 = odds(n2, n3);
    o2 = odds(n4, n5);
    o3 = odds(n6, n7);
  }
  let best = f32x4.pmin(
    f32x4.pmin(f32x4.pmin(e0, e1), f32x4.pmin(e2, e3)),
    f32x4.pmin(f32x4.pmin(o0, o1), f32x4.pmin(o2, o3)),
  );
  best = f32x4.pmin(best, swapped(best));
  best = f32x4.pmin(best, i32x4.shuffle(best, best, 1, 0, 3, 2));
  storePairs(paths, f32x4.sub(e0, best), f32x4.sub(o0, best));
  storePairs(paths + 2 * VECTOR, f32x4.sub(e1, best), f32x4.sub(o1, best));
  storePairs(paths + 4 * VECTOR, f32x4.sub(e2, best), f32x4.sub(o2, best));
  storePairs(paths + 6 * VECTOR, f32x4.sub(e3, best), f32x4.sub(o3, best));
}

/** Even and odd states, in order again. */
@inline
function storePairs(paths: usize, even: v128, odd: v128): void {
  v128.store(paths, i32x4.shuffle(even, odd, 0, 4, 1, 5));
  v128.store(paths + VECTOR, i32x4.shuffle(even, odd, 2, 6, 3, 7));
}
