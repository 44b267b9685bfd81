// The DCT-II of groups of blocks and its inverse: the specification is ../dct.ts and ../fft.ts. In double precision
// the results are the same to the last bit, because every value takes part in the same operations in the same
// order; only products with 1 and 0 are left out, and those with powers of two are in the tables, where they are exact.
import { lanes, loadLanes, storeLanes, VECTOR } from './lanes';

/** A complex vector: real parts, then imaginary parts. */
const COMPLEX: usize = 2 * VECTOR;

@inline
function splat<T>(address: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(address) : v128.load64_splat(address);
}

@inline
function add<T>(a: v128, b: v128): v128 {
  return v128.add<T>(a, b);
}

@inline
function sub<T>(a: v128, b: v128): v128 {
  return v128.sub<T>(a, b);
}

@inline
function mul<T>(a: v128, b: v128): v128 {
  return v128.mul<T>(a, b);
}

/**
 * The first column of the transforms of `size` and of `2·size` complex values, whose roots are 1 and −i: no products.
 *
 * @param reach - bytes of `size / 2` complex vectors
 */
@inline
function plainButterflies<T>(values: usize, half: usize, reach: usize): void {
  const end = values + half * COMPLEX;
  for (let at = values; at < end; at += 4 * reach) {
    const b = at + reach;
    const c = b + reach;
    const d = c + reach;
    const aRe = v128.load(at);
    const aIm = v128.load(at, 16);
    const bRe = v128.load(b);
    const bIm = v128.load(b, 16);
    const cRe = v128.load(c);
    const cIm = v128.load(c, 16);
    const dRe = v128.load(d);
    const dIm = v128.load(d, 16);
    const abRe = add<T>(aRe, bRe);
    const abIm = add<T>(aIm, bIm);
    const abDifferenceRe = sub<T>(aRe, bRe);
    const abDifferenceIm = sub<T>(aIm, bIm);
    const cdRe = add<T>(cRe, dRe);
    const cdIm = add<T>(cIm, dIm);
    const cdDifferenceRe = sub<T>(cRe, dRe);
    const cdDifferenceIm = sub<T>(cIm, dIm);
    v128.store(at, add<T>(abRe, cdRe));
    v128.store(at, add<T>(abIm, cdIm), 16);
    // Times −i.
    v128.store(b, add<T>(abDifferenceRe, cdDifferenceIm));
    v128.store(b, sub<T>(abDifferenceIm, cdDifferenceRe), 16);
    v128.store(c, sub<T>(abRe, cdRe));
    v128.store(c, sub<T>(abIm, cdIm), 16);
    v128.store(d, sub<T>(abDifferenceRe, cdDifferenceIm));
    v128.store(d, add<T>(abDifferenceIm, cdDifferenceRe), 16);
  }
}

/** Transforms of `size` complex values from those of `size / 2`. */
@inline
function butterflies<T>(values: usize, half: usize, size: usize, roots: usize): void {
  const reach = (size / 2) * COMPLEX;
  const rootStep = ((half * 2) / size) * 2 * sizeof<T>();
  const end = values + half * COMPLEX;
  for (let start = values; start < end; start += 2 * reach) {
    let root = roots;
    for (let at = start; at < start + reach; at += COMPLEX) {
      const c = splat<T>(root);
      const s = splat<T>(root + sizeof<T>());
      root += rootStep;
      const lower = at + reach;
      const bRe = v128.load(lower);
      const bIm = v128.load(lower, 16);
      const turnedRe = sub<T>(mul<T>(bRe, c), mul<T>(bIm, s));
      const turnedIm = add<T>(mul<T>(bRe, s), mul<T>(bIm, c));
      const aRe = v128.load(at);
      const aIm = v128.load(at, 16);
      v128.store(lower, sub<T>(aRe, turnedRe));
      v128.store(lower, sub<T>(aIm, turnedIm), 16);
      v128.store(at, add<T>(aRe, turnedRe));
      v128.store(at, add<T>(aIm, turnedIm), 16);
    }
  }
}

