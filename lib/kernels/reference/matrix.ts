/**
 * Matrix products in plain TypeScript: the specification of the kernel, and its stand-in where SIMD is missing.
 * Matrices are stored row by row.
 */

type Numbers = Float32Array | Float64Array;

/**
 * product = left · right.
 *
 * @param left - M × `inner`
 * @param right - `inner` × `columns`
 * @param product - receives M × `columns`
 */
export function multiplyMatrices(
  left: Numbers,
  right: Numbers,
  inner: number,
  columns: number,
  product: Numbers,
): void {
  const row = new Float64Array(columns);
  for (let i = 0; i * columns < product.length; i++) {
    row.fill(0);
    for (let k = 0; k < inner; k++) {
      const factor = left[i * inner + k]!;
      for (let j = 0; j < columns; j++) row[j] = row[j]! + factor * right[k * columns + j]!;
    }
    product.set(row, i * columns);
  }
}

/**
 * sum ← sum + Σ x·xᵀ.
 *
 * @param rows - vectors x of `columns` elements, one after another
 * @param sum - `columns` × `columns`
 */
export function addOuterProducts(rows: Numbers, columns: number, sum: Float64Array): void {
  for (let start = 0; start < rows.length; start += columns) {
    for (let i = 0; i < columns; i++) {
      const factor = rows[start + i]!;
      for (let j = 0; j < columns; j++) {
        sum[i * columns + j] = sum[i * columns + j]! + factor * rows[start + j]!;
      }
    }
  }
}
