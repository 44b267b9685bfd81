import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire, Module } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, afterEach, beforeEach } from 'node:test';
import {
  FigureTooLargeError,
  showFigure,
  showMarkdown,
  showTable,
  type SavedFigure,
} from '../../lib/figures/display';
import { FIGURES_VARIABLE, NOTEBOOK_VARIABLE } from '../../lib/results/outputs';
import { closeExport } from '../../lib/figures/export';
import type { Figure } from '../../lib/figures/figure';
import { tableHtml, tableText } from '../../lib/figures/table';
import { projectRoot } from '../../lib/files/project-root';
import { EXAMPLES } from './examples';
import { browserTest } from './with-browser';

after(closeExport);

interface Output {
  data: Record<string, unknown>;
}

const load = createRequire(join(projectRoot(), 'package.json'));
const kernelModule = load.resolve('tslab/dist/jupyter');
let outputs: Output[] = [];
let folder = '';

/** Puts a kernel in place that collects the outputs of a cell. */
function pretendKernel(): void {
  const kernel = new Module(kernelModule);
  kernel.exports = { lastWriteDisplayData: (output: Output) => outputs.push(output) };
  load.cache[kernelModule] = kernel;
}

beforeEach(async () => {
  outputs = [];
  folder = await mkdtemp(join(tmpdir(), 'neurobasis-figures-'));
});

afterEach(async () => {
  delete load.cache[kernelModule];
  delete process.env[FIGURES_VARIABLE];
  delete process.env[NOTEBOOK_VARIABLE];
  await rm(folder, { recursive: true, force: true });
});

const figure = EXAMPLES[0] as Figure;

browserTest('A figure is one output with the interactive figure, a picture and text.', async () => {
  pretendKernel();
  await showFigure(figure);
  assert.equal(outputs.length, 1);
  const data = outputs[0]?.data ?? {};
  assert.deepEqual(Object.keys(data), ['application/vnd.plotly.v1+json', 'image/svg+xml', 'text/plain']);
  const plotly = data['application/vnd.plotly.v1+json'] as { data: unknown[]; layout: object };
  assert.equal(plotly.data.length, figure.data.length);
  assert.equal(data['text/plain'], `${figure.title}\n${figure.subtitle}`);
});

browserTest('A figure whose SVG is heavy has whichever picture is lighter.', async () => {
  pretendKernel();
  const random = Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 1009) / 1009);
  const heavy: Figure = {
    ...figure,
    data: [{ type: 'scatter', mode: 'markers', x: random, y: random.map((v, i) => (v * i) % 1) }],
  };
  await showFigure(heavy);
  const data = outputs[0]?.data ?? {};
  assert.ok('image/png' in data && !('image/svg+xml' in data), Object.keys(data).join());
});

browserTest('Nothing is written to files unless a run asks for it.', async () => {
  pretendKernel();
  process.env[FIGURES_VARIABLE] = folder;
  await showFigure(figure);
  assert.deepEqual(await readdir(folder), []);
});

browserTest(
  'A run that asks for it gets the JSON and the SVG, and no second picture, the same bytes each time.',
  async () => {
    process.env[FIGURES_VARIABLE] = folder;
    process.env[NOTEBOOK_VARIABLE] = '02-cosine';
    await showFigure(figure, { name: 'curves' });
    const names = ['02-cosine-curves.json', '02-cosine-curves.svg'];
    assert.deepEqual((await readdir(folder)).sort(), names);
    const read = (): Promise<Buffer[]> => Promise.all(names.map((name) => readFile(join(folder, name))));
    const first = await read();
    await closeExport();
    await showFigure(figure, { name: 'curves' });
    assert.deepEqual(await read(), first);
    const saved = JSON.parse(String(first[0])) as SavedFigure;
    assert.equal(saved.name, 'curves');
    assert.equal(saved.notebook, '02-cosine');
    assert.equal(saved.position, 1);
    assert.equal(saved.title, figure.title);
  },
);

browserTest('A figure that would make the notebook heavy is refused by name.', async () => {
  process.env[FIGURES_VARIABLE] = folder;
  process.env[NOTEBOOK_VARIABLE] = '02-cosine';
  const y = Array.from({ length: 30_000 }, (_, i) => i);
  await assert.rejects(showFigure({ ...figure, data: [{ type: 'scatter', y }] }), (error: Error) => {
    assert.ok(error instanceof FigureTooLargeError);
    assert.match(error.message, /"rate-distortion" has \d+ KB/);
    return true;
  });
  assert.deepEqual(await readdir(folder), []);
});

test('Exploring without a browser shows the interactive figure and says why there is no picture.', async () => {
  pretendKernel();
  const before = process.env['CHROME'];
  process.env['CHROME'] = '/nowhere/chromium';
  await closeExport();
  try {
    await showFigure(figure);
  } finally {
    if (before === undefined) delete process.env['CHROME'];
    else process.env['CHROME'] = before;
  }
  const data = outputs[0]?.data ?? {};
  assert.deepEqual(Object.keys(data), ['application/vnd.plotly.v1+json', 'text/plain']);
  assert.match(String(data['text/plain']), /no static picture: No Chromium/);
});

const rows = [
  { basis: 'identity', ratio: 3.0518, delay: 0 },
  { basis: 'dct-256 <b>', ratio: 1234.5, delay: null },
];
const columns = [
  { label: 'Basis', value: (row: (typeof rows)[number]) => row.basis },
  { label: 'CR', value: (row: (typeof rows)[number]) => row.ratio, digits: 2 },
  { label: 'Delay, ms', value: (row: (typeof rows)[number]) => row.delay },
];

test('A table is HTML with row and column headings, numbers to the right, and text that is harmless.', () => {
  assert.equal(
    tableHtml(rows, columns),
    [
      '<table>',
      '<thead><tr><th scope="col" style="text-align:left">Basis</th><th scope="col" style="text-align:right">CR</th><th scope="col" style="text-align:right">Delay, ms</th></tr></thead>',
      '<tbody>',
      '<tr><th scope="row" style="text-align:left">identity</th><td style="text-align:right">3.05</td><td style="text-align:right">0</td></tr>',
      '<tr><th scope="row" style="text-align:left">dct-256 &lt;b&gt;</th><td style="text-align:right">1,234.50</td><td style="text-align:right">–</td></tr>',
      '</tbody>',
      '</table>',
    ].join('\n'),
  );
});

test('A table is Markdown that is aligned as text.', () => {
  assert.equal(
    tableText(rows, columns),
    [
      '| Basis       |       CR | Delay, ms |',
      '| ----------- | -------: | --------: |',
      '| identity    |     3.05 |         0 |',
      '| dct-256 <b> | 1,234.50 |         – |',
    ].join('\n'),
  );
});

test('Infinite numbers are shown as such and what is not a number as a dash.', () => {
  const one = [{ label: 'PSNR, dB', value: (value: number) => value, digits: 1 }];
  assert.match(tableText([Infinity], one), /∞/);
  assert.match(tableText([NaN], one), /–/);
});

test('Tables and Markdown are outputs of the cell under a kernel, and lines of the terminal elsewhere.', (context) => {
  const log = context.mock.method(console, 'log', () => undefined);
  showTable(rows, columns);
  showMarkdown('**done**');
  assert.equal(log.mock.callCount(), 2);
  pretendKernel();
  showTable(rows, columns);
  showMarkdown('**done**');
  assert.equal(log.mock.callCount(), 2);
  assert.deepEqual(
    outputs.map(({ data }) => Object.keys(data)),
    [
      ['text/html', 'text/plain'],
      ['text/markdown', 'text/plain'],
    ],
  );
});