/** Transforms of `size` and then of `2·size` complex values in one pass, from those of `size / 2`. */
@inline
function doubleButterflies<T>(values: usize, half: usize, size: usize, roots: usize): void {
  const reach = (size / 2) * COMPLEX;
  const rootBytes = 2 * sizeof<T>();
  // Roots of unity of `size` values, and of twice as many.
  const stepInner = ((half * 2) / size) * rootBytes;
  const stepOuter = stepInner / 2;
  const quarter = (size / 2) * stepOuter;
  const end = values + half * COMPLEX;
  plainButterflies<T>(values, half, reach);
  let inner = roots + stepInner;
  let outer = roots + stepOuter;
  // Roots outside, runs inside: the same roots serve all runs.
  for (let column = COMPLEX; column < reach; column += COMPLEX) {
    const c1 = splat<T>(inner);
    const s1 = splat<T>(inner + sizeof<T>());
    inner += stepInner;
    const c2 = splat<T>(outer);
    const s2 = splat<T>(outer + sizeof<T>());
    const c3 = splat<T>(outer + quarter);
    const s3 = splat<T>(outer + quarter + sizeof<T>());
    outer += stepOuter;
    for (let at = values + column; at < end; at += 4 * reach) {
      const b = at + reach;
      const c = b + reach;
      const d = c + reach;
      let re = v128.load(b);
      let im = v128.load(b, 16);
      const bRe = sub<T>(mul<T>(re, c1), mul<T>(im, s1));
      const bIm = add<T>(mul<T>(re, s1), mul<T>(im, c1));
      re = v128.load(d);
      im = v128.load(d, 16);
      const dRe = sub<T>(mul<T>(re, c1), mul<T>(im, s1));
      const dIm = add<T>(mul<T>(re, s1), mul<T>(im, c1));
      re = v128.load(at);
      im = v128.load(at, 16);
      const evenRe = add<T>(re, bRe);
      const evenIm = add<T>(im, bIm);
      const oddRe = sub<T>(re, bRe);
      const oddIm = sub<T>(im, bIm);
      re = v128.load(c);
      im = v128.load(c, 16);
      const lowerEvenRe = add<T>(re, dRe);
      const lowerEvenIm = add<T>(im, dIm);
      const lowerOddRe = sub<T>(re, dRe);
      const lowerOddIm = sub<T>(im, dIm);
      const evenTurnedRe = sub<T>(mul<T>(lowerEvenRe, c2), mul<T>(lowerEvenIm, s2));
      const evenTurnedIm = add<T>(mul<T>(lowerEvenRe, s2), mul<T>(lowerEvenIm, c2));
      const oddTurnedRe = sub<T>(mul<T>(lowerOddRe, c3), mul<T>(lowerOddIm, s3));
      const oddTurnedIm = add<T>(mul<T>(lowerOddRe, s3), mul<T>(lowerOddIm, c3));
      v128.store(at, add<T>(evenRe, evenTurnedRe));
      v128.store(at, add<T>(evenIm, evenTurnedIm), 16);
      v128.store(b, add<T>(oddRe, oddTurnedRe));
      v128.store(b, add<T>(oddIm, oddTurnedIm), 16);
      v128.store(c, sub<T>(evenRe, evenTurnedRe));
      v128.store(c, sub<T>(evenIm, evenTurnedIm), 16);
      v128.store(d, sub<T>(oddRe, oddTurnedRe));
      v128.store(d, sub<T>(oddIm, oddTurnedIm), 16);
    }
  }
}

/** The transform of `half` complex vectors that lie in bit-reversed order. */
@inline
function transformComplex<T>(values: usize, half: usize, roots: usize): void {
  plainButterflies<T>(values, half, COMPLEX);
  let size: usize = 8;
  for (; size * 2 <= half; size *= 4) doubleButterflies<T>(values, half, size, roots);
  if (size <= half) butterflies<T>(values, half, size, roots);
}

