import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussianBound } from '../../lib/metrics/gaussian-bound';
import { boundAt, psnrAt, valueAt } from '../../lib/results/curve-at-ratio';

/** Power that falls with the frequency, as that of recordings. */
const density = Float64Array.from({ length: 513 }, (_, k) => 1000 / (1 + (k / 20) ** 2) + 0.02);
const recordings = [
  { spectrum: { density, frequencyStep: 19.07, independentSegments: Infinity }, samples: 100_000 },
];

test('a bound between its points is what water-filling gives there', () => {
  const bound = gaussianBound(recordings, [4, 5, 7, 10, 15, 20, 30, 50], 1023);
  let chordExcess = 0;
  for (const ratio of [4.5, 6, 8.4, 12, 17, 24, 39]) {
    const [exact] = gaussianBound(recordings, [ratio], 1023);
    const found = boundAt(bound, exact!.compressionRatio)!;
    assert.ok(Math.abs(found - exact!.psnr) < 0.03, `${found} for ${exact!.psnr} dB at CR ${ratio}`);
    const above = bound.findIndex((point) => point.compressionRatio > ratio);
    const [low, high] = [bound[above - 1]!, bound[above]!];
    const share =
      Math.log(ratio / low.compressionRatio) / Math.log(high.compressionRatio / low.compressionRatio);
    chordExcess = Math.max(chordExcess, low.psnr + share * (high.psnr - low.psnr) - exact!.psnr);
  }
  assert.ok(chordExcess > 0.1, `straight lines are ${chordExcess} dB too high at most`);
});

test('a curve has its own values at its points and none outside of them', () => {
  const points = [
    { compressionRatio: 20, psnr: 50 },
    { compressionRatio: 5, psnr: 60 },
    { compressionRatio: 80, psnr: 44 },
    { compressionRatio: 4, psnr: null },
  ];
  for (const { compressionRatio, psnr } of points.slice(0, 3)) {
    assert.equal(psnrAt({ points }, compressionRatio), psnr);
  }
  assert.equal(psnrAt({ points }, 4), undefined);
  assert.equal(psnrAt({ points }, 81), undefined);
  assert.equal(valueAt([{ cost: 3, quality: 7 }], 3), 7);
  assert.equal(valueAt([{ cost: 0, quality: 7 }], 0), undefined);
  assert.equal(valueAt([], 3), undefined);
});
