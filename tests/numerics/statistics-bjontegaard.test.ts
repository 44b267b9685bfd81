import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bjontegaardDelta,
  bjontegaardDeltaRate,
  LEAST_OVERLAP,
  RateCurveError,
} from '../../lib/numerics/bjontegaard';
import type { RatePoint } from '../../lib/numerics/bjontegaard';

const { cases } = JSON.parse(readFileSync('tests/fixtures/metrics-bjontegaard.json', 'utf8')) as {
  cases: { reference: RatePoint[]; curve: RatePoint[]; deltaRate: number }[];
};

const curves = fc
  .uniqueArray(fc.integer({ min: 400, max: 620 }), { minLength: 2, maxLength: 12 })
  .chain((tenths) =>
    fc
      .array(fc.double({ min: 0.01, max: 10, noNaN: true }), {
        minLength: tenths.length,
        maxLength: tenths.length,
      })
      .map((rates): RatePoint[] => rates.map((rate, i) => ({ rate, psnr: tenths[i]! / 10 }))),
  );

test("Bjøntegaard delta rates are those of SciPy's PCHIP.", () => {
  for (const { reference, curve, deltaRate } of cases) {
    const actual = bjontegaardDeltaRate(reference, curve)!;
    assert.ok(Math.abs(actual - deltaRate) < 1e-9 * (1 + Math.abs(deltaRate)), `${actual}, not ${deltaRate}`);
  }
});

test('The order of points and a lossless point do not matter.', () => {
  const { reference, curve } = cases[3]!;
  const shuffled = [...curve].reverse();
  shuffled.splice(2, 0, { rate: 5, psnr: Infinity });
  assert.equal(bjontegaardDeltaRate(reference, shuffled), bjontegaardDeltaRate(reference, curve));
});

test('A curve of k times the rate differs by k − 1, whatever its shape.', () => {
  fc.assert(
    fc.property(curves, fc.double({ min: 0.1, max: 10, noNaN: true }), (curve, factor) => {
      const scaled = curve.map(({ rate, psnr }) => ({ rate: rate * factor, psnr }));
      const psnrs = curve.map(({ psnr }) => psnr);
      const delta = bjontegaardDeltaRate(curve, scaled);
      // A curve of next to no length is compared with nothing, not even with itself.
      if (Math.max(...psnrs) - Math.min(...psnrs) < LEAST_OVERLAP) assert.equal(delta, null);
      else assert.ok(Math.abs(delta! - 100 * (factor - 1)) < 1e-8);
    }),
  );
});

test('Between two PSNRs only what lies between them counts.', () => {
  const reference = [40, 45, 50, 55, 60].map((psnr) => ({ rate: 2 ** ((psnr - 40) / 5), psnr }));
  // Twice the rate above 50 dB, the same up to 45 dB.
  const curve = reference.map(({ rate, psnr }) => ({ rate: psnr > 45 ? 2 * rate : rate, psnr }));
  assert.ok(Math.abs(bjontegaardDeltaRate(reference, curve, [40, 45])!) < 12);
  assert.ok(Math.abs(bjontegaardDeltaRate(reference, curve, [55, 60])! - 100) < 1e-9);
  assert.equal(bjontegaardDeltaRate(reference, curve, [60, 70]), null);
  assert.equal(bjontegaardDeltaRate(reference, curve, [0, 100]), bjontegaardDeltaRate(reference, curve));
});

test('Swapping the curves inverts the ratio of rates.', () => {
  fc.assert(
    fc.property(curves, curves, (reference, curve) => {
      const there = bjontegaardDeltaRate(reference, curve);
      const back = bjontegaardDeltaRate(curve, reference);
      if (there === null || back === null) assert.equal(there, back);
      else assert.ok(Math.abs((1 + there / 100) * (1 + back / 100) - 1) < 1e-9);
    }),
  );
});

test('Curves without a common PSNR interval have no delta rate.', () => {
  const low = [
    { rate: 1, psnr: 40 },
    { rate: 2, psnr: 45 },
  ];
  const high = low.map(({ rate, psnr }) => ({ rate, psnr: psnr + 5 }));
  assert.equal(bjontegaardDeltaRate(low, high), null);
});

test('Curves that cannot be interpolated are refused by name.', () => {
  const good = cases[0]!.reference;
  const bad: RatePoint[][] = [
    [],
    [{ rate: 1, psnr: 40 }],
    [
      { rate: 1, psnr: 40 },
      { rate: 2, psnr: Infinity },
    ],
    [
      { rate: 1, psnr: 40 },
      { rate: 2, psnr: 40 },
    ],
    [
      { rate: 0, psnr: 40 },
      { rate: 2, psnr: 50 },
    ],
  ];
  for (const curve of bad) {
    assert.throws(() => bjontegaardDeltaRate(good, curve), RateCurveError);
    assert.throws(() => bjontegaardDeltaRate(curve, good), RateCurveError);
  }
});

test('Curves that share next to nothing are not compared; a comparison says over which PSNRs it was made.', () => {
  const low = [
    { rate: 1, psnr: 40 },
    { rate: 15, psnr: 45 },
  ];
  // They touch at 45 dB, where one needs a fifteenth of the other.
  const touching = low.map(({ rate, psnr }) => ({ rate, psnr: psnr + 4.999 }));
  assert.equal(bjontegaardDelta(low, touching), null);
  const above = low.map(({ rate, psnr }) => ({ rate, psnr: psnr + 3 }));
  assert.deepEqual(bjontegaardDelta(low, above)!.between, [43, 45]);
  assert.deepEqual(bjontegaardDelta(low, above, [44, 50])!.between, [44, 45]);
  // A narrow range that was asked for is one.
  assert.ok(Math.abs(bjontegaardDelta(low, low, [41, 41.1])!.percent) < 1e-9);
});

test('A point that is no number does not pass for a lossless one.', () => {
  const good = cases[0]!.reference;
  for (const psnr of [NaN, -Infinity]) {
    assert.throws(() => bjontegaardDeltaRate(good, [...good, { rate: 1, psnr }]), RateCurveError);
    assert.throws(() => bjontegaardDeltaRate([...good, { rate: 1, psnr }], good), RateCurveError);
  }
});
