import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CosineTransform } from '../../lib/kernels/dct';
import { largestDifference, transformCases } from './fixtures';

const blocks = fc
  .integer({ min: 1, max: 10 })
  .chain((levels) =>
    fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), {
      minLength: 2 ** levels,
      maxLength: 2 ** levels,
    }),
  )
  .map((list) => Float64Array.from(list));

function forward(block: Float64Array): Float64Array {
  const coefficients = new Float64Array(block.length);
  new CosineTransform(block.length).forward(block, 0, coefficients, 0, 1);
  return coefficients;
}

function inverse(coefficients: Float64Array): Float64Array {
  const block = new Float64Array(coefficients.length);
  new CosineTransform(block.length).inverse(coefficients, 0, 1, block, 0);
  return block;
}

test('type II and type III agree with SciPy', () => {
  for (const { signal, dct2, dct3 } of transformCases) {
    const block = Float64Array.from(signal);
    assert.ok(largestDifference(forward(block), dct2) < 1e-10);
    assert.ok(largestDifference(inverse(block), dct3) < 1e-10);
  }
});

test('the inverse gives the block back, and the energy stays', () => {
  fc.assert(
    fc.property(blocks, (block) => {
      const coefficients = forward(block);
      assert.ok(largestDifference(inverse(coefficients), block) < 1e-10);
      const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);
      assert.ok(Math.abs(energy(coefficients) - energy(block)) <= 1e-11 * (energy(block) + 1));
    }),
  );
});

test('the transform is linear', () => {
  fc.assert(
    fc.property(blocks, fc.double({ min: -5, max: 5, noNaN: true }), (block, factor) => {
      const other = block.map((value, i) => value * 0.5 - i);
      const sum = forward(block.map((value, i) => value + factor * other[i]!));
      const [a, b] = [forward(block), forward(other)];
      assert.ok(
        largestDifference(
          sum,
          a.map((value, k) => value + factor * b[k]!),
        ) < 1e-8,
      );
    }),
  );
});

test('the transforms of impulses are the cosines of the definition, orthonormal', () => {
  for (const length of [2, 4, 16, 256]) {
    const columns = Array.from({ length }, (_, n) => {
      const impulse = new Float64Array(length);
      impulse[n] = 1;
      return forward(impulse);
    });
    columns.forEach((column, n) => {
      const expected = column.map((_, k) => {
        // One turn is 4N of these parts.
        const part = (k * (2 * n + 1)) % (4 * length);
        return Math.sqrt((k === 0 ? 1 : 2) / length) * Math.cos((Math.PI * part) / (2 * length));
      });
      assert.ok(largestDifference(column, expected) < 1e-14);
      const other = columns[(n * 7 + 1) % length]!;
      const product = column.reduce((sum, value, k) => sum + value * other[k]!, 0);
      assert.ok(Math.abs(product - (other === column ? 1 : 0)) < 1e-13);
    });
  }
});

test('a constant is all in the first coefficient', () => {
  const coefficients = forward(new Float64Array(64).fill(3));
  assert.ok(Math.abs(coefficients[0]! - 24) < 1e-13);
  assert.ok(coefficients.subarray(1).every((value) => Math.abs(value) < 1e-13));
});

test('coefficients lie where first and stride say, and nothing else is touched', () => {
  const signal = Float64Array.from({ length: 40 }, (_, i) => (i * i) % 17);
  const coefficients = new Float64Array(60).fill(-1);
  new CosineTransform(16).forward(signal, 5, coefficients, 2, 3);
  const expected = forward(signal.slice(5, 21));
  coefficients.forEach((value, i) => {
    const inside = i >= 2 && (i - 2) % 3 === 0 && (i - 2) / 3 < 16;
    assert.equal(value, inside ? expected[(i - 2) / 3] : -1);
  });
});

test('lengths that are no power of two are refused by name', () => {
  assert.throws(() => new CosineTransform(20), { name: 'TransformLengthError' });
});
