import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { kernelMemory } from '../../lib/kernels/runtime/webassembly';
import { principalComponents } from '../../lib/numerics/principal-components';
import { largestDifference } from '../kernels/fixtures';

interface ComponentsCase {
  readonly length: number;
  readonly blocks: readonly number[];
  readonly mean: readonly number[];
  readonly components: readonly number[];
  readonly variances: readonly number[];
}
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'learning-principal-components.json'), 'utf8'),
) as { cases: readonly ComponentsCase[] };

test('means, components with their signs, and variances are those of scikit-learn, in either precision', () => {
  for (const { length, blocks, mean, components, variances } of cases) {
    for (const [given, digits] of [
      [Float64Array.from(blocks), 1e-12],
      [Float32Array.from(blocks), 1e-6],
    ] as const) {
      const found = principalComponents(given, length);
      assert.ok(largestDifference(found.mean, mean) < digits * 100);
      assert.ok(largestDifference(found.components, components) < digits * 10);
      assert.ok(largestDifference(found.variances, variances) < digits * 2 * variances[0]!);
    }
  }
});

test('blocks are uncorrelated along the components, however many there are, and nothing is left behind', () => {
  const before = kernelMemory.allocatedBytes;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.oneof(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 6000, max: 9000 })),
      fc.nat(),
      (length, count, seed) => {
        let state = seed >>> 0;
        const blocks = new Float64Array(length * count);
        for (let i = 0; i < blocks.length; i++) {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          const last = i % length === 0 ? 1000 : blocks[i - 1]!;
          blocks[i] = 0.9 * last + state / 2 ** 32;
        }
        const { mean, components, variances } = principalComponents(blocks, length);
        const covariance = new Float64Array(length * length);
        const along = new Float64Array(length);
        for (let start = 0; start < blocks.length; start += length) {
          for (let k = 0; k < length; k++) {
            along[k] = 0;
            for (let i = 0; i < length; i++) {
              along[k] = along[k]! + components[k * length + i]! * (blocks[start + i]! - mean[i]!);
            }
          }
          for (let k = 0; k < length; k++) {
            for (let l = 0; l < length; l++) {
              covariance[k * length + l] =
                covariance[k * length + l]! + (along[k]! * along[l]!) / (count - 1);
            }
          }
        }
        const expected = new Float64Array(length * length);
        for (let k = 0; k < length; k++) expected[k * length + k] = variances[k]!;
        assert.ok(largestDifference(covariance, expected) < 1e-11);
      },
    ),
    { numRuns: 20 },
  );
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('fewer blocks than samples have no variance along the components that are left', () => {
  const { variances } = principalComponents(Float64Array.of(1, 2, 3, 4, 6, 8, 10, 20), 4);
  assert.ok(variances[0]! > 1);
  for (const variance of variances.subarray(1)) assert.ok(variance >= 0 && variance < 1e-12);
});

test('parts of blocks, a single block and what is not finite are refused by name, and leave nothing behind', () => {
  const before = kernelMemory.allocatedBytes;
  const name = { name: 'PrincipalComponentsError' };
  assert.throws(() => principalComponents(new Float64Array(7), 2), name);
  assert.throws(() => principalComponents(new Float64Array(2), 2), name);
  assert.throws(() => principalComponents(new Float64Array(0), 2), name);
  assert.throws(() => principalComponents(new Float64Array(2), 0), name);
  assert.throws(() => principalComponents(Float64Array.of(1, 2, NaN, 4), 2), { name: 'EigenError' });
  assert.equal(kernelMemory.allocatedBytes, before);
});
