import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snrAtRate } from '../../lib/investigations/08-snr-at-rate';
import type { SweepResult } from '../../lib/measuring/sweep';

/** A recording of 1000 samples and variance 100 with these bits a sample and SNRs in dB at the steps. */
function recording(points: readonly (readonly [number, number])[]): unknown {
  return {
    facts: { samples: 1000, variance: 100 },
    points: points.map(([bits, snr]) => ({
      compressedBytes: (bits * 1000) / 8,
      comparison: { squaredError: 1000 * 100 * 10 ** (-snr / 10) },
    })),
  };
}

const sweepOf = (steps: number[], recordings: unknown[]): SweepResult =>
  ({ steps, recordings }) as unknown as SweepResult;

test('the SNR at a rate lies between steps, of each recording and of all with one step', () => {
  const result = sweepOf(
    [0, 2, 4],
    [
      recording([
        [9, Infinity],
        [4, 30],
        [2, 20],
      ]),
      recording([
        [9, Infinity],
        [3, 24],
        [1, 10],
      ]),
      recording([
        [9, Infinity],
        [8, 40],
        [6, 30],
      ]),
    ],
  );
  const found = snrAtRate(result, 3)!;
  // 25, 24, and 15 beyond the last step.
  assert.ok(Math.abs(found.everyRecording - 24) < 1e-9);
  // Together 5 bits and a median of 30 dB, then 3 bits and 20 dB.
  assert.ok(Math.abs(found.oneStep - 20) < 1e-9);
});

test('a corpus without samples has no SNR', () => {
  assert.equal(snrAtRate(sweepOf([2, 4], []), 2), undefined);
});

test('a recording that takes the same bits at every step is left out', () => {
  const fixed = recording([
    [5, 12],
    [5, 10],
  ]);
  const usual = recording([
    [4, 30],
    [2, 20],
  ]);
  assert.ok(Math.abs(snrAtRate(sweepOf([2, 4], [fixed, usual]), 3)!.everyRecording - 25) < 1e-9);
  assert.equal(snrAtRate(sweepOf([2, 4], [fixed]), 3), undefined);
});