/** Takes samples n … n + lanes − 1 of the blocks of a group to their places among the complex vectors. */
@inline
function scatter<T>(source: usize, stride: usize, values: usize, order: usize): void {
  if (sizeof<T>() == 4) {
    const a = v128.load(source);
    const b = v128.load(source + stride);
    const c = v128.load(source + 2 * stride);
    const d = v128.load(source + 3 * stride);
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const abUpper = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cdUpper = i32x4.shuffle(c, d, 2, 6, 3, 7);
    v128.store(values + load<u32>(order), i64x2.shuffle(ab, cd, 0, 2));
    v128.store(values + load<u32>(order, 4), i64x2.shuffle(ab, cd, 1, 3));
    v128.store(values + load<u32>(order, 8), i64x2.shuffle(abUpper, cdUpper, 0, 2));
    v128.store(values + load<u32>(order, 12), i64x2.shuffle(abUpper, cdUpper, 1, 3));
  } else {
    const a = v128.load(source);
    const b = v128.load(source + stride);
    v128.store(values + load<u32>(order), i64x2.shuffle(a, b, 0, 2));
    v128.store(values + load<u32>(order, 4), i64x2.shuffle(a, b, 1, 3));
  }
}

/** Takes vectors from their places to samples n … n + lanes − 1 of the blocks of a group. */
@inline
function gather<T>(values: usize, order: usize, target: usize, stride: usize): void {
  const a = v128.load(values + load<u32>(order));
  const b = v128.load(values + load<u32>(order, 4));
  // The lanes of doubles are two, and storeLanes ignores the other vectors.
  const c = sizeof<T>() == 4 ? v128.load(values + load<u32>(order, 8)) : a;
  const d = sizeof<T>() == 4 ? v128.load(values + load<u32>(order, 12)) : a;
  storeLanes<T>(a, b, c, d, target, stride);
}

/**
 * The cosine transform of one group of blocks.
 *
 * @param signal - the first of `lanes` blocks of N samples
 * @param coefficients - receives X[k] of all blocks, as one vector, at `k·step` bytes
 * @param half - N/2, a power of two, 4 or more
 * @param order - where sample n belongs among the complex vectors, in bytes (u32)
 * @param roots - cos and −sin of 2πk/N side by side, k = 0 … N/2 − 1
 * @param rotations - cos and sin of πk/(2N), scaled, side by side, k = 0 … N/2; but for the first and the last halved,
 *   because what they rotate is a sum of two values where half of it is meant
 * @param values - room for N/2 complex vectors
 */
@inline
function forwardGroup<T>(
  signal: usize, coefficients: usize, step: usize, half: usize,
  order: usize, roots: usize, rotations: usize, values: usize,
): void {
  const length = half * 2;
  const bytes = length * sizeof<T>();
  for (let n: usize = 0; n < length; n += lanes<T>()) {
    scatter<T>(signal + n * sizeof<T>(), bytes, values, order + 4 * n);
  }
  transformComplex<T>(values, half, roots);

  const pair = 2 * sizeof<T>();
  for (let k: usize = 1; k <= half / 2; k++) {
    const mirror = half - k;
    const at = values + k * COMPLEX;
    const mirrorAt = values + mirror * COMPLEX;
    const zRe = v128.load(at);
    const zIm = v128.load(at, 16);
    const mirrorRe = v128.load(mirrorAt);
    const mirrorIm = v128.load(mirrorAt, 16);
    const evenRe = add<T>(zRe, mirrorRe);
    const evenIm = sub<T>(zIm, mirrorIm);
    const oddRe = add<T>(zIm, mirrorIm);
    const oddIm = sub<T>(mirrorRe, zRe);
    const c = splat<T>(roots + k * pair);
    const s = splat<T>(roots + k * pair + sizeof<T>());
    const turnedRe = sub<T>(mul<T>(oddRe, c), mul<T>(oddIm, s));
    const turnedIm = add<T>(mul<T>(oddRe, s), mul<T>(oddIm, c));
    // The middle value is its own mirror, and what is stored last holds.
    rotate<T>(coefficients, step, length, k, rotations + k * pair, add<T>(evenRe, turnedRe), add<T>(evenIm, turnedIm));
    rotate<T>(
      coefficients, step, length, mirror, rotations + mirror * pair,
      sub<T>(evenRe, turnedRe), sub<T>(turnedIm, evenIm),
    );
  }
  const evenSum = v128.load(values);
  const oddSum = v128.load(values, 16);
  v128.store(coefficients, mul<T>(add<T>(evenSum, oddSum), splat<T>(rotations)));
  v128.store(coefficients + half * step, mul<T>(sub<T>(evenSum, oddSum), splat<T>(rotations + half * pair)));
}

