import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findNumberProblems } from '../../tools/check/quoted-numbers';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-numbers-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const sources = { figures: join(folder, 'figures'), notebooks: join(folder, 'notebooks') };
mkdirSync(sources.figures);
mkdirSync(sources.notebooks);
const points = [10, 20, 40].map((ratio, i) => ({ step: i + 1, compressionRatio: ratio, psnr: 50 - 3 * i }));
const curve = { basis: 'haar-6', points, lossless: { compressionRatio: 3.3349 } };
writeFileSync(
  join(sources.figures, 'results.json'),
  JSON.stringify({ dataset: { sha256: 'x' }, curves: [curve] }),
);
const bound = [10, 20, 40].map((compressionRatio, i) => ({ compressionRatio, psnr: 51.5 - 3 * i }));
writeFileSync(
  join(sources.figures, 'haar-6.details.json'),
  JSON.stringify({ basis: 'haar-6', bound, intervals: [], excerpts: [] }),
);
const cell = {
  cell_type: 'code',
  id: 'a1',
  metadata: {},
  execution_count: 1,
  source: '',
  outputs: [
    { output_type: 'stream', name: 'stdout', text: 'it changes the bytes by −0.944% (−0.97 to −0.91)\n' },
  ],
};
writeFileSync(
  join(sources.notebooks, '92-verdict.ipynb'),
  JSON.stringify({
    cells: [cell, { ...cell, id: 'a2', execution_count: null, outputs: [] }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  }),
);

const problemsOf = (text: string, strict = false): string[] =>
  findNumberProblems([{ place: 'page', text, strict }], sources);

test('numbers that are the rounding of their source pass', () => {
  const text =
    'Without loss 3.33<!-- results: haar-6 cr --> or 3.335<!-- results: haar-6 cr -->, 47 dB <!-- results: haar-6 psnr@20 -->, ' +
    '1.5<!-- results: haar-6 below@20 --> dB below; bytes −0.94%<!-- cell: 92-verdict a1 -->, 92 KB<!-- measured: npm run evaluate -->';
  assert.deepEqual(problemsOf(text, true), []);
});

test('a number that has parted from its source is named with what is there', () => {
  const [problem, ...others] = problemsOf('it ends at 3.34<!-- results: haar-6 cr -->');
  assert.deepEqual(others, []);
  assert.match(problem!, /3\.34 .*haar-6 cr.* 3\.3349/);
  assert.match(problemsOf('by −0.95%<!-- cell: 92-verdict a1 -->')[0]!, /prints no such number/);
});

test('a source that there is not is a problem', () => {
  assert.match(problemsOf('3.3<!-- results: dct-9 cr -->')[0]!, /no curve of dct-9/);
  assert.match(problemsOf('3.3<!-- results: haar-6 psnr@500 -->')[0]!, /no psnr@500/);
  assert.match(problemsOf('3.3<!-- cell: 92-verdict a3 -->')[0]!, /no code cell a3/);
  assert.match(problemsOf('3.3<!-- measured: npm run nothing -->')[0]!, /no command/);
  assert.match(problemsOf('nothing here <!-- results: haar-6 cr -->')[0]!, /behind no number/);
});

test('a cell that has not run yet is not asked', () => {
  assert.deepEqual(problemsOf('0.5<!-- cell: 92-verdict a2 -->'), []);
});

test('strict prose names a source for every number with decimals, but for versions, code and what is made', () => {
  assert.match(problemsOf('It ends near 3.4.', true)[0]!, /3\.4 names no source/);
  assert.deepEqual(problemsOf('It ends near 3.4.'), []);
  const text =
    'Node 20.19 or later, Python 3.10, `hermite-512-3-1.5`, [x](a/3.5.md)\n| a | 3.5 |\n<!-- results:start (made) -->\n3.5\n<!-- results:end -->';
  assert.deepEqual(problemsOf(text, true), []);
});
