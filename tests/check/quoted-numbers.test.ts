import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findNumberProblems, projectProse } from '../../tools/check/quoted-numbers';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-numbers-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const sources = { figures: join(folder, 'figures'), notebooks: join(folder, 'notebooks'), root: folder };
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

const problemsOf = (text: string, strict = false, tables = false): string[] =>
  findNumberProblems([{ place: 'page', text, strict, tables }], sources);

writeFileSync(
  join(folder, 'speeds.json'),
  JSON.stringify({
    runs: [
      { name: 'pcodec, level 12', form: 'codes', ratio: 3.4343, bytes: 90 },
      { name: 'pcodec, level 12', form: 'packed', ratio: 2.2, bytes: 100 },
      { name: 'FLAC', form: 'codes', ratio: 3.3528, bytes: 1234567 },
    ],
    memory: { fraction: 0.197, machine: 'x' },
  }),
);

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
    'Node 20.19 or later, Python 3.10, specifications 2.1 to 3.0, `hermite-512-3-1.5`, [x](a/3.5.md)\n| a | 3.5 |\n<!-- results:start (made) -->\n3.5\n<!-- results:end -->';
  assert.deepEqual(problemsOf(text, true), []);
});

test('a number of a JSON file is found by keys and by values, and must be its rounding', () => {
  const of = (number: string, place: string): string[] =>
    problemsOf(`${number}<!-- json: speeds.json > ${place} -->`);
  assert.deepEqual(of('3.43', 'runs > name=pcodec, level 12 & form=codes > ratio'), []);
  assert.deepEqual(of('0.2', 'memory > fraction'), []);
  assert.match(
    of('3.44', 'runs > name=pcodec, level 12 & form=codes > ratio')[0]!,
    /3\.44 .*it is 3\.4343 there/,
  );
  assert.match(of('3.43', 'runs > name=pcodec, level 12 > ratio')[0]!, /2 entries have/);
  assert.match(of('3.43', 'runs > name=xz > ratio')[0]!, /0 entries have/);
  assert.match(of('3.43', 'memory > machine')[0]!, /no number at/);
  assert.match(problemsOf('3.43<!-- json: none.json > a -->')[0]!, /no file none\.json/);
});

test('a table has the numbers of the file that it names, row by row', () => {
  const table = (...rows: readonly string[]): string =>
    [
      '<!-- table: speeds.json -->',
      '',
      '| name | ratio | more |',
      '| --- | --- | --- |',
      ...rows,
      '',
      'Next.',
    ].join('\n');
  assert.deepEqual(
    problemsOf(
      table('| pcodec, level 12 | 3.434 | 10.0% |', '| `FLAC` | 3.35 | 1,234,567 |', '| x | – | 0.197 |'),
      true,
      true,
    ),
    [],
  );
  assert.match(problemsOf(table('| FLAC | 3.434 | – |'))[0]!, /no 3\.434 for FLAC/);
  assert.match(problemsOf(table('| pcodec, level 12 | 3.434 | 12.0% |'))[0]!, /no 12\.0% for pcodec/);
  assert.match(problemsOf(table('| FLAC | 3.35 | 1,234,568 |'))[0]!, /no 1,234,568/);
  assert.match(problemsOf(table('| xz | 3.35 | – |'))[0]!, /has no xz/);
  assert.match(problemsOf('<!-- table: none.json -->\n\n| a |\n| - |\n| 1.5 |\n')[0]!, /no file none\.json/);
  assert.match(problemsOf('<!-- table: speeds.json -->\n\nno table')[0]!, /in front of no table/);
});

test('where tables count, a row without a source is a problem', () => {
  assert.deepEqual(problemsOf('| a | 3.5 |', true), []);
  assert.match(problemsOf('| a | 3.5 |', true, true)[0]!, /3\.5 names no source/);
});

test('a record needs no source up to the next heading, and says when it was made', () => {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim().slice(0, 10);
  const record = (date: string, name: string): string =>
    `_Record of ${date}, kept since commit \`${name}\`; later code does not change it._`;
  const section = `## Speed\n\n${record('2026-11-24', commit)}\n\nIt takes 3.5 s.\n\n| a | 2.5 |\n`;
  assert.deepEqual(problemsOf(section, true, true), []);
  assert.match(problemsOf(`${section}\n## Size\n\nIt takes 4.5 MB.`, true)[0]!, /4\.5 names no source/);
  assert.match(problemsOf(`It takes 4.5 MB.\n\n${section}`, true)[0]!, /4\.5 names no source/);
  assert.match(problemsOf(record('lately', commit))[0]!, /no date/);
  assert.match(problemsOf(record('2026-11-24', 'none'))[0]!, /which there is not/);
  assert.match(problemsOf(record('2026-11-24', 'f'.repeat(40)))[0]!, /which there is not/);
});

test('a dated item of a list is a record, what follows it is not', () => {
  const item = '- **2026-11-28. Rooms.** It saves 3.5%\n  in two lines, 2.5 each.\n\n  | a | 1.5 |\n';
  assert.deepEqual(problemsOf(`${item}- **2026-11-28. Doors.** 4.5.\n`, true, true), []);
  assert.match(
    problemsOf(`${item}\nSo it saves 5.5%.`, true, true).join(),
    /^page: 5\.5 names no source[^,]*$/,
  );
});

test('a constant says what it is of', () => {
  assert.deepEqual(problemsOf('beyond 0.587<!-- constant: Zar 2010, table B.20 -->', true), []);
  assert.match(problemsOf('beyond 0.587<!-- constant:  -->')[0]!, /says what it is of/);
  writeFileSync(join(folder, 'spikes.ts'), 'export const DEVIATIONS = 4.5;\nconst LENGTH = size();\n');
  assert.deepEqual(problemsOf('4.5<!-- constant: spikes.ts DEVIATIONS -->', true), []);
  assert.match(problemsOf('4.6<!-- constant: spikes.ts DEVIATIONS -->')[0]!, /it is 4\.5 there/);
  assert.match(problemsOf('4.5<!-- constant: spikes.ts LENGTH -->')[0]!, /no constant LENGTH/);
  assert.match(problemsOf('4.5<!-- constant: none.ts DEVIATIONS -->')[0]!, /no constant DEVIATIONS/);
});

test('every page, and every cell of Markdown, is held to it', () => {
  const strict = projectProse().filter(({ strict }) => strict);
  for (const page of [
    'README.md',
    'docs/performance.md',
    'docs/real-time.md',
    'docs/scaling.md',
    'docs/decisions.md',
  ]) {
    assert.ok(
      strict.some(({ place }) => place === page),
      page,
    );
  }
  assert.ok(strict.some(({ place }) => place.startsWith('92-verdict.ipynb')));
});
