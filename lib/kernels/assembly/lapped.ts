// The DCT-IV of groups of blocks, and the folding that makes the MDCT of it: the specification is
// ../reference/lapped.ts.
import {
  add, ALONE, gather, mul, NEIGHBORS, planIm, planRe, planWorkIm, planWorkRe, put, putBackwards, resultIm, resultRe,
  scatter, splat, sub, take, takeBackwards, transform,
} from './complex-transform';
import { lanes, VECTOR } from './lanes';

/**
 * @param plan - of length N/2, in lanes
 * @param length - N, even
 * @param source, target - blocks one after another; they may be the same
 * @param groups - number of groups of `lanes` blocks
 * @param before, after - tables of N/2 complex factors, real parts and then imaginary parts
 * @param reversedSource, reversedTarget - whether samples of a block are in reverse order
 * @param values - room for N vectors
 */
@inline
function fourth<T>(
  plan: usize, length: usize, source: usize, target: usize, groups: usize,
  before: usize, after: usize, reversedSource: bool, reversedTarget: bool, values: usize,
): void {
  const half = length / 2;
  const stride = length * sizeof<T>();
  const size = sizeof<T>();
  const last = values + (length - 1) * VECTOR;
  const re = planRe(plan);
  const im = planIm(plan);
  for (let g: usize = 0; g < groups; g++) {
    gather<T>(source + g * lanes<T>() * stride, stride, length, values);
    let up = reversedSource ? last : values;
    let step: isize = reversedSource ? -2 * VECTOR : 2 * VECTOR;
    const ends = values + last;
    for (let n: usize = 0; n < half; n++) {
      const c = splat<T>(before + n * size);
      const s = splat<T>(before + (half + n) * size);
      const a = v128.load(up);
      const b = v128.load(ends - up);
      up += step;
      v128.store(re + n * VECTOR, add<T>(mul<T>(a, c), mul<T>(b, s)));
      v128.store(im + n * VECTOR, sub<T>(mul<T>(b, c), mul<T>(a, s)));
    }
    transform<T>(plan, re, im, planWorkRe(plan), planWorkIm(plan));
    up = reversedTarget ? last : values;
    step = reversedTarget ? -2 * VECTOR : 2 * VECTOR;
    for (let k: usize = 0; k < half; k++) {
      const c = splat<T>(after + k * size);
      const s = splat<T>(after + (half + k) * size);
      const a = v128.load(resultRe + k * VECTOR);
      const b = v128.load(resultIm + k * VECTOR);
      v128.store(up, add<T>(mul<T>(a, c), mul<T>(b, s)));
      v128.store(ends - up, sub<T>(mul<T>(a, s), mul<T>(b, c)));
      up += step;
    }
    scatter<T>(values, length, target + g * lanes<T>() * stride, stride);
  }
}

@inline
function foldAt<T>(mode: i32, i: usize, border: usize, cosine: usize, sine: usize): void {
  const at = i * sizeof<T>();
  const c = take<T>(mode, cosine + at);
  const s = take<T>(mode, sine + at);
  const right = take<T>(mode, border + at);
  const left = takeBackwards<T>(mode, border - sizeof<T>() - at);
  put<T>(mode, border + at, sub<T>(mul<T>(right, c), mul<T>(left, s)));
  putBackwards<T>(mode, border - sizeof<T>() - at, add<T>(mul<T>(left, c), mul<T>(right, s)));
}

/**
 * Rotates samples on both sides of borders between blocks, those as far from a border with each other, in place.
 *
 * @param border - address of the first sample after the first border
 * @param borders - number of them
 * @param hop - samples from a border to the next, even
 * @param cosine, sine - of the rotations at i = 0 … hop/2 − 1 samples from the border
 */
@inline
function fold<T>(border: usize, borders: usize, hop: usize, cosine: usize, sine: usize): void {
  for (let b: usize = 0; b < borders; b++) {
    let i: usize = 0;
    for (; i + lanes<T>() <= hop / 2; i += lanes<T>()) foldAt<T>(NEIGHBORS, i, border, cosine, sine);
    for (; i < hop / 2; i++) foldAt<T>(ALONE, i, border, cosine, sine);
    border += hop * sizeof<T>();
  }
}

export function fourthFloat32(
  plan: usize, length: usize, source: usize, target: usize, groups: usize,
  before: usize, after: usize, reversedSource: bool, reversedTarget: bool, values: usize,
): void {
  fourth<f32>(plan, length, source, target, groups, before, after, reversedSource, reversedTarget, values);
}
export function fourthFloat64(
  plan: usize, length: usize, source: usize, target: usize, groups: usize,
  before: usize, after: usize, reversedSource: bool, reversedTarget: bool, values: usize,
): void {
  fourth<f64>(plan, length, source, target, groups, before, after, reversedSource, reversedTarget, values);
}
export function foldFloat32(border: usize, borders: usize, hop: usize, cosine: usize, sine: usize): void {
  fold<f32>(border, borders, hop, cosine, sine);
}
export function foldFloat64(border: usize, borders: usize, hop: usize, cosine: usize, sine: usize): void {
  fold<f64>(border, borders, hop, cosine, sine);
}
