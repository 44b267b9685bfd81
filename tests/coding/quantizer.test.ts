import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  centroidOffsets,
  MAX_MAGNITUDE,
  NO_OFFSETS,
  quantize,
  reconstruct,
} from '../../lib/coding/quantizer';

const coefficients = fc
  .array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { maxLength: 50 })
  .map((list) => Float64Array.from(list));
const steps = fc.double({ min: 1 / 64, max: 500, noNaN: true });

test('the zero cell ends at 0.62 steps and every other cell is one step wide', () => {
  const step = 10;
  const inputs = [0, 6.1, 6.3, -6.1, -6.3, 16.1, 16.3, -16.3, 99, -100];
  assert.deepEqual(
    quantize(Float64Array.from(inputs), step),
    Int32Array.of(0, 0, 1, 0, -1, 1, 2, -2, 10, -10),
  );
});

test('integers at step 1 come back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -70000, max: 70000 })), (list) => {
      const values = Float64Array.from(list);
      assert.deepEqual(Array.from(reconstruct(quantize(values, 1), 1, NO_OFFSETS)), list);
    }),
  );
});

test('the error without offsets is at most 0.62 steps, and the sign of a coefficient only mirrors it', () => {
  fc.assert(
    fc.property(coefficients, steps, (values, step) => {
      const quantized = quantize(values, step);
      const back = reconstruct(quantized, step, NO_OFFSETS);
      const mirrored = quantize(
        values.map((value) => -value),
        step,
      );
      for (let i = 0; i < values.length; i++) {
        assert.ok(Math.abs(values[i]! - back[i]!) <= 0.62 * step + 1e-6);
        assert.equal(quantized[i]! + mirrored[i]!, 0);
      }
    }),
  );
});

test('offsets lower the squared error, or leave it', () => {
  fc.assert(
    fc.property(coefficients, steps, (values, step) => {
      const quantized = quantize(values, step);
      const offsets = centroidOffsets(values, quantized, step);
      const error = (back: Float64Array): number =>
        back.reduce((sum, value, i) => sum + (value - values[i]!) ** 2, 0);
      const without = error(reconstruct(quantized, step, NO_OFFSETS));
      assert.ok(error(reconstruct(quantized, step, offsets)) <= without * (1 + 1e-9) + 1e-9);
      for (const offset of [offsets.one, offsets.more]) {
        assert.ok(Number.isInteger(offset) && offset >= 0 && offset <= 15);
      }
    }),
  );
});

test('what is too large is clipped to the largest magnitude', () => {
  assert.deepEqual(quantize(Float64Array.of(1e9, -1e9), 1), Int32Array.of(MAX_MAGNITUDE, -MAX_MAGNITUDE));
});
