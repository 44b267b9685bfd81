import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { LiftingTransform, LiftingTypeError, type LiftingType } from '../../lib/kernels/lifting';
import type { LiftingWavelet } from '../../lib/kernels/reference/lifting';
import { WaveletLengthError, WaveletLevelsError } from '../../lib/kernels/wavelet';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { energyOf, signalOf } from './fourier-fixtures';
import { largestDifference } from './fixtures';

const skip = !simdAvailable && 'SIMD WebAssembly is switched off or cannot run here';

/** Largest error, in parts of the root of the energy; the filters of the fixtures have 12 exact digits. */
const TOLERANCE = { float32: 1e-6, float64: 1e-11 };

/** Here nothing is taken from elsewhere. */
const RECONSTRUCTION_TOLERANCE = { float32: 2e-6, float64: 5e-15 };

const WAVELETS = ['5/3', '9/7'] as const;

interface Case {
  readonly levels: number;
  readonly signal: readonly number[];
  readonly integers: readonly number[];
  readonly reversible: readonly number[];
  readonly '5/3': readonly number[];
  readonly '9/7': readonly number[];
}

/** Output of `tests/fixtures/kernels-wavelet-lifting.py`. */
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-wavelet-lifting.json'), 'utf8'),
) as { cases: readonly Case[] };

const VIEWS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

type Numbers = Float32Array | Float64Array | Int32Array;

interface Result {
  readonly coefficients: Numbers;
  readonly back: Numbers;
}

function transform(
  wavelet: LiftingWavelet,
  levels: number,
  type: LiftingType,
  simd: boolean,
  values: ArrayLike<number>,
): Result {
  const plan = new LiftingTransform<LiftingType>(wavelet, levels, type, simd);
  const coefficients = new VIEWS[type](values.length).fill(77);
  const back = new VIEWS[type](values.length).fill(77);
  plan.forward(VIEWS[type].from(values) as never, coefficients as never);
  plan.inverse(coefficients as never, back as never);
  plan.release();
  return { coefficients, back };
}

const wavelets = fc.constantFrom<LiftingWavelet>(...WAVELETS);
const levelCounts = fc.integer({ min: 1, max: 7 });
const lengths = fc.oneof(
  fc.nat(40),
  fc.nat(400),
  // Around the blocks that the kernel works in.
  fc.integer({ min: 2040, max: 2064 }),
  fc.integer({ min: 4090, max: 4106 }),
  fc.constantFrom(0, 1, 2, 3, 10_001),
);
const anyIntegers = fc.oneof(
  fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 60 }),
  lengths.map((length) => Array.from({ length }, (_, n) => Math.imul(n * n + 12345, 2654435761) >> (n % 32))),
);

for (const simd of simdAvailable ? [true, false] : [false]) {
  const version = simd ? 'the kernel' : 'the plain version';
  for (const type of ['float64', 'float32'] as const) {
    test(`${version} gives the coefficients of bior2.2 and bior4.4, signals mirrored, in ${type}`, () => {
      assert.ok(cases.length >= 9);
      for (const { levels, signal, ...expected } of cases) {
        for (const wavelet of WAVELETS) {
          const { coefficients } = transform(wavelet, levels, type, simd, signal);
          const error = largestDifference(coefficients, expected[wavelet]);
          const tolerance = TOLERANCE[type] * Math.sqrt(energyOf(signal));
          assert.ok(error <= tolerance, `${wavelet} of ${signal.length}: ${error}`);
        }
      }
    });

    test(`${version} reconstructs signals of any length in ${type}`, () => {
      fc.assert(
        fc.property(wavelets, levelCounts, lengths, fc.nat(1000), (wavelet, levels, length, seed) => {
          const signal = VIEWS[type].from(signalOf(length, seed));
          const { back } = transform(wavelet, levels, type, simd, signal);
          const tolerance = RECONSTRUCTION_TOLERANCE[type] * Math.sqrt(energyOf(signal));
          assert.ok(largestDifference(back, signal) <= tolerance);
        }),
        { numRuns: 150 },
      );
    });
  }

  test(`${version} gives the integers of the reversible 5/3 transform`, () => {
    for (const { levels, integers, reversible } of cases) {
      const { coefficients } = transform('5/3', levels, 'int32', simd, integers);
      assert.deepEqual(Array.from(coefficients), reversible);
    }
  });

  test(`${version} brings integers of any length and size back exactly, where they overflow too`, () => {
    fc.assert(
      fc.property(anyIntegers, levelCounts, (integers, levels) => {
        const { back } = transform('5/3', levels, 'int32', simd, integers);
        assert.deepEqual(Array.from(back), integers);
      }),
      { numRuns: 200 },
    );
  });
}