@inline
function rotate<T>(
  coefficients: usize, step: usize, length: usize, k: usize, rotation: usize, re: v128, im: v128,
): void {
  const c = splat<T>(rotation);
  const s = splat<T>(rotation + sizeof<T>());
  v128.store(coefficients + k * step, add<T>(mul<T>(re, c), mul<T>(im, s)));
  v128.store(coefficients + (length - k) * step, sub<T>(mul<T>(re, s), mul<T>(im, c)));
}

/** Stores a value of the inverse at k from the spectrum at k and at its mirror, real and imaginary parts exchanged. */
@inline
function join<T>(
  re: v128, im: v128, mirrorRe: v128, mirrorIm: v128, root: usize, target: usize,
): void {
  const c = splat<T>(root);
  const s = splat<T>(root + sizeof<T>());
  const evenRe = add<T>(re, mirrorRe);
  const evenIm = sub<T>(im, mirrorIm);
  const turnedRe = sub<T>(re, mirrorRe);
  const turnedIm = add<T>(im, mirrorIm);
  const oddRe = add<T>(mul<T>(turnedRe, c), mul<T>(turnedIm, s));
  const oddIm = sub<T>(mul<T>(turnedIm, c), mul<T>(turnedRe, s));
  v128.store(target, add<T>(evenIm, oddRe));
  v128.store(target, sub<T>(evenRe, oddIm), 16);
}

/**
 * The blocks of one group that {@link forwardGroup} turns into these coefficients.
 *
 * @param reversed - where the complex value k belongs, in bytes (u32)
 * @param order - where sample n lies in the end, in bytes (u32)
 * @param rotations - cos and sin of πk/(2N), over the scale and over N, side by side
 */
@inline
function inverseGroup<T>(
  coefficients: usize, step: usize, signal: usize, half: usize,
  reversed: usize, order: usize, roots: usize, rotations: usize, values: usize,
): void {
  const length = half * 2;
  const bytes = length * sizeof<T>();
  const pair = 2 * sizeof<T>();
  const zero = v128.splat<T>(0);
  const first = mul<T>(v128.load(coefficients), splat<T>(rotations));
  const middle = v128.load(coefficients + half * step);
  const last = add<T>(
    mul<T>(middle, splat<T>(rotations + half * pair)),
    mul<T>(middle, splat<T>(rotations + half * pair + sizeof<T>())),
  );
  join<T>(first, zero, last, zero, roots, values + load<u32>(reversed));
  for (let k: usize = 1; k <= half / 2; k++) {
    const mirror = half - k;
    let c = splat<T>(rotations + k * pair);
    let s = splat<T>(rotations + k * pair + sizeof<T>());
    let low = v128.load(coefficients + k * step);
    let high = v128.load(coefficients + (length - k) * step);
    const re = add<T>(mul<T>(low, c), mul<T>(high, s));
    const im = sub<T>(mul<T>(low, s), mul<T>(high, c));
    c = splat<T>(rotations + mirror * pair);
    s = splat<T>(rotations + mirror * pair + sizeof<T>());
    low = v128.load(coefficients + mirror * step);
    high = v128.load(coefficients + (length - mirror) * step);
    const mirrorRe = add<T>(mul<T>(low, c), mul<T>(high, s));
    const mirrorIm = sub<T>(mul<T>(low, s), mul<T>(high, c));
    join<T>(re, im, mirrorRe, mirrorIm, roots + k * pair, values + load<u32>(reversed + 4 * k));
    join<T>(mirrorRe, mirrorIm, re, im, roots + mirror * pair, values + load<u32>(reversed + 4 * mirror));
  }
  transformComplex<T>(values, half, roots);
  for (let n: usize = 0; n < length; n += lanes<T>()) {
    gather<T>(values, order + 4 * n, signal + n * sizeof<T>(), bytes);
  }
}

