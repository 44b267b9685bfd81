import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  LengthMismatchError,
  meanSquaredError,
  peakSignalToNoiseRatio,
  signalToNoiseRatio,
  squaredError,
  variance,
} from '../../lib/metrics/distortion';
import {
  codeHistogram,
  differenceEntropy,
  differenceHistogram,
  histogramEntropy,
} from '../../lib/metrics/entropy';
import { bitsPerSample, compressionRatio, compressionRatioPacked } from '../../lib/metrics/rate';

const { entropies } = JSON.parse(readFileSync('tests/fixtures/metrics-spectra.json', 'utf8')) as {
  entropies: { codes: number[]; code: number; difference: number };
};

function assertClose(actual: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

test('The squared error is the exact sum over samples, and 0 only of equal signals.', () => {
  const code = fc.integer({ min: 0, max: 1023 });
  fc.assert(
    fc.property(fc.array(fc.tuple(code, code)), (pairs) => {
      const original = Uint16Array.from(pairs, ([first]) => first);
      const decoded = Uint16Array.from(pairs, ([, second]) => second);
      const expected = pairs.reduce((sum, [first, second]) => sum + (first - second) ** 2, 0);
      assert.equal(squaredError(original, decoded), expected);
      assert.equal(squaredError(original, original.slice()), 0);
    }),
  );
  assert.throws(() => squaredError(new Uint16Array(3), new Uint16Array(4)), LengthMismatchError);
});

test('PSNR and SNR are the decibels of their definitions, infinite without an error.', () => {
  assert.equal(meanSquaredError(50, 20), 2.5);
  assert.equal(meanSquaredError(0, 0), 0);
  assertClose(peakSignalToNoiseRatio(1023 * 1023, 1023), 0);
  assertClose(peakSignalToNoiseRatio(1, 1023), 60.1975126742432, 1e-9);
  assert.equal(peakSignalToNoiseRatio(0, 1023), Infinity);
  assertClose(signalToNoiseRatio(200, 2), 20);
  assert.equal(signalToNoiseRatio(200, 0), Infinity);
  assert.equal(signalToNoiseRatio(0, 0), Infinity);
  assert.equal(signalToNoiseRatio(0, 2), -Infinity);
});

test('The variance is the population variance, 0 of a constant and of nothing.', () => {
  assertClose(variance(Float64Array.of(1, 2, 3, 6)), 3.5);
  assert.equal(variance(new Float64Array(9).fill(7)), 0);
  assert.equal(variance(new Float64Array(0)), 0);
});

test('Rates are ratios of sums of bytes, and ten bits cost ten sixteenths of the ratio.', () => {
  assert.equal(compressionRatio(1000, 250), 4);
  assert.equal(compressionRatioPacked(1000, 250, 10), 2.5);
  assert.equal(bitsPerSample(250, 400), 5);
});

test("Entropies of codes and of their differences are SciPy's.", () => {
  const codes = Uint16Array.from(entropies.codes);
  assertClose(histogramEntropy(codeHistogram(codes, 1024)), entropies.code);
  assertClose(differenceEntropy(codes, 1024), entropies.difference);
});

test('Histograms count every code and every difference.', () => {
  const codes = Uint16Array.of(0, 1023, 1023, 0);
  const counts = codeHistogram(codes, 1024);
  assert.deepEqual([counts[0], counts[1023], counts.length], [2, 2, 1024]);
  const differences = differenceHistogram(codes, 1024);
  assert.deepEqual(
    [differences[0], differences[1023], differences[2046], differences.length],
    [1, 1, 1, 2047],
  );
});

test('Entropy lies between 0 of one value and the logarithm of the number of values.', () => {
  assert.equal(histogramEntropy(codeHistogram(new Uint16Array(0), 1024)), 0);
  assert.equal(histogramEntropy(codeHistogram(Uint16Array.of(5), 1024)), 0);
  assert.equal(differenceEntropy(Uint16Array.of(5), 1024), 0);
  assertClose(histogramEntropy(new Uint32Array(64).fill(3)), 6);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), (counts) => {
      const entropy = histogramEntropy(Uint32Array.from(counts));
      const values = counts.filter((count) => count > 0).length;
      assert.ok(entropy >= 0 && entropy <= Math.log2(Math.max(values, 1)) + 1e-12);
      if (values <= 1) assertClose(entropy, 0);
    }),
  );
});
