import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { boundDistance } from '../../lib/figures/charts/bound-distance';
import {
  findTitleProblems,
  readTitledFigures,
  titleProblems,
  type TitledFigure,
} from '../../tools/check/figure-titles';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-titles-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const figureOf = (title: string, changes: Partial<TitledFigure> = {}): TitledFigure => ({
  name: '05-lapped-block-length',
  title,
  data: [],
  layout: {},
  ...changes,
});
const problemsOf = (title: string): string[] => titleProblems(figureOf(title));
const lines = (count: number, axis: string): TitledFigure['data'] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ type: 'scatter', mode: 'lines+markers', name: `basis ${i}`, yaxis: axis },
  }));

test('titles with one finding in plain signs pass', () => {
  for (const title of [
    'mdct-64-sine is best: 0.14 dB above the DCT at CR 5, 0.09 dB below it at CR 200',
    'CR 5 to 20: haar-6 changes the bytes of dct-512 by −0.94%',
    'On one recording, block lengths from 16 to 2048 lie between −0.38 and +0.05 dB of 512',
    'At CR 20 mdct-256-sine+trellis is 0.5 to 4.9 dB below the bound of each dataset',
  ]) {
    assert.deepEqual(problemsOf(title), []);
  }
});

test('a sign beside the word that says it, a hyphen, a number that was not measured and a list are found', () => {
  assert.match(problemsOf('It is −0.09 dB above the DCT').join(), /sign beside the word/);
  assert.match(problemsOf('It rises by −0.02 dB').join(), /sign beside the word/);
  assert.match(problemsOf('It is best: -0.09 dB at CR 200').join(), /a minus is a hyphen/);
  assert.match(problemsOf('It is NaN dB below the bound').join(), /not measured/);
  assert.match(problemsOf(' ').join(), /no title/);
  assert.match(problemsOf(`${'haar-6, '.repeat(20)}save bytes`).join(), /characters, and 150/);
});

test('more than eight lines of one panel are found; the bound and further panels do not count', () => {
  assert.deepEqual(
    titleProblems(
      figureOf('Fine', {
        data: [
          ...lines(8, 'y'),
          ...lines(8, 'y2'),
          { type: 'scatter', mode: 'lines', name: 'Gaussian bound' },
          { type: 'scatter', mode: 'markers', name: 'lossless' },
        ],
      }),
    ),
    [],
  );
  assert.match(titleProblems(figureOf('Many', { data: lines(9, 'y') })).join(), /9 lines/);
});

test('an axis of distances below the bound grows downward, as that of the chart of distances does', () => {
  const curve = {
    ...{ basis: 'haar-6', family: 'wavelets' },
    points: [10, 20].map((compressionRatio) => ({ compressionRatio, psnr: 40 })),
  };
  const drawn = boundDistance([{ curve }], () => 41, {
    title: 'Haar is 1.0 dB below the bound',
    corpus: 'x',
  });
  const figure = figureOf(drawn.title, {
    data: drawn.data as TitledFigure['data'],
    layout: drawn.layout as TitledFigure['layout'],
  });
  assert.deepEqual(titleProblems(figure), []);
  const { yaxis } = figure.layout as { readonly yaxis: { readonly range: readonly number[] } };
  const turned = { ...figure.layout, yaxis: { ...yaxis, range: [...yaxis.range].reverse() } };
  assert.match(titleProblems({ ...figure, layout: turned }).join(), /does not grow downward/);
  assert.match(
    titleProblems({ ...figure, layout: { yaxis: { ...yaxis, range: undefined } } }).join(),
    /does not grow downward/,
  );
});

test('figures of a folder are read, other files are not; while a run is awaited problems are notes', () => {
  writeFileSync(join(folder, '05-lapped-x.json'), JSON.stringify(figureOf('It is -0.09 dB')));
  writeFileSync(join(folder, 'results.json'), JSON.stringify({ title: 'no figure', data: [], layout: {} }));
  writeFileSync(join(folder, '05-lapped.details.json'), '{}');
  assert.deepEqual(
    readTitledFigures(folder).map(({ name }) => name),
    ['05-lapped-x'],
  );
  assert.equal(findTitleProblems(folder).problems.length, 1);
  writeFileSync(join(folder, 'awaited-run.json'), JSON.stringify({ measuredBy: 'abc', changes: ['x'] }));
  assert.equal(findTitleProblems(folder).problems.length, 0);
  assert.equal(findTitleProblems(folder).notes.length, 2);
});
