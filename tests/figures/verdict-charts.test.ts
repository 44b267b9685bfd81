import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodedGrid } from '../../lib/figures/charts/decoded-grid';
import { qualityAxes, type QualityLine } from '../../lib/figures/charts/quality-axes';
import { figureJson } from '../../lib/figures/figure';
import { LINE_LABEL } from '../../lib/figures/line-labels';
import { PALETTE } from '../../lib/figures/theme';

const headline = { title: 'A finding', corpus: '8 recordings' };

function line(label: string, values: readonly number[], spread?: number): QualityLine {
  return {
    label,
    style: { color: PALETTE.blue, dash: 'solid' },
    points: values.map((value, i) => ({
      ratio: 5 * 2 ** i,
      value,
      ...(spread !== undefined && { lower: value - spread, upper: value + spread }),
    })),
  };
}

test('each line of a panel is named at its end, and intervals are drawn where all points have one', () => {
  const { data, layout } = qualityAxes(
    [
      {
        heading: 'first',
        quantity: { quantity: '', unit: 'dB' },
        lines: [line('a', [0, 0, 0], 0.1), line('b', [1, 2, 1])],
        range: [-1, 3],
      },
      {
        heading: 'second',
        quantity: { quantity: '', unit: 'none' },
        lines: [line('a', [1, 0.9, 0.8])],
        range: [0, 1],
      },
    ],
    headline,
    'axes',
  );
  const named = (layout.annotations ?? [])
    .filter((one) => (one as { name?: string }).name === LINE_LABEL)
    .map(({ text, yref }) => `${yref}: ${text}`);
  assert.deepEqual(named, ['y: a', 'y: b', 'y2: a']);
  const traces = data as { readonly name?: string; readonly fill?: string; readonly yaxis?: string }[];
  assert.deepEqual(
    traces.map(({ name, fill, yaxis }) => `${name ?? (fill ? 'band' : 'edge')} ${yaxis}`),
    ['edge y', 'band y', 'a y', 'b y', 'a y2'],
  );
});

test('what lies beyond the axis is cut off, and a line of which one point is left is not drawn', () => {
  const { data } = qualityAxes(
    [
      {
        heading: '',
        quantity: { quantity: '', unit: 'dB' },
        lines: [line('near', [0, -1, -9]), line('far', [0, -20, -30])],
        range: [-3, 1],
      },
    ],
    headline,
    'axes',
  );
  const traces = data as { readonly name: string; readonly x: readonly number[] }[];
  assert.deepEqual(
    traces.map(({ name, x }) => [name, [...x]]),
    [['near', [5, 10]]],
  );
});

test('a grid has a panel for each recording and codec, with shared axes in a column, and stays light', () => {
  const wave = Float64Array.from({ length: 8000 }, (_, i) => 500 + Math.round(20 * Math.sin(i / 9)));
  const rows = ['one', 'two', 'three'].map((label) => ({ label, color: PALETTE.green }));
  const column = (label: string) => ({ label, original: wave, decoded: [wave, wave, wave], start: 100 });
  const figure = decodedGrid([column('quiet'), column('spiking')], rows, 20_000, headline, 'grid');
  const layout = figure.layout as Record<string, { readonly matches?: string }>;
  for (const suffix of ['3', '4', '5', '6']) {
    assert.equal(layout[`xaxis${suffix}`]!.matches, Number(suffix) % 2 === 1 ? 'x' : 'x2');
    assert.equal(layout[`yaxis${suffix}`]!.matches, Number(suffix) % 2 === 1 ? 'y' : 'y2');
  }
  assert.deepEqual(
    (figure.layout.annotations ?? []).map(({ text }) => text),
    ['<b>quiet</b>', '<b>spiking</b>'],
  );
  assert.match(figure.subtitle, /envelope: lowest and highest of each \d+ samples/);
  assert.ok(figureJson(figure).length < 60_000);
});
