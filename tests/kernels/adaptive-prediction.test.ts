import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { AdaptivePrediction } from '../../lib/kernels/adaptive-prediction';
import { adaptivelyPredict, type Adaptation } from '../../lib/kernels/reference/adaptive-prediction';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';

interface PredictionCase extends Omit<Adaptation, 'initial'> {
  readonly initial: readonly number[];
  readonly signal: readonly number[];
  readonly residual: readonly number[];
}
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-adaptive-prediction.json'), 'utf8'),
) as { cases: readonly PredictionCase[] };

/** A random walk of integers that returns to 0, the same for the same seed. */
function walk(length: number, size: number, seed: number): Int32Array {
  let state = seed >>> 0;
  let value = 0;
  return Int32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    value = 0.95 * value + size * (state / 2 ** 31 - 1);
    return Math.round(value);
  });
}

const adaptations = fc.record({
  initial: fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
    .map((list) => Float64Array.from(list, (value) => value / list.length)),
  step: fc.constantFrom(0, 1e-7, 0.002, 0.5, 3),
  normalized: fc.boolean(),
  regularization: fc.constantFrom(1e-3, 1, 1000),
});
const signals = fc
  .tuple(
    fc.oneof(fc.nat(40), fc.nat(500), fc.constantFrom(0, 1, 8191, 8192, 8193, 9001)),
    fc.constantFrom(1, 50, 1e4, 2 ** 30),
    fc.nat(),
  )
  .map(([length, size, seed]) => walk(length, size, seed));

for (const simd of simdAvailable ? [false, true] : [false]) {
  const version = simd ? 'kernel' : 'reference';

  test(`${version}: residuals are those of NumPy, and give the signal back`, () => {
    for (const { initial, signal, residual, ...rest } of cases) {
      const plan = new AdaptivePrediction({ ...rest, initial: Float64Array.from(initial) }, simd);
      const found = new Int32Array(signal.length);
      plan.predict(Int32Array.from(signal), found);
      assert.deepEqual(Array.from(found), residual);
      plan.restore(found, found);
      assert.deepEqual(Array.from(found), signal);
      plan.release();
    }
  });

  test(`${version}: residuals give the signal back even where the predictor diverges`, () => {
    fc.assert(
      fc.property(adaptations, signals, (adaptation, signal) => {
        const plan = new AdaptivePrediction(adaptation, simd);
        const residual = new Int32Array(signal.length);
        const restored = new Int32Array(signal.length);
        plan.predict(signal, residual);
        plan.restore(residual, restored);
        plan.release();
        assert.deepEqual(restored, signal);
      }),
      { numRuns: 40 },
    );
  });
}

test('the kernel gives what the reference gives, to the last bit, and leaves nothing behind', () => {
  const before = kernelMemory.allocatedBytes;
  fc.assert(
    fc.property(adaptations, signals, (adaptation, signal) => {
      const expected = new Int32Array(signal.length);
      adaptivelyPredict(signal, adaptation, false, expected);
      const plan = new AdaptivePrediction(adaptation);
      const residual = new Int32Array(signal.length);
      plan.predict(signal, residual);
      assert.deepEqual(residual, expected);
      // Every call starts afresh, and each implementation restores the other's residual.
      adaptivelyPredict(residual, adaptation, true, expected);
      assert.deepEqual(expected, signal);
      plan.restore(residual, residual);
      assert.deepEqual(residual, signal);
      plan.release();
    }),
    { numRuns: 80 },
  );
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('a predictor learns a sine: it leaves little of what it has seen for long', () => {
  const signal = Int32Array.from({ length: 4000 }, (_, n) => Math.round(400 * Math.sin(n / 5)));
  const plan = new AdaptivePrediction({
    initial: new Float64Array(8),
    step: 0.5,
    normalized: true,
    regularization: 1,
  });
  const residual = new Int32Array(signal.length);
  plan.predict(signal, residual);
  plan.release();
  assert.ok(residual.subarray(3000).every((value) => Math.abs(value) <= 3));
  assert.equal(residual[1], signal[1]! - 0);
});

test('predictors that do not exist and arrays of different lengths are refused by name', () => {
  const name = { name: 'PredictionError' };
  const sound: Adaptation = { initial: Float64Array.of(1), step: 0.1, normalized: true, regularization: 1 };
  for (const wrong of [
    { initial: new Float64Array(0) },
    { initial: Float64Array.of(NaN) },
    { step: Infinity },
    { regularization: 0 },
    { regularization: NaN },
  ]) {
    assert.throws(() => new AdaptivePrediction({ ...sound, ...wrong }), name);
  }
  const plan = new AdaptivePrediction(sound);
  assert.throws(() => plan.predict(new Int32Array(3), new Int32Array(2)), name);
  assert.throws(() => plan.restore(new Int32Array(0), new Int32Array(2)), name);
  plan.release();
});
