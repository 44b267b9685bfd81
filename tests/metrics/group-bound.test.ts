import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { groupBoundRate, groupSpectrum, GroupSpectrumError } from '../../lib/metrics/group-bound';
import { uniformNumbers } from '../../lib/numerics/random';

/** Output of `tests/fixtures/space.py`. */
const { bound } = JSON.parse(readFileSync(join(__dirname, '..', 'fixtures', 'space.json'), 'utf8')) as {
  bound: { channels: number[][]; segment: number; together: number[][]; alone: number[][] };
};

const spectrum = groupSpectrum(
  bound.channels.map((row) => Float64Array.from(row)),
  bound.segment,
);

test('eigenvalues of the cross-spectral matrix, and its diagonal, are those of SciPy and NumPy', () => {
  for (const which of ['together', 'alone'] as const) {
    spectrum[which].forEach((value, i) => {
      const expected = bound[which].flat()[i]!;
      assert.ok(Math.abs(value - expected) < 1e-9 * (1 + expected), `${which} ${i}: ${value} ${expected}`);
    });
  }
});

test('channels that are copies of one cost a third of three, and independent ones as much as alone', () => {
  const random = uniformNumbers(3);
  const white = (): Float64Array => Float64Array.from({ length: 60_000 }, () => 20 * (random() - 0.5));
  const one = white();
  const copies = groupSpectrum([one, one, one], 64);
  // Their common error: three components, one of three times the variance.
  const alone = groupBoundRate([copies], 'alone', 1);
  assert.ok(Math.abs(alone - 0.5 * Math.log2(400 / 12)) < 0.02, `${alone}`);
  const together = groupBoundRate([copies], 'together', 1);
  assert.ok(together < alone / 3 + 0.01, `${together}`);
  const independent = groupSpectrum([white(), white(), white()], 64);
  const rates = (['together', 'alone'] as const).map((which) => groupBoundRate([independent], which, 1));
  assert.ok(Math.abs(rates[0]! - rates[1]!) < 0.01, rates.join(' '));
});

test('the bound needs nothing where all may be left out, and refuses too short a group', () => {
  assert.equal(groupBoundRate([spectrum], 'together', 1e9), 0);
  assert.throws(() => groupSpectrum([new Float64Array(100), new Float64Array(100)], 64), GroupSpectrumError);
});
