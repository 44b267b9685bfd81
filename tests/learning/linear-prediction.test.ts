import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { linearPrediction } from '../../lib/learning/lossless/linear-prediction';

interface PredictionCase {
  readonly signal: readonly number[];
  readonly coefficients: readonly number[];
  readonly residualVariance: number;
}
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'learning-linear-prediction.json'), 'utf8'),
) as { cases: readonly PredictionCase[] };

test("predictors agree with those of SciPy's Toeplitz solver", () => {
  for (const { signal, coefficients, residualVariance } of cases) {
    const found = linearPrediction(Float64Array.from(signal), coefficients.length);
    coefficients.forEach((value, k) => assert.ok(Math.abs(found.coefficients[k]! - value) < 1e-5));
    assert.ok(Math.abs(found.residualVariance - residualVariance) < 1e-6 * residualVariance);
  }
});

test('what is left over is no more than the power, and falls with the order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 30, maxLength: 200 }), (list) => {
      const signal = Float64Array.from(list);
      let last = signal.reduce((sum, value) => sum + value * value, 0) / signal.length;
      for (const order of [1, 2, 5, 9]) {
        const { residualVariance } = linearPrediction(signal, order);
        assert.ok(residualVariance >= 0 && residualVariance <= last * (1 + 1e-6) + 1e-9);
        last = residualVariance;
      }
    }),
  );
});

test('silence and no samples predict nothing and leave nothing', () => {
  for (const length of [0, 1, 40]) {
    const { coefficients, residualVariance } = linearPrediction(new Float64Array(length), 3);
    assert.deepEqual(Array.from(coefficients), [0, 0, 0]);
    assert.equal(residualVariance, 0);
  }
});
