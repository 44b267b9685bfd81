import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  centroidOffsets,
  energyOfZeros,
  fittedOffsets,
  MAX_MAGNITUDE,
  MAX_OFFSET,
  MIN_OFFSET,
  NO_OFFSETS,
  offsetsByte,
  offsetsOfByte,
  quantize,
  reconstruct,
  type Excess,
} from '../../lib/coding/quantizers/quantizer';

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

test('a part of an array is quantized as its copy, to the cells that are documented', () => {
  fc.assert(
    fc.property(coefficients, steps, fc.nat(3), (values, step, before) => {
      const whole = new Float64Array(before + values.length + 1).fill(-1);
      whole.set(values, before);
      const expected = Int32Array.from(values, (value) => {
        const magnitude = Math.floor(0.38 + Math.abs(value * (1 / step)));
        return value < 0 ? -magnitude : magnitude;
      });
      assert.deepEqual(quantize(whole.subarray(before, before + values.length), step), expected);
    }),
  );
  assert.deepEqual(quantize(Float64Array.of(-0, NaN), 1), Int32Array.of(0, 0));
});

test('offsets are those of sums over the magnitude 1 and over larger ones, to the last bit', () => {
  fc.assert(
    fc.property(coefficients, steps, (values, step) => {
      const quantized = quantize(values, step);
      const ones: Excess = { count: 0, sum: 0, squared: 0 };
      const more: Excess = { count: 0, sum: 0, squared: 0 };
      quantized.forEach((q, i) => {
        if (q === 0) return;
        const excess = Math.abs(q) - Math.abs(values[i]! * (1 / step));
        const of = q === 1 || q === -1 ? ones : more;
        of.count++;
        of.sum += excess;
        of.squared += excess * excess;
      });
      assert.deepEqual(centroidOffsets(values, quantized, step), fittedOffsets(ones, more, step));
    }),
  );
});

test('offsets lower the squared error, or leave it', () => {
  fc.assert(
    fc.property(coefficients, steps, (values, step) => {
      const quantized = quantize(values, step);
      const { offsets, squaredError } = centroidOffsets(values, quantized, step);
      const error = (back: Float64Array): number =>
        back.reduce((sum, value, i) => sum + (value - values[i]!) ** 2, 0);
      const without = error(reconstruct(quantized, step, NO_OFFSETS));
      const left = error(reconstruct(quantized, step, offsets));
      assert.ok(left <= without * (1 + 1e-9) + 1e-9);
      // One number is made of sums of squares, the other of errors of reconstructed values: they differ by
      // rounding only.
      const sum = squaredError + energyOfZeros(values, quantized);
      assert.ok(Math.abs(sum - left) <= 1e-6 * left + 1e-6 * step * step);
      for (const offset of [offsets.one, offsets.more]) {
        assert.ok(Number.isInteger(offset) && offset >= MIN_OFFSET && offset <= MAX_OFFSET);
      }
    }),
  );
});

test('what is too large is clipped to the largest magnitude, however large it is', () => {
  assert.deepEqual(
    quantize(Float64Array.of(MAX_MAGNITUDE, 1 - MAX_MAGNITUDE), 1),
    Int32Array.of(MAX_MAGNITUDE, 1 - MAX_MAGNITUDE),
  );
  for (const size of [MAX_MAGNITUDE + 1, 1e9, 2 ** 31, 3e9, 2 ** 32 + 5, 1e18, Infinity]) {
    assert.deepEqual(quantize(Float64Array.of(size, -size), 1), Int32Array.of(MAX_MAGNITUDE, -MAX_MAGNITUDE));
  }
});

test('an offset moves the magnitude 1, and all larger ones, by so many 32nds of a step', () => {
  const quantized = Int32Array.of(0, 1, -1, 2, -2, 1000, -MAX_MAGNITUDE);
  assert.deepEqual(
    reconstruct(quantized, 32, { one: 3, more: 5 }),
    Float64Array.of(0, 29, -29, 59, -59, 31995, -32 * MAX_MAGNITUDE + 5),
  );
  assert.deepEqual(
    reconstruct(quantized, 32, { one: -3, more: -5 }),
    Float64Array.of(0, 35, -35, 69, -69, 32005, -32 * MAX_MAGNITUDE - 5),
  );
});

test('offsets are where the mean of a cell lies: those of an exponential density are known', () => {
  // Quantiles of the density e^(−x): the mean of [a, b) is 1 + (a·e^(−a) − b·e^(−b))/(e^(−a) − e^(−b)).
  const count = 20_000;
  const values = Float64Array.from({ length: count }, (_, i) => {
    return (i % 2 === 0 ? 1 : -1) * -Math.log(1 - (i + 0.5) / count);
  });
  for (const step of [0.05, 0.5, 1, 3, 6]) {
    const [low, high] = [0.62 * step, 1.62 * step];
    const mass = Math.exp(-low) - Math.exp(-high);
    const mean = 1 + (low * Math.exp(-low) - high * Math.exp(-high)) / mass;
    const { offsets } = centroidOffsets(values, quantize(values, step), step);
    const expected = Math.round(32 * (1 - mean / step));
    assert.ok(expected >= MIN_OFFSET && expected <= MAX_OFFSET);
    assert.ok(Math.abs(offsets.one - expected) <= 1, `${offsets.one}, expected ${expected}`);
    if (step < 0.6) assert.ok(expected < 0 && offsets.one < 0 && offsets.more < 0, 'outward');
  }
  assert.deepEqual(centroidOffsets(new Float64Array(9), new Int32Array(9), 3), {
    offsets: NO_OFFSETS,
    squaredError: 0,
  });
});

test('where the density is flat magnitudes are put back at the middle of their cell, 0.12 steps further out', () => {
  const values = Float64Array.from({ length: 39_239 }, (_, i) => (i - 19_619) / 1000);
  const quantized = quantize(values, 1);
  const { offsets } = centroidOffsets(values, quantized, 1);
  assert.deepEqual(offsets, { one: -4, more: -4 });
  const error = (given: typeof NO_OFFSETS): number =>
    reconstruct(quantized, 1, given).reduce(
      (sum, value, i) => (quantized[i] === 0 ? sum : sum + (value - values[i]!) ** 2),
      0,
    );
  // 1/12 of a step² is the error about the middle; about the value itself it is 0.12² more.
  assert.ok(Math.abs(error(NO_OFFSETS) / error(offsets) - (1 / 12 + 0.12 ** 2) * 12) < 0.01);
});

test('the offsets of a file share a byte', () => {
  for (let byte = 0; byte < 256; byte++) assert.equal(offsetsByte(offsetsOfByte(byte)), byte);
});
