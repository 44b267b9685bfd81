import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BlockLengthError } from '../../lib/kernels/runtime/block-runner';
import { kernelMemory } from '../../lib/kernels/runtime/webassembly';
import { sequencyOrder, walshTransform } from '../../lib/kernels/reference/walsh';
import { WalshTransform } from '../../lib/kernels/walsh';

const TOLERANCE = { float32: 1e-5, float64: 0 };

test('the functions of the reference change sign as often as their sequency says, and are orthonormal', () => {
  const N = 32;
  const unit = new Float64Array(N * N);
  for (let i = 0; i < N; i++) unit[i * N + i] = 1;
  const matrix = new Float64Array(N * N);
  walshTransform(unit, N, sequencyOrder(N), matrix);
  for (let k = 0; k < N; k++) {
    const row = Array.from({ length: N }, (_, n) => matrix[n * N + k]!);
    assert.equal(row.filter((value, n) => n > 0 && Math.sign(value) !== Math.sign(row[n - 1]!)).length, k);
    assert.ok(row.every((value) => Math.abs(Math.abs(value) - 1 / Math.sqrt(N)) < 1e-15));
  }
});

for (const type of ['float64', 'float32'] as const) {
  const View = type === 'float64' ? Float64Array : Float32Array;

  test(`the ${type} kernel gives what the reference gives, for any number of blocks, and leaks nothing`, () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(fc.nat(10), fc.nat(37), fc.integer(), (bits, blocks, seed) => {
        const length = 2 ** bits;
        const signal = new View(length * blocks).map((_, i) => Math.sin(i * i + seed) * 500);
        const expected = new View(signal.length);
        walshTransform(signal, length, sequencyOrder(length), expected);
        const plan = new WalshTransform(length, type);
        const coefficients = new View(signal.length);
        plan.transform(signal, coefficients);
        for (let i = 0; i < signal.length; i++) {
          assert.ok(Math.abs(coefficients[i]! - expected[i]!) <= TOLERANCE[type] * 500);
        }
        plan.transform(coefficients, coefficients);
        for (let i = 0; i < signal.length; i++) {
          assert.ok(Math.abs(coefficients[i]! - signal[i]!) <= (type === 'float64' ? 1e-9 : 2e-2));
        }
        plan.release();
      }),
      { numRuns: 50 },
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  });
}

test('a length that is no power of two and arrays that are no whole blocks are refused by name', () => {
  assert.throws(() => new WalshTransform(12, 'float64'), BlockLengthError);
  const plan = new WalshTransform(16, 'float64');
  assert.throws(() => plan.transform(new Float64Array(24), new Float64Array(24)), BlockLengthError);
  assert.throws(() => plan.transform(new Float64Array(32), new Float64Array(16)), BlockLengthError);
  plan.release();
});
