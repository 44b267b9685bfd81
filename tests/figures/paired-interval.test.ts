import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { ExplorerCurve } from '../../lib/figures/gallery/explorer-data';
import { COSTS, QUALITIES } from '../../lib/figures/page/measures';
import { drawnLines, pairedInterval } from '../../lib/figures/page/paired-interval';
import { KEPT_DRAWS, packDraws, unpackDraws } from '../../lib/results/curve-draws';
import { curve } from './examples';

const [ratio, bits, kept] = COSTS as [(typeof COSTS)[0], (typeof COSTS)[0], (typeof COSTS)[0]];
const psnr = QUALITIES[0]!;

/** A curve so many dB above another, on draws that make all curves harder or easier alike. */
function drawnCurve(basis: string, above: number, own: (draw: number) => number = () => 0): ExplorerCurve {
  const base = curve(basis, 3);
  const points = base.points.map((point) => ({ ...point, psnr: point.psnr! + above }));
  return {
    ...base,
    points,
    title: basis,
    style: { color: '#000000', dash: 'solid', symbol: 'circle' },
    intervals: points.map((point) => {
      const draws = (value: number, of: (draw: number) => number): number[] =>
        Array.from({ length: KEPT_DRAWS }, (_, draw) => value + of(draw));
      return {
        step: point.step,
        intervals: {},
        draws: {
          compressionRatio: packDraws(
            'compressionRatio',
            point.compressionRatio,
            draws(point.compressionRatio, () => 0),
          )!,
          psnr: packDraws(
            'psnr',
            point.psnr,
            draws(point.psnr, (draw) => 2 * Math.sin(draw) + own(draw)),
          )!,
        },
      };
    }),
  };
}

test('Kept draws come back to their step; where one is missing, none is kept.', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { maxLength: 150 }), (drawn) => {
      const text = packDraws('psnr', 3, drawn)!;
      const back = unpackDraws({ psnr: text }, 'psnr', 3)!;
      assert.equal(back.length, Math.min(drawn.length, KEPT_DRAWS));
      back.forEach((value, i) => assert.ok(Math.abs(value - drawn[i]!) <= 0.5e-3 + 1e-9));
    }),
  );
  assert.equal(packDraws('psnr', 3, [1, null]), undefined);
  assert.equal(packDraws('spikeRecall', 0.5, [0.4]), undefined);
  assert.equal(unpackDraws(undefined, 'psnr', 3), undefined);
});

test('What is common to two curves does not widen the interval of their difference.', () => {
  const [first, second] = [drawnCurve('a', 0), drawnCurve('b', 0.5)];
  for (const cost of [ratio, bits]) {
    const reference = drawnLines(first, cost, psnr);
    assert.equal(reference.length, KEPT_DRAWS);
    const [low, high] = pairedInterval(second, second.points[4]!, reference, cost, psnr)!;
    assert.ok(Math.abs(low - 0.5) < 5e-3 && Math.abs(high - 0.5) < 5e-3, `${low} to ${high}`);
  }
});

test('What is a curve’s own does, by as much as it varies.', () => {
  const first = drawnCurve('a', 0);
  const second = drawnCurve('b', 0.5, (draw) => (draw - 49.5) / 100);
  const [low, high] = pairedInterval(second, second.points[4]!, drawnLines(first, ratio, psnr), ratio, psnr)!;
  assert.ok(Math.abs(low - 0.03) < 0.02 && Math.abs(high - 0.97) < 0.02, `${low} to ${high}`);
});

test('Without draws, or over a cost that was not drawn, there is no interval.', () => {
  const first = drawnCurve('a', 0);
  const plain = { ...first, intervals: first.intervals.map(({ step, intervals }) => ({ step, intervals })) };
  const [point] = first.points;
  assert.equal(pairedInterval(first, point!, drawnLines(plain, ratio, psnr), ratio, psnr), undefined);
  assert.equal(pairedInterval(plain, point!, drawnLines(first, ratio, psnr), ratio, psnr), undefined);
  assert.equal(pairedInterval(first, point!, drawnLines(first, kept, psnr), kept, psnr), undefined);
});
