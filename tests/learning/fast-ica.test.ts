import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { CovarianceSum } from '../../lib/kernels/covariance';
import { ICA_APPROACHES, type IcaApproach } from '../../lib/bases/blocks/ica';
import { matrixProduct, transposed } from '../../lib/kernels/matrix';
import { fastIca } from '../../lib/learning/transforms/fast-ica';

import { LearningFailedError } from '../../lib/numerics/finite-numbers';
import { polarFactor } from '../../lib/numerics/polar-factor';
import { largestDifference } from '../kernels/fixtures';

/** Output of `tests/fixtures/learning-fast-ica.py`, computed by scikit-learn and SciPy. */
const fixture = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'learning-fast-ica.json'), 'utf8'),
) as {
  readonly length: number;
  readonly blocks: readonly number[];
  readonly symmetric: readonly (readonly number[])[];
  readonly deflation: readonly (readonly number[])[];
  readonly polar: readonly { readonly matrix: readonly number[]; readonly factor: readonly number[] }[];
};

function unmixed(approach: IcaApproach): Promise<{ unmixing: Float64Array }> {
  const { length } = fixture;
  const given = Float64Array.from(fixture.blocks);
  const sum = new CovarianceSum(length);
  sum.add(given);
  const { mean, covariance } = sum.result();
  sum.release();
  // scikit-learn divides by the number of blocks, and takes the mean out.
  const count = given.length / length;
  const blocks = given.map((value, i) => value - mean[i % length]!);
  const scaled = covariance.map((value) => (value * (count - 1)) / count);
  return fastIca(blocks, scaled, length, approach, { tolerance: 1e-13, iterations: 5000 });
}

for (const approach of ICA_APPROACHES) {
  test(`${approach}: components are those of scikit-learn, but for sign and order`, async () => {
    const { length } = fixture;
    const { unmixing } = await unmixed(approach);
    const found = Array.from({ length }, (_, k) => unmixing.slice(k * length, (k + 1) * length));
    for (const expected of fixture[approach]) {
      const closest = found.map((row) =>
        Math.min(
          largestDifference(row, expected),
          largestDifference(
            row,
            expected.map((value) => -value),
          ),
        ),
      );
      assert.ok(Math.min(...closest) < 1e-5, `nearest differs by ${Math.min(...closest)}`);
    }
  });
}

test('the polar factor is that of SciPy', () => {
  for (const { matrix, factor } of fixture.polar) {
    const size = Math.sqrt(matrix.length);
    assert.ok(largestDifference(polarFactor(Float64Array.from(matrix), size), factor) < 1e-12);
  }
});

test('the polar factor of any scale is orthogonal, however small other entries are', () => {
  const scales = [1, 2 ** -1070, 1e-200, 1e300];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 36, maxLength: 36 }),
      fc.constantFrom(...scales),
      fc.boolean(),
      (size, values, scale, dominant) => {
        const matrix = Float64Array.from(values.slice(0, size * size), (value, i) =>
          dominant ? (i % (size + 1) === 0 ? (value + 2 * size) * scale : value * 1e-310) : value * scale,
        );
        const factor = polarFactor(matrix, size);
        const identity = matrixProduct(factor, transposed(factor, size, size), size, size);
        identity.forEach((value, i) => assert.ok(Math.abs(value - (i % (size + 1) === 0 ? 1 : 0)) < 1e-10));
      },
    ),
  );
  assert.deepEqual([...polarFactor(Float64Array.of(4, 7e-323, -5.4e-323, 4), 2)], [1, 0, 0, 1]);
});

test('the polar factor is orthogonal, and no rotation has a larger inner product with the matrix', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 6 }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 36, maxLength: 36 }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (size, values, angle) => {
        // Never singular, so that there is one nearest.
        const matrix = Float64Array.from(values.slice(0, size * size), (value, i) =>
          i % (size + 1) === 0 ? value + 2 * size : value,
        );
        const factor = polarFactor(matrix, size);
        const identity = matrixProduct(factor, transposed(factor, size, size), size, size);
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            assert.ok(Math.abs(identity[i * size + j]! - (i === j ? 1 : 0)) < 1e-10);
          }
        }
        const product = (other: Float64Array): number =>
          other.reduce((sum, value, i) => sum + value * matrix[i]!, 0);
        const turned = factor.slice();
        for (let j = 0; j < size; j++) {
          const [a, b] = [factor[j]!, factor[size + j]!];
          turned[j] = Math.cos(angle) * a - Math.sin(angle) * b;
          turned[size + j] = Math.sin(angle) * a + Math.cos(angle) * b;
        }
        assert.ok(product(turned) <= product(factor) + 1e-9);
      },
    ),
  );
});

/** Blocks of a hum: sines of one frequency, which span two dimensions however long the blocks are. */
function hum(length: number, count: number): { blocks: Float64Array; covariance: Float64Array } {
  const blocks = new Float64Array(length * count).map((_, i) => Math.sin(0.37 * i));
  const sum = new CovarianceSum(length);
  sum.add(blocks);
  const { covariance } = sum.result();
  sum.release();
  return { blocks, covariance };
}

for (const approach of ICA_APPROACHES) {
  test(`${approach}: a signal without full rank has finite components, and those beyond its rank hold nothing`, async () => {
    const length = 8;
    const { blocks, covariance } = hum(length, 2000);
    const { unmixing, changes } = await fastIca(blocks, covariance, length, approach);
    assert.ok(unmixing.every(Number.isFinite));
    assert.ok(changes.every(Number.isFinite));
    const components = matrixProduct(blocks, transposed(unmixing, length, length), length, length);
    let power = 0;
    for (const value of components) power += value * value;
    // Of variance 1 are the two that there are.
    assert.ok(Math.abs(power / (components.length / length) - 2) < 0.05, String(power));
  });

  test(`${approach}: blocks without variance, or with a number that is none, are a failure by name`, async () => {
    const length = 4;
    const { blocks, covariance } = hum(length, 100);
    await assert.rejects(
      fastIca(
        blocks.map(() => 0),
        covariance.map(() => 0),
        length,
        approach,
      ),
      (error) => error instanceof LearningFailedError && /without any variance/.test(error.message),
    );
    const broken = blocks.slice();
    broken[17] = NaN;
    await assert.rejects(fastIca(broken, covariance, length, approach), LearningFailedError);
  });
}
