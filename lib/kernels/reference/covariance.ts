/**
 * Sums that a covariance is made of, in plain TypeScript: the specification of the kernel, and its stand-in where SIMD
 * is missing.
 */
import { addOuterProducts } from './matrix';

/**
 * sum ← sum + Σ (x − shift); products ← products + Σ (x − shift)·(x − shift)ᵀ.
 *
 * @param blocks - vectors x of N samples, one after another; overwritten by x − shift
 * @param shift - N samples near the mean: what is shifted loses little when the mean is taken out of the products
 *   (T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", The American
 *   Statistician 37, 1983)
 * @param sum - N samples
 * @param products - N × N
 */
export function addShiftedBlocks(
  blocks: Float64Array,
  shift: Float64Array,
  sum: Float64Array,
  products: Float64Array,
): void {
  const { length } = shift;
  for (let start = 0; start < blocks.length; start += length) {
    for (let i = 0; i < length; i++) {
      const value = blocks[start + i]! - shift[i]!;
      blocks[start + i] = value;
      sum[i] = sum[i]! + value;
    }
  }
  addOuterProducts(blocks, length, products);
}
