import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waveletFilters } from '../../lib/kernels/filters/wavelet-filters';
import { filterSelectivity } from '../../lib/investigations/07-filter-selectivity';

const of = (name: string) => filterSelectivity(waveletFilters(name).reconstructionLow);

test('the Haar filter leaks half less one part in π of its energy, and delays all frequencies alike', () => {
  const { leakage, delaySpread } = of('haar');
  assert.ok(Math.abs(leakage - (1 / 2 - 1 / Math.PI)) < 1e-6);
  assert.ok(delaySpread < 1e-9);
});

test('a delay alone spreads nothing, a filter that passes all leaks one half', () => {
  const { leakage, delaySpread } = filterSelectivity([0, 0, 0, 2]);
  assert.ok(Math.abs(leakage - 1 / 2) < 1e-12);
  assert.ok(delaySpread < 1e-6);
});

test('an allpass filter of a known group delay has its spread', () => {
  // 1/(1 + e^(−iω)/2)·(1/2 + e^(−iω)), by its impulse response; group delay 0.75/(1.25 + cos ω).
  const response = Array.from({ length: 60 }, (_, n) => (n === 0 ? 0.5 : 0.75 * (-0.5) ** (n - 1)));
  const delays = Array.from(
    { length: 4096 },
    (_, i) => 0.75 / (1.25 + Math.cos((Math.PI * (i + 0.5)) / 4096)),
  );
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  const variance = delays.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / delays.length;
  assert.ok(Math.abs(filterSelectivity(response).delaySpread - Math.sqrt(variance)) < 1e-6);
});

test('longer filters of a family leak less; dbN and symN leak alike, but symN spreads less', () => {
  for (const [shorter, longer] of [
    ['db2', 'db4'],
    ['sym8', 'sym16'],
    ['coif2', 'coif5'],
  ] as const) {
    assert.ok(of(shorter).leakage > of(longer).leakage);
  }
  for (let order = 4; order <= 20; order++) {
    const [extremal, symmetric] = [of(`db${order}`), of(`sym${order}`)];
    assert.ok(Math.abs(extremal.leakage - symmetric.leakage) < 1e-12);
    assert.ok(symmetric.delaySpread < 0.7 * extremal.delaySpread);
  }
});
