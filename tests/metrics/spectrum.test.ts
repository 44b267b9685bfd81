import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { RealFourierTransform, TransformLengthError } from '../../lib/kernels/fft';
import { gaussianBound, gaussianBoundAtLevel } from '../../lib/metrics/gaussian-bound';
import { SpectrumEstimator } from '../../lib/metrics/spectrum';
import type { RecordingSpectrum } from '../../lib/metrics/gaussian-bound';

interface Fixture {
  sampleRate: number;
  transforms: { block: number[]; re: number[]; im: number[] }[];
  spectra: { segment: number; signal: number[]; frequencies: number[]; density: number[] }[];
}
const fixture = JSON.parse(readFileSync('tests/fixtures/metrics-spectra.json', 'utf8')) as Fixture;

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    assert.ok(difference <= tolerance, `value ${i}: ${actual[i]} is not ${expected[i]}`);
  }
}

/** A flat spectrum of the given variance, or one that is flat in each of its parts. */
function spectrumOf(variances: readonly number[], samples: number): RecordingSpectrum {
  const bins = 1000;
  const frequencyStep = 10;
  const density = Float64Array.from({ length: bins + 1 }, (_, k) => {
    const variance = variances[Math.min(Math.floor((k * variances.length) / bins), variances.length - 1)]!;
    return variance / (bins * frequencyStep);
  });
  density[0]! /= 2;
  density[bins]! /= 2;
  return { spectrum: { frequencyStep, density, independentSegments: Infinity }, samples };
}

test('The Fourier transform of real blocks is that of NumPy.', () => {
  for (const { block, re, im } of fixture.transforms) {
    const transform = new RealFourierTransform(block.length);
    const actualRe = new Float64Array(re.length);
    const actualIm = new Float64Array(re.length);
    transform.transform(Float64Array.from(block), actualRe, actualIm);
    assertClose(actualRe, re, 1e-12);
    assertClose(actualIm, im, 1e-12);
    const power = new Float64Array(re.length);
    transform.power(Float64Array.from(block), power);
    assertClose(
      power,
      re.map((value, k) => value * value + im[k]! * im[k]!),
      1e-9,
    );
  }
});

test('A Fourier transform keeps the energy of any block.', () => {
  const transform = new RealFourierTransform(64);
  const values = fc.array(fc.integer({ min: -1023, max: 1023 }), { minLength: 64, maxLength: 64 });
  fc.assert(
    fc.property(values, (block) => {
      const power = new Float64Array(33);
      transform.power(Float64Array.from(block), power);
      let energy = -(power[0]! + power[32]!);
      for (const value of power) energy += 2 * value;
      const expected = 64 * block.reduce((sum, value) => sum + value * value, 0);
      assert.ok(Math.abs(energy - expected) <= 1e-9 * (1 + expected));
    }),
  );
});

test('A length that is no power of two is refused by name.', () => {
  for (const length of [0, 1, 3, 48, 2.5]) {
    assert.throws(() => new RealFourierTransform(length), TransformLengthError);
  }
});

test("Welch spectra are SciPy's, of signals shorter than a segment too.", () => {
  for (const { segment, signal, frequencies, density } of fixture.spectra) {
    const estimator = new SpectrumEstimator(segment, fixture.sampleRate);
    // Another signal comes first: the estimate must not depend on earlier contents of the working memory.
    estimator.estimate(Float64Array.from({ length: 999 }, (_, i) => i % 17));
    const spectrum = estimator.estimate(Uint16Array.from(signal));
    assertClose(spectrum.density, density, 1e-12 * Math.max(...density));
    frequencies.forEach((frequency, k) => assert.ok(Math.abs(frequency - k * spectrum.frequencyStep) < 1e-9));
  }
});

test('Signals of no sample, of one and of equal samples have no power.', () => {
  const estimator = new SpectrumEstimator(16, 100);
  for (const signal of [[], [7], new Array<number>(50).fill(3)]) {
    assert.deepEqual(estimator.estimate(Float64Array.from(signal)).density, new Float64Array(9));
  }
});

test('Of white noise the Gaussian bound is ½·log2 of variance over distortion.', () => {
  const point = gaussianBoundAtLevel([spectrumOf([16], 1000)], 1, 1023);
  assert.ok(Math.abs(point.bitsPerSample - 2) < 1e-12);
  assert.ok(Math.abs(point.compressionRatio - 8) < 1e-12);
  assert.ok(Math.abs(point.mse - 1) < 1e-12);
  assert.ok(Math.abs(point.psnr - 10 * Math.log10(1023 * 1023)) < 1e-9);
  assert.ok(Math.abs(point.snr[0]! - 10 * Math.log10(16)) < 1e-9);
});

test('Water does not fill more than a spectrum holds, and one level serves recordings of all lengths.', () => {
  // Half of the band of the first recording lies under the level of 4, half far above; so does the second.
  const recordings = [spectrumOf([64, 1], 300), spectrumOf([2], 100)];
  const point = gaussianBoundAtLevel(recordings, 4, 1023);
  // The bin between the halves belongs to one of them, so the halves are equal to a thousandth only.
  assert.ok(Math.abs(point.bitsPerSample - (300 * 0.5 * 2) / 400) < 2e-3);
  assert.ok(Math.abs(point.mse - (300 * 2.5 + 100 * 2) / 400) < 3e-3);
  assert.equal(point.snr[1], 0);
});

test('The Gaussian bound meets the compression ratio asked for and worsens as that grows.', () => {
  const recordings = [spectrumOf([900, 30, 5], 5000), spectrumOf([100, 60, 50, 40], 800)];
  const points = gaussianBound(recordings, [2, 5, 10, 50, 200], 1023);
  points.forEach((point, i) => {
    assert.ok(Math.abs(point.compressionRatio / [2, 5, 10, 50, 200][i]! - 1) < 1e-9);
    if (i > 0) assert.ok(point.psnr < points[i - 1]!.psnr);
  });
});

test('No other split of distortion between two white recordings needs fewer bits than the bound.', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (first, second, shareOfLevel, split) => {
        const level = shareOfLevel * Math.max(first, second);
        const point = gaussianBoundAtLevel([spectrumOf([first], 1), spectrumOf([second], 1)], level, 1023);
        const total = 2 * point.mse;
        const rate = (variance: number, distortion: number): number =>
          Math.max(0, Math.log2(variance / distortion) / 2);
        const bits = rate(first, split * total) + rate(second, (1 - split) * total);
        assert.ok(2 * point.bitsPerSample <= bits + 1e-9);
      },
    ),
  );
});
