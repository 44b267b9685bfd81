/**
 * Rows of unit energy, and rows that are orthonormal but for the precision that they were stored in, made orthonormal.
 */

/** Rows of `length` values, each scaled to an energy of 1. A decoder depends on it: IEEE arithmetic in a fixed order. */
export function unitRows(rows: Float32Array | Float64Array, length: number): Float64Array {
  const result = Float64Array.from(rows);
  for (let start = 0; start < result.length; start += length) {
    scaleToUnitEnergy(result.subarray(start, start + length));
  }
  return result;
}

function scaleToUnitEnergy(row: Float64Array): void {
  let energy = 0;
  for (let n = 0; n < row.length; n++) energy += row[n]! * row[n]!;
  const norm = Math.sqrt(energy);
  for (let n = 0; n < row.length; n++) row[n] = row[n]! / norm;
}

/**
 * Modified Gram–Schmidt: the projections on all earlier rows are subtracted from each row, one after another, and the
 * row is scaled to length 1. IEEE arithmetic in a fixed order: another order breaks decoding.
 *
 * @param rows - N × N, row by row, of full rank
 * @returns N × N
 */
export function orthonormalRows(rows: Float32Array | Float64Array, length: number): Float64Array {
  const result = Float64Array.from(rows);
  for (let i = 0; i < length; i++) {
    const row = result.subarray(i * length, (i + 1) * length);
    for (let j = 0; j < i; j++) {
      const before = result.subarray(j * length, (j + 1) * length);
      let product = 0;
      for (let n = 0; n < length; n++) product += row[n]! * before[n]!;
      for (let n = 0; n < length; n++) row[n] = row[n]! - product * before[n]!;
    }
    scaleToUnitEnergy(row);
  }
  return result;
}
