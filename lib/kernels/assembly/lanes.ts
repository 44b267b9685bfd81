// One block per SIMD lane: vector i of a group holds sample i of 4 (f32) or 2 (f64) blocks, so that scalar
// algorithms run on vectors as they stand. These functions turn blocks into such vectors and back.

/** Bytes of a vector. */
export const VECTOR: usize = 16;

/** Blocks that go through a kernel side by side: 4 (f32) or 2 (f64). */
@inline
export function lanes<T>(): usize {
  return VECTOR / sizeof<T>();
}

/**
 * Gathers samples i … i + lanes − 1 of each of `lanes` blocks, as one vector for each sample.
 *
 * @param source - address of sample i of the first block
 * @param stride - bytes from one block to the next
 * @param target - address of the vector of sample i; the others follow, `step` bytes apart
 */
@inline
export function loadLanes<T>(source: usize, stride: usize, target: usize, step: usize): void {
  if (sizeof<T>() == 4) {
    const a = v128.load(source);
    const b = v128.load(source + stride);
    const c = v128.load(source + 2 * stride);
    const d = v128.load(source + 3 * stride);
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const abUpper = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cdUpper = i32x4.shuffle(c, d, 2, 6, 3, 7);
    v128.store(target, i64x2.shuffle(ab, cd, 0, 2));
    v128.store(target + step, i64x2.shuffle(ab, cd, 1, 3));
    v128.store(target + 2 * step, i64x2.shuffle(abUpper, cdUpper, 0, 2));
    v128.store(target + 3 * step, i64x2.shuffle(abUpper, cdUpper, 1, 3));
  } else {
    const a = v128.load(source);
    const b = v128.load(source + stride);
    v128.store(target, i64x2.shuffle(a, b, 0, 2));
    v128.store(target + step, i64x2.shuffle(a, b, 1, 3));
  }
}

/**
 * Writes the vectors of `lanes` consecutive samples to the blocks that they belong to: undoes {@link loadLanes}.
 *
 * @param a, b, c, d - the vectors; c and d are for f32 only
 * @param target - address of the first of the samples in the first block
 * @param stride - bytes from one block to the next
 */
@inline
export function storeLanes<T>(a: v128, b: v128, c: v128, d: v128, target: usize, stride: usize): void {
  if (sizeof<T>() == 4) {
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const abUpper = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cdUpper = i32x4.shuffle(c, d, 2, 6, 3, 7);
    v128.store(target, i64x2.shuffle(ab, cd, 0, 2));
    v128.store(target + stride, i64x2.shuffle(ab, cd, 1, 3));
    v128.store(target + 2 * stride, i64x2.shuffle(abUpper, cdUpper, 0, 2));
    v128.store(target + 3 * stride, i64x2.shuffle(abUpper, cdUpper, 1, 3));
  } else {
    v128.store(target, i64x2.shuffle(a, b, 0, 2));
    v128.store(target + stride, i64x2.shuffle(a, b, 1, 3));
  }
}
