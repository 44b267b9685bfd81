import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SymmetricEigensolver } from '../../lib/kernels/eigen-symmetric';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { largestDifference } from './fixtures';

interface EigenCase {
  readonly matrix: readonly number[];
  readonly values: readonly number[];
  readonly vectors: readonly number[];
}
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-eigen-symmetric.json'), 'utf8'),
) as { cases: readonly EigenCase[] };

/** A symmetric matrix of elements about ±1; of a rank below its size where `rank` says so. */
function symmetricMatrix(size: number, rank: number, seed: number): Float64Array {
  let state = seed >>> 0;
  const factors = Float64Array.from({ length: rank * size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const matrix = new Float64Array(size * size);
  for (let r = 0; r < rank; r++) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const value = factors[r * size + i]! * factors[r * size + j]! * (r % 3 === 1 ? -1 : 1);
        matrix[i * size + j] = matrix[i * size + j]! + value;
      }
    }
  }
  return matrix;
}

/** The largest element of matrix · vectorᵀ − value · vectorᵀ and of vectors · vectorsᵀ − 1, over all vectors. */
function faults(matrix: Float64Array, values: Float64Array, vectors: Float64Array): [number, number] {
  const size = values.length;
  let residual = 0;
  let skew = 0;
  for (let k = 0; k < size; k++) {
    const vector = vectors.subarray(k * size, (k + 1) * size);
    for (let i = 0; i < size; i++) {
      let image = 0;
      let product = 0;
      for (let j = 0; j < size; j++) {
        image += matrix[i * size + j]! * vector[j]!;
        product += vectors[i * size + j]! * vector[j]!;
      }
      residual = Math.max(residual, Math.abs(image - values[k]! * vector[i]!));
      skew = Math.max(skew, Math.abs(product - (i === k ? 1 : 0)));
    }
  }
  return [residual, skew];
}

function assertOrder(values: Float64Array, vectors: Float64Array): void {
  const size = values.length;
  for (let k = 0; k < size; k++) {
    if (k > 0) assert.ok(values[k]! <= values[k - 1]!);
    const vector = Array.from(vectors.subarray(k * size, (k + 1) * size));
    const peak = Math.max(...vector.map(Math.abs));
    assert.ok(vector.find((value) => Math.abs(value) === peak)! > 0);
  }
}

for (const simd of simdAvailable ? [false, true] : [false]) {
  const version = simd ? 'kernel' : 'reference';

  test(`${version}: eigenvalues and eigenvectors are those of NumPy`, () => {
    for (const { matrix, values, vectors } of cases) {
      const plan = new SymmetricEigensolver(values.length, simd);
      const found = plan.decompose(Float64Array.from(matrix));
      plan.release();
      assert.ok(largestDifference(found.values, values) < 1e-10);
      assert.ok(largestDifference(found.vectors, vectors) < 1e-11);
    }
  });

  test(`${version}: vectors are orthonormal and diagonalize matrices of any size and rank`, () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.nat(60),
        fc.nat(),
        fc.integer({ min: -300, max: 200 }),
        (size, rank, seed, exponent) => {
          const matrix = symmetricMatrix(size, rank, seed).map((value) => value * 2 ** exponent);
          const plan = new SymmetricEigensolver(size, simd);
          const { values, vectors } = plan.decompose(matrix);
          plan.release();
          const norm = Math.max(Math.abs(values[0]!), Math.abs(values[size - 1]!));
          const [residual, skew] = faults(matrix, values, vectors);
          assert.ok(residual <= 1e-14 * size * norm, `${residual} of ${norm}`);
          assert.ok(skew <= 1e-14 * size);
          assertOrder(values, vectors);
          if (rank < size) {
            const small = values.filter((value) => Math.abs(value) <= 1e-14 * size * norm);
            assert.ok(small.length >= size - rank);
          }
        },
      ),
      { numRuns: 100 },
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  });

  test(`${version}: matrices that are diagonal, constant, of blocks or zero are no exception`, () => {
    const size = 9;
    const matrices = [
      (i: number, j: number) => (i === j ? i * i - 20 : 0),
      () => 3,
      (i: number, j: number) => (Math.floor(i / 3) === Math.floor(j / 3) ? 1 + i + j : 0),
      () => 0,
      (i: number, j: number) => (i === j ? 1 : 0),
      (i: number, j: number) => (Math.abs(i - j) === 1 ? -1 : i === j ? 2 : 0),
      // Hilbert's matrix has eigenvalues from 1.7 to 10⁻¹².
      (i: number, j: number) => 1 / (1 + i + j),
    ];
    const plan = new SymmetricEigensolver(size, simd);
    for (const element of matrices) {
      const matrix = Float64Array.from({ length: size * size }, (_, at) =>
        element(Math.floor(at / size), at % size),
      );
      const { values, vectors } = plan.decompose(matrix);
      const [residual, skew] = faults(matrix, values, vectors);
      assert.ok(residual <= 1e-13 * Math.max(1, Math.abs(values[0]!)));
      assert.ok(skew <= 1e-13);
      assertOrder(values, vectors);
    }
    const tridiagonal = plan.decompose(
      Float64Array.from({ length: size * size }, (_, at) => matrices[5]!(Math.floor(at / size), at % size)),
    );
    for (let k = 0; k < size; k++) {
      const expected = 2 + 2 * Math.cos((Math.PI * (k + 1)) / (size + 1));
      assert.ok(Math.abs(tridiagonal.values[k]! - expected) < 1e-14);
    }
    plan.release();
  });
}

test('the kernel agrees with the reference on a large matrix', { skip: !simdAvailable }, () => {
  const size = 131;
  const matrix = symmetricMatrix(size, 200, 77);
  const [expected, found] = [false, true].map((simd) => {
    const plan = new SymmetricEigensolver(size, simd);
    const decomposition = plan.decompose(matrix);
    plan.release();
    return decomposition;
  });
  const norm = expected!.values[0]!;
  assert.ok(largestDifference(found!.values, expected!.values) < 1e-13 * norm);
  assert.ok(largestDifference(found!.vectors, expected!.vectors) < 1e-9);
});

test('only what is on and right of the diagonal is read, and the matrix is left as it is', () => {
  const matrix = Float64Array.of(2, 1, NaN, 2);
  const plan = new SymmetricEigensolver(2);
  const { values } = plan.decompose(matrix);
  plan.release();
  assert.deepEqual(Array.from(matrix), [2, 1, NaN, 2]);
  assert.ok(largestDifference(values, [3, 1]) < 1e-15);
});

test('what is no matrix of the size, or not finite, is refused by name', () => {
  const name = { name: 'EigenError' };
  for (const size of [0, -1, 1.5, NaN]) assert.throws(() => new SymmetricEigensolver(size), name);
  const plan = new SymmetricEigensolver(2);
  assert.throws(() => plan.decompose(new Float64Array(5)), name);
  assert.throws(() => plan.decompose(Float64Array.of(1, NaN, 1, 1)), name);
  assert.throws(() => plan.decompose(Float64Array.of(1, 1, 1, Infinity)), name);
  plan.release();
});
