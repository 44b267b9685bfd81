import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { everyFew, thinSeries, thinSpectrum } from '../../lib/figures/thinning';

const series = fc.array(fc.integer({ min: 0, max: 1023 }), { maxLength: 600 });
const columnCount = fc.integer({ min: 1, max: 60 });

test('Thinning keeps the smallest and the largest value of each pixel column and nothing else.', () => {
  fc.assert(
    fc.property(series, columnCount, (values, columns) => {
      const thinned = thinSeries(Float64Array.from(values), columns);
      if (values.length <= 2 * columns) {
        assert.deepEqual(thinned, { start: 0, step: 1, values });
        return;
      }
      assert.equal(thinned.values.length, 2 * columns);
      for (let column = 0; column < columns; column++) {
        const from = Math.floor((column * values.length) / columns);
        const to = Math.floor(((column + 1) * values.length) / columns);
        const all = values.slice(from, to);
        const kept = thinned.values.slice(2 * column, 2 * column + 2);
        assert.deepEqual([Math.min(...kept), Math.max(...kept)], [Math.min(...all), Math.max(...all)]);
      }
    }),
  );
});

test('Thinned values are spread evenly over the time of the series.', () => {
  fc.assert(
    fc.property(series, columnCount, (values, columns) => {
      const { start, step, values: kept } = thinSeries(values, columns);
      if (kept.length === 0) return;
      const before = start;
      const after = values.length - 1 - (start + step * (kept.length - 1));
      assert.ok(Math.abs(before - after) < 1e-6, `${before} samples before, ${after} after`);
    }),
  );
});

test('Extremes of a column come in the order in which they occur.', () => {
  assert.deepEqual(thinSeries([5, 1, 9, 5, 5, 9, 1, 5], 2).values, [1, 9, 9, 1]);
});

test('A thinned spectrum stays within its values, ascends in frequency and leaves zero frequency out.', () => {
  const frequencies = Array.from({ length: 1025 }, (_, i) => i * 9.5);
  const density = frequencies.map((f) => 1 / (1 + f));
  const thinned = thinSpectrum(frequencies, [density], 100);
  assert.ok(thinned.frequencies.length <= 100);
  assert.equal(thinned.frequencies[0], 9.5);
  assert.equal(thinned.columns[0]?.[0], density[1]);
  for (let i = 1; i < thinned.frequencies.length; i++) {
    assert.ok((thinned.frequencies[i] ?? 0) > (thinned.frequencies[i - 1] ?? 0));
    assert.ok((thinned.columns[0]?.[i] ?? 1) < (thinned.columns[0]?.[i - 1] ?? 0));
  }
});

test('A spectrum without positive frequencies is thinned to nothing.', () => {
  assert.deepEqual(thinSpectrum([0], [[3]], 10), { frequencies: [], columns: [[]] });
});

test('A few of many keep the first, the last and the order.', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2, max: 50 }), (count, most) => {
      const all = Array.from({ length: count }, (_, i) => i);
      const few = everyFew(all, most);
      assert.equal(few.length, Math.min(count, most));
      assert.equal(few[0], 0);
      assert.equal(few[few.length - 1], count - 1);
      assert.deepEqual(
        few,
        [...new Set(few)].sort((a, b) => a - b),
      );
    }),
  );
});
