// Eigenvalues and eigenvectors of a symmetric matrix: the specification is reference/eigen-symmetric.ts, but for the
// order of additions. Rows are padded with zeros, all to the same number of bytes, the stride: an odd multiple of a
// cache line, so that a column of a matrix does not crowd into few sets of the cache.
import { VECTOR } from './lanes';

/** Bytes of a column strip whose rotations are made together: four vectors, which stay in registers. */
const STRIP: usize = 4 * VECTOR;

/** Sweeps of one eigenvalue before it is given up; two or three are usual. */
const MOST_SWEEPS = 60;

/** Half the distance from 1 to the next number. */
const ROUNDING: f64 = 1.1102230246251565e-16;

@inline
function at(row: usize, index: usize): usize {
  return row + index * sizeof<f64>();
}

@inline
function laneSum(vector: v128): f64 {
  return f64x2.extract_lane(vector, 0) + f64x2.extract_lane(vector, 1);
}

/** row ← row − v[i]·w − w[i]·v, from an offset to the end. */
@inline
function updateRow(row: usize, v: usize, w: usize, i: usize, from: usize, stride: usize): void {
  const vi = v128.load_splat<f64>(at(v, i));
  const wi = v128.load_splat<f64>(at(w, i));
  for (let offset = from; offset < stride; offset += VECTOR) {
    const change = f64x2.add(f64x2.mul(vi, v128.load(w + offset)), f64x2.mul(wi, v128.load(v + offset)));
    v128.store(row + offset, f64x2.sub(v128.load(row + offset), change));
  }
}

/** The sum of products of two rows, from an offset to the end. */
@inline
function dot(a: usize, b: usize, from: usize, stride: usize): f64 {
  let sum = f64x2.splat(0);
  for (let offset = from; offset < stride; offset += VECTOR) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(a + offset), v128.load(b + offset)));
  }
  return laneSum(sum);
}

/** What {@link updateRow} does to rows i and i + 1, and their sums of products with u. */
@inline
function updateRows(
  row: usize, v: usize, w: usize, u: usize, i: usize, products: usize, from: usize, stride: usize,
): void {
  const v0 = v128.load_splat<f64>(at(v, i));
  const w0 = v128.load_splat<f64>(at(w, i));
  const v1 = v128.load_splat<f64>(at(v, i + 1));
  const w1 = v128.load_splat<f64>(at(w, i + 1));
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  for (let offset = from; offset < stride; offset += VECTOR) {
    const vj = v128.load(v + offset);
    const wj = v128.load(w + offset);
    const uj = v128.load(u + offset);
    const to = row + offset;
    const a = f64x2.sub(v128.load(to), f64x2.add(f64x2.mul(v0, wj), f64x2.mul(w0, vj)));
    const b = f64x2.sub(v128.load(to + stride), f64x2.add(f64x2.mul(v1, wj), f64x2.mul(w1, vj)));
    v128.store(to, a);
    v128.store(to + stride, b);
    sum0 = f64x2.add(sum0, f64x2.mul(a, uj));
    sum1 = f64x2.add(sum1, f64x2.mul(b, uj));
  }
  store<f64>(at(products, i), laneSum(sum0));
  store<f64>(at(products, i + 1), laneSum(sum1));
}

/**
 * Householder's reduction to a tridiagonal matrix. Each step's rank-2 update of what is left of the matrix and the
 * next step's product with it are one pass through memory.
 *
 * @param matrix - symmetric, both halves; overwritten by the reflections, I − factor·u·uᵀ, with u in row k
 * @param diagonal, beside - receive the tridiagonal matrix; `beside` is one shorter
 * @param factors - receives those of the reflections
 * @param w, products - room for a row each
 */
