// Fourier transforms of complex and of real signals: the specification is ../reference/fourier.ts.
import {
  add, ALONE, factor, gather, joinPairs, LANES, mul, NEIGHBORS, planIm, planLength, planRe, planWorkIm, planWorkRe, put,
  putBackwards, resultIm, resultRe, scatter, sub, take, takeBackwards, transform, transformPairs, valueBytes,
} from './complex-transform';
import { lanes, storeLanes, VECTOR } from './lanes';

/** Values of `lanes` blocks, pairs of them as real and imaginary parts; `length` is even. */
function gatherPairs<T>(source: usize, stride: usize, length: usize, re: usize, im: usize): void {
  let n: usize = 0;
  for (; n + lanes<T>() <= length; n += lanes<T>()) {
    const from = source + n * sizeof<T>();
    const to = n * (VECTOR / 2);
    const a = v128.load(from);
    const b = v128.load(from + stride);
    if (sizeof<T>() == 4) {
      const c = v128.load(from + 2 * stride);
      const d = v128.load(from + 3 * stride);
      const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
      const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
      const abUpper = i32x4.shuffle(a, b, 2, 6, 3, 7);
      const cdUpper = i32x4.shuffle(c, d, 2, 6, 3, 7);
      v128.store(re + to, i64x2.shuffle(ab, cd, 0, 2));
      v128.store(im + to, i64x2.shuffle(ab, cd, 1, 3));
      v128.store(re + to + VECTOR, i64x2.shuffle(abUpper, cdUpper, 0, 2));
      v128.store(im + to + VECTOR, i64x2.shuffle(abUpper, cdUpper, 1, 3));
    } else {
      v128.store(re + to, i64x2.shuffle(a, b, 0, 2));
      v128.store(im + to, i64x2.shuffle(a, b, 1, 3));
    }
  }
  for (; n < length; n += 2) {
    for (let b: usize = 0; b < lanes<T>(); b++) {
      const to = n * (VECTOR / 2) + b * sizeof<T>();
      const from = source + b * stride + n * sizeof<T>();
      store<T>(re + to, load<T>(from));
      store<T>(im + to, load<T>(from + sizeof<T>()));
    }
  }
}

/** Undoes {@link gatherPairs}. */
function scatterPairs<T>(re: usize, im: usize, length: usize, target: usize, stride: usize): void {
  let n: usize = 0;
  for (; n + lanes<T>() <= length; n += lanes<T>()) {
    const from = n * (VECTOR / 2);
    const a = v128.load(re + from);
    const b = v128.load(im + from);
    const c = sizeof<T>() == 4 ? v128.load(re + from + VECTOR) : a;
    const d = sizeof<T>() == 4 ? v128.load(im + from + VECTOR) : b;
    storeLanes<T>(a, b, c, d, target + n * sizeof<T>(), stride);
  }
  for (; n < length; n += 2) {
    for (let b: usize = 0; b < lanes<T>(); b++) {
      const from = n * (VECTOR / 2) + b * sizeof<T>();
      const to = target + b * stride + n * sizeof<T>();
      store<T>(to, load<T>(re + from));
      store<T>(to + sizeof<T>(), load<T>(im + from));
    }
  }
}

function scaleValues<T>(values: usize, bytes: usize, scale: f64): void {
  const factor = v128.splat<T>(<T>scale);
  // Arrays have room for whole vectors.
  for (let at: usize = 0; at < bytes; at += VECTOR) {
    v128.store(values + at, mul<T>(v128.load(values + at), factor));
  }
}

/**
 * One signal that lies in the arrays of the plan.
 *
 * @param inverse - real and imaginary parts are exchanged
 * @returns 1 when the result is in the work arrays of the plan
 */
@inline
function complexSignal<T>(plan: usize, inverse: bool): i32 {
  transform<T>(plan, planRe(plan), planIm(plan), planWorkRe(plan), planWorkIm(plan));
  if (inverse) {
    const length = planLength(plan);
    scaleValues<T>(resultRe, length * sizeof<T>(), 1.0 / <f64>length);
    scaleValues<T>(resultIm, length * sizeof<T>(), 1.0 / <f64>length);
  }
  return resultRe == planWorkRe(plan) ? 1 : 0;
}

