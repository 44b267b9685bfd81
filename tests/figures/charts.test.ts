import assert from 'node:assert/strict';
import test from 'node:test';
import type { Layout, LayoutAxis } from 'plotly.js';
import { FIGURE_JSON_LIMIT } from '../../lib/figures/display';
import { figureJson, roundSignificant, type Figure } from '../../lib/figures/figure';
import { rateDistortion } from '../../lib/figures/charts/rate-distortion';
import { waveforms } from '../../lib/figures/charts/waveforms';
import { uniformNumbers } from '../../lib/numerics/random';
import { psnrAt } from '../../lib/results/curve-at-ratio';
import {
  axisTitle,
  lineStyle,
  logAxis,
  PALETTE,
  translucent,
  withoutHeadline,
} from '../../lib/figures/theme';
import { curve, EXAMPLES } from './examples';

/** Quantities that are pure numbers, and so need no unit. */
const PURE = /^(Compression ratio|F1 of threshold crossings|Correlation|Amplitude)$/;

function axes(figure: Figure): [string, Partial<LayoutAxis>][] {
  return Object.entries(figure.layout as Partial<Layout> & Record<string, unknown>).filter(([key]) =>
    /^[xy]axis\d*$/.test(key),
  ) as [string, Partial<LayoutAxis>][];
}

function titleOf(axis: Partial<LayoutAxis>): string {
  return typeof axis.title === 'string' ? axis.title : (axis.title?.text ?? '');
}

for (const figure of EXAMPLES) {
  test(`The figure "${figure.name}" names its axes with units, and its corpus.`, () => {
    const named = axes(figure).map(([, axis]) => titleOf(axis));
    const categories = figure.data.some((trace) => trace.type === 'bar' || trace.type === 'box');
    for (const side of ['x', 'y']) {
      const titles = axes(figure)
        .filter(([key]) => key.startsWith(side))
        .map(([, axis]) => titleOf(axis))
        .filter(Boolean);
      if (side === 'y' && categories) continue;
      assert.ok(titles.length > 0, `no title on any ${side} axis`);
    }
    for (const title of named.filter(Boolean)) assert.match(title, /, \S|^ADC codes$|^(?!.*,).+$/);
    for (const title of named.filter(Boolean)) {
      assert.ok(title.includes(', ') || title === 'ADC codes' || PURE.test(title), `"${title}" has no unit`);
    }
    const text = typeof figure.layout.title === 'string' ? figure.layout.title : figure.layout.title?.text;
    const words = (text ?? '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    assert.ok(words.includes(figure.title));
    assert.ok(words.includes(figure.subtitle));
  });

  test(`The figure "${figure.name}" has a legend that tells its series apart.`, () => {
    const entries = figure.data.filter((trace) => !('showlegend' in trace && trace.showlegend === false));
    const names = entries.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, `names twice: ${names.join(', ')}`);
    if (figure.layout.showlegend) assert.ok(names.every(Boolean), 'an entry without a name');
    else
      assert.ok(
        entries.length === 1 || figure.layout.annotations !== undefined || figure.data[0]?.type !== 'scatter',
      );
  });

  test(`The figure "${figure.name}" is light enough for a notebook.`, () => {
    const bytes = figureJson({ data: figure.data, layout: figure.layout }).length;
    assert.ok(bytes < FIGURE_JSON_LIMIT, `${bytes} bytes`);
  });
}

test('Waveforms of any digitizer and rate are light enough, and neighboring codes are drawn apart.', () => {
  for (const [middle, noise, rate] of [
    [512, 8, 19531],
    [32_475, 40, 32_000],
    [32_768, 9000, 40_000],
    [2048, 20, 30_000],
  ] as const) {
    for (const [seconds, panels] of [
      [0.03, 4],
      [0.1, 3],
      [0.1, 1],
    ] as const) {
      const random = uniformNumbers(rate);
      const codes = Float64Array.from({ length: Math.round(seconds * rate) }, () =>
        Math.round(middle + noise * (random() + random() - 1)),
      );
      const decoded = Array.from({ length: panels }, (_, i) => ({
        label: `CR ${i}`,
        codes: codes.map((code) => code + Math.round(noise * (random() - 0.5))),
      }));
      const figure = waveforms(
        { original: codes, decoded, sampleRate: rate },
        { title: 'A title', corpus: 'a corpus' },
      );
      const bytes = figureJson({ data: figure.data, layout: figure.layout }).length;
      assert.ok(bytes < 0.95 * FIGURE_JSON_LIMIT, `${rate} Hz, ${seconds} s: ${bytes} bytes`);
    }
  }
  // Of real numbers the letters count that are drawn.
  const real = Float64Array.from({ length: 781 }, (_, i) => 30 * Math.sin(i / 7));
  const inBand = waveforms(
    {
      original: real,
      decoded: ['one', 'two'].map((label) => ({ label, codes: real.map((value) => 0.9 * value) })),
      sampleRate: 19531,
    },
    { title: 'A title', corpus: 'a corpus' },
  );
  assert.doesNotMatch(inBand.subtitle, /envelope/);
  const { data } = waveforms(
    { original: [32_475, 32_476, 32_474], decoded: [], sampleRate: 32_000 },
    { title: 'A title', corpus: 'a corpus' },
  );
  assert.deepEqual((data[0] as { y: number[] }).y, [0, 1, -1]);
});

