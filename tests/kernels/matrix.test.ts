import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { MatrixMultiplication, OuterProductSum } from '../../lib/kernels/matrix';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { largestDifference } from './fixtures';

const TYPES = [
  { type: 'float32', View: Float32Array, digits: 1e-6 },
  { type: 'float64', View: Float64Array, digits: 1e-14 },
] as const;

/** Numbers about ±1, the same for the same seed. */
function numbers(length: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const sizes = fc.record({
  rows: fc.oneof(fc.nat(12), fc.nat(700)),
  inner: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 300 })),
  columns: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
});

for (const { type, View, digits } of TYPES) {
  for (const simd of simdAvailable ? [false, true] : [false]) {
    const version = `${type} ${simd ? 'kernel' : 'reference'}`;

    test(`${version}: products are those of ml-matrix, for any size, and leave nothing behind`, () => {
      const before = kernelMemory.allocatedBytes;
      fc.assert(
        fc.property(sizes, ({ rows, inner, columns, seed }) => {
          const left = View.from(numbers(rows * inner, seed));
          const right = View.from(numbers(inner * columns, seed + 1));
          const plan = new MatrixMultiplication(right as never, inner, columns, type, simd);
          const product = new View(rows * columns).fill(NaN);
          plan.multiply(left as never, product as never);
          plan.release();
          if (rows === 0) return;
          const expected = Matrix.from1DArray(rows, inner, Array.from(left)).mmul(
            Matrix.from1DArray(inner, columns, Array.from(right)),
          );
          assert.ok(largestDifference(product, expected.to1DArray()) <= digits * inner);
        }),
        { numRuns: 60 },
      );
      assert.equal(kernelMemory.allocatedBytes, before);
    });

    test(`${version}: sums of outer products are those of ml-matrix, however they arrive`, () => {
      const before = kernelMemory.allocatedBytes;
      fc.assert(
        fc.property(sizes, ({ rows, columns, seed }) => {
          const vectors = View.from(numbers(rows * columns, seed));
          const accumulator = new OuterProductSum(columns, type, simd);
          const cut = columns * Math.floor(rows / 3);
          accumulator.add(vectors.subarray(0, cut) as never);
          accumulator.add(vectors.subarray(cut) as never);
          const sum = accumulator.sum();
          accumulator.release();
          const matrix =
            rows > 0 ? Matrix.from1DArray(rows, columns, Array.from(vectors)) : Matrix.zeros(1, columns);
          assert.ok(
            largestDifference(sum, matrix.transpose().mmul(matrix).to1DArray()) <= digits * (rows + 1),
          );
          for (let i = 0; i < columns; i++) {
            for (let j = 0; j < i; j++) assert.equal(sum[i * columns + j], sum[j * columns + i]);
          }
        }),
        { numRuns: 60 },
      );
      assert.equal(kernelMemory.allocatedBytes, before);
    });
  }
}

test('more rows than fit in the memory of the kernels at once are taken in parts', () => {
  const rows = Float64Array.from(numbers(64 * 20_000, 3));
  const accumulator = new OuterProductSum(64, 'float64');
  accumulator.add(rows);
  const sum = accumulator.sum();
  accumulator.release();
  let expected = 0;
  for (let i = 0; i < rows.length; i += 64) expected += rows[i + 5]! * rows[i + 9]!;
  assert.ok(Math.abs(sum[5 * 64 + 9]! - expected) < 1e-9);
  const swap = new MatrixMultiplication(Float64Array.of(0, 1, 1, 0), 2, 2, 'float64');
  const swapped = new Float64Array(rows.length);
  swap.multiply(rows, swapped);
  swap.release();
  assert.equal(
    largestDifference(
      swapped.filter((_, i) => i % 2 === 1),
      rows.filter((_, i) => i % 2 === 0),
    ),
    0,
  );
});

test('sizes that do not fit together are refused by name', () => {
  const name = { name: 'MatrixSizeError' };
  assert.throws(() => new MatrixMultiplication(new Float64Array(5), 2, 3, 'float64'), name);
  assert.throws(() => new MatrixMultiplication(new Float64Array(0), 0, 3, 'float64'), name);
  const plan = new MatrixMultiplication(new Float64Array(6), 2, 3, 'float64');
  assert.throws(() => plan.multiply(new Float64Array(3), new Float64Array(3)), name);
  assert.throws(() => plan.multiply(new Float64Array(4), new Float64Array(5)), name);
  plan.release();
  const sum = new OuterProductSum(4, 'float32');
  assert.throws(() => sum.add(new Float32Array(6)), name);
  sum.release();
});
