import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryProject } from '../tools/temporary-project';
import { keptPoints } from './kills';

/** Runs a notebook as `npm run reproduce` does, and prints it with its outputs. */
const RUN = `
const { runNotebook } = require('./kernel/notebook-process.ts');
runNotebook('notebooks/fault.ipynb').then(
  ({ notebook, failure }) => console.log(JSON.stringify(failure ?? notebook.cells)),
  (error) => console.log(error.name + ': ' + error.message),
);`;

const CELLS = [
  `import { existsSync, rmSync } from 'node:fs';
import { codecFromId } from './lib/codecs/codec-from-id';
import { sweep } from './lib/measuring/sweep';
import { openCorpus } from './lib/recordings/corpus';
const measured = await sweep(codecFromId('haar-6'), openCorpus(), [4, 8]);
console.log(measured.recordings.map(({ points }) => points[0]!.compressedBytes).join());`,
  `if (existsSync('killed')) {
  rmSync('killed');
  process.kill(process.pid, 'SIGKILL');
}
const more = await sweep(codecFromId('haar-6'), openCorpus(), [4, 8, 16]);
console.log(more.recordings.map(({ points }) => points[2]!.compressedBytes).join());`,
];

test('a kernel that is killed is named, its notebook stays as it was, and what it had measured is kept', async () => {
  const project = createTemporaryProject();
  const { folder } = project;
  const run = (): Promise<string> =>
    new Promise((done) => {
      const child = spawn(process.execPath, ['--require', './tools/loader.cjs', '--eval', RUN], {
        cwd: folder,
        env: {
          ...process.env,
          NODE_TEST_CONTEXT: undefined,
          NEUROBASIS_DATASET: 'sample',
          NEUROBASIS_RECORDINGS: '4',
        },
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.on('close', () => done(said));
    });
  try {
    project.writeNotebook('fault.ipynb', CELLS);
    const path = join(folder, 'notebooks', 'fault.ipynb');
    const written = readFileSync(path, 'utf8');
    writeFileSync(join(folder, 'killed'), '');
    assert.match(
      await run(),
      /NotebookProcessError: .*fault\.ipynb was not run: its process ended early \(SIGKILL\)/,
    );
    assert.equal(readFileSync(path, 'utf8'), written);
    assert.ok(!existsSync(join(folder, 'killed')));
    const kept = keptPoints(folder);
    assert.equal(kept.length, 8);
    const finished = await run();
    assert.match(finished, /^\[\{.*"stdout"/);
    const points = keptPoints(folder);
    assert.deepEqual([points.length, new Set(points).size], [12, 12]);
    rmSync(join(folder, '.cache', 'sweeps'), { recursive: true });
    assert.equal(await run(), finished);
  } finally {
    project.remove();
  }
});
