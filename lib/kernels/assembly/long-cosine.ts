// The DCT-II of one long signal and its inverse: the specification is ../reference/long-cosine.ts.
import {
  add, ALONE, factor, factorBackwards, mul, NEIGHBORS, planIm, planRe, planWorkIm, planWorkRe, put, putBackwards,
  putColumns, resultIm, resultRe, sub, take, takeBackwards, transform,
} from './complex-transform';
import { lanes, VECTOR } from './lanes';

/** Samples 4i … 4i + 3 to the values i and h − 1 − i of the sorted signal, as pairs, of an even number of samples. */
@inline
function sortSamples<T>(signal: usize, half: usize, re: usize, im: usize): void {
  const size = sizeof<T>();
  let i: usize = 0;
  for (; i + lanes<T>() <= half / 2; i += lanes<T>()) {
    const from = signal + 4 * i * size;
    const low = i * size;
    const high = (half - 1 - i) * size;
    const a = v128.load(from);
    const b = v128.load(from + VECTOR);
    const c = v128.load(from + 2 * VECTOR);
    const d = v128.load(from + 3 * VECTOR);
    if (sizeof<T>() == 4) {
      const even = i32x4.shuffle(a, b, 0, 2, 4, 6);
      const evenUpper = i32x4.shuffle(c, d, 0, 2, 4, 6);
      const odd = i32x4.shuffle(a, b, 1, 3, 5, 7);
      const oddUpper = i32x4.shuffle(c, d, 1, 3, 5, 7);
      v128.store(re + low, i32x4.shuffle(even, evenUpper, 0, 2, 4, 6));
      v128.store(im + low, i32x4.shuffle(even, evenUpper, 1, 3, 5, 7));
      putBackwards<T>(NEIGHBORS, im + high, i32x4.shuffle(odd, oddUpper, 0, 2, 4, 6));
      putBackwards<T>(NEIGHBORS, re + high, i32x4.shuffle(odd, oddUpper, 1, 3, 5, 7));
    } else {
      v128.store(re + low, i64x2.shuffle(a, c, 0, 2));
      v128.store(im + low, i64x2.shuffle(b, d, 0, 2));
      putBackwards<T>(NEIGHBORS, im + high, i64x2.shuffle(a, c, 1, 3));
      putBackwards<T>(NEIGHBORS, re + high, i64x2.shuffle(b, d, 1, 3));
    }
  }
  for (; i < half / 2; i++) {
    const from = signal + 4 * i * size;
    const mirror = half - 1 - i;
    store<T>(re + i * size, load<T>(from));
    store<T>(im + mirror * size, load<T>(from + size));
    store<T>(im + i * size, load<T>(from + 2 * size));
    store<T>(re + mirror * size, load<T>(from + 3 * size));
  }
  if (half % 2 == 1) {
    store<T>(re + i * size, load<T>(signal + 4 * i * size));
    store<T>(im + i * size, load<T>(signal + (4 * i + 1) * size));
  }
}

/** Undoes {@link sortSamples}. */
@inline
function unsortSamples<T>(re: usize, im: usize, half: usize, signal: usize): void {
  const size = sizeof<T>();
  let i: usize = 0;
  for (; i + lanes<T>() <= half / 2; i += lanes<T>()) {
    const high = (half - 1 - i) * size;
    putColumns<T>(
      v128.load(re + i * size), takeBackwards<T>(NEIGHBORS, im + high),
      v128.load(im + i * size), takeBackwards<T>(NEIGHBORS, re + high), signal + 4 * i * size,
    );
  }
  for (; i < half / 2; i++) {
    const to = signal + 4 * i * size;
    const mirror = half - 1 - i;
    store<T>(to, load<T>(re + i * size));
    store<T>(to + size, load<T>(im + mirror * size));
    store<T>(to + 2 * size, load<T>(im + i * size));
    store<T>(to + 3 * size, load<T>(re + mirror * size));
  }
  if (half % 2 == 1) {
    store<T>(signal + 4 * i * size, load<T>(re + i * size));
    store<T>(signal + (4 * i + 1) * size, load<T>(im + i * size));
  }
}

