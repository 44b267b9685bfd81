// Sums that a covariance is made of: the specification is reference/covariance.ts, but for the order of additions.
import { VECTOR } from './lanes';
import { addOuterProductsFloat64 } from './matrix';

/** A pair of samples of a row of a block: shifted, written back, and given. */
@inline
function shiftPair(address: usize, shift: v128): v128 {
  const shifted = f64x2.sub(v128.load(address), shift);
  v128.store(address, shifted);
  return shifted;
}

/** blocks ← blocks − shift; sum ← sum + all of them. Four blocks at a time, so that the sum is loaded less often. */
function shiftBlocks(blocks: usize, count: usize, length: usize, shift: usize, sum: usize): void {
  const bytes = length * sizeof<f64>();
  const even = bytes & ~(VECTOR - 1);
  let block = blocks;
  for (const end = blocks + (count & ~3) * bytes; block < end; block += 4 * bytes) {
    for (let offset: usize = 0; offset < even; offset += VECTOR) {
      const by = v128.load(shift + offset);
      const at = block + offset;
      const first = f64x2.add(shiftPair(at, by), shiftPair(at + bytes, by));
      const second = f64x2.add(shiftPair(at + 2 * bytes, by), shiftPair(at + 3 * bytes, by));
      v128.store(sum + offset, f64x2.add(v128.load(sum + offset), f64x2.add(first, second)));
    }
  }
  for (const end = blocks + count * bytes; block < end; block += bytes) {
    for (let offset: usize = 0; offset < even; offset += VECTOR) {
      const shifted = shiftPair(block + offset, v128.load(shift + offset));
      v128.store(sum + offset, f64x2.add(v128.load(sum + offset), shifted));
    }
  }
  if (even === bytes) return;
  const by = load<f64>(shift + even);
  let total = load<f64>(sum + even);
  for (let i: usize = 0; i < count; i++) {
    const at = blocks + i * bytes + even;
    const shifted = load<f64>(at) - by;
    store<f64>(at, shifted);
    total += shifted;
  }
  store<f64>(sum + even, total);
}

/**
 * Adds blocks, less the shift, and their outer products.
 *
 * @param blocks - `count` blocks of `length` samples; overwritten
 * @param sum - of `length` samples
 * @param products, panels - as {@link addOuterProductsFloat64} takes them
 */
export function addBlocks(
  blocks: usize, count: usize, length: usize, shift: usize, sum: usize, products: usize, panels: usize,
): void {
  shiftBlocks(blocks, count, length, shift, sum);
  addOuterProductsFloat64(blocks, count, length, products, panels);
}