/** Groups of blocks, one after another. */
@inline
function complexBlocks<T>(plan: usize, inverse: bool, re: usize, im: usize, toRe: usize, toIm: usize, groups: usize): void {
  const length = planLength(plan);
  const stride = length * sizeof<T>();
  for (let g: usize = 0; g < groups; g++) {
    const at = g * lanes<T>() * stride;
    gather<T>(re + at, stride, length, planRe(plan));
    gather<T>(im + at, stride, length, planIm(plan));
    transform<T>(plan, planRe(plan), planIm(plan), planWorkRe(plan), planWorkIm(plan));
    if (inverse) {
      scaleValues<T>(resultRe, length * VECTOR, 1.0 / <f64>length);
      scaleValues<T>(resultIm, length * VECTOR, 1.0 / <f64>length);
    }
    scatter<T>(resultRe, length, toRe + at, stride);
    scatter<T>(resultIm, length, toIm + at, stride);
  }
}

/** The spectrum of a real signal at k and at N/2 − k, from the transform of its pairs. */
@inline
function separateAt<T>(
  mode: i32, k: usize, half: usize, re: usize, im: usize, toRe: usize, toIm: usize, cosine: usize, sine: usize,
): void {
  const low = k * valueBytes<T>(mode);
  const high = (half - k) * valueBytes<T>(mode);
  const oneHalf = v128.splat<T>(0.5);
  const aRe = take<T>(mode, re + low);
  const aIm = take<T>(mode, im + low);
  const bRe = takeBackwards<T>(mode, re + high);
  const bIm = takeBackwards<T>(mode, im + high);
  const evenRe = mul<T>(add<T>(aRe, bRe), oneHalf);
  const evenIm = mul<T>(sub<T>(aIm, bIm), oneHalf);
  const oddRe = add<T>(aIm, bIm);
  const oddIm = sub<T>(bRe, aRe);
  const c = factor<T>(mode, cosine + k * sizeof<T>());
  const s = factor<T>(mode, sine + k * sizeof<T>());
  const turnedRe = add<T>(mul<T>(oddRe, c), mul<T>(oddIm, s));
  const turnedIm = sub<T>(mul<T>(oddIm, c), mul<T>(oddRe, s));
  put<T>(mode, toRe + low, add<T>(evenRe, turnedRe));
  put<T>(mode, toIm + low, add<T>(evenIm, turnedIm));
  putBackwards<T>(mode, toRe + high, sub<T>(evenRe, turnedRe));
  putBackwards<T>(mode, toIm + high, sub<T>(turnedIm, evenIm));
}

/**
 * @param half - N/2, 1 or more
 * @param cosine, sine - halves of cos and sin of 2πk/N, k = 0 … ⌊N/4⌋
 */
@inline
function separate<T>(
  inLanes: bool, half: usize, re: usize, im: usize, toRe: usize, toIm: usize, cosine: usize, sine: usize,
): void {
  const mode = inLanes ? LANES : ALONE;
  const end = half * valueBytes<T>(mode);
  const zero = v128.splat<T>(0);
  const even = take<T>(mode, re);
  const odd = take<T>(mode, im);
  put<T>(mode, toRe, add<T>(even, odd));
  put<T>(mode, toRe + end, sub<T>(even, odd));
  put<T>(mode, toIm, zero);
  put<T>(mode, toIm + end, zero);
  let k: usize = 1;
  if (!inLanes) {
    for (; k + lanes<T>() <= half / 2 + 1; k += lanes<T>()) {
      separateAt<T>(NEIGHBORS, k, half, re, im, toRe, toIm, cosine, sine);
    }
  }
  for (; k <= half / 2; k++) separateAt<T>(mode, k, half, re, im, toRe, toIm, cosine, sine);
}

/** Undoes {@link separateAt}, scaled. */
@inline
function uniteAt<T>(
  mode: i32, k: usize, half: usize, re: usize, im: usize, toRe: usize, toIm: usize, cosine: usize, sine: usize,
  scale: v128,
): void {
  const low = k * valueBytes<T>(mode);
  const high = (half - k) * valueBytes<T>(mode);
  const aRe = take<T>(mode, re + low);
  const aIm = take<T>(mode, im + low);
  const bRe = takeBackwards<T>(mode, re + high);
  const bIm = takeBackwards<T>(mode, im + high);
  const evenRe = mul<T>(add<T>(aRe, bRe), scale);
  const evenIm = mul<T>(sub<T>(aIm, bIm), scale);
  const turnedRe = sub<T>(aRe, bRe);
  const turnedIm = add<T>(aIm, bIm);
  const c = factor<T>(mode, cosine + k * sizeof<T>());
  const s = factor<T>(mode, sine + k * sizeof<T>());
  const oddRe = sub<T>(mul<T>(turnedRe, c), mul<T>(turnedIm, s));
  const oddIm = add<T>(mul<T>(turnedRe, s), mul<T>(turnedIm, c));
  put<T>(mode, toRe + low, sub<T>(evenRe, oddIm));
  put<T>(mode, toIm + low, add<T>(evenIm, oddRe));
  putBackwards<T>(mode, toRe + high, add<T>(evenRe, oddIm));
  putBackwards<T>(mode, toIm + high, sub<T>(oddRe, evenIm));
}

