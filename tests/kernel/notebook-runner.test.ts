import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { joined } from '../../kernel/notebook';
import { NotebookProcessError, NotebookRunner } from '../../kernel/notebook-process';
import type { NotebookTime } from '../../kernel/run-notebook';
import { browserTest } from '../figures/with-browser';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-runner-'));
const runner = new NotebookRunner();
after(async () => {
  await runner.end();
  rmSync(folder, { recursive: true });
});

function notebook(...sources: string[]): string {
  const path = join(folder, 'notebook.ipynb');
  const cells = sources.map((source) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  writeFileSync(path, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  return path;
}

/** Output of the last cell of a notebook, read as JSON. */
async function printed(sources: readonly string[], environment = {}, by = runner): Promise<unknown> {
  const { notebook: ran, failure } = await by.run(notebook(...sources), { environment });
  assert.equal(failure, undefined, failure?.stack);
  const cell = ran.cells.at(-1);
  assert.ok(cell?.cell_type === 'code');
  const text = cell.outputs
    .map((output) => (output.output_type === 'stream' ? joined(output.text) : ''))
    .join('');
  return JSON.parse(text);
}

const PID = 'console.log(JSON.stringify(process.pid));';
const pid = (): Promise<unknown> => printed([PID]);

/** Code that finds every trace that another notebook could have left in the process. */
const LOOK = `
import { kernelMemory } from './lib/kernels/runtime/webassembly';
import { projectRoot } from './lib/files/project-root';
const everywhere = globalThis as unknown as Record<string, unknown>;
console.log(JSON.stringify({
  own: 'own' in everywhere,
  structuredClone: typeof structuredClone,
  variable: process.env['NEUROBASIS_LEFT'] ?? null,
  path: process.env['PATH'] === undefined,
  there: process.cwd() === projectRoot(),
  memory: kernelMemory.allocatedBytes,
  state: (kernelMemory as unknown as { left?: number }).left ?? null,
  package: (require('ml-matrix') as { left?: number }).left ?? null,
  earlier: typeof everywhere['earlier'],
  pid: process.pid,
}));`;

test('a notebook finds nothing of the one before it in the same process', async () => {
  const before = (await printed([LOOK])) as Record<string, unknown>;
  assert.deepEqual(
    { ...before, memory: 0, pid: 0 },
    {
      own: false,
      structuredClone: 'function',
      variable: null,
      path: false,
      there: true,
      memory: 0,
      state: null,
      package: null,
      earlier: 'undefined',
      pid: 0,
    },
  );
  const changing = `
import { kernelMemory } from './lib/kernels/runtime/webassembly';
const earlier = 1;
const everywhere = globalThis as unknown as Record<string, unknown>;
everywhere['own'] = 1;
everywhere['structuredClone'] = 1;
process.env['NEUROBASIS_LEFT'] = 'left';
delete process.env['PATH'];
process.chdir('/');
kernelMemory.allocate('float64', 1000);
Object.assign(kernelMemory, { left: 1 });
Object.assign(require('ml-matrix'), { left: 1 });
console.log(JSON.stringify([(require('ml-matrix') as { left?: number }).left, process.pid]));`;
  assert.deepEqual(await printed([changing], { NEUROBASIS_LEFT: 'given' }), [1, before['pid']]);
  assert.deepEqual(await printed([LOOK]), before);
});

test('variables and types of one notebook are unknown to the next', async () => {
  await printed(['const mine: number = 1;\ninterface Mine { a: number }\nconsole.log(mine);']);
  const { failure } = await runner.run(notebook('console.log(mine);'));
  assert.match(failure?.message ?? '', /Cannot find name 'mine'/);
});

for (const [what, cell] of Object.entries({
  'a timer': 'setInterval(() => console.log("late"), 5);',
  'a server': "require('node:net').createServer().listen(0);",
  'a listener': "process.on('SIGUSR2', () => {});",
  'a changed prototype': '(Array.prototype as unknown as Record<string, unknown>)["own"] = 1;',
  'a changed function': 'Math.random = () => 0.5;',
  'a global that cannot be removed': "Object.defineProperty(globalThis, 'fixed', { value: 1 });",
})) {
  test(`after a notebook that leaves ${what}, the next one gets a process of its own`, async () => {
    const first = await pid();
    assert.equal(await pid(), first);
    assert.equal(await printed([`${cell}\n${PID}`]), first);
    const { outputs } = (await runner.run(notebook('await new Promise((done) => setTimeout(done, 50));')))
      .notebook.cells[0] as { outputs: unknown[] };
    assert.deepEqual(outputs, []);
    assert.notEqual(await pid(), first);
  });
}

browserTest('notebooks draw in one page, and what one has drawn changes no figure of the next', async () => {
  const drawing = new NotebookRunner(true);
  try {
    const draw = (x: number): string => `
import { renderSvg } from './lib/figures/export';
const kept = (globalThis as Record<symbol, unknown>)[Symbol.for('neurobasis.drawing-page')];
const { session } = kept as { session: { browser: { process(): { pid: number } } } };
const size = { width: 300, height: 200 };
const figure = { name: 'line', title: '', subtitle: '', data: [{ x: [0, ${x}], y: [0, 1] }], layout: size };
const svg = await renderSvg(figure as Parameters<typeof renderSvg>[0]);
console.log(JSON.stringify({ svg, pid: process.pid, browser: session.browser.process().pid }));`;
    const first = (await printed([draw(1)], {}, drawing)) as Record<string, unknown>;
    const other = (await printed([draw(1000)], {}, drawing)) as Record<string, unknown>;
    assert.notEqual(other['svg'], first['svg']);
    assert.deepEqual([other['pid'], other['browser']], [first['pid'], first['browser']]);
    assert.deepEqual(await printed([draw(1)], {}, drawing), first);
    const refused = draw(1).replace('x: [0', "type: 'no such trace', x: [0");
    assert.match((await drawing.run(notebook(refused))).failure?.message ?? '', /no traces of type/);
    const later = (await printed([draw(1)], {}, drawing)) as Record<string, unknown>;
    assert.equal(later['svg'], first['svg']);
    assert.notEqual(later['browser'], first['browser'], 'a page with which something is wrong is not kept');
    // A stop ends the process, however busy its cell is, and its browser with it.
    const signal = AbortSignal.timeout(300);
    await assert.rejects(drawing.run(notebook('for (;;) {}'), { signal }), NotebookProcessError);
    const isRunning = (): boolean => {
      try {
        return process.kill(later['browser'] as number, 0);
      } catch {
        return false;
      }
    };
    for (const end = Date.now() + 20_000; isRunning(); await setTimeout(50)) {
      assert.ok(Date.now() < end, 'the browser has ended');
    }
  } finally {
    await drawing.end();
  }
});

test('measuring threads are kept for the next notebook, unless their environment has changed', async () => {
  const look = `
import { measuringPool } from './lib/measuring/measuring-pool';
process.env['NEUROBASIS_SIMD'] = process.env['NEUROBASIS_LEFT'] ?? '';
const pool = (await measuringPool(1)) as unknown as { seen?: number };
pool.seen = (pool.seen ?? 0) + 1;
console.log(JSON.stringify([pool.seen, process.pid]));`;
  const [seen, pid] = (await printed([look])) as [number, number];
  assert.deepEqual(await printed([look]), [seen + 1, pid]);
  assert.deepEqual(await printed([look], { NEUROBASIS_LEFT: 'off' }), [1, pid]);
});

test('after a crash or a stop, the next notebook runs', async () => {
  await assert.rejects(runner.run(notebook('process.exit(3);')), (error: Error) => {
    assert.ok(error instanceof NotebookProcessError);
    assert.match(error.message, /exit code 3/);
    return true;
  });
  const signal = AbortSignal.timeout(300);
  await assert.rejects(
    runner.run(notebook('await new Promise((done) => setTimeout(done, 60_000));'), { signal }),
    NotebookProcessError,
  );
  assert.equal(typeof (await pid()), 'number');
});

test('it is said where the time went', async () => {
  const times: NotebookTime[] = [];
  const waits = 'await new Promise((done) => setTimeout(done, 200));';
  await runner.run(
    notebook(
      `import { timed } from './lib/files/time-spent';\nawait timed('learning', async () => { ${waits} });`,
      waits,
    ),
    { onTime: (time) => times.push(time) },
  );
  const [{ total, compiling, learning, sweeping, processor } = assert.fail()] = times;
  assert.ok(learning >= 0.19 && compiling > 0 && sweeping === 0 && processor > 0);
  assert.ok(total >= learning + compiling + 0.19);
});