/** The coefficients k, h − k, h + k and N − k from the values k and h − k of the transform of the pairs. */
@inline
function rotateAt<T>(
  mode: i32, k: usize, half: usize, re: usize, im: usize, coefficients: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  const size = sizeof<T>();
  const low = k * size;
  const high = (half - k) * size;
  const aRe = take<T>(mode, re + low);
  const aIm = take<T>(mode, im + low);
  const bRe = takeBackwards<T>(mode, re + high);
  const bIm = takeBackwards<T>(mode, im + high);
  const evenRe = add<T>(aRe, bRe);
  const evenIm = sub<T>(aIm, bIm);
  const oddRe = add<T>(aIm, bIm);
  const oddIm = sub<T>(bRe, aRe);
  let c = factor<T>(mode, cosine + low);
  let s = factor<T>(mode, sine + low);
  const turnedRe = add<T>(mul<T>(oddRe, c), mul<T>(oddIm, s));
  const turnedIm = sub<T>(mul<T>(oddIm, c), mul<T>(oddRe, s));
  let vRe = add<T>(evenRe, turnedRe);
  let vIm = add<T>(evenIm, turnedIm);
  c = factor<T>(mode, scaledCosine + low);
  s = factor<T>(mode, scaledSine + low);
  put<T>(mode, coefficients + low, add<T>(mul<T>(vRe, c), mul<T>(vIm, s)));
  putBackwards<T>(mode, coefficients + 2 * half * size - low, sub<T>(mul<T>(vRe, s), mul<T>(vIm, c)));
  vRe = sub<T>(evenRe, turnedRe);
  vIm = sub<T>(turnedIm, evenIm);
  c = factorBackwards<T>(mode, scaledCosine + high);
  s = factorBackwards<T>(mode, scaledSine + high);
  putBackwards<T>(mode, coefficients + high, add<T>(mul<T>(vRe, c), mul<T>(vIm, s)));
  put<T>(mode, coefficients + half * size + low, sub<T>(mul<T>(vRe, s), mul<T>(vIm, c)));
}

/** Undoes {@link rotateAt}, with other scales. */
@inline
function unrotateAt<T>(
  mode: i32, k: usize, half: usize, coefficients: usize, re: usize, im: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  const size = sizeof<T>();
  const low = k * size;
  const high = (half - k) * size;
  let c = factor<T>(mode, scaledCosine + low);
  let s = factor<T>(mode, scaledSine + low);
  let near = take<T>(mode, coefficients + low);
  let far = takeBackwards<T>(mode, coefficients + 2 * half * size - low);
  const aRe = add<T>(mul<T>(near, c), mul<T>(far, s));
  const aIm = sub<T>(mul<T>(near, s), mul<T>(far, c));
  c = factorBackwards<T>(mode, scaledCosine + high);
  s = factorBackwards<T>(mode, scaledSine + high);
  near = takeBackwards<T>(mode, coefficients + high);
  far = take<T>(mode, coefficients + half * size + low);
  const bRe = add<T>(mul<T>(near, c), mul<T>(far, s));
  const bIm = sub<T>(mul<T>(near, s), mul<T>(far, c));
  const evenRe = add<T>(aRe, bRe);
  const evenIm = sub<T>(aIm, bIm);
  const turnedRe = sub<T>(aRe, bRe);
  const turnedIm = add<T>(aIm, bIm);
  c = factor<T>(mode, cosine + low);
  s = factor<T>(mode, sine + low);
  const oddRe = sub<T>(mul<T>(turnedRe, c), mul<T>(turnedIm, s));
  const oddIm = add<T>(mul<T>(turnedRe, s), mul<T>(turnedIm, c));
  put<T>(mode, re + low, sub<T>(evenRe, oddIm));
  put<T>(mode, im + low, add<T>(evenIm, oddRe));
  putBackwards<T>(mode, re + high, add<T>(evenRe, oddIm));
  putBackwards<T>(mode, im + high, sub<T>(oddRe, evenIm));
}

/**
 * @param plan - of length N/2
 * @param half - N/2, 1 or more
 * @param cosine, sine - of 2πk/N, k = 0 … ⌊N/4⌋
 * @param scaledCosine, scaledSine - of πk/(2N), scaled, k = 0 … N/2
 */
@inline
function forwardEven<T>(
  plan: usize, half: usize, signal: usize, coefficients: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  const size = sizeof<T>();
  sortSamples<T>(signal, half, planRe(plan), planIm(plan));
  transform<T>(plan, planRe(plan), planIm(plan), planWorkRe(plan), planWorkIm(plan));
  const re = resultRe;
  const im = resultIm;
  store<T>(coefficients, (load<T>(re) + load<T>(im)) * load<T>(scaledCosine));
  store<T>(coefficients + half * size, (load<T>(re) - load<T>(im)) * load<T>(scaledCosine + half * size));
  let k: usize = 1;
  for (; k + lanes<T>() <= half / 2 + 1; k += lanes<T>()) {
    rotateAt<T>(NEIGHBORS, k, half, re, im, coefficients, cosine, sine, scaledCosine, scaledSine);
  }
  for (; k <= half / 2; k++) {
    rotateAt<T>(ALONE, k, half, re, im, coefficients, cosine, sine, scaledCosine, scaledSine);
  }
}

@inline
function inverseEven<T>(
  plan: usize, half: usize, signal: usize, coefficients: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  const size = sizeof<T>();
  const re = planRe(plan);
  const im = planIm(plan);
  const first = load<T>(coefficients) * load<T>(scaledCosine);
  const middle = load<T>(coefficients + half * size) * load<T>(scaledCosine + half * size);
  store<T>(re, first + middle);
  store<T>(im, first - middle);
  let k: usize = 1;
  for (; k + lanes<T>() <= half / 2 + 1; k += lanes<T>()) {
    unrotateAt<T>(NEIGHBORS, k, half, coefficients, re, im, cosine, sine, scaledCosine, scaledSine);
  }
  for (; k <= half / 2; k++) {
    unrotateAt<T>(ALONE, k, half, coefficients, re, im, cosine, sine, scaledCosine, scaledSine);
  }
  transform<T>(plan, im, re, planWorkIm(plan), planWorkRe(plan));
  unsortSamples<T>(resultIm, resultRe, half, signal);
}

