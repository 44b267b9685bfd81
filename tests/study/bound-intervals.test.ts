import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAMPLE_RATE } from '../../lib/recordings/adc';
import { gaussianBound, type RecordingSpectrum } from '../../lib/metrics/gaussian-bound';
import { inBandPowerResponse } from '../../lib/metrics/in-band-response';
import { uniformNumbers } from '../../lib/numerics/random';
import { boundIntervals } from '../../lib/study/bound-intervals';

/** A flat spectrum of a recording. */
function white(variance: number, samples: number, independentSegments: number): RecordingSpectrum {
  const density = new Float64Array(65).fill(variance / (64 * 10));
  density[0]! /= 2;
  density[64]! /= 2;
  return { spectrum: { frequencyStep: 10, density, independentSegments }, samples };
}

const RATIOS = [5, 20, 100];

test('of one recording that is known there is no uncertainty, and of an estimated one its standard error', () => {
  for (const segments of [Infinity, 20]) {
    const recordings = [white(500, 1000, segments)];
    const points = gaussianBound(recordings, RATIOS, 1023);
    boundIntervals(recordings, points, 1023).forEach(([lower, upper], i) => {
      const { rounded, standardError } = points[i]!;
      assert.equal(standardError === 0, segments === Infinity);
      assert.ok(Math.abs(upper - rounded.psnr - 1.96 * standardError) < 1e-9);
      assert.ok(Math.abs(rounded.psnr - lower - 1.96 * standardError) < 1e-9);
    });
  }
});

test('recordings that differ leave the bound uncertain, four times as many half as much', () => {
  const widths = [50, 200].map((count) => {
    const random = uniformNumbers(3);
    const recordings = Array.from({ length: count }, (_, i) =>
      white(100 * 2 ** (4 * random() - 2), 1000 + i, Infinity),
    );
    const points = gaussianBound(recordings, RATIOS, 1023);
    return boundIntervals(recordings, points, 1023).map(([lower, upper], i) => {
      assert.ok(lower < points[i]!.rounded.psnr && points[i]!.rounded.psnr < upper);
      return upper - lower;
    });
  });
  RATIOS.forEach((_, i) => {
    const part = widths[1]![i]! / widths[0]![i]!;
    assert.ok(part > 0.35 && part < 0.7, `${part}`);
  });
});

test('recordings of equal length are drawn together', () => {
  const alone = Array.from({ length: 30 }, (_, i) => white(40 + 20 * i, 1000 + i, Infinity));
  const pairs = alone.flatMap((one) => [one, one]);
  const width = (recordings: readonly RecordingSpectrum[]): number => {
    const [[lower, upper]] = boundIntervals(recordings, gaussianBound(recordings, [20], 1023), 1023) as [
      [number, number],
    ];
    return upper - lower;
  };
  assert.ok(Math.abs(width(pairs) / width(alone) - 1) < 1e-9);
});

test('the in-band response is a half of the power twice over at its edges, and nothing far from them', () => {
  const response = inBandPowerResponse(4096, SAMPLE_RATE);
  const at = (hertz: number): number => response[Math.round((hertz * 4096) / 19531)]!;
  assert.ok(Math.abs(at(300) - 0.25) < 0.02 && Math.abs(at(5000) - 0.25) < 0.02);
  assert.ok(at(1500) > 0.97 && at(1500) < 1.0001);
  assert.ok(at(20) < 1e-6 && at(9700) < 1e-4);
});
