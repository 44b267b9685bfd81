import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matrixProduct, transposed } from '../../lib/kernels/matrix';
import { SPARSITY_OBJECTIVES } from '../../lib/bases/blocks/sparsifying';
import { kernelMemory } from '../../lib/kernels/runtime/webassembly';
import { polarFactor } from '../../lib/numerics/polar-factor';
import { SparsifyingIteration } from '../../lib/learning/transforms/sparsifying-transform';
import { uniformNumbers } from '../../lib/numerics/random';

function randomOrthogonal(length: number, next: () => number): Float64Array {
  return polarFactor(
    new Float64Array(length * length).map(() => next() - 0.5),
    length,
  );
}

for (const objective of SPARSITY_OBJECTIVES) {
  test(`${objective}: the objective never rises, and the transform stays orthogonal`, () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(10_000),
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        (length, count, seed, step) => {
          const next = uniformNumbers(seed);
          const blocks = new Float64Array(length * count).map(() => 4 * (next() - 0.5) ** 3);
          const iteration = new SparsifyingIteration(blocks, length, objective, step);
          let transform = randomOrthogonal(length, next);
          let last = Infinity;
          for (let i = 0; i < 8; i++) {
            const result = iteration.next(transform);
            assert.ok(result.objective <= last + 1e-12, `${result.objective} after ${last}`);
            last = result.objective;
            transform = result.transform;
          }
          const identity = matrixProduct(transform, transposed(transform, length, length), length, length);
          identity.forEach((value, i) => {
            const expected = i % (length + 1) === 0 ? 1 : 0;
            assert.ok(Math.abs(value - expected) < 1e-9);
          });
        },
      ),
      { numRuns: 60 },
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  });

  test(`${objective}: the basis in which blocks were made sparse is found again`, () => {
    const length = 6;
    const next = uniformNumbers(5);
    const hidden = randomOrthogonal(length, next);
    // One large coefficient in each block, and next to nothing else.
    const coefficients = new Float64Array(length * 3000).map(() => 0.02 * (next() - 0.5));
    for (let start = 0; start < coefficients.length; start += length) {
      coefficients[start + Math.floor(next() * length)] = next() < 0.5 ? 1 + next() : -1 - next();
    }
    const blocks = matrixProduct(coefficients, hidden, length, length);
    const iteration = new SparsifyingIteration(blocks, length, objective, 0.4);
    // From nearby: the objective has many valleys.
    let transform = polarFactor(
      hidden.map((value) => value + 0.5 * (next() - 0.5)),
      length,
    );
    for (let i = 0; i < 200; i++) transform = iteration.next(transform).transform;
    const likeness = matrixProduct(transform, transposed(hidden, length, length), length, length);
    for (let k = 0; k < length; k++) {
      const best = Math.max(...likeness.subarray(k * length, (k + 1) * length).map(Math.abs));
      assert.ok(best > 0.99, `atom ${k} agrees by ${best}`);
    }
  });
}
