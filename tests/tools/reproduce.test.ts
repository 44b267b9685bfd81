import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findBrowser, type BrowserProgram } from '../../lib/figures/browser';
import type { Results } from '../../lib/results/results';
import { NOTEBOOK_LIMIT } from '../../tools/reproduce/notebook-file';
import { createTemporaryProject, type CommandResult, type TemporaryProject } from './temporary-project';

// One project for all tests here: each goes on from where the one before it left it.

let browser: BrowserProgram | undefined;
let missing = '';
let project: TemporaryProject;
before(async () => {
  try {
    browser = await findBrowser();
  } catch (error) {
    if (process.env['NEUROBASIS_REQUIRE_ALL'] === '1') throw error;
    missing = (error as Error).message;
    return;
  }
  project = createTemporaryProject({ ...browser.environment, CHROME: browser.executable });
  mkdirSync(join(project.folder, 'lib', 'own'));
  writeLibrary('2');
  project.writeNotebook('00-figure.ipynb', FIGURE_CELLS);
  project.writeNotebook('01-curve.ipynb', CURVE_CELLS);
  project.writeNotebook('90-compare.ipynb', COMPARE_CELLS);
});
after(() => project?.remove());

function reproduceTest(title: string, body: () => Promise<void>): void {
  test(title, async (context) => {
    if (browser) await body();
    else context.skip(missing);
  });
}

const FIGURE_CELLS = [
  `import { showFigure } from './lib/figures/display';`,
  `await showFigure({ name: 'line', title: 'A line', subtitle: 'Of three points', data: [{ x: [1, 2, 3], y: [2, 1, 3] }], layout: {} });`,
];
const CURVE_CELLS = [
  `import { openCorpus } from './lib/recordings/corpus';
import { saveCurve } from './lib/results/results';
import { double } from './lib/own/double';
const corpus = openCorpus();`,
  `saveCurve(corpus, { basis: 'a-basis', parameters: {}, family: 'none', learned: false, notebook: '01-curve.ipynb',
  points: [], lossless: null, delayMs: 0, multiplyAddsPerSample: double(21) }, { basis: 'a-basis', points: [] });
double(21)`,
];
const COMPARE_CELLS = [
  `import { readResults, resultsPath } from './lib/results/results';
import { openCorpus } from './lib/recordings/corpus';
const results = readResults(resultsPath(openCorpus().name));
console.log(results?.curves.map((curve) => curve.basis).join());`,
];

function writeLibrary(factor: string): void {
  writeFileSync(
    join(project.folder, 'lib', 'own', 'double.ts'),
    `export function double(x: number): number {\n  return x * ${factor};\n}\n`,
  );
}

const reproduce = (args: readonly string[] = [], interruptAt?: string): Promise<CommandResult> =>
  project.run('reproduce', ['--recordings', '2', ...args], interruptAt);
const figures = (file: string): string => join(project.folder, 'figures', 'sample-2', file);
const read = (file: string): string => readFileSync(figures(file), 'utf8');