test('Figures as JSON have ordered keys, rounded numbers, plain arrays and no undefined members.', () => {
  const value = { b: new Float32Array([1 / 3, NaN]), a: { d: undefined, c: -0 }, e: [1234567.891] };
  assert.equal(figureJson(value), '{"a":{"c":0},"b":[0.333333,null],"e":[1234570]}');
  assert.equal(roundSignificant(-12345.678, 3), -12300);
});

test('Logarithmic axes have ticks at 1, 2, 5 and their multiples, fewer over long ranges, more over short ones.', () => {
  const name = { quantity: 'Compression ratio', unit: 'none' } as const;
  assert.deepEqual(logAxis(name, [1, 200]).tickvals, [1, 2, 5, 10, 20, 50, 100, 200]);
  assert.deepEqual(logAxis(name, [1e-6, 1]).ticktext, ['10⁻⁶', '10⁻⁵', '10⁻⁴', '0.001', '0.01', '0.1', '1']);
  assert.deepEqual(logAxis(name, [2.9, 7.5]).tickvals, [3, 4, 5, 6, 7]);
  for (const values of [[], [3, 3], [0, -1], [Infinity, 2], [1.0001, 1.0002]]) {
    const axis = logAxis(name, values);
    assert.ok((axis.range ?? []).every(Number.isFinite));
  }
});

test('An axis is named by its quantity and its unit.', () => {
  assert.equal(axisTitle({ quantity: 'PSNR', unit: 'dB' }), 'PSNR, dB');
  assert.equal(axisTitle({ quantity: 'Compression ratio', unit: 'none' }), 'Compression ratio');
  assert.equal(axisTitle({ quantity: '', unit: 'ADC codes' }), 'ADC codes');
});

test('The first fifty line styles all differ, and neighbors differ in more than color.', () => {
  const looks = Array.from({ length: 50 }, (_, i) => lineStyle(i));
  assert.equal(new Set(looks.map((look) => JSON.stringify([look.color, look.dash]))).size, 50);
  for (let i = 1; i < 50; i++) assert.notEqual(looks[i]?.symbol, looks[i - 1]?.symbol);
});

test('Colors of the palette stand out from white by a contrast of 2 or more, and can be let through.', () => {
  for (const [name, color] of Object.entries(PALETTE)) {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
      const level = parseInt(color.slice(start, start + 2), 16) / 255;
      return level <= 0.03928 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
    });
    const contrast = 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
    assert.ok(contrast >= 2, `${name}: ${contrast}`);
  }
  assert.equal(translucent('#0072b2', 0.2), 'rgba(0,114,178,0.2)');
});

test('A layout without its headline is lower by the room of the headline.', () => {
  const [figure] = EXAMPLES;
  assert.ok(figure);
  const bare = withoutHeadline(figure.layout);
  assert.equal(bare.title, undefined);
  const lost = (figure.layout.height ?? 0) - (bare.height ?? 0);
  assert.equal((figure.layout.margin?.t ?? 0) - (bare.margin?.t ?? 0), lost);
});

test('PSNR between two points is interpolated over the logarithm of the compression ratio.', () => {
  const measured = curve('dct-256', 3);
  const [first, second] = measured.points;
  assert.ok(first && second);
  assert.equal(psnrAt(measured, first.compressionRatio), first.psnr);
  assert.equal(psnrAt(measured, 1), undefined);
  // What falls evenly over the logarithm falls so between the points too.
  const points = [3, 5, 40, 41, 300].map((compressionRatio) => ({
    compressionRatio,
    psnr: 60 - 5 * Math.log(compressionRatio),
  }));
  for (const ratio of [3.5, 12, 40.5, 299]) {
    assert.ok(Math.abs(psnrAt({ points }, ratio)! - (60 - 5 * Math.log(ratio))) < 1e-9, `${ratio}`);
  }
});

test('Lossless points without a PSNR are no points of the curve but marks at their compression ratio.', () => {
  const measured = curve('dct-256', 3);
  const [point] = measured.points;
  assert.ok(point);
  const withLossless = {
    ...measured,
    points: [{ ...point, step: 0, psnr: null, snrMedian: null }, ...measured.points],
  };
  const figure = rateDistortion([{ curve: withLossless }], { title: 'A', corpus: 'B' });
  const line = figure.data[0] as { x: number[]; y: number[] };
  assert.equal(line.y.length, measured.points.length);
  const mark = figure.data[1] as { name: string; x: number[] };
  assert.equal(mark.name, 'lossless');
  assert.deepEqual(mark.x, [measured.lossless?.compressionRatio]);
});
