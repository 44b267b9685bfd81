import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BlockCosineTransform } from '../../lib/kernels/cosine';
import { LongCosineTransform } from '../../lib/kernels/long-cosine';
import type { FloatType } from '../../lib/kernels/runtime/memory';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { energyOf, fourierCases, signalOf } from './fourier-fixtures';
import { largestDifference } from './fixtures';

const skip = !simdAvailable && 'SIMD WebAssembly is switched off or cannot run here';

/** Largest error, in parts of the root of the energy. */
const TOLERANCE = { float32: 1e-6, float64: 1e-14 };

type Numbers = Float32Array | Float64Array;

function transformed(
  direction: 'forward' | 'inverse',
  length: number,
  type: FloatType,
  simd: boolean,
  values: ArrayLike<number>,
): Numbers {
  const plan = new LongCosineTransform<FloatType>(length, type, simd);
  const numbers = type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
  plan[direction](numbers as never, numbers as never);
  plan.release();
  return numbers;
}

const cases = fc.record({
  length: fc.oneof(
    fc.integer({ min: 1, max: 70 }),
    fc.constantFrom(75, 81, 90, 97, 100, 125, 128, 210, 243, 256, 300, 509, 720, 1024, 2048),
  ),
  seed: fc.nat(1000),
});

for (const simd of simdAvailable ? [true, false] : [false]) {
  const version = simd ? 'the kernel' : 'the plain version';
  for (const type of ['float64', 'float32'] as const) {
    test(`${version} agrees with SciPy in ${type}`, () => {
      for (const { signal, dct2, dct3 } of fourierCases.cosines) {
        const tolerance = TOLERANCE[type] * Math.sqrt(energyOf(signal));
        const { length } = signal;
        const forward = transformed('forward', length, type, simd, signal);
        assert.ok(largestDifference(forward, dct2) <= tolerance);
        assert.ok(largestDifference(transformed('inverse', length, type, simd, signal), dct3) <= tolerance);
      }
    });
  }
}

test(
  'in double precision the kernel gives the numbers of the reference exactly, and leaks nothing',
  { skip },
  () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(cases, ({ length, seed }) => {
        const signal = signalOf(length, seed);
        for (const direction of ['forward', 'inverse'] as const) {
          const expected = transformed(direction, length, 'float64', false, signal);
          assert.equal(
            largestDifference(transformed(direction, length, 'float64', true, signal), expected),
            0,
          );
        }
      }),
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  },
);

for (const type of ['float64', 'float32'] as const) {
  test(`in ${type} energy stays, the inverse gives the signal back, and sums become sums`, () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: -5, max: 5 }), ({ length, seed }, factor) => {
        const signal = signalOf(length, seed);
        const other = signalOf(length, seed + 1);
        const energy = energyOf(signal);
        const tolerance = 10 * TOLERANCE[type] * Math.sqrt(energy + energyOf(other));
        const of = (values: Float64Array): Numbers =>
          transformed('forward', length, type, simdAvailable, values);
        const coefficients = of(signal);
        assert.ok(Math.abs(energyOf(coefficients) - energy) <= 10 * TOLERANCE[type] * energy);
        const back = transformed('inverse', length, type, simdAvailable, coefficients);
        assert.ok(largestDifference(back, signal) <= tolerance);
        const ofOther = of(other);
        const sum = Float64Array.from(coefficients, (value, k) => value + factor * ofOther[k]!);
        assert.ok(
          largestDifference(of(signal.map((value, n) => value + factor * other[n]!)), sum) <= tolerance,
        );
      }),
    );
  });

  test(
    `in ${type} a signal of a million samples comes back, and a cosine is one coefficient`,
    { skip },
    () => {
      const length = 2 ** 20;
      const place = 123_457;
      const plan = new LongCosineTransform<FloatType>(length, type);
      const signal = type === 'float32' ? new Float32Array(length) : new Float64Array(length);
      const scale = Math.sqrt(2 / length);
      for (let n = 0; n < length; n++) {
        signal[n] = scale * Math.cos((Math.PI * ((place * (2 * n + 1)) % (4 * length))) / (2 * length));
      }
      const coefficients = signal.slice();
      plan.forward(signal as never, coefficients as never);
      const expected = new Float64Array(length);
      expected[place] = 1;
      assert.ok(largestDifference(coefficients, expected) <= 2 * TOLERANCE[type]);
      plan.inverse(coefficients as never, coefficients as never);
      assert.ok(largestDifference(coefficients, signal) <= 2 * TOLERANCE[type]);
      plan.release();
    },
  );
}

test('long signals are transformed as blocks are, one after another, and left as they are', () => {
  const length = 512;
  const signal = signalOf(3 * length, 6);
  const kept = signal.slice();
  const [long, blocks] = [new Float64Array(signal.length), new Float64Array(signal.length)];
  const longPlan = new LongCosineTransform(length, 'float64');
  longPlan.forward(signal, long);
  longPlan.release();
  const blockPlan = new BlockCosineTransform(length, 'float64');
  blockPlan.forward(signal, blocks);
  blockPlan.release();
  assert.ok(largestDifference(long, blocks) <= 1e-14 * Math.sqrt(energyOf(signal)));
  assert.deepEqual(signal, kept);
});

test('lengths that no signal has, and parts of signals, are refused by name', () => {
  for (const length of [0, -4, 1.5]) {
    assert.throws(() => new LongCosineTransform(length, 'float64'), { name: 'FourierLengthError' });
  }
  const plan = new LongCosineTransform(10, 'float64');
  const [short, long] = [new Float64Array(9), new Float64Array(20)];
  assert.throws(() => plan.forward(short, short), { name: 'BlockLengthError' });
  assert.throws(() => plan.inverse(long, short), { name: 'BlockLengthError' });
  plan.release();
});
