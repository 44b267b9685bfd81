import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_MAGNITUDE, quantize, reconstruct } from '../../lib/coding/quantizers/quantizer';
import { DeadZoneQuantizer } from '../../lib/kernels/quantizer';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { largestDifference } from './fixtures';

interface QuantizerCase {
  readonly step: number;
  readonly one: number;
  readonly more: number;
  readonly coefficients: readonly number[];
  readonly quantized: readonly number[];
  readonly reconstructed: readonly number[];
}
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-quantizer.json'), 'utf8'),
) as { cases: readonly QuantizerCase[] };

/** As the format of compressed files has it. */
const QUANTIZATION = { bias: 1 - 0.62, maxMagnitude: MAX_MAGNITUDE };

const steps = fc.oneof(fc.constantFrom(1, 1e-3, 1 / 3, 7), fc.double({ min: 1e-9, max: 1e9, noNaN: true }));
const magnitudes = fc.oneof(
  fc.double({ min: -40, max: 40, noNaN: true }),
  fc.integer({ min: -200, max: 200 }).map((value) => value / 100),
  fc.double(),
);

for (const simd of simdAvailable ? [false, true] : [false]) {
  const version = simd ? 'kernel' : 'reference';

  test(`${version}: integers and what becomes of them are those of NumPy`, () => {
    const plan = new DeadZoneQuantizer(QUANTIZATION, simd);
    for (const { step, one, more, coefficients, quantized, reconstructed } of cases) {
      const integers = new Int32Array(coefficients.length);
      plan.quantize(Float64Array.from(coefficients), step, integers);
      assert.deepEqual(Array.from(integers), quantized);
      const found = new Float64Array(integers.length);
      plan.reconstruct(integers, { step, one, more }, found);
      assert.ok(largestDifference(found, reconstructed) < 1e-13);
    }
    plan.release();
  });

  test(`${version}: any coefficients become what the format of compressed files says, to the last bit`, () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(fc.array(magnitudes, { maxLength: 70 }), steps, (list, step) => {
        const coefficients = Float64Array.from(list, (value) => value * step);
        const plan = new DeadZoneQuantizer(QUANTIZATION, simd);
        const integers = new Int32Array(list.length);
        plan.quantize(coefficients, step, integers);
        plan.release();
        assert.deepEqual(integers, quantize(coefficients, step));
      }),
      { numRuns: 300 },
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  });

  test(`${version}: any integers become what the format of compressed files says, to the last bit`, () => {
    const integer = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: -MAX_MAGNITUDE, max: MAX_MAGNITUDE }),
      fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
    );
    const offset = fc.integer({ min: 0, max: 15 });
    fc.assert(
      fc.property(fc.array(integer, { maxLength: 70 }), steps, offset, offset, (list, step, one, more) => {
        const integers = Int32Array.from(list);
        const plan = new DeadZoneQuantizer(QUANTIZATION, simd);
        const coefficients = new Float64Array(list.length).fill(NaN);
        const distances = { step, one: (1 - one / 32) * step, more: (more / 32) * step };
        plan.reconstruct(integers, distances, coefficients);
        plan.release();
        // Signs of zeros included.
        assert.deepEqual(coefficients, reconstruct(integers, step, { one, more }));
      }),
      { numRuns: 300 },
    );
  });

  test(`${version}: signals longer than a chunk, of even and odd length, are taken whole`, () => {
    const plan = new DeadZoneQuantizer(QUANTIZATION, simd);
    for (const length of [0, 1, 2, 8191, 8192, 8193, 20_011]) {
      const coefficients = Float64Array.from({ length }, (_, i) => 30 * Math.sin(i * i));
      const integers = new Int32Array(length);
      plan.quantize(coefficients, 0.7, integers);
      const expected = quantize(coefficients, 0.7);
      assert.deepEqual(integers, expected);
      plan.reconstruct(integers, { step: 0.7, one: 0.6, more: 0.1 }, coefficients);
      for (let i = 0; i < length; i++) {
        const q = expected[i]!;
        const magnitude = q === 0 ? 0 : Math.abs(q) === 1 ? 0.6 : Math.abs(q) * 0.7 - 0.1;
        assert.equal(Math.abs(coefficients[i]!), magnitude);
      }
    }
    plan.release();
  });
}

test('steps that are none and arrays of different lengths are refused by name', () => {
  const plan = new DeadZoneQuantizer(QUANTIZATION);
  const name = { name: 'QuantizerError' };
  const distances = { step: 1, one: 1, more: 0 };
  for (const step of [0, -1, NaN]) {
    assert.throws(() => plan.quantize(new Float64Array(2), step, new Int32Array(2)), name);
    assert.throws(
      () => plan.reconstruct(new Int32Array(2), { ...distances, step }, new Float64Array(2)),
      name,
    );
  }
  assert.throws(() => plan.quantize(new Float64Array(2), 1, new Int32Array(3)), name);
  assert.throws(() => plan.reconstruct(new Int32Array(2), distances, new Float64Array(3)), name);
  plan.release();
});
