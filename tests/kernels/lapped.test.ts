import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FourthCosineTransform, LappedTransform, type LappedWindow } from '../../lib/kernels/lapped';
import type { FloatType } from '../../lib/kernels/runtime/memory';
import { risingWindow } from '../../lib/kernels/reference/lapped';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { energyOf, fourierCases, signalOf } from './fourier-fixtures';
import { largestDifference } from './fixtures';

const skip = !simdAvailable && 'SIMD WebAssembly is switched off or cannot run here';

/** Largest error, in parts of the root of the energy. */
const TOLERANCE = { float32: 1e-6, float64: 1e-14 };

type Numbers = Float32Array | Float64Array;

function numbers(type: FloatType, values: ArrayLike<number>): Numbers {
  return type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
}

function fourthOf(length: number, type: FloatType, simd: boolean, values: ArrayLike<number>): Numbers {
  const plan = new FourthCosineTransform<FloatType>(length, type, simd);
  const given = numbers(type, values);
  const result = numbers(type, new Float64Array(values.length));
  plan.transform(given as never, result as never);
  plan.release();
  return result;
}

interface LappedResult {
  readonly coefficients: Numbers;
  readonly back: Numbers;
}

function lappedOf(
  hop: number,
  window: LappedWindow,
  type: FloatType,
  simd: boolean,
  values: ArrayLike<number>,
): LappedResult {
  const plan = new LappedTransform<FloatType>(hop, window, type, simd);
  const coefficients = numbers(type, new Float64Array(plan.coefficientCount(values.length)).fill(NaN));
  const back = numbers(type, new Float64Array(values.length).fill(NaN));
  plan.forward(numbers(type, values) as never, coefficients as never);
  plan.inverse(coefficients as never, back as never);
  plan.release();
  return { coefficients, back };
}

const evenLengths = fc.oneof(
  fc.integer({ min: 1, max: 40 }).map((half) => 2 * half),
  fc.constantFrom(74, 96, 128, 202, 256, 480, 512, 1024, 2048),
);
const windows = fc.constantFrom<LappedWindow>('sine', 'kaiser-bessel');
const signals = fc
  .record({
    hop: evenLengths,
    window: windows,
    frames: fc.double({ min: 0, max: 12, noNaN: true }),
    seed: fc.nat(1000),
  })
  .map(({ hop, window, frames, seed }) => ({
    hop,
    window,
    signal: signalOf(Math.round(frames * hop), seed),
  }));

for (const simd of simdAvailable ? [true, false] : [false]) {
  const version = simd ? 'the kernel' : 'the plain version';
  for (const type of ['float64', 'float32'] as const) {
    test(`the DCT-IV of ${version} agrees with SciPy in ${type}`, () => {
      const even = fourierCases.cosines.filter(({ signal }) => signal.length % 2 === 0);
      assert.ok(even.length >= 5);
      for (const { signal, dct4 } of even) {
        const tolerance = TOLERANCE[type] * Math.sqrt(energyOf(signal));
        const blocks = Array.from({ length: 5 }, () => signal).flat();
        const expected = Array.from({ length: 5 }, () => dct4).flat();
        assert.ok(largestDifference(fourthOf(signal.length, type, simd, blocks), expected) <= tolerance);
      }
    });

    test(`the MDCT of ${version} agrees with its definition in ${type}, with SciPy's windows`, () => {
      for (const { hop, window, rise, signal, coefficients } of fourierCases.lapped) {
        assert.ok(largestDifference(risingWindow(window, hop), rise) <= 1e-14);
        const found = lappedOf(hop, window, type, simd, signal).coefficients;
        const tolerance = TOLERANCE[type] * Math.sqrt(energyOf(signal));
        assert.equal(found.length, signal.length);
        coefficients.forEach((expected, i) => {
          const frame = found.subarray((i + 1) * hop, (i + 2) * hop);
          assert.ok(largestDifference(frame, expected) <= tolerance);
        });
      }
    });
  }
}

test(
  'in double precision the kernels give the numbers of the reference exactly, and leak nothing',
  { skip },
  () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(signals, ({ hop, window, signal }) => {
        const expected = lappedOf(hop, window, 'float64', false, signal);
        const found = lappedOf(hop, window, 'float64', true, signal);
        assert.equal(largestDifference(found.coefficients, expected.coefficients), 0);
        assert.equal(largestDifference(found.back, expected.back), 0);
        const blocks = signal.subarray(0, signal.length - (signal.length % hop));
        const fourth = fourthOf(hop, 'float64', false, blocks);
        assert.equal(largestDifference(fourthOf(hop, 'float64', true, blocks), fourth), 0);
      }),
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  },
);