test('kernel and plain version agree to the last bit in double precision and in integers', { skip }, () => {
  fc.assert(
    fc.property(wavelets, levelCounts, lengths, fc.nat(1000), (wavelet, levels, length, seed) => {
      const signal = signalOf(length, seed);
      assert.deepEqual(
        transform(wavelet, levels, 'float64', true, signal),
        transform(wavelet, levels, 'float64', false, signal),
      );
    }),
    { numRuns: 150 },
  );
  fc.assert(
    fc.property(anyIntegers, levelCounts, (integers, levels) => {
      assert.deepEqual(
        transform('5/3', levels, 'int32', true, integers),
        transform('5/3', levels, 'int32', false, integers),
      );
    }),
    { numRuns: 200 },
  );
});

test('details of straight lines vanish by 5/3, and of cubic curves by 9/7, away from the ends', () => {
  const line = Array.from({ length: 200 }, (_, n) => 3 * n - 40);
  const curve = Array.from({ length: 200 }, (_, n) => ((n - 90) / 50) ** 3);
  for (const [wavelet, values] of [
    ['5/3', line],
    ['9/7', curve],
  ] as const) {
    const { coefficients } = transform(wavelet, 1, 'float64', simdAvailable, values);
    assert.ok(coefficients.subarray(104, 196).every((value) => Math.abs(value) < 1e-9));
    assert.ok(coefficients.subarray(100).some((value) => Math.abs(value) > 1e-3));
  }
});

test('the transform is linear', () => {
  fc.assert(
    fc.property(wavelets, levelCounts, fc.nat(300), (wavelet, levels, length) => {
      const [a, b] = [signalOf(length, 1), signalOf(length, 2)];
      const of = (values: number[]): Numbers =>
        transform(wavelet, levels, 'float64', simdAvailable, values).coefficients;
      const [ofA, ofB] = [of(Array.from(a)), of(Array.from(b))];
      const ofSum = of(Array.from(a, (value, i) => value + 3 * b[i]!));
      const size = 1 + Math.sqrt(energyOf(ofA)) + Math.sqrt(energyOf(ofB));
      assert.ok(
        largestDifference(
          ofSum,
          Array.from(ofA, (value, i) => value + 3 * ofB[i]!),
        ) <=
          1e-13 * size,
      );
    }),
    { numRuns: 50 },
  );
});

test('a plan takes signals of all lengths in turn, in place too, and leaks nothing', () => {
  const before = kernelMemory.allocatedBytes;
  const plan = new LiftingTransform('9/7', 4, 'float64');
  for (const length of [100, 5000, 0, 1, 17, 9000]) {
    const signal = Float64Array.from(signalOf(length, length));
    const inPlace = signal.slice();
    plan.forward(inPlace, inPlace);
    assert.deepEqual(inPlace, transform('9/7', 4, 'float64', simdAvailable, signal).coefficients);
    const bands = plan.bands(length);
    assert.equal(bands.length, 5);
    assert.equal(
      bands.reduce((sum, band) => sum + band.length, 0),
      length,
    );
    bands.reduce((end, band) => (assert.equal(band.offset, end), end + band.length), 0);
  }
  plan.release();
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('integers by 9/7, levels that are none and arrays of the wrong length are refused by name', () => {
  assert.throws(() => new LiftingTransform('9/7', 1, 'int32'), LiftingTypeError);
  assert.throws(() => new LiftingTransform('5/3', 0, 'int32'), WaveletLevelsError);
  const plan = new LiftingTransform('5/3', 1, 'int32');
  assert.throws(() => plan.forward(new Int32Array(5), new Int32Array(6)), WaveletLengthError);
  assert.throws(() => plan.inverse(new Int32Array(5), new Int32Array(4)), WaveletLengthError);
  plan.release();
});
