import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { catalog } from '../../lib/catalog/catalog';
import { basisId } from '../../lib/catalog/ids';
import { boundDistance } from '../../lib/figures/charts/bound-distance';
import { chosenCurves, MOST_LINES } from '../../lib/figures/chosen-curves';
import { LINE_LABEL, spread } from '../../lib/figures/line-labels';
import { sharedPanels } from '../../lib/figures/charts/parameter-study';
import { rateDistortion, type NamedCurve } from '../../lib/figures/charts/rate-distortion';
import { bestOfKinds, readmeFigure } from '../../lib/figures/readme-figure';
import { distinctStyles, PALETTE } from '../../lib/figures/theme';
import { codecLook } from '../../lib/figures/codec-look';
import type { Results } from '../../lib/results/results';
import { curve } from './examples';

const headline = { title: 'A', corpus: 'B' };

/** Every codec of the catalog that is compared, with its look, and with the other quantizers of some. */
const ids = [...catalog.map((entry) => basisId(entry)), 'dct-512+trellis', 'dct-512+rdoq'];
const named: NamedCurve[] = ids.map((id, index) => ({
  curve: {
    ...curve(id, index / 8),
    family: index < catalog.length ? catalog[index]!.family : 'trigonometric',
  },
  ...codecLook(id),
}));

/** Colors of the lines that are named after curves. */
function colorsOf(figure: ReturnType<typeof rateDistortion>): string[] {
  return figure.data.flatMap((trace) => {
    const { name = '', line } = trace as { name?: string; line?: { color: string } };
    return ids.includes(name) && line ? [line.color] : [];
  });
}

test('Of any two codecs of the catalog that are drawn together, no two lines have one color.', () => {
  named.forEach((first, i) => {
    for (const second of named.slice(i + 1)) {
      for (const figure of [
        rateDistortion([first, second], headline),
        boundDistance([first, second], () => 70, headline, { deepest: 60 }),
      ]) {
        const colors = colorsOf(figure);
        assert.equal(colors.length, 2, `${first.label} and ${second.label}`);
        assert.notEqual(colors[0], colors[1], `${first.label} and ${second.label}`);
      }
    }
  });
});

test('Styles keep their color where it is free; as many as there are colors differ in color, more in color or dash.', () => {
  const looks = ids.map((id) => codecLook(id).style);
  fc.assert(
    fc.property(fc.subarray(looks, { minLength: 1 }), (styles) => {
      const distinct = distinctStyles(styles);
      const colors = distinct.map(({ color }) => color);
      const most = Object.keys(PALETTE).length;
      if (styles.length <= most) assert.equal(new Set(colors).size, styles.length);
      assert.equal(
        new Set(distinct.map(({ color, dash }) => `${color} ${String(dash)}`)).size,
        styles.length,
      );
      styles.forEach(({ color }, i) => {
        if (styles.findIndex((other) => other.color === color) === i && styles.length <= most)
          assert.equal(colors[i], color);
      });
    }),
  );
});

test('Of many curves a panel has the best of each family, eight at most, each named at its end.', () => {
  const chosen = chosenCurves(named);
  assert.equal(chosen.length, MOST_LINES);
  assert.equal(new Set(chosen.map(({ curve: { family } }) => family)).size, MOST_LINES);
  assert.deepEqual(chosenCurves(named.slice(0, 5)), named.slice(0, 5));
  const figure = rateDistortion(named, headline, { measures: ['psnr', 'spikes'] });
  const labels = (figure.layout.annotations ?? []).filter(
    (one) => (one as { name?: string }).name === LINE_LABEL,
  );
  assert.equal(labels.length, 2 * MOST_LINES);
  assert.equal(figure.layout.showlegend, false);
  assert.ok(figure.subtitle.includes(`the best of each family, 8 of ${named.length} curves`));
});

test('Names stand apart by their height, within the panel, in the order of their lines.', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 5, max: 60 }),
      (wanted, spacing) => {
        const places = spread(wanted, spacing, 300);
        const least = Math.min(spacing, 300 / Math.max(1, wanted.length - 1));
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
        order.slice(1).forEach((index, i) => assert.ok(places[index]! - places[order[i]!]! >= least - 1e-6));
        for (const place of places) assert.ok(place >= -1e-6 && place <= 300 + 1e-6);
      },
    ),
  );
  assert.deepEqual(spread([10, 100, 200], 20, 300), [10, 100, 200]);
});

test('Lines in bands far apart have panels of their own, lines that are compared share one.', () => {
  const values = (list: (number | null)[]): { values: (number | null)[] } => ({ values: list });
  assert.deepEqual(sharedPanels([values([61, 61.3]), values([48, 48.4]), values([41, null])]), [
    [0],
    [1],
    [2],
  ]);
  // Two bases at two ratios: the bases are compared.
  assert.deepEqual(
    sharedPanels([values([48, 48.4]), values([48.1, 48.2]), values([41, 41.3]), values([41.2, 41.1])]),
    [
      [0, 1],
      [2, 3],
    ],
  );
  assert.deepEqual(sharedPanels([values([1, 2]), values([1.5, 3])]), [[0, 1]]);
  assert.deepEqual(sharedPanels([values([null, null]), values([1, 2])]), [[0, 1]]);
});

test('Every figure of distances has the bound at the top, and what is below it counted in positive decibels.', () => {
  const figure = boundDistance([{ curve: curve('dct-512', 6) }], () => 70, headline, { deepest: 60 });
  const [line] = figure.data as { y: number[] }[];
  assert.ok(line!.y.every((value) => value > 0));
  const [bottom, top] = figure.layout.yaxis!.range as [number, number];
  assert.ok(bottom > top && top <= 0);
});

test('The figure of the README has at most eight lines, named, of colors that differ, up to the bound.', () => {
  const results: Results = {
    dataset: { name: 'a', label: 'b', synthetic: true, recordings: 1, samples: 1, wavBytes: 1, sha256: '0' },
    curves: named.map((one) => one.curve),
  };
  const kinds = bestOfKinds(results);
  assert.ok(kinds.length <= 8 && kinds.length > 5);
  const best = curve('best', ids.length / 8).points;
  const bound = best.map(({ compressionRatio, psnr }) => ({ compressionRatio, psnr: psnr! + 1 }));
  const figure = readmeFigure(results, bound);
  const lines = figure.data.filter(({ name }) => name !== 'bound') as {
    name: string;
    line: { color: string };
  }[];
  assert.ok(lines.length > 0 && lines.length <= 8);
  assert.equal(new Set(lines.map(({ line }) => line.color)).size, lines.length);
  const texts = (figure.layout.annotations ?? []).map(({ text }) => text);
  for (const { name } of lines) assert.ok(texts.includes(name));
});

test('The axis of the README’s figure says which bound it measures from.', () => {
  const earlier = [{ compressionRatio: 5, psnr: 60 }];
  const rounded = [{ compressionRatio: 5, psnr: 60, psnrUnrounded: 60.5 }];
  const results: Results = {
    dataset: { name: 'a', label: 'b', synthetic: true, recordings: 1, samples: 1, wavBytes: 1, sha256: '0' },
    curves: named.map((one) => one.curve),
  };
  const readmeAxis = (bound: typeof earlier): unknown => readmeFigure(results, bound).layout.yaxis!.title;
  for (const [bound, name] of [
    [earlier, 'PSNR below the Gaussian bound, dB'],
    [rounded, 'PSNR below the Gaussian bound with rounding, dB'],
  ] as const) {
    assert.equal((readmeAxis(bound) as { text: string }).text, name);
  }
});