export function tridiagonalize(
  matrix: usize, size: usize, stride: usize, diagonal: usize, beside: usize, factors: usize, w: usize,
  products: usize,
): void {
  memory.fill(w, 0, stride);
  memory.fill(products, 0, stride);
  // Nothing is to be updated at first.
  let v = products;
  for (let k: usize = 0; k + 2 < size; k++) {
    const u = matrix + k * stride;
    updateRow(u, v, w, k, (k * sizeof<f64>()) & ~(VECTOR - 1), stride);
    store<f64>(at(diagonal, k), load<f64>(at(u, k)));
    const first = load<f64>(at(u, k + 1));
    memory.fill(u, 0, (k + 2) * sizeof<f64>());
    const from = ((k + 1) * sizeof<f64>()) & ~(VECTOR - 1);
    const rest = dot(u, u, from, stride);
    let factor: f64 = 0;
    let image = first;
    if (rest > 0) {
      const norm = sqrt<f64>(first * first + rest);
      image = first > 0 ? -norm : norm;
      store<f64>(at(u, k + 1), first - image);
      factor = 1 / (norm * (norm + abs<f64>(first)));
    } else {
      memory.fill(u, 0, stride);
    }
    store<f64>(at(beside, k), image);
    store<f64>(at(factors, k), factor);
    let i = k + 1;
    if ((size - i) & 1) {
      const row = matrix + i * stride;
      updateRow(row, v, w, i, from, stride);
      store<f64>(at(products, i), dot(row, u, from, stride));
      i++;
    }
    for (; i < size; i += 2) updateRows(matrix + i * stride, v, w, u, i, products, from, stride);
    const share = (factor / 2) * dot(products, u, from, stride);
    for (let j = k + 1; j < size; j++) {
      store<f64>(at(w, j), factor * (load<f64>(at(products, j)) - share * load<f64>(at(u, j))));
    }
    store<f64>(at(w, k), 0);
    v = u;
  }
  if (size > 1) {
    const k = size - 2;
    const row = matrix + k * stride;
    const from = (k * sizeof<f64>()) & ~(VECTOR - 1);
    updateRow(row, v, w, k, from, stride);
    updateRow(row + stride, v, w, k + 1, from, stride);
    store<f64>(at(diagonal, k), load<f64>(at(row, k)));
    store<f64>(at(beside, k), load<f64>(at(row, k + 1)));
  }
  store<f64>(at(diagonal, size - 1), load<f64>(at(matrix + (size - 1) * stride, size - 1)));
}

/** row ← row − factor·(row·u)·u, from an offset to the end. */
@inline
function reflectRow(row: usize, u: usize, factor: f64, from: usize, stride: usize): void {
  const share = f64x2.splat(factor * dot(row, u, from, stride));
  for (let offset = from; offset < stride; offset += VECTOR) {
    v128.store(row + offset, f64x2.sub(v128.load(row + offset), f64x2.mul(share, v128.load(u + offset))));
  }
}

/** The same with two rows, so that u is loaded half as often and two sums grow side by side. */
@inline
function reflectRows(row: usize, u: usize, factor: f64, from: usize, stride: usize): void {
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  for (let offset = from; offset < stride; offset += VECTOR) {
    const uj = v128.load(u + offset);
    sum0 = f64x2.add(sum0, f64x2.mul(v128.load(row + offset), uj));
    sum1 = f64x2.add(sum1, f64x2.mul(v128.load(row + offset + stride), uj));
  }
  const share0 = f64x2.splat(factor * laneSum(sum0));
  const share1 = f64x2.splat(factor * laneSum(sum1));
  for (let offset = from; offset < stride; offset += VECTOR) {
    const to = row + offset;
    const uj = v128.load(u + offset);
    v128.store(to, f64x2.sub(v128.load(to), f64x2.mul(share0, uj)));
    v128.store(to + stride, f64x2.sub(v128.load(to + stride), f64x2.mul(share1, uj)));
  }
}

/**
 * Multiplies the reflections together.
 *
 * @param matrix, factors - what {@link tridiagonalize} left
 * @param vectors - receives Qᵀ, with matrix = Q · tridiagonal · Qᵀ
 */
export function accumulateReflections(
  matrix: usize, size: usize, stride: usize, factors: usize, vectors: usize,
): void {
  memory.fill(vectors, 0, size * stride);
  for (let i: usize = 0; i < size; i++) store<f64>(at(vectors + i * stride, i), 1);
  const end = vectors + size * stride;
  for (let k: isize = <isize>size - 3; k >= 0; k--) {
    const u = matrix + k * stride;
    const factor = load<f64>(at(factors, k));
    const from = ((<usize>k + 1) * sizeof<f64>()) & ~(VECTOR - 1);
    let row = vectors + (k + 1) * stride;
    if ((size - k - 1) & 1) {
      reflectRow(row, u, factor, from, stride);
      row += stride;
    }
    for (; row < end; row += 2 * stride) reflectRows(row, u, factor, from, stride);
  }
}

