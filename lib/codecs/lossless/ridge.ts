/**
 * Weights of a linear predictor by ridge regression, solved again and again while samples come (C. M. Bishop, Pattern
 * Recognition and Machine Learning, 2006, eq. 3.50–3.55), by L·D·Lᵀ without pivoting. The order of all sums is part of
 * the format: `assembly/ridge.ts` of the kernels takes the same.
 */

/**
 * Adds a sample to the moments.
 *
 * @param moments - (size + 1) rows of `size`: the lower triangle of Σ w·f·fᵀ, and in the last row Σ w·y·f
 * @param features - f
 * @param weight - w
 * @param sample - y, what the features are to predict
 */
export function gatherMoments(
  moments: Float64Array,
  features: Float64Array,
  size: number,
  weight: number,
  sample: number,
): void {
  for (let i = 0; i < size; i++) {
    const feature = features[i]!;
    // Many features are 0; skipping them changes no sum.
    if (feature === 0) continue;
    const weighted = weight * feature;
    const row = i * size;
    for (let j = 0; j <= i; j++) moments[row + j]! += weighted * features[j]!;
  }
  const weighted = weight * sample;
  const row = size * size;
  for (let j = 0; j < size; j++) moments[row + j]! += weighted * features[j]!;
}

/**
 * Subtracts the part of column k in the product from all columns to its right.
 *
 * @param work - moments and prior; columns below k are done
 * @param column - working memory of `size`
 * @param leastPivot - stands for a smaller pivot
 */
export function eliminateColumn(
  work: Float64Array,
  column: Float64Array,
  size: number,
  k: number,
  leastPivot: number,
): void {
  const pivot = work[k * size + k]!;
  const reciprocal = 1 / (pivot > leastPivot ? pivot : leastPivot);
  for (let i = k + 1; i < size; i++) column[i] = work[i * size + k]!;
  for (let i = k + 1; i <= size; i++) {
    const row = i * size;
    const factor = work[row + k]! * reciprocal;
    work[row + k] = factor;
    const end = i < size ? i : size - 1;
    for (let j = k + 1; j <= end; j++) work[row + j]! -= factor * column[j]!;
  }
}

/**
 * The weights, once all columns are eliminated: the last row then holds D⁻¹·L⁻¹ of the right side.
 *
 * @param weights - filled in
 */
export function substituteBack(work: Float64Array, size: number, weights: Float64Array): void {
  const last = size * size;
  for (let i = size - 1; i >= 0; i--) {
    const weight = work[last + i]!;
    weights[i] = weight;
    for (let k = 0; k < i; k++) work[last + k]! -= weight * work[i * size + k]!;
  }
}