/** Every kept file with its bytes; timings change from run to run. */
function snapshot(): Record<string, string> {
  const files = readdirSync(figures(''), { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files
      .filter((file) => file !== 'timings.json' && statSync(figures(file)).isFile())
      .map((file) => [file, readFileSync(figures(file)).toString('base64')]),
  );
}

reproduceTest('all notebooks are run and everything they make is kept', async () => {
  const { code, output } = await reproduce();
  assert.equal(code, 0, output);
  assert.match(output, /embedded synthetic sample is used/);
  assert.match(output, /npm run data -- --from/);
  assert.match(output, /01-curve\.ipynb: cell 2 of 2/);
  assert.match(output, /Done in .* or figures\S*recording\.html to look at a recording of your own\./);
  assert.match(
    output,
    /Where the time went:\nseconds +clock +processors +compiling +sweeping +learning +drawing +rest\n/,
  );
  assert.match(output, /\n00-figure\.ipynb( +(\d+\.\d|\d+|–)){7}\n/);
  assert.match(output, /\nall +\d.*\nbeside the notebooks: kernels .* s, modules .* s, gallery/);
  assert.deepEqual(Object.keys(snapshot()), [
    '00-figure-line.json',
    '00-figure-line.svg',
    '00-figure.js',
    'index.html',
    join('notebooks', '00-figure.ipynb'),
    join('notebooks', '01-curve.ipynb'),
    join('notebooks', '90-compare.ipynb'),
    'plotly.min.js',
    'provenance.json',
    'recording.html',
    'results.js',
    'results.json',
  ]);
  const { curves, dataset } = JSON.parse(read('results.json')) as Results;
  assert.equal(dataset.name, 'sample-2');
  assert.deepEqual(
    curves.map(({ basis, notebook, multiplyAddsPerSample }) => [basis, notebook, multiplyAddsPerSample]),
    [['a-basis', '01-curve.ipynb', 42]],
  );
  // Notebooks that compare run after the others.
  assert.match(read(join('notebooks', '90-compare.ipynb')), /a-basis/);
  assert.match(read('index.html'), /A line/);
  // The notebooks themselves keep no outputs of a subset.
  assert.doesNotMatch(readFileSync(join(project.folder, 'notebooks', '90-compare.ipynb'), 'utf8'), /"text"/);
});

reproduceTest('a second run finds nothing changed, says so, and writes nothing', async () => {
  const before = snapshot();
  const written = statSync(figures('provenance.json')).mtimeMs;
  appendFileSync(join(project.folder, 'lib', 'own', 'double.ts'), '// A comment changes nothing.\n');
  const { code, output } = await reproduce();
  assert.equal(code, 0, output);
  assert.match(output, /Nothing has changed.*\nThese are the results of an earlier run\./);
  assert.match(output, /--force +runs the notebooks anew, about \d+ s/);
  assert.match(output, /--audit 4/);
  assert.doesNotMatch(output, /started/);
  assert.deepEqual(snapshot(), before);
  assert.equal(statSync(figures('provenance.json')).mtimeMs, written);
});

reproduceTest('a plan says what would run, why and how long it took, and changes nothing', async () => {
  const before = snapshot();
  assert.match((await reproduce(['--plan'])).output, /All 3 notebooks are unchanged: nothing would run\./);
  writeLibrary('5');
  const { code, output } = await reproduce(['--plan']);
  assert.equal(code, 0, output);
  assert.match(output, /Would run 2 of 3 notebooks:\n +01-curve\.ipynb +\d+ s +lib\/own\/double\.ts\n/);
  assert.match(output, /90-compare\.ipynb +\d+ s +results\.json, if it changes\n/);
  assert.match(output, /About \d+ s in all/);
  assert.match(
    (await reproduce(['--plan', '--force', '--only', '00'])).output,
    /00-figure\.ipynb +\d+ s +as asked for/,
  );
  writeLibrary('2');
  assert.deepEqual(snapshot(), before);
});

reproduceTest('results that are in git are called committed', async () => {
  const git = (...args: string[]): unknown =>
    execFileSync('git', ['-C', project.folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
  git('init', '--quiet');
  git('add', 'figures');
  git('commit', '--quiet', '--message', 'results');
  assert.match((await reproduce()).output, /These are the committed results: nothing was computed/);
  rmSync(join(project.folder, '.git'), { recursive: true });
});

reproduceTest('what depends on a change is run again, and what was lost is made again', async () => {
  const before = snapshot();
  writeLibrary('3');
  project.writeNotebook('03-other.ipynb', ['1 + 1']);
  rmSync(figures('00-figure-line.svg'));
  writeFileSync(figures('index.html'), 'changed by hand');
  const { code, output } = await reproduce();
  assert.equal(code, 0, output);
  assert.match(output, /01-curve\.ipynb: started/);
  assert.match(read('results.json'), /"multiplyAddsPerSample": 63/);
  // The results that it reads have changed.
  assert.match(output, /90-compare\.ipynb: started/);
  const now = snapshot();
  assert.equal(now['00-figure-line.svg'], before['00-figure-line.svg']);
  assert.equal(now['00-figure.js'], before['00-figure.js']);
  assert.match(read('index.html'), /A line/);
});

reproduceTest('notebooks that fail are named with cell, line and error; what was kept stays', async () => {
  const before = snapshot();
  project.writeNotebook('01-curve.ipynb', [
    CURVE_CELLS[0]!,
    CURVE_CELLS[1]!.replace('21', '1'),
    `const limit: number = 3;\nif (limit > 2) throw new RangeError('more than two');`,
  ]);
  project.writeNotebook('02-types.ipynb', [`const text: string = 'a';\nconst count: number = text;`]);
  project.writeNotebook('03-other.ipynb', [`2 + 1`, `console.log('x'.repeat(${NOTEBOOK_LIMIT}))`]);
  const { code, output } = await reproduce();
  assert.equal(code, 1);
  assert.match(output, /01-curve\.ipynb failed:\ncode cell 3, line 2: if \(limit > 2\)/);
  assert.match(output, /RangeError: more than two/);
  assert.match(output, /02-types\.ipynb failed:\ncode cell 1, line 2: const count: number = text/);
  assert.match(output, /not assignable to type 'number'/);
  assert.match(output, /03-other\.ipynb failed:\n.*biggest output is that of code cell 2/);
  assert.match(output, /00-figure\.ipynb: unchanged/);
  assert.match(output, /3 of 5 notebooks failed/);
  assert.deepEqual(snapshot(), before);
});

reproduceTest('a run that is stopped keeps what was there and ends with code 130', async () => {
  const before = snapshot();
  project.writeNotebook('03-other.ipynb', [`await new Promise((resolve) => setTimeout(resolve, 60_000))`]);
  const { code, output } = await reproduce(['--only', '03'], '03-other.ipynb: cell 1 of 1');
  assert.equal(code, 130, output);
  assert.match(output, /Stopped/);
  assert.deepEqual(snapshot(), before);
});

reproduceTest('what a notebook made goes when the notebook goes', async () => {
  for (const name of ['01-curve', '02-types', '03-other']) {
    rmSync(join(project.folder, 'notebooks', `${name}.ipynb`));
  }
  const { code, output } = await reproduce(['--only', '00']);
  assert.equal(code, 0, output);
  for (const file of ['results.json', 'provenance.json', 'index.html']) {
    assert.doesNotMatch(read(file), /01-curve/);
  }
  assert.ok(!existsSync(figures(join('notebooks', '01-curve.ipynb'))));
});

reproduceTest('a name that no notebook has is refused', async () => {
  const { code, output } = await reproduce(['--only', 'wavelet']);
  assert.equal(code, 1);
  assert.match(output, /No notebook has a name with wavelet in it: there are 00-figure\.ipynb/);
});

reproduceTest('what a killed run left is neither adopted nor kept', async () => {
  const staging = join(project.folder, '.cache', 'reproduce', 'sample');
  // Of a run in another container, with any process id at all.
  for (const id of ['1', String(process.pid), 'a'.repeat(36)]) {
    const folder = join(staging, id, '00-figure');
    mkdirSync(join(folder, 'curves'), { recursive: true });
    writeFileSync(join(folder, '00-figure-foreign.svg'), '<svg/>');
  }
  const { code, output } = await project.run('reproduce', ['--only', '00', '--force', '--dataset', 'sample']);
  assert.equal(code, 0, output);
  assert.equal(existsSync(staging), false);
  const figures = readdirSync(join(project.folder, 'figures', 'sample'));
  assert.ok(figures.includes('00-figure-line.svg'));
  assert.ok(!figures.includes('00-figure-foreign.svg'));
});

test('without a browser it is said once, before anything is lost, and what to do', async () => {
  const other = createTemporaryProject({ CHROME: '/no/such/browser' });
  try {
    other.writeNotebook('00-one.ipynb', ['1 + 1']);
    other.writeNotebook('01-two.ipynb', ['2 + 2']);
    const { code, output } = await other.run('reproduce', []);
    assert.equal(code, 1, output);
    assert.equal(output.match(/No Chromium could be used/g)?.length, 1, output);
    assert.match(output, /CHROME is set to "\/no\/such\/browser", which is not a program. Install Chromium/);
  } finally {
    other.remove();
  }
});
