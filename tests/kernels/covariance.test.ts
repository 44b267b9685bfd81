import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CovarianceSum } from '../../lib/kernels/covariance';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { largestDifference } from './fixtures';

/** Integers about an offset, the same for the same seed. */
function integers(length: number, offset: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return offset + (state >>> 24);
  });
}

/** Exact: sums of products of integers are integers below 2⁵³. */
function expectedOf(blocks: readonly number[], length: number): { mean: number[]; covariance: number[] } {
  const count = blocks.length / length;
  const sum = (f: (start: number) => number): number => {
    let total = 0;
    for (let start = 0; start < blocks.length; start += length) total += f(start);
    return total;
  };
  const sums = Array.from({ length }, (_, i) => sum((start) => blocks[start + i]! - blocks[i]!));
  const covariance = sums.flatMap((a, i) =>
    sums.map((b, j) => {
      const products = sum((start) => (blocks[start + i]! - blocks[i]!) * (blocks[start + j]! - blocks[j]!));
      return (products - (a * b) / count) / (count - 1);
    }),
  );
  return { mean: sums.map((total, i) => blocks[i]! + total / count), covariance };
}

for (const simd of simdAvailable ? [false, true] : [false]) {
  const version = simd ? 'kernel' : 'reference';

  test(`${version}: means and covariances are exact to rounding, however blocks arrive, far from zero or not`, () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 13 }),
        fc.oneof(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 250, max: 700 })),
        fc.constantFrom(0, -512, 1e6),
        fc.nat(),
        (length, count, offset, seed) => {
          const list = integers(length * count, offset, seed);
          const { mean, covariance } = expectedOf(list, length);
          for (const blocks of [Float64Array.from(list), Float32Array.from(list)]) {
            const sum = new CovarianceSum(length, simd);
            const cut = length * Math.floor(count / 3);
            sum.add(blocks.subarray(0, cut));
            sum.add(blocks.subarray(cut));
            const found = sum.result();
            sum.release();
            assert.ok(largestDifference(found.mean, mean) <= 1e-15 * (Math.abs(offset) + 1000));
            assert.ok(largestDifference(found.covariance, covariance) < 1e-9);
            for (let i = 0; i < length; i++) {
              for (let j = 0; j < i; j++) {
                assert.equal(found.covariance[i * length + j], found.covariance[j * length + i]);
              }
            }
            assert.deepEqual(Array.from(blocks), list);
          }
        },
      ),
      { numRuns: 60 },
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  });
}

test('a result is of the blocks so far, and can be asked for again', () => {
  const sum = new CovarianceSum(1);
  sum.add(Float64Array.of(1, 3));
  assert.deepEqual(sum.result(), { mean: Float64Array.of(2), covariance: Float64Array.of(2) });
  assert.deepEqual(sum.result(), { mean: Float64Array.of(2), covariance: Float64Array.of(2) });
  sum.add(Float32Array.of(5));
  assert.deepEqual(sum.result(), { mean: Float64Array.of(3), covariance: Float64Array.of(4) });
  sum.release();
});

test('parts of blocks, blocks of nothing and too few blocks are refused by name', () => {
  const name = { name: 'CovarianceError' };
  for (const length of [0, -3, 1.5, NaN]) assert.throws(() => new CovarianceSum(length), name);
  const sum = new CovarianceSum(3);
  assert.throws(() => sum.add(new Float64Array(4)), name);
  assert.throws(() => sum.result(), name);
  sum.add(new Float64Array(3));
  sum.add(new Float64Array(0));
  assert.throws(() => sum.result(), name);
  sum.release();
});
