import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FloatType } from '../../lib/kernels/runtime/memory';
import {
  WaveletLengthError,
  WaveletLevelsError,
  WaveletTransform,
  type WaveletBorder,
} from '../../lib/kernels/wavelet';
import { maximumLevels } from '../../lib/kernels/reference/wavelet';
import { orthogonalFilters, waveletFilters, waveletNames } from '../../lib/kernels/filters/wavelet-filters';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { energyOf, signalOf } from './fourier-fixtures';
import { largestDifference } from './fixtures';

const skip = !simdAvailable && 'SIMD WebAssembly is switched off or cannot run here';

/** Largest error, in parts of the root of the energy. */
const TOLERANCE = { float32: 1e-6, float64: 1e-14 };

/** Splines as short as rbio3.1 lose some digits at each level. */
const RECONSTRUCTION_TOLERANCE = { float32: 3e-5, float64: 1e-12 };

const BORDERS = ['periodic', 'symmetric'] as const;

interface Fixtures {
  readonly cases: readonly {
    readonly wavelet: string;
    readonly levels: number;
    readonly signal: readonly number[];
    readonly periodic: readonly (readonly number[])[];
    readonly symmetric: readonly (readonly number[])[];
  }[];
  readonly inverses: readonly {
    readonly wavelet: string;
    readonly border: WaveletBorder;
    readonly levels: number;
    readonly bands: readonly (readonly number[])[];
    readonly signal: readonly number[];
  }[];
}

/** Output of `tests/fixtures/kernels-wavelet.py`. */
const fixtures = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-wavelet.json'), 'utf8'),
) as Fixtures;

type Numbers = Float32Array | Float64Array;

function numbers(type: FloatType, values: ArrayLike<number>): Numbers {
  return type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
}

interface Setting {
  readonly wavelet: string;
  readonly border: WaveletBorder;
  readonly levels: number;
}

function planOf({ wavelet, border, levels }: Setting, type: FloatType, simd: boolean) {
  return new WaveletTransform<FloatType>(waveletFilters(wavelet), border, levels, type, simd);
}

function coefficientsOf(plan: WaveletTransform<FloatType>, signal: Numbers, type: FloatType): Numbers {
  const coefficients = numbers(type, new Float64Array(plan.coefficientCount(signal.length)).fill(NaN));
  plan.forward(signal as never, coefficients as never);
  return coefficients;
}

function signalFrom(
  plan: WaveletTransform<FloatType>,
  coefficients: Numbers,
  length: number,
  type: FloatType,
): Numbers {
  const signal = numbers(type, new Float64Array(length).fill(NaN));
  plan.inverse(coefficients as never, signal as never);
  return signal;
}

const settings = fc.record({
  wavelet: fc.constantFrom(...waveletNames),
  border: fc.constantFrom<WaveletBorder>(...BORDERS),
  levels: fc.integer({ min: 1, max: 7 }),
});
const lengths = fc.oneof(
  fc.nat(40),
  fc.nat(400),
  fc.constantFrom(0, 1, 2, 2047, 2048, 2049, 4096, 4099, 10_000),
);

for (const simd of simdAvailable ? [true, false] : [false]) {
  const version = simd ? 'the kernel' : 'the plain version';
  for (const type of ['float64', 'float32'] as const) {
    test(`${version} gives the bands of wavedec of PyWavelets in ${type}`, () => {
      assert.ok(fixtures.cases.length >= 30);
      for (const { wavelet, levels, signal, ...expected } of fixtures.cases) {
        for (const border of BORDERS) {
          const plan = planOf({ wavelet, border, levels }, type, simd);
          const bands = plan.bands(signal.length);
          assert.deepEqual(
            bands.map(({ length }) => length),
            expected[border].map(({ length }) => length),
          );
          const coefficients = coefficientsOf(plan, numbers(type, signal), type);
          const error = largestDifference(coefficients, expected[border].flat());
          assert.ok(
            error <= TOLERANCE[type] * 2 * Math.sqrt(energyOf(signal)),
            `${wavelet} ${border} ${signal.length}: ${error}`,
          );
          plan.release();
        }
      }
    });

    test(`${version} gives what waverec of PyWavelets makes of any coefficients in ${type}`, () => {
      assert.ok(fixtures.inverses.length >= 10);
      for (const { wavelet, border, levels, bands, signal } of fixtures.inverses) {
        const plan = planOf({ wavelet, border, levels }, type, simd);
        const back = signalFrom(plan, numbers(type, bands.flat()), signal.length, type);
        const error = largestDifference(back, signal);
        assert.ok(
          error <= TOLERANCE[type] * 2 * Math.sqrt(energyOf(signal)),
          `${wavelet} ${border}: ${error}`,
        );
        plan.release();
      }
    });

    test(`${version} reconstructs signals of any length from any wavelet in ${type}`, () => {
      const exact = settings.filter(({ wavelet }) => wavelet !== 'dmey');
      fc.assert(
        fc.property(exact, lengths, fc.nat(1000), (setting, length, seed) => {
          const plan = planOf(setting, type, simd);
          const signal = numbers(type, signalOf(length, seed));
          const back = signalFrom(plan, coefficientsOf(plan, signal, type), length, type);
          const tolerance = RECONSTRUCTION_TOLERANCE[type];
          assert.ok(largestDifference(back, signal) <= tolerance * Math.sqrt(energyOf(signal)));
          plan.release();
        }),
        { numRuns: simd ? 200 : 60 },
      );
    });
  }
}

