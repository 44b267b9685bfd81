/**
 * Rows of unit energy, and rows that are orthonormal but for the precision that they were stored in, made orthonormal.
 */
import { innerProduct } from '../../numerics/inner-product';
import { scaleToUnitEnergy } from '../../numerics/unit-energy';

/** Rows of `length` values, each scaled to an energy of 1. */
export function unitRows(rows: Float32Array | Float64Array, length: number): Float64Array {
  const result = Float64Array.from(rows);
  for (let start = 0; start < result.length; start += length) {
    scaleToUnitEnergy(result.subarray(start, start + length));
  }
  return result;
}

/**
 * Modified Gram–Schmidt: the projections on all earlier rows are subtracted from each row, one after another, and the
 * row is scaled to length 1. IEEE arithmetic in a fixed order: another order breaks decoding.
 *
 * @param rows - of `length` values each, one after another, linearly independent
 * @returns as many rows
 */
export function orthonormalRows(rows: Float32Array | Float64Array, length: number): Float64Array {
  const result = Float64Array.from(rows);
  for (let start = 0; start < result.length; start += length) {
    const row = result.subarray(start, start + length);
    for (let earlier = 0; earlier < start; earlier += length) {
      const before = result.subarray(earlier, earlier + length);
      const product = innerProduct(row, before);
      for (let n = 0; n < length; n++) row[n] = row[n]! - product * before[n]!;
    }
    scaleToUnitEnergy(row);
  }
  return result;
}
