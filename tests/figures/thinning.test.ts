import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { envelope, everyFew, thinSpectrum } from '../../lib/figures/thinning';

const series = fc.array(fc.integer({ min: 0, max: 1023 }), { maxLength: 600 });
const columnCount = fc.integer({ min: 1, max: 60 });

test('An envelope holds the lowest and the highest of each group of neighbors, and nothing else.', () => {
  fc.assert(
    fc.property(series, columnCount, (values, columns) => {
      const { group, lowest, highest } = envelope(Float64Array.from(values), columns);
      assert.ok(lowest.length <= columns);
      assert.equal(lowest.length, Math.ceil(values.length / group));
      lowest.forEach((low, at) => {
        const all = values.slice(at * group, (at + 1) * group);
        assert.deepEqual([low, highest[at]], [Math.min(...all), Math.max(...all)]);
      });
    }),
  );
});

test('Of few samples an envelope is the signal itself, twice.', () => {
  assert.deepEqual(envelope([5, 1, 9], 3), { group: 1, start: 0, lowest: [5, 1, 9], highest: [5, 1, 9] });
  assert.deepEqual(envelope([5, 1, 9, 2, 2], 2), { group: 3, start: 1, lowest: [1, 2], highest: [9, 2] });
  assert.deepEqual(envelope([], 2), { group: 1, start: 0, lowest: [], highest: [] });
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