test('the double precision kernel gives what the plain version gives, to the last bit', { skip }, () => {
  fc.assert(
    fc.property(settings, lengths, fc.nat(1000), (setting, length, seed) => {
      const [kernel, plain] = [planOf(setting, 'float64', true), planOf(setting, 'float64', false)];
      const signal = numbers('float64', signalOf(length, seed));
      const coefficients = coefficientsOf(kernel, signal, 'float64');
      assert.deepEqual(coefficients, coefficientsOf(plain, signal, 'float64'));
      const anything = coefficients.map((value, i) => value + Math.cos(i));
      assert.deepEqual(
        signalFrom(kernel, anything, length, 'float64'),
        signalFrom(plain, anything, length, 'float64'),
      );
      kernel.release();
    }),
    { numRuns: 200 },
  );
});

test('one plan takes signals of all lengths in turn, and leaks nothing', () => {
  const before = kernelMemory.allocatedBytes;
  const setting: Setting = { wavelet: 'sym5', border: 'symmetric', levels: 4 };
  const plan = planOf(setting, 'float64', simdAvailable);
  for (const length of [100, 10_000, 0, 17, 3000, 1, 20_000, 100]) {
    const signal = numbers('float64', signalOf(length, length));
    const fresh = planOf(setting, 'float64', simdAvailable);
    assert.deepEqual(coefficientsOf(plan, signal, 'float64'), coefficientsOf(fresh, signal, 'float64'));
    fresh.release();
  }
  plan.release();
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('orthogonal wavelets with periodic borders keep the energy of signals of even lengths (Parseval)', () => {
  for (const wavelet of waveletNames.filter((name) => /^(haar|db|sym|coif)/.test(name))) {
    const plan = planOf({ wavelet, border: 'periodic', levels: 3 }, 'float64', simdAvailable);
    const signal = numbers('float64', signalOf(160, 3));
    const coefficients = coefficientsOf(plan, signal, 'float64');
    assert.equal(coefficients.length, 160);
    assert.ok(Math.abs(energyOf(coefficients) / energyOf(signal) - 1) < 1e-9, wavelet);
    plan.release();
  }
});

test('the transform is linear', () => {
  fc.assert(
    fc.property(
      settings,
      fc.nat(300),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (setting, length, factor) => {
        const plan = planOf(setting, 'float64', simdAvailable);
        const [a, b] = [signalOf(length, 1), signalOf(length, 2)];
        const sum = coefficientsOf(
          plan,
          numbers(
            'float64',
            a.map((v, i) => v + factor * b[i]!),
          ),
          'float64',
        );
        const ofA = coefficientsOf(plan, numbers('float64', a), 'float64');
        const ofB = coefficientsOf(plan, numbers('float64', b), 'float64');
        const size = 1 + Math.max(0, ...ofA.map(Math.abs), ...ofB.map(Math.abs));
        assert.ok(
          largestDifference(
            sum,
            ofA.map((v, i) => v + factor * ofB[i]!),
          ) <=
            1e-12 * size,
        );
        plan.release();
      },
    ),
    { numRuns: 60 },
  );
});

test('filters of one’s own make a transform: a rotation by any angle is an orthogonal wavelet', () => {
  const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
  const filters = orthogonalFilters([c, s]);
  const plan = new WaveletTransform(filters, 'periodic', 3, 'float64');
  const signal = numbers('float64', signalOf(64, 5));
  const coefficients = coefficientsOf(plan as never, signal, 'float64');
  assert.ok(Math.abs(energyOf(coefficients) / energyOf(signal) - 1) < 1e-13);
  assert.ok(largestDifference(signalFrom(plan as never, coefficients, 64, 'float64'), signal) < 1e-10);
  plan.release();
});

test('the most levels are those of dwt_max_level of PyWavelets', () => {
  const given = [maximumLevels(1000, 8), maximumLevels(7, 8), maximumLevels(6, 8), maximumLevels(14, 8)];
  assert.deepEqual(given, [7, 0, 0, 1]);
});

test('levels that are none and arrays of the wrong length are refused by name', () => {
  for (const levels of [0, -1, 1.5, 41, NaN]) {
    assert.throws(
      () => planOf({ wavelet: 'db2', border: 'periodic', levels }, 'float64', false),
      WaveletLevelsError,
    );
  }
  const plan = planOf({ wavelet: 'db4', border: 'symmetric', levels: 2 }, 'float64', simdAvailable);
  assert.throws(
    () => plan.forward(new Float64Array(100), new Float64Array(100)),
    (error: Error) =>
      error instanceof WaveletLengthError && /100 samples have 113 coefficients/.test(error.message),
  );
  assert.throws(() => plan.inverse(new Float64Array(100), new Float64Array(100)), WaveletLengthError);
  plan.release();
});