/** @param cosine, sine - cos and sin of 2πk/N, over N */
@inline
function unite<T>(
  inLanes: bool, half: usize, re: usize, im: usize, toRe: usize, toIm: usize, cosine: usize, sine: usize,
): void {
  const mode = inLanes ? LANES : ALONE;
  const scale = v128.splat<T>(<T>(0.5 / <f64>half));
  const first = take<T>(mode, re);
  const last = take<T>(mode, re + half * valueBytes<T>(mode));
  put<T>(mode, toRe, mul<T>(add<T>(first, last), scale));
  put<T>(mode, toIm, mul<T>(sub<T>(first, last), scale));
  let k: usize = 1;
  if (!inLanes) {
    for (; k + lanes<T>() <= half / 2 + 1; k += lanes<T>()) {
      uniteAt<T>(NEIGHBORS, k, half, re, im, toRe, toIm, cosine, sine, scale);
    }
  }
  for (; k <= half / 2; k++) uniteAt<T>(mode, k, half, re, im, toRe, toIm, cosine, sine, scale);
}

/** The whole spectrum of a real signal of odd length from its first half, scaled by 1/N. */
@inline
function mirror<T>(inLanes: bool, length: usize, re: usize, im: usize): void {
  const mode = inLanes ? LANES : ALONE;
  const bytes = valueBytes<T>(mode);
  const scale = v128.splat<T>(<T>(1.0 / <f64>length));
  put<T>(mode, re, mul<T>(take<T>(mode, re), scale));
  put<T>(mode, im, v128.splat<T>(0));
  for (let k: usize = 1; k <= length / 2; k++) {
    const low = k * bytes;
    const high = (length - k) * bytes;
    const scaledRe = mul<T>(take<T>(mode, re + low), scale);
    const scaledIm = mul<T>(take<T>(mode, im + low), scale);
    put<T>(mode, re + low, scaledRe);
    put<T>(mode, im + low, scaledIm);
    put<T>(mode, re + high, scaledRe);
    put<T>(mode, im + high, v128.neg<T>(scaledIm));
  }
}

/**
 * One real signal.
 *
 * @param plan - of length N/2 where N is even, else of N
 * @param length - N
 * @param signal - N numbers
 * @returns 1 when the spectrum is in the work arrays of the plan, 0 when in its other arrays
 */
@inline
function realSignal<T>(plan: usize, length: usize, signal: usize, cosine: usize, sine: usize): i32 {
  const re = planRe(plan);
  const im = planIm(plan);
  const workRe = planWorkRe(plan);
  const workIm = planWorkIm(plan);
  if (length % 2 == 1) {
    memory.copy(re, signal, length * sizeof<T>());
    memory.fill(im, 0, length * sizeof<T>());
    transform<T>(plan, re, im, workRe, workIm);
    return resultRe == workRe ? 1 : 0;
  }
  transformPairs<T>(plan, signal, re, im, workRe, workIm);
  const moved = resultRe == workRe;
  separate<T>(false, length / 2, resultRe, resultIm, moved ? re : workRe, moved ? im : workIm, cosine, sine);
  return moved ? 0 : 1;
}

/** Undoes {@link realSignal}, of a spectrum in the arrays of the plan that are not its work arrays. */
@inline
function realSignalInverse<T>(plan: usize, length: usize, signal: usize, cosine: usize, sine: usize): void {
  const re = planRe(plan);
  const im = planIm(plan);
  const workRe = planWorkRe(plan);
  const workIm = planWorkIm(plan);
  if (length % 2 == 1) {
    mirror<T>(false, length, re, im);
    transform<T>(plan, im, re, workIm, workRe);
    memory.copy(signal, resultIm, length * sizeof<T>());
  } else {
    unite<T>(false, length / 2, re, im, workRe, workIm, cosine, sine);
    transform<T>(plan, workIm, workRe, im, re);
    joinPairs<T>(resultIm, resultRe, length / 2, signal);
  }
}