/** As {@link forwardEven}, of an odd number of samples: the plan is of their length, and all imaginary parts are 0. */
@inline
function forwardOdd<T>(
  plan: usize, length: usize, signal: usize, coefficients: usize, scaledCosine: usize, scaledSine: usize,
): void {
  const size = sizeof<T>();
  let re = planRe(plan);
  for (let i: usize = 0; i < length / 2; i++) {
    store<T>(re + i * size, load<T>(signal + 2 * i * size));
    store<T>(re + (length - 1 - i) * size, load<T>(signal + (2 * i + 1) * size));
  }
  store<T>(re + (length / 2) * size, load<T>(signal + (length - 1) * size));
  memory.fill(planIm(plan), 0, length * size);
  transform<T>(plan, re, planIm(plan), planWorkRe(plan), planWorkIm(plan));
  re = resultRe;
  const im = resultIm;
  store<T>(coefficients, load<T>(re) * load<T>(scaledCosine));
  for (let k: usize = 1; k <= length / 2; k++) {
    const at = k * size;
    const c = load<T>(scaledCosine + at);
    const s = load<T>(scaledSine + at);
    store<T>(coefficients + at, load<T>(re + at) * c + load<T>(im + at) * s);
    store<T>(coefficients + length * size - at, load<T>(re + at) * s - load<T>(im + at) * c);
  }
}

@inline
function inverseOdd<T>(
  plan: usize, length: usize, signal: usize, coefficients: usize, scaledCosine: usize, scaledSine: usize,
): void {
  const size = sizeof<T>();
  const re = planRe(plan);
  const im = planIm(plan);
  store<T>(re, load<T>(coefficients) * load<T>(scaledCosine));
  store<T>(im, <T>0);
  for (let k: usize = 1; k <= length / 2; k++) {
    const at = k * size;
    const mirror = (length - k) * size;
    const c = load<T>(scaledCosine + at);
    const s = load<T>(scaledSine + at);
    const near = load<T>(coefficients + at);
    const far = load<T>(coefficients + mirror);
    const valueRe = near * c + far * s;
    const valueIm = near * s - far * c;
    store<T>(re + at, valueRe);
    store<T>(im + at, valueIm);
    store<T>(re + mirror, valueRe);
    store<T>(im + mirror, -valueIm);
  }
  transform<T>(plan, im, re, planWorkIm(plan), planWorkRe(plan));
  const result = resultIm;
  for (let i: usize = 0; i < length / 2; i++) {
    store<T>(signal + 2 * i * size, load<T>(result + i * size));
    store<T>(signal + (2 * i + 1) * size, load<T>(result + (length - 1 - i) * size));
  }
  store<T>(signal + (length - 1) * size, load<T>(result + (length / 2) * size));
}

/** @param count - of signals, one after another */
@inline
function forward<T>(
  plan: usize, length: usize, signal: usize, coefficients: usize, count: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  for (let b: usize = 0; b < count; b++) {
    const at = b * length * sizeof<T>();
    if (length % 2 == 1) {
      forwardOdd<T>(plan, length, signal + at, coefficients + at, scaledCosine, scaledSine);
    } else {
      forwardEven<T>(plan, length / 2, signal + at, coefficients + at, cosine, sine, scaledCosine, scaledSine);
    }
  }
}

@inline
function inverse<T>(
  plan: usize, length: usize, signal: usize, coefficients: usize, count: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  for (let b: usize = 0; b < count; b++) {
    const at = b * length * sizeof<T>();
    if (length % 2 == 1) {
      inverseOdd<T>(plan, length, signal + at, coefficients + at, scaledCosine, scaledSine);
    } else {
      inverseEven<T>(plan, length / 2, signal + at, coefficients + at, cosine, sine, scaledCosine, scaledSine);
    }
  }
}

export function forwardFloat32(
  plan: usize, length: usize, signal: usize, coefficients: usize, count: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  forward<f32>(plan, length, signal, coefficients, count, cosine, sine, scaledCosine, scaledSine);
}
export function forwardFloat64(
  plan: usize, length: usize, signal: usize, coefficients: usize, count: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  forward<f64>(plan, length, signal, coefficients, count, cosine, sine, scaledCosine, scaledSine);
}
export function inverseFloat32(
  plan: usize, length: usize, signal: usize, coefficients: usize, count: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  inverse<f32>(plan, length, signal, coefficients, count, cosine, sine, scaledCosine, scaledSine);
}
export function inverseFloat64(
  plan: usize, length: usize, signal: usize, coefficients: usize, count: usize,
  cosine: usize, sine: usize, scaledCosine: usize, scaledSine: usize,
): void {
  inverse<f64>(plan, length, signal, coefficients, count, cosine, sine, scaledCosine, scaledSine);
}
