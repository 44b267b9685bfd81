import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../lib/files/project-root';
import { createTemporaryProject } from './temporary-project';

const skip = !existsSync('/proc/self/task') && 'needs /proc to see processes';

/** Processes that a process started, and those that they did. */
function descendants(pid: number): number[] {
  let children: number[];
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    children = text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
  return [...children, ...children.flatMap(descendants)];
}

/** A process that ended and was not waited for yet does nothing any more. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

async function until(what: string, seconds: number, condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 1000 * seconds) assert.fail(`not within ${seconds} s: ${what}`);
    await sleep(20);
  }
}

/** `recording, step` of each point in the caches of a project. */
function measuredPoints(folder: string): string[] {
  const sweeps = join(folder, '.cache', 'sweeps');
  if (!existsSync(sweeps)) return [];
  return readdirSync(sweeps).flatMap((name) =>
    readFileSync(join(sweeps, name), 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .flatMap((line) => {
        const { row } = JSON.parse(line) as { row: { recording: string; points: { step: number }[] } };
        return row.points.map(({ step }) => `${row.recording}, ${step}`);
      }),
  );
}

/** Of the sample's eight longer recordings: long enough to be disturbed. */
const SWEEP = ['--basis', 'dct-64+trellis', '--dataset', 'sample', '--recordings', '8'];

test(
  'a command whose starter is killed ends, and the next one measures nothing twice',
  { skip },
  async () => {
    const project = createTemporaryProject();
    try {
      const args = [...SWEEP, '--steps', '0,2,4,8,16,32', '--jobs', '2'];
      const launch = join(project.folder, 'tools', 'launch.mjs');
      // As npm does it: a shell between npm and the command.
      const environment = { ...process.env, NODE_TEST_CONTEXT: undefined, npm_lifecycle_event: 'sweep' };
      for (const victim of ['launcher', 'npm'] as const) {
        const before = measuredPoints(project.folder).length;
        const npm = spawn(
          process.execPath,
          [
            '-e',
            'require("node:child_process").spawn("sh", ["-c", `"$0" "$@"; true`, ...process.argv.slice(1)], { stdio: "ignore" })',
            process.execPath,
            launch,
            'sweep',
            ...args,
          ],
          { cwd: project.folder, env: environment, stdio: 'ignore' },
        );
        await until('a measurement', 60, () => measuredPoints(project.folder).length > before);
        const started = descendants(npm.pid!);
        assert.ok(started.length >= 3, 'a shell, the launcher, the command, and what that started');
        process.kill(victim === 'npm' ? npm.pid! : started[1]!, 'SIGKILL');
        await until(`all have ended after ${victim} was killed`, 3, () => !started.some(runs));
      }
      const { code, output } = await project.run('sweep', args);
      assert.equal(code, 0, output);
      const points = measuredPoints(project.folder);
      assert.equal(points.length, 8 * 6);
      assert.equal(new Set(points).size, points.length, 'no point twice');
    } finally {
      project.remove();
    }
  },
);

test('two sweeps at once share the recordings and measure no point twice', async () => {
  const project = createTemporaryProject();
  try {
    const args = [...SWEEP, '--steps', '0,4,16', '--jobs', '1'];
    // Written by the first, so that both find it.
    assert.equal((await project.run('data', ['--sample'])).code, 0);
    const ends = await Promise.all([project.run('sweep', args), project.run('sweep', args)]);
    for (const { code, output } of ends) assert.equal(code, 0, output);
    const table = /^ +step[^]*/m;
    assert.equal(table.exec(ends[0].output)![0].trim(), table.exec(ends[1].output)![0].trim());
    const points = measuredPoints(project.folder);
    assert.equal(points.length, 8 * 3);
    assert.equal(new Set(points).size, points.length, 'no point twice');
    assert.deepEqual(readdirSync(join(project.folder, '.cache', 'claims')), []);
  } finally {
    project.remove();
  }
});

test('a notebook whose run is killed ends, however busy its cell is', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orphans-'));
  try {
    const notebook = join(folder, 'busy.ipynb');
    const source = `require('fs').writeFileSync(${JSON.stringify(join(folder, 'busy'))}, ''); for (;;) {}`;
    const cell = { cell_type: 'code', id: 'a', metadata: {}, source, execution_count: null, outputs: [] };
    writeFileSync(notebook, JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    const script = `require('./kernel/notebook-process').runNotebook(${JSON.stringify(notebook)})`;
    const driver = spawn(process.execPath, ['--require', './tools/loader.cjs', '-e', script], {
      cwd: projectRoot(),
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
      stdio: 'ignore',
    });
    await until('the cell runs', 60, () => existsSync(join(folder, 'busy')));
    const started = descendants(driver.pid!);
    assert.ok(started.length > 0);
    driver.kill('SIGKILL');
    await until('the notebook has ended', 3, () => !started.some(runs));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** A program that stands for Jupyter: says its version, and as JupyterLab waits until it is ended. */
const JUPYTER = `#!${process.execPath}
if (process.argv.includes('--version')) console.log('4.0.0');
else {
  require('node:fs').writeFileSync(process.env.STARTED, String(process.pid));
  process.on('SIGTERM', () => {
    require('node:fs').writeFileSync(process.env.STARTED + '.ended', '');
    process.exit();
  });
  setInterval(() => {}, 1000);
}
`;

for (const victim of ['launcher', 'command'] as const) {
  test(`JupyterLab ends in order when the ${victim} of npm run lab is killed`, { skip }, async () => {
    const project = createTemporaryProject();
    try {
      const started = join(project.folder, 'started');
      const programs = join(project.folder, 'bin');
      mkdirSync(programs);
      writeFileSync(join(programs, 'jupyter'), JUPYTER, { mode: 0o755 });
      const launcher = spawn(
        process.execPath,
        [join(project.folder, 'tools', 'launch.mjs'), 'lab', '--system', '--allow-root', '--no-browser'],
        {
          cwd: project.folder,
          env: {
            ...process.env,
            NODE_TEST_CONTEXT: undefined,
            STARTED: started,
            PATH: `${programs}${delimiter}${process.env['PATH']}`,
          },
          stdio: 'ignore',
        },
      );
      await until('JupyterLab runs', 60, () => existsSync(started) && readFileSync(started, 'utf8') !== '');
      const lab = Number(readFileSync(started, 'utf8'));
      const command = descendants(launcher.pid!)[0]!;
      const all = [launcher.pid!, ...descendants(launcher.pid!)];
      assert.ok(all.includes(lab));
      process.kill(victim === 'launcher' ? launcher.pid! : command, 'SIGKILL');
      await until('all have ended', 10, () => !all.some(runs));
      assert.ok(existsSync(`${started}.ended`), 'JupyterLab could stop its kernels');
    } finally {
      project.remove();
    }
  });
}

test('a kernel ends when the Jupyter that started it is killed', { skip }, async () => {
  const script = `
    const { spawn } = require('node:child_process');
    const kernel = spawn(process.execPath, ['--require', './tools/loader.cjs', '-e', 'setInterval(() => {}, 1000)'], {
      env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
      stdio: 'ignore',
    });
    setInterval(() => {}, 1000);
  `;
  const jupyter = spawn(process.execPath, ['-e', script], {
    cwd: projectRoot(),
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    stdio: 'ignore',
  });
  await until('the kernel runs', 60, () => descendants(jupyter.pid!).length > 0);
  const started = descendants(jupyter.pid!);
  // It lives on while Jupyter does.
  await sleep(2000);
  assert.ok(started.every(runs));
  jupyter.kill('SIGKILL');
  await until('the kernel has ended', 3, () => !started.some(runs));
});
