import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { OrthogonalMatchingPursuit } from '../../lib/kernels/orthogonal-matching-pursuit';
import type { SparseCodes } from '../../lib/kernels/reference/orthogonal-matching-pursuit';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { largestDifference } from './fixtures';

interface PursuitCase {
  readonly length: number;
  readonly nonzeros: number;
  readonly tolerance: number;
  readonly dictionary: readonly number[];
  readonly signals: readonly number[];
  /** All of them, zeros included. */
  readonly coefficients: readonly number[];
}
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-orthogonal-matching-pursuit.json'), 'utf8'),
) as { cases: readonly PursuitCase[] };

/** `agreement`: largest difference of coefficients; `negligible`: energy that counts as zero. */
const TYPES = [
  { type: 'float32', View: Float32Array, agreement: 2e-3, negligible: 1e-5 },
  { type: 'float64', View: Float64Array, agreement: 1e-9, negligible: 1e-12 },
] as const;

/** Numbers about ±1, the same for the same seed. */
function numbers(length: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Atoms of length 1. */
function dictionaryOf(atoms: number, length: number, seed: number): Float64Array {
  const dictionary = numbers(atoms * length, seed);
  for (let start = 0; start < dictionary.length; start += length) {
    const atom = dictionary.subarray(start, start + length);
    const norm = Math.sqrt(atom.reduce((sum, value) => sum + value * value, 0));
    atom.forEach((value, i) => (atom[i] = value / norm));
  }
  return dictionary;
}

function withZeros(codes: SparseCodes, atoms: number): Float64Array {
  const dense = new Float64Array(codes.counts.length * atoms);
  codes.counts.forEach((count, i) => {
    for (let j = i * codes.limit; j < i * codes.limit + count; j++) {
      dense[i * atoms + codes.indices[j]!] = codes.coefficients[j]!;
    }
  });
  return dense;
}

/** Residual of signal i after its atoms. */
function residualOf(
  codes: SparseCodes,
  i: number,
  dictionary: ArrayLike<number>,
  signals: ArrayLike<number>,
  length: number,
): Float64Array {
  const residual = Float64Array.from({ length }, (_, n) => signals[i * length + n]!);
  for (let j = i * codes.limit; j < i * codes.limit + codes.counts[i]!; j++) {
    const atom = codes.indices[j]! * length;
    for (let n = 0; n < length; n++) {
      residual[n] = residual[n]! - codes.coefficients[j]! * dictionary[atom + n]!;
    }
  }
  return residual;
}

const energyOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

const sizes = fc.record({
  length: fc.integer({ min: 1, max: 40 }),
  atoms: fc.integer({ min: 1, max: 70 }),
  count: fc.oneof(fc.nat(3), fc.nat(600)),
  nonzeros: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
});

for (const { type, View, agreement, negligible } of TYPES) {
  for (const simd of simdAvailable ? [false, true] : [false]) {
    const version = `${type} ${simd ? 'kernel' : 'reference'}`;

    test(`${version}: atoms and coefficients are those of scikit-learn`, () => {
      for (const { length, nonzeros, tolerance, dictionary, signals, coefficients } of cases) {
        const plan = new OrthogonalMatchingPursuit(View.from(dictionary) as never, length, type, simd);
        const codes = plan.code(View.from(signals) as never, { nonzeros, tolerance });
        const dense = withZeros(codes, plan.atoms);
        assert.ok(largestDifference(dense, coefficients) < agreement);
        assert.equal(
          dense.filter((value) => value !== 0).length,
          coefficients.filter((value) => value !== 0).length,
        );
        plan.release();
      }
    });

    test(`${version}: what is left is orthogonal to the atoms chosen, and the end is kept to`, () => {
      const before = kernelMemory.allocatedBytes;
      fc.assert(
        fc.property(sizes, fc.double({ min: 0, max: 2, noNaN: true }), (size, tolerance) => {
          const { length, atoms, seed } = size;
          const count = size.count % 5;
          const dictionary = View.from(dictionaryOf(atoms, length, seed));
          const signals = View.from(numbers(count * length, seed + 1));
          const plan = new OrthogonalMatchingPursuit(dictionary as never, length, type, simd);
          const codes = plan.code(signals as never, { nonzeros: size.nonzeros, tolerance });
          plan.release();
          for (let i = 0; i < count; i++) {
            const found = codes.counts[i]!;
            const chosen = codes.indices.subarray(i * codes.limit, i * codes.limit + found);
            assert.equal(new Set(chosen).size, found);
            assert.ok(found <= size.nonzeros && found <= length && found <= atoms);
            const residual = residualOf(codes, i, dictionary, signals, length);
            const energy = energyOf(Float64Array.from(signals.subarray(i * length, (i + 1) * length)));
            for (const atom of chosen) {
              let product = 0;
              for (let n = 0; n < length; n++) product += residual[n]! * dictionary[atom * length + n]!;
              assert.ok(Math.abs(product) < Math.sqrt(negligible) * 10);
            }
            const error = energyOf(residual);
            if (found > 0) assert.ok(error <= energy * (1 + negligible));
            if (error > tolerance + negligible * 100 && found < Math.min(size.nonzeros, length)) {
              // Only where the dictionary has nothing more to give: every other atom depends on those chosen.
              assert.ok(atoms < length || found >= atoms);
            }
          }
        }),
        { numRuns: 40 },
      );
      assert.equal(kernelMemory.allocatedBytes, before);
    });
  }
}

test('the float64 kernel gives what the reference gives, to the last bit', { skip: !simdAvailable }, () => {
  fc.assert(
    fc.property(sizes, ({ length, atoms, count, nonzeros, seed }) => {
      const dictionary = dictionaryOf(atoms, length, seed);
      const signals = numbers(count * length, seed + 1);
      const [expected, found] = [false, true].map((simd) => {
        const plan = new OrthogonalMatchingPursuit(dictionary, length, 'float64', simd);
        const codes = plan.code(signals, { nonzeros, tolerance: 0.1 });
        plan.release();
        return codes;
      });
      assert.deepEqual(found, expected);
    }),
    { numRuns: 40 },
  );
});

test('a plan takes any end after any other', () => {
  const dictionary = dictionaryOf(30, 16, 5);
  const signals = numbers(16 * 7, 6);
  const plan = new OrthogonalMatchingPursuit(dictionary, 16, 'float64');
  for (const nonzeros of [2, 9, 1, 16, 500]) {
    const fresh = new OrthogonalMatchingPursuit(dictionary, 16, 'float64');
    assert.deepEqual(plan.code(signals, { nonzeros }), fresh.code(signals, { nonzeros }));
    fresh.release();
  }
  plan.release();
});

test('an atom that is given twice is chosen once, and silence and what is no number choose none', () => {
  const atom = [0.6, 0.8, 0, 0];
  const plan = new OrthogonalMatchingPursuit(Float64Array.of(...atom, ...atom), 4, 'float64');
  const signals = Float64Array.of(3, 4, 1, 1, 0, 0, 0, 0, NaN, 1, 1, 1);
  const { counts, indices, coefficients } = plan.code(signals, { nonzeros: 2 });
  plan.release();
  assert.deepEqual(Array.from(counts), [1, 0, 0]);
  assert.deepEqual(Array.from(indices), [0, 0, 0, 0, 0, 0]);
  assert.ok(Math.abs(coefficients[0]! - 5) < 1e-14);
});

test('dictionaries, signals and ends that a pursuit cannot work with are refused by name', () => {
  const name = { name: 'PursuitError' };
  assert.throws(() => new OrthogonalMatchingPursuit(new Float64Array(7), 3, 'float64'), name);
  assert.throws(() => new OrthogonalMatchingPursuit(new Float64Array(0), 3, 'float64'), name);
  assert.throws(() => new OrthogonalMatchingPursuit(new Float64Array(0), 0, 'float64'), name);
  const plan = new OrthogonalMatchingPursuit(Float32Array.of(1, 0, 0, 1), 2, 'float32');
  assert.throws(() => plan.code(new Float32Array(3), { nonzeros: 1 }), name);
  assert.throws(() => plan.code(new Float32Array(4), { nonzeros: 0 }), name);
  assert.throws(() => plan.code(new Float32Array(4), { nonzeros: 1.5 }), name);
  assert.throws(() => plan.code(new Float32Array(4), { nonzeros: 1, tolerance: -1 }), name);
  plan.release();
});
