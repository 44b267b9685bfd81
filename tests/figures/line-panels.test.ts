import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelTree } from '../../lib/figures/charts/channel-tree';
import { linePanels } from '../../lib/figures/charts/line-panels';

const headline = { title: 'Lines', corpus: 'numbers' };
const axis = { quantity: 'Ratio', unit: 'none', logarithmic: true };

/** Texts of annotations. */
const texts = (figure: ReturnType<typeof linePanels>): string[] =>
  (figure.layout.annotations ?? []).map(({ text }) => text ?? '');

test('each line has its name beside its panel, and lines without points have none', () => {
  const lines = ['a', 'b', 'empty'].map((label, i) => ({
    label,
    points: [10, 20].map((x) => ({ x, y: label === 'empty' ? null : i * x })),
  }));
  const figure = linePanels(
    [
      { heading: 'first', lines },
      { heading: '', lines: lines.slice(0, 1) },
    ],
    axis,
    { quantity: 'Saved', unit: '%', range: [0, 15] },
    headline,
    { columns: 2 },
  );
  assert.deepEqual(texts(figure), ['<b>first</b>', 'a', 'b', 'a']);
  // The name of a line that leaves the picture stands at its last point within.
  const b = figure.layout.annotations!.find(({ text }) => text === 'b')!;
  assert.deepEqual([b.x, b.y], [1, 10]);
  assert.equal(figure.data.length, 4);
});

test('intervals are drawn from the point to their ends', () => {
  const points = [{ x: 10, y: 5, interval: [3, 9] as const }];
  const figure = linePanels([{ heading: '', lines: [{ label: 'a', points }] }], axis, axis, headline);
  const { error_y: error } = figure.data[0] as { error_y: { array: number[]; arrayminus: number[] } };
  assert.deepEqual([error.array, error.arrayminus], [[4], [2]]);
});

test('a channel stands one prediction behind its source', () => {
  const figure = channelTree([undefined, 0, 1, 0], ['a', 'b', 'c', 'd'], headline);
  const { x, y } = figure.data[1] as unknown as { x: number[]; y: number[] };
  assert.deepEqual(x, [0, 1, 2, 1]);
  assert.deepEqual(y, [0, 1, 2, 3]);
});
