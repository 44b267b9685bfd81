import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { serializeNotebook, type CodeCell, type Output } from '../../kernel/notebook';
import { NotebookProcessError, NotebookRunner, runNotebook } from '../../kernel/notebook-process';
import type { CellStart, NotebookRun } from '../../kernel/execute-notebook';
import type { Progress } from '../../lib/files/progress';

// A folder that is not the project's: a notebook may lie anywhere.
const folder = mkdtempSync(join(tmpdir(), 'neurobasis-notebooks-'));
// A process takes longer to start than to run these notebooks.
const runner = new NotebookRunner();
after(async () => {
  await runner.end();
  rmSync(folder, { recursive: true });
});

function notebook(name: string, sources: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.ipynb`);
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    execution_count: 99,
    id: `c${index}`,
    metadata: {},
    outputs: [{ output_type: 'stream', name: 'stdout', text: 'stale' }],
    source,
  }));
  writeFileSync(
    path,
    JSON.stringify({
      cells: [{ cell_type: 'markdown', id: 'text', metadata: {}, source: '# Title\n\nText' }, ...cells],
      metadata: { title: 'kept' },
      nbformat: 4,
      nbformat_minor: 5,
    }),
  );
  return path;
}

const codeCells = ({ notebook }: NotebookRun): CodeCell[] =>
  notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code');

async function outputs(...sources: string[]): Promise<Output[][]> {
  const run = await runner.run(notebook('outputs', sources));
  assert.equal(run.failure, undefined, run.failure?.stack);
  return codeCells(run).map((cell) => cell.outputs);
}

test('outputs are stored as nbformat wants them: streams merged, results counted, displays by MIME type', async () => {
  const [first, second] = await outputs(
    "console.log('one');\nconsole.log('two');\nconsole.error('three');\n({ a: 1 })",
    "import { display } from 'tslab';\ndisplay.html('<i>x</i>\\n<i>y</i>');\nconst write = require('tslab/dist/jupyter').lastWriteDisplayData;\nwrite({ data: { 'application/vnd.plotly.v1+json': { data: [] }, 'image/svg+xml': '<svg/>', 'text/plain': 'a chart' }, metadata: {}, transient: {} }, false);\n'text'",
  );
  assert.deepEqual(first, [
    { output_type: 'stream', name: 'stdout', text: ['one\n', 'two\n'] },
    { output_type: 'stream', name: 'stderr', text: ['three\n'] },
    { output_type: 'execute_result', data: { 'text/plain': ['{ a: 1 }'] }, metadata: {}, execution_count: 1 },
  ]);
  assert.deepEqual(second, [
    { output_type: 'display_data', data: { 'text/html': ['<i>x</i>\n', '<i>y</i>'] }, metadata: {} },
    {
      output_type: 'display_data',
      data: {
        'application/vnd.plotly.v1+json': { data: [] },
        'image/svg+xml': ['<svg/>'],
        'text/plain': ['a chart'],
      },
      metadata: {},
    },
    { output_type: 'execute_result', data: { 'text/plain': ['text'] }, metadata: {}, execution_count: 2 },
  ]);
});

test('an output is updated in place, from a later cell too', async () => {
  const shown = await outputs(
    "import { newDisplay } from 'tslab';\nconst line = newDisplay();\nline.text('1');\nconsole.log('between');\nline.text('2');",
    "line.text('3');",
  );
  assert.deepEqual(shown, [
    [
      { output_type: 'display_data', data: { 'text/plain': ['3'] }, metadata: {} },
      { output_type: 'stream', name: 'stdout', text: ['between\n'] },
    ],
    [],
  ]);
});

test('a notebook gives the same bytes every time, and keeps its text, ids and metadata', async () => {
  const path = notebook('same', [
    "import { newDisplay } from 'tslab';\nimport { reportProgress } from './lib/files/progress';\nnewDisplay().text('x');\nreportProgress({ task: 't', done: 1, total: 2, reused: 0, finished: false });\nreportProgress({ task: 't', done: 2, total: 2, reused: 0, finished: true });",
    '',
    '6 * 7',
  ]);
  const before = readFileSync(path, 'utf8');
  const runs = [await runner.run(path), await runNotebook(path)].map((run) =>
    serializeNotebook(run.notebook),
  );
  assert.equal(runs[0], runs[1]);
  assert.equal(readFileSync(path, 'utf8'), before);
  const [text, first, empty, last] = (JSON.parse(runs[0] ?? '') as { cells: CodeCell[] }).cells;
  assert.deepEqual(text, {
    cell_type: 'markdown',
    id: 'text',
    metadata: {},
    source: ['# Title\n', '\n', 'Text'],
  });
  assert.deepEqual(
    [first, empty, last].map((cell) => [cell?.id, cell?.execution_count]),
    [
      ['c0', 1],
      ['c1', null],
      ['c2', 2],
    ],
  );
  // Progress is for those who watch, not for those who read.
  assert.equal(first?.outputs.length, 1);
  assert.deepEqual(empty?.outputs, []);
  assert.match(runs[0] ?? '', /"title": "kept"/);
});

test('cells and progress are reported while the notebook runs, and the environment is passed on', async () => {
  const cells: CellStart[] = [];
  const reports: Progress[] = [];
  const run = await runner.run(
    notebook('watched', [
      "\nimport { reportProgress } from './lib/files/progress';",
      "reportProgress({ task: process.env['NEUROBASIS_TEST'] ?? '', done: 1, total: 2, reused: 0, finished: false });",
    ]),
    {
      environment: { NEUROBASIS_TEST: 'passed on' },
      onCell: (cell) => cells.push(cell),
      onProgress: (progress) => reports.push(progress),
    },
  );
  assert.equal(run.failure, undefined);
  assert.deepEqual(
    cells.map(({ index, total }) => [index, total]),
    [
      [0, 2],
      [1, 2],
    ],
  );
  assert.match(cells[0]?.firstLine ?? '', /^import/);
  assert.deepEqual(reports, [{ task: 'passed on', done: 1, total: 2, reused: 0, finished: false }]);
});

test('a failure names the cell, its id, the line and the error; later cells do not run', async () => {
  const run = await runner.run(
    notebook('failing', ["console.log('fine');", 'const a = 1;\n\nthrow new RangeError(`not ${a}`);', 'a']),
  );
  const { failure } = run;
  assert.deepEqual(
    { ...failure, stack: undefined },
    {
      cellIndex: 2,
      executionCount: 2,
      cellId: 'c1',
      line: 3,
      sourceLine: 'throw new RangeError(`not ${a}`);',
      name: 'RangeError',
      message: 'not 1',
      stack: undefined,
    },
  );
  assert.match(failure?.stack ?? '', /^RangeError: not 1\n {4}at cell 2:3:7$/);
  const [fine, failed, skipped] = codeCells(run);
  assert.equal(fine?.outputs[0]?.output_type, 'stream');
  assert.equal(failed?.outputs[0]?.output_type, 'error');
  assert.deepEqual([skipped?.execution_count, skipped?.outputs], [null, []]);
});

test('a cell with a wrong type fails before it runs, at the line of the mistake', async () => {
  const { failure } = await runner.run(notebook('typed', ["console.log('ran');\nconst n: number = 'text';"]));
  assert.equal(failure?.name, 'TypeScriptError');
  assert.equal(failure.line, 2);
  assert.match(failure.message, /^cell 1:2:7 - error TS2322/);
});

test('a rejection that nobody awaits fails the cell, whether it waits or is done', async () => {
  for (const rest of ['await new Promise((done) => setTimeout(done, 60_000));', '']) {
    const { failure } = await runner.run(
      notebook('stray', [`void Promise.reject(new TypeError('stray'));\n${rest}`, '1']),
    );
    assert.deepEqual([failure?.name, failure?.message, failure?.executionCount], ['TypeError', 'stray', 1]);
  }
});

test('a process that ends early, a missing file and an aborted run are named errors', async () => {
  await assert.rejects(runner.run(notebook('exits', ['process.exit(3);'])), (error: Error) => {
    assert.ok(error instanceof NotebookProcessError);
    assert.match(error.message, /exits\.ipynb was not run: .*exit code 3/);
    return true;
  });
  await assert.rejects(
    runner.run(join(folder, 'missing.ipynb')),
    /missing\.ipynb was not run: .*no such file/,
  );
  await assert.rejects(
    runner.run(notebook('endless', ['await new Promise((done) => setTimeout(done, 60_000));']), {
      signal: AbortSignal.timeout(200),
    }),
    NotebookProcessError,
  );
});