test('signals of many chunks give the numbers of the reference, in place too', { skip }, () => {
  for (const [hop, samples] of [
    [8, 40_003],
    [10, 30_000],
    [256, 65_536],
    [2048, 36_864],
  ] as const) {
    const signal = signalOf(samples, hop);
    const expected = lappedOf(hop, 'sine', 'float64', false, signal);
    const found = lappedOf(hop, 'sine', 'float64', true, signal);
    assert.equal(largestDifference(found.coefficients, expected.coefficients), 0);
    assert.equal(largestDifference(found.back, expected.back), 0);
    if (samples % hop !== 0) continue;
    const plan = new LappedTransform(hop, 'sine', 'float64');
    const values = signal.slice();
    plan.forward(values, values);
    assert.equal(largestDifference(values, expected.coefficients), 0);
    plan.inverse(values, values);
    assert.equal(largestDifference(values, expected.back), 0);
    plan.release();
  }
});

for (const type of ['float64', 'float32'] as const) {
  test(`in ${type} signals of any length come back whole, borders included, and energy stays`, () => {
    fc.assert(
      fc.property(signals, ({ hop, window, signal }) => {
        const energy = energyOf(signal);
        const { coefficients, back } = lappedOf(hop, window, type, simdAvailable, signal);
        assert.ok(largestDifference(back, signal) <= TOLERANCE[type] * Math.sqrt(energy));
        assert.ok(Math.abs(energyOf(coefficients) - energy) <= 10 * TOLERANCE[type] * energy);
      }),
    );
  });

  test(`in ${type} the transforms are linear, and the DCT-IV is its own inverse`, () => {
    fc.assert(
      fc.property(signals, fc.integer({ min: -5, max: 5 }), ({ hop, window, signal }, factor) => {
        const other = signalOf(signal.length, 7);
        const sum = signal.map((value, n) => value + factor * other[n]!);
        const tolerance = 10 * TOLERANCE[type] * Math.sqrt(energyOf(signal) + energyOf(other));
        const of = (values: Float64Array): Numbers =>
          lappedOf(hop, window, type, simdAvailable, values).coefficients;
        const ofOther = of(other);
        const expected = Float64Array.from(of(signal), (value, k) => value + factor * ofOther[k]!);
        assert.ok(largestDifference(of(sum), expected) <= tolerance);
        const blocks = signal.subarray(0, signal.length - (signal.length % hop));
        const twice = fourthOf(hop, type, simdAvailable, fourthOf(hop, type, simdAvailable, blocks));
        assert.ok(largestDifference(twice, blocks) <= tolerance);
      }),
    );
  });
}

test('windows rise, and the squares of their halves sum to one', () => {
  for (const window of ['sine', 'kaiser-bessel'] as const) {
    for (const hop of [2, 8, 30, 2048]) {
      const rise = risingWindow(window, hop);
      rise.forEach((value, n) => {
        assert.ok(value > (n === 0 ? 0 : rise[n - 1]!) && value < 1 + 1e-15);
        assert.ok(Math.abs(value ** 2 + rise[hop - 1 - n]! ** 2 - 1) <= 1e-14);
      });
    }
  }
});

test('one coefficient is one frame: a windowed cosine over two blocks, silent elsewhere', () => {
  const hop = 16;
  const plan = new LappedTransform(hop, 'kaiser-bessel', 'float64');
  const coefficients = new Float64Array(5 * hop);
  coefficients[2 * hop + 3] = 1;
  const signal = new Float64Array(5 * hop);
  plan.inverse(coefficients, signal);
  plan.release();
  const rise = risingWindow('kaiser-bessel', hop);
  const expected = signal.map((_, place) => {
    const n = place - (2 * hop - hop / 2);
    if (n < 0 || n >= 2 * hop) return 0;
    const window = n < hop ? rise[n]! : rise[2 * hop - 1 - n]!;
    return window * Math.sqrt(2 / hop) * Math.cos((Math.PI / hop) * (n + 0.5 + hop / 2) * 3.5);
  });
  assert.ok(largestDifference(signal, expected) <= 1e-14);
});

test('odd lengths, and arrays of the wrong lengths, are refused by name', () => {
  for (const length of [0, 1, 7, -2, 2.5]) {
    assert.throws(() => new FourthCosineTransform(length, 'float64'), { name: 'FourierLengthError' });
    assert.throws(() => new LappedTransform(length, 'sine', 'float64'), { name: 'FourierLengthError' });
  }
  const of = (length: number): Float64Array => new Float64Array(length);
  for (const simd of simdAvailable ? [true, false] : [false]) {
    const fourth = new FourthCosineTransform(8, 'float64', simd);
    assert.throws(() => fourth.transform(of(9), of(9)), { name: 'BlockLengthError' });
    fourth.release();
    const lapped = new LappedTransform(8, 'sine', 'float64', simd);
    assert.throws(() => lapped.forward(of(9), of(9)), { name: 'BlockLengthError' });
    assert.throws(() => lapped.inverse(of(8), of(9)), { name: 'BlockLengthError' });
    lapped.forward(of(0), of(0));
    lapped.release();
  }
});
