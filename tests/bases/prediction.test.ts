import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { DifferenceBasis } from '../../lib/bases/prediction/difference';
import { LPC_ORDERS, LpcBasis } from '../../lib/bases/prediction/lpc';
import { NLMS_ORDERS, NLMS_RATES, NlmsBasis } from '../../lib/bases/prediction/nlms';
import type { Basis } from '../../lib/bases/basis';
import { LOSSLESS } from '../../lib/coding/codec';
import { TransformCodec } from '../../lib/codecs/transform-codec';
import { autocorrelation, predictorWeights, reflectionCoefficients } from '../../lib/numerics/levinson';
import { predictionGain } from '../../lib/investigations/03-prediction-gain';
import { largestDifference } from '../kernels/fixtures';

interface ClosedLoop {
  signal: number[];
  step: number;
  residuals: number[];
  decoded: number[];
}

/** Output of `tests/fixtures/bases-prediction.py`. */
const { linear, adaptive, differences } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'bases-prediction.json'), 'utf8'),
) as {
  linear: { signal: number[]; order: number; weights: number[] }[];
  adaptive: (ClosedLoop & { order: number; rate: number })[];
  differences: (ClosedLoop & { order: number })[];
};

const integers = fc.array(fc.integer({ min: -1023, max: 1023 }), { maxLength: 300 });

function checkLoop(basis: Basis, { signal, step, residuals, decoded }: ClosedLoop): void {
  const coefficients = basis.analyze(Float64Array.from(signal), step);
  assert.ok(largestDifference(coefficients.values, residuals) < 1e-9);
  assert.ok(largestDifference(basis.synthesize(coefficients, step), decoded) < 1e-6);
}

test('Levinson’s recursion solves the normal equations as SciPy does', () => {
  for (const { signal, order, weights } of linear) {
    const correlation = autocorrelation(Float64Array.from(signal), order);
    const reflections = reflectionCoefficients(correlation, order, 0);
    assert.ok(reflections.every((value) => Math.abs(value) < 1));
    assert.ok(largestDifference(predictorWeights(reflections), weights) < 1e-9);
  }
});

test('differences and adaptive prediction run the loop that an independent one runs', () => {
  for (const one of differences) checkLoop(new DifferenceBasis(one.order), one);
  for (const one of adaptive) checkLoop(new NlmsBasis(one.order, one.rate), one);
});

test('a byte for each reflection coefficient costs a predictor next to nothing', () => {
  for (const { signal, order, weights } of linear) {
    const samples = Float64Array.from(signal);
    const basis = new LpcBasis(order);
    const side = basis.choose(samples, 1);
    assert.equal(side.length, order);
    const found = basis.chosen(side);
    const error = (taps: ArrayLike<number>): number => {
      let sum = 0;
      for (let n = 0; n < samples.length; n++) {
        let prediction = 0;
        for (let j = 0; j < Math.min(order, n); j++) prediction += taps[j]! * samples[n - 1 - j]!;
        sum += (samples[n]! - prediction) ** 2;
      }
      return sum;
    };
    assert.ok(error(found.weights) < 1.02 * error(weights));
  }
});

test('whatever the samples, errors stay within a step, and lossless files bring them back', () => {
  fc.assert(
    fc.property(
      integers,
      fc.constantFrom(...LPC_ORDERS),
      fc.constantFrom(...NLMS_ORDERS),
      fc.constantFrom(...NLMS_RATES),
      fc.constantFrom(1, 2, 10, 96),
      (list, order, adaptiveOrder, rate, step) => {
        const signal = Float64Array.from(list);
        const linearBasis = new LpcBasis(order);
        for (const basis of [
          new DifferenceBasis((order % 3) + 1),
          new NlmsBasis(adaptiveOrder, rate),
          linearBasis.chosen(linearBasis.choose(signal, step)),
        ]) {
          const coefficients = basis.analyze(signal, step);
          const back = basis.synthesize(coefficients, step);
          // Residuals are rounded up from 0.62 steps on.
          assert.ok(largestDifference(back, signal) <= (step === 1 ? 0 : 0.62 * step + 1e-6));
          assert.ok(coefficients.values.every((value) => Number.isInteger(value / step)));
        }
        const codes = Uint16Array.from(list, Math.abs);
        const codec = new TransformCodec(linearBasis, { family: 3, parameter: order - 1 });
        assert.deepEqual(codec.decode(codec.encode(codes, LOSSLESS).bytes), codes);
      },
    ),
    { numRuns: 60 },
  );
});

test('the prediction gain is that of the process at fine steps, and falls as the loop feeds on noise', () => {
  const random = mulberry(5);
  const signal = new Float64Array(20000);
  for (let i = 1; i < signal.length; i++) signal[i] = 0.95 * signal[i - 1]! + 20 * random();
  const gain = (step: number): number => predictionGain(new LpcBasis(1), signal, step);
  // 1/(1 − ρ²).
  assert.ok(Math.abs(gain(1) - 10 * Math.log10(1 / (1 - 0.95 ** 2))) < 0.2);
  assert.ok(gain(64) < gain(1) - 1);
});

test('damaged side information and orders that there are not are refused', () => {
  const basis = new LpcBasis(4);
  for (const side of [[], [1, 2, 3], [1, 2, 3, 4, 5], [0, 9, 9, 9]]) {
    assert.throws(() => basis.chosen(Uint8Array.from(side)), { name: 'SideInformationError' });
  }
  const error = (message: RegExp) => ({ name: 'BasisParameterError', message });
  assert.throws(() => new LpcBasis(33), error(/one of 1, 2, .* 32, not 33/));
  assert.throws(() => new NlmsBasis(5, 0.004), error(/one of 4, 8, .* not 5/));
  assert.throws(() => new NlmsBasis(8, 1), error(/one of 0.0005, .* not 1/));
  assert.throws(() => new DifferenceBasis(0), error(/one of 1, 2, 3, not 0/));
});

/** Sums of uniform numbers, nearly normal, the same in every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
}