/**
 * @param coefficients - receives, or holds, X[k] of block b at `k·step + b` elements when `step` is not 0, else
 *   N coefficients of a block after those of another
 * @param groups - number of groups of `lanes` blocks
 * @param vectors - room for N vectors, for when `step` is 0
 */
@inline
function forward<T>(
  signal: usize, coefficients: usize, step: usize, groups: usize, half: usize,
  order: usize, roots: usize, rotations: usize, values: usize, vectors: usize,
): void {
  const length = half * 2;
  const bytes = length * sizeof<T>();
  const groupBytes = lanes<T>() * bytes;
  for (let g: usize = 0; g < groups; g++) {
    const blocks = signal + g * groupBytes;
    if (step > 0) {
      forwardGroup<T>(blocks, coefficients + g * VECTOR, step * sizeof<T>(), half, order, roots, rotations, values);
      continue;
    }
    forwardGroup<T>(blocks, vectors, VECTOR, half, order, roots, rotations, values);
    const target = coefficients + g * groupBytes;
    let at = vectors;
    for (let n: usize = 0; n < length; n += lanes<T>()) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      if (sizeof<T>() == 4) {
        storeLanes<T>(a, b, v128.load(at, 32), v128.load(at, 48), target + n * sizeof<T>(), bytes);
      } else {
        storeLanes<T>(a, b, a, b, target + n * sizeof<T>(), bytes);
      }
      at += lanes<T>() * VECTOR;
    }
  }
}

@inline
function inverse<T>(
  coefficients: usize, step: usize, signal: usize, groups: usize, half: usize,
  reversed: usize, order: usize, roots: usize, rotations: usize, values: usize, vectors: usize,
): void {
  const length = half * 2;
  const groupBytes = lanes<T>() * length * sizeof<T>();
  for (let g: usize = 0; g < groups; g++) {
    const blocks = signal + g * groupBytes;
    if (step > 0) {
      inverseGroup<T>(
        coefficients + g * VECTOR, step * sizeof<T>(), blocks, half, reversed, order, roots, rotations, values,
      );
      continue;
    }
    const source = coefficients + g * groupBytes;
    for (let n: usize = 0; n < length; n += lanes<T>()) {
      loadLanes<T>(source + n * sizeof<T>(), length * sizeof<T>(), vectors + n * VECTOR, VECTOR);
    }
    inverseGroup<T>(vectors, VECTOR, blocks, half, reversed, order, roots, rotations, values);
  }
}

export function forwardFloat32(
  signal: usize, coefficients: usize, step: usize, groups: usize, half: usize,
  order: usize, roots: usize, rotations: usize, values: usize, vectors: usize,
): void {
  forward<f32>(signal, coefficients, step, groups, half, order, roots, rotations, values, vectors);
}

export function forwardFloat64(
  signal: usize, coefficients: usize, step: usize, groups: usize, half: usize,
  order: usize, roots: usize, rotations: usize, values: usize, vectors: usize,
): void {
  forward<f64>(signal, coefficients, step, groups, half, order, roots, rotations, values, vectors);
}

export function inverseFloat32(
  coefficients: usize, step: usize, signal: usize, groups: usize, half: usize,
  reversed: usize, order: usize, roots: usize, rotations: usize, values: usize, vectors: usize,
): void {
  inverse<f32>(
    coefficients, step, signal, groups, half, reversed, order, roots, rotations, values, vectors,
  );
}

export function inverseFloat64(
  coefficients: usize, step: usize, signal: usize, groups: usize, half: usize,
  reversed: usize, order: usize, roots: usize, rotations: usize, values: usize, vectors: usize,
): void {
  inverse<f64>(
    coefficients, step, signal, groups, half, reversed, order, roots, rotations, values, vectors,
  );
}