@inline
function realBlocks<T>(
  plan: usize, length: usize, signal: usize, toRe: usize, toIm: usize, groups: usize, cosine: usize, sine: usize,
): void {
  const re = planRe(plan);
  const im = planIm(plan);
  const workRe = planWorkRe(plan);
  const workIm = planWorkIm(plan);
  const bins = length / 2 + 1;
  const stride = length * sizeof<T>();
  const binStride = bins * sizeof<T>();
  for (let g: usize = 0; g < groups; g++) {
    const source = signal + g * lanes<T>() * stride;
    let fromRe: usize;
    let fromIm: usize;
    if (length % 2 == 1) {
      gather<T>(source, stride, length, re);
      memory.fill(im, 0, length * VECTOR);
      transform<T>(plan, re, im, workRe, workIm);
      fromRe = resultRe;
      fromIm = resultIm;
    } else {
      gatherPairs<T>(source, stride, length, re, im);
      transform<T>(plan, re, im, workRe, workIm);
      const moved = resultRe == workRe;
      fromRe = moved ? re : workRe;
      fromIm = moved ? im : workIm;
      separate<T>(true, length / 2, resultRe, resultIm, fromRe, fromIm, cosine, sine);
    }
    scatter<T>(fromRe, bins, toRe + g * lanes<T>() * binStride, binStride);
    scatter<T>(fromIm, bins, toIm + g * lanes<T>() * binStride, binStride);
  }
}

@inline
function realBlocksInverse<T>(
  plan: usize, length: usize, fromRe: usize, fromIm: usize, signal: usize, groups: usize, cosine: usize, sine: usize,
): void {
  const re = planRe(plan);
  const im = planIm(plan);
  const workRe = planWorkRe(plan);
  const workIm = planWorkIm(plan);
  const bins = length / 2 + 1;
  const stride = length * sizeof<T>();
  const binStride = bins * sizeof<T>();
  for (let g: usize = 0; g < groups; g++) {
    gather<T>(fromRe + g * lanes<T>() * binStride, binStride, bins, re);
    gather<T>(fromIm + g * lanes<T>() * binStride, binStride, bins, im);
    const target = signal + g * lanes<T>() * stride;
    if (length % 2 == 1) {
      mirror<T>(true, length, re, im);
      transform<T>(plan, im, re, workIm, workRe);
      scatter<T>(resultIm, length, target, stride);
    } else {
      unite<T>(true, length / 2, re, im, workRe, workIm, cosine, sine);
      transform<T>(plan, workIm, workRe, im, re);
      scatterPairs<T>(resultIm, resultRe, length, target, stride);
    }
  }
}

export function complexSignalFloat32(plan: usize, inverse: bool): i32 {
  return complexSignal<f32>(plan, inverse);
}
export function complexSignalFloat64(plan: usize, inverse: bool): i32 {
  return complexSignal<f64>(plan, inverse);
}
export function complexBlocksFloat32(
  plan: usize, inverse: bool, re: usize, im: usize, toRe: usize, toIm: usize, groups: usize,
): void {
  complexBlocks<f32>(plan, inverse, re, im, toRe, toIm, groups);
}
export function complexBlocksFloat64(
  plan: usize, inverse: bool, re: usize, im: usize, toRe: usize, toIm: usize, groups: usize,
): void {
  complexBlocks<f64>(plan, inverse, re, im, toRe, toIm, groups);
}
export function realSignalFloat32(plan: usize, length: usize, signal: usize, cosine: usize, sine: usize): i32 {
  return realSignal<f32>(plan, length, signal, cosine, sine);
}
export function realSignalFloat64(plan: usize, length: usize, signal: usize, cosine: usize, sine: usize): i32 {
  return realSignal<f64>(plan, length, signal, cosine, sine);
}
export function realSignalInverseFloat32(plan: usize, length: usize, signal: usize, cosine: usize, sine: usize): void {
  realSignalInverse<f32>(plan, length, signal, cosine, sine);
}
export function realSignalInverseFloat64(plan: usize, length: usize, signal: usize, cosine: usize, sine: usize): void {
  realSignalInverse<f64>(plan, length, signal, cosine, sine);
}
export function realBlocksFloat32(
  plan: usize, length: usize, signal: usize, toRe: usize, toIm: usize, groups: usize, cosine: usize, sine: usize,
): void {
  realBlocks<f32>(plan, length, signal, toRe, toIm, groups, cosine, sine);
}
export function realBlocksFloat64(
  plan: usize, length: usize, signal: usize, toRe: usize, toIm: usize, groups: usize, cosine: usize, sine: usize,
): void {
  realBlocks<f64>(plan, length, signal, toRe, toIm, groups, cosine, sine);
}
export function realBlocksInverseFloat32(
  plan: usize, length: usize, re: usize, im: usize, signal: usize, groups: usize, cosine: usize, sine: usize,
): void {
  realBlocksInverse<f32>(plan, length, re, im, signal, groups, cosine, sine);
}
export function realBlocksInverseFloat64(
  plan: usize, length: usize, re: usize, im: usize, signal: usize, groups: usize, cosine: usize, sine: usize,
): void {
  realBlocksInverse<f64>(plan, length, re, im, signal, groups, cosine, sine);
}
