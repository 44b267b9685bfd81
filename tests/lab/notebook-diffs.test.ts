import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { setUpNotebookDiffs } from '../../tools/lab/notebook-diffs';
import { jupyterTest } from './jupyter-lab';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-diffs-'));
after(() => rmSync(folder, { recursive: true }));

/** git without the settings of whoever runs the tests. */
function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', NO_COLOR: '1' },
  });
  assert.ok(status === 0 || status === 1, stderr);
  return stdout;
}

function writeNotebook(source: string, count: number, output: string): void {
  const cell = {
    cell_type: 'code',
    execution_count: count,
    id: 'one',
    metadata: {},
    outputs: [{ name: 'stdout', output_type: 'stream', text: [`${output}\n`] }],
    source: [source],
  };
  const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  writeFileSync(join(folder, 'n.ipynb'), `${JSON.stringify(notebook, null, 1)}\n`);
}

const title = 'git diff of a notebook shows cells once JupyterLab is set up, and what one has set stays';

jupyterTest(title, 240_000, (python) => {
  assert.equal(setUpNotebookDiffs(folder, python), false, 'outside of a clone nothing is set');
  git('init', '--quiet');
  copyFileSync(join(projectRoot(), '.gitattributes'), join(folder, '.gitattributes'));
  writeNotebook('console.log(1);', 1, '1');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '--quiet', '-m', 'before');
  writeNotebook('console.log(2);', 7, '2');
  assert.match(git('diff'), /"execution_count": 7/, 'as text before');

  assert.equal(setUpNotebookDiffs(folder, python), true);
  const difference = git('diff');
  assert.match(difference, /modified \/cells\/0\/source/);
  assert.match(difference, /-\s*console\.log\(1\);/);
  assert.match(difference, /\+\s*console\.log\(2\);/);
  assert.doesNotMatch(difference, /execution_count/);

  assert.equal(setUpNotebookDiffs(folder, python), false, 'the second time there is nothing to do');
  git('config', 'diff.jupyternotebook.command', 'mine');
  setUpNotebookDiffs(folder, python);
  assert.equal(git('config', '--get', 'diff.jupyternotebook.command').trim(), 'mine');
});
