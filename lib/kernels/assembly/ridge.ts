// Weights of a linear predictor from moments, two at a time: the lower triangle of the matrix of features with features,
// and below it the row of features with what is predicted. The specification is lib/codecs/lossless/ridge.ts.

/** target[…] += factor·source, two at a time. */
@inline
export function addTo(target: usize, source: usize, end: usize, factor: f64): void {
  const factors = f64x2.splat(factor);
  for (; source < end; source += 16, target += 16) {
    v128.store(target, f64x2.add(v128.load(target), f64x2.mul(factors, v128.load(source))));
  }
}

/** Adds a sample to the moments. */
@inline
export function gatherMoments(moments: usize, features: usize, size: u32, weight: f64, sample: f64): void {
  const stride = <usize>size << 3;
  let row = moments;
  for (let i: u32 = 0; i < size; i++, row += stride) {
    const feature = load<f64>(features + (<usize>i << 3));
    if (feature == 0) continue;
    // Above the diagonal an entry may be touched, which is never looked at.
    addTo(row, features, features + (<usize>(i + 1) << 3), weight * feature);
  }
  addTo(row, features, features + stride, weight * sample);
}

/** Multiplies all moments. */
@inline
export function scaleMoments(moments: usize, size: u32, factor: f64): void {
  const factors = f64x2.splat(factor);
  const end = moments + (((<usize>size + 1) * size) << 3);
  for (let at = moments; at < end; at += 16) v128.store(at, f64x2.mul(v128.load(at), factors));
}

/** Subtracts the part of column k in the product L·D·Lᵀ from all columns to its right. @param column - working memory */
@inline
export function eliminateColumn(work: usize, column: usize, size: u32, k: u32, leastPivot: f64): void {
  const stride = <usize>size << 3;
  const at = <usize>k << 3;
  const pivot = load<f64>(work + k * stride + at);
  const reciprocal = 1 / (pivot > leastPivot ? pivot : leastPivot);
  for (let i = k + 1; i < size; i++) store<f64>(column + (<usize>i << 3), load<f64>(work + i * stride + at));
  // Pairs start at an even column: the factor that may stand there loses nothing.
  store<f64>(column + at, 0);
  const from = (at + 8) & ~(<usize>15);
  let row = work + (k + 1) * stride;
  for (let i = k + 1; i <= size; i++, row += stride) {
    const factor = load<f64>(row + at) * reciprocal;
    store<f64>(row + at, factor);
    const end = i < size ? <usize>(i + 1) << 3 : stride;
    addTo(row + from, column + from, column + end, -factor);
  }
}

/**
 * {@link eliminateColumn} of columns k and k + 1, k even: what both take from an element is subtracted in one go, first
 * that of k.
 *
 * @param column, next - working memory for each
 */
@inline
export function eliminatePair(
  work: usize, column: usize, next: usize, size: u32, k: u32, leastPivot: f64,
): void {
  const stride = <usize>size << 3;
  const at = <usize>k << 3;
  const second = work + (k + 1) * stride;
  const pivot = load<f64>(work + k * stride + at);
  const reciprocal = 1 / (pivot > leastPivot ? pivot : leastPivot);
  const beside = load<f64>(second + at);
  const factor = beside * reciprocal;
  store<f64>(second + at, factor);
  const nextPivot = load<f64>(second + at, 8) + -factor * beside;
  store<f64>(second + at, nextPivot, 8);
  const nextReciprocal = 1 / (nextPivot > leastPivot ? nextPivot : leastPivot);
  const below = second + stride;
  // All of both columns first: pairs that are read right after one of them was written would wait.
  let row = below;
  for (let i = k + 2; i <= size; i++, row += stride) {
    const element = load<f64>(row + at);
    const scaled = element * reciprocal;
    const nextElement = load<f64>(row + at, 8) + -scaled * beside;
    store<f64>(column + (<usize>i << 3), element);
    store<f64>(next + (<usize>i << 3), nextElement);
    store<f64>(row + at, scaled);
    store<f64>(row + at, nextElement * nextReciprocal, 8);
  }
  const from = at + 16;
  row = below;
  for (let i = k + 2; i <= size; i++, row += stride) {
    const factors = f64x2.splat(-load<f64>(row + at));
    const nextFactors = f64x2.splat(-load<f64>(row + at, 8));
    const end = i < size ? <usize>(i + 1) << 3 : stride;
    for (let j = from; j < end; j += 16) {
      const rest = f64x2.add(v128.load(row + j), f64x2.mul(factors, v128.load(column + j)));
      v128.store(row + j, f64x2.add(rest, f64x2.mul(nextFactors, v128.load(next + j))));
    }
  }
}

/** The weights, once all columns are eliminated: the last row then holds D⁻¹·L⁻¹ of the right side. */
@inline
export function substituteBack(work: usize, size: u32, weights: usize): void {
  const stride = <usize>size << 3;
  const last = work + size * stride;
  for (let i = <i32>size - 1; i >= 0; i--) {
    const weight = load<f64>(last + (<usize>i << 3));
    store<f64>(weights + (<usize>i << 3), weight);
    const row = work + <u32>i * stride;
    for (let k: usize = 0; k < <usize>i << 3; k += 8) {
      store<f64>(last + k, load<f64>(last + k) - weight * load<f64>(row + k));
    }
  }
}
