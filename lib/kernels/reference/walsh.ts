/**
 * The Walsh–Hadamard transform in plain TypeScript: the specification of the kernel, and its stand-in where SIMD
 * is missing.
 */

/**
 * Where the Walsh function of each sequency (half the number of its sign changes, rounded up) is found among the
 * rows of Hadamard's matrix: the bits of the Gray code of the sequency, reversed (K. G. Beauchamp, Applications of
 * Walsh and Related Functions, 1984, §1.6).
 *
 * @param length - a power of two
 */
export function sequencyOrder(length: number): Uint32Array {
  const bits = Math.log2(length);
  return Uint32Array.from({ length }, (_, sequency) => {
    const gray = sequency ^ (sequency >> 1);
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) reversed = 2 * reversed + ((gray >> bit) & 1);
    return reversed;
  });
}

/**
 * X[k] = N^(−1/2)·Σ x[n]·wal(k, n) of blocks of N samples that follow one another, k in order of sequency. The
 * matrix is symmetric and orthonormal, so the transform is its own inverse.
 *
 * @param signal - blocks one after another
 * @param length - N, a power of two
 * @param order - {@link sequencyOrder}
 * @param coefficients - receives as many blocks; may be `signal`
 */
export function walshTransform(
  signal: Float32Array | Float64Array,
  length: number,
  order: Uint32Array,
  coefficients: Float32Array | Float64Array,
): void {
  const block = new Float64Array(length);
  const scale = 1 / Math.sqrt(length);
  for (let start = 0; start < signal.length; start += length) {
    block.set(signal.subarray(start, start + length));
    for (let reach = 1; reach < length; reach *= 2) {
      for (let first = 0; first < length; first += 2 * reach) {
        for (let i = first; i < first + reach; i++) {
          const sum = block[i]! + block[i + reach]!;
          block[i + reach] = block[i]! - block[i + reach]!;
          block[i] = sum;
        }
      }
    }
    for (let k = 0; k < length; k++) coefficients[start + k] = block[order[k]!]! * scale;
  }
}