/** Rotates rows `last` and `last` − 1, then that and the one before, … down to `first`, by the angles of a sweep. */
@inline
function rotateRows(vectors: usize, stride: usize, first: usize, last: usize, angles: usize): void {
  const end = vectors + first * stride;
  for (let strip: usize = 0; strip < stride; strip += STRIP) {
    let row = vectors + last * stride + strip;
    let a = v128.load(row);
    let b = v128.load(row, 16);
    let c = v128.load(row, 32);
    let d = v128.load(row, 48);
    let angle = angles + last * VECTOR;
    while (row > end + strip) {
      angle -= VECTOR;
      const cosine = v128.load_splat<f64>(angle);
      const sine = v128.load_splat<f64>(angle, 8);
      const next = row - stride;
      const nextA = v128.load(next);
      const nextB = v128.load(next, 16);
      const nextC = v128.load(next, 32);
      const nextD = v128.load(next, 48);
      v128.store(row, f64x2.add(f64x2.mul(sine, nextA), f64x2.mul(cosine, a)));
      v128.store(row, f64x2.add(f64x2.mul(sine, nextB), f64x2.mul(cosine, b)), 16);
      v128.store(row, f64x2.add(f64x2.mul(sine, nextC), f64x2.mul(cosine, c)), 32);
      v128.store(row, f64x2.add(f64x2.mul(sine, nextD), f64x2.mul(cosine, d)), 48);
      a = f64x2.sub(f64x2.mul(cosine, nextA), f64x2.mul(sine, a));
      b = f64x2.sub(f64x2.mul(cosine, nextB), f64x2.mul(sine, b));
      c = f64x2.sub(f64x2.mul(cosine, nextC), f64x2.mul(sine, c));
      d = f64x2.sub(f64x2.mul(cosine, nextD), f64x2.mul(sine, d));
      row = next;
    }
    v128.store(row, a);
    v128.store(row, b, 16);
    v128.store(row, c, 32);
    v128.store(row, d, 48);
  }
}

/**
 * The QL iteration with implicit shifts.
 *
 * @param diagonal, beside - the tridiagonal matrix; `beside` has room for one more. Become the eigenvalues
 * @param vectors - Qᵀ; its rows become the eigenvectors
 * @param angles - room for a vector for each row: cosine and sine
 * @returns 0, or 1 when it does not converge
 */
export function diagonalize(
  diagonal: usize, beside: usize, size: usize, vectors: usize, stride: usize, angles: usize,
): i32 {
  store<f64>(at(beside, size - 1), 0);
  let norm: f64 = 0;
  for (let i: usize = 0; i < size; i++) {
    norm = max<f64>(norm, abs<f64>(load<f64>(at(diagonal, i))) + abs<f64>(load<f64>(at(beside, i))));
  }
  const negligible = ROUNDING * norm;
  for (let first: usize = 0; first < size; first++) {
    for (let sweep = 0; ; sweep++) {
      let last = first;
      while (last + 1 < size && abs<f64>(load<f64>(at(beside, last))) > negligible) last++;
      if (last === first) break;
      if (sweep === MOST_SWEEPS) return 1;
      const top = load<f64>(at(diagonal, first));
      const topBeside = load<f64>(at(beside, first));
      const ratio = (load<f64>(at(diagonal, first + 1)) - top) / (2 * topBeside);
      const root = sqrt<f64>(ratio * ratio + 1);
      let g = load<f64>(at(diagonal, last)) - top + topBeside / (ratio < 0 ? ratio - root : ratio + root);
      let sine: f64 = 1;
      let cosine: f64 = 1;
      let shift: f64 = 0;
      let i = last;
      while (i > first) {
        i--;
        const entry = load<f64>(at(beside, i));
        const f = sine * entry;
        const b = cosine * entry;
        const r = sqrt<f64>(f * f + g * g);
        store<f64>(at(beside, i + 1), r);
        if (r === 0) {
          i++;
          break;
        }
        sine = f / r;
        cosine = g / r;
        const below = load<f64>(at(diagonal, i + 1)) - shift;
        const t = (load<f64>(at(diagonal, i)) - below) * sine + 2 * cosine * b;
        shift = sine * t;
        store<f64>(at(diagonal, i + 1), below + shift);
        g = cosine * t - b;
        store<f64>(angles + i * VECTOR, cosine);
        store<f64>(angles + i * VECTOR, sine, 8);
      }
      rotateRows(vectors, stride, i, last, angles);
      store<f64>(at(diagonal, i), load<f64>(at(diagonal, i)) - shift);
      if (i === first) store<f64>(at(beside, first), g);
      store<f64>(at(beside, last), 0);
    }
  }
  return 0;
}
