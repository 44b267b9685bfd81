import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { lockText } from '../../tools/lock';
import { pythonProblem } from '../../tools/python-environment';
import { registerKernel } from '../../tools/lab/kernelspec';
import { createTemporaryProject } from '../tools/temporary-project';

const root = projectRoot();

test('the kernelspec names files that exist, and only the environment for Jupyter leads to it', () => {
  const data = registerKernel()['JUPYTER_PATH']?.split(process.platform === 'win32' ? ';' : ':')[0] ?? '';
  const { argv } = JSON.parse(readFileSync(join(data, 'kernels/neurobasis/kernel.json'), 'utf8')) as {
    argv: string[];
  };
  const [node, , loader, main, connection] = argv;
  assert.equal(node, process.execPath);
  assert.ok(existsSync(new URL(loader ?? '')));
  assert.ok(existsSync(main ?? ''));
  assert.equal(connection, '{connection_file}');
});

test('without a JupyterLab on the PATH, --system says so and what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-path-'));
  try {
    // A PATH with nothing but Node.
    symlinkSync(process.execPath, join(folder, 'node'));
    const { status, stderr } = spawnSync(
      process.execPath,
      ['tools/launch.mjs', 'lab', '--system', '--allow-root'],
      {
        cwd: root,
        env: { ...process.env, PATH: folder },
        encoding: 'utf8',
      },
    );
    assert.equal(status, 1);
    assert.match(stderr, /There is no JupyterLab on the PATH: install JupyterLab 4.*npm run reproduce/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('root is told at once what to type, before anything is prepared', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root');
  const project = createTemporaryProject();
  try {
    const { code, output } = await project.run('lab', []);
    assert.equal(code, 1);
    assert.match(output, /^JupyterLab does not run as root .*\n {2}npm run lab -- --allow-root$/m);
    assert.equal(existsSync(join(project.folder, '.venv')), false);
  } finally {
    project.remove();
  }
});

test('while another command prepares JupyterLab, a second one says so and leaves it alone', async () => {
  const problem = pythonProblem();
  const project = createTemporaryProject();
  try {
    const lock = join(project.folder, '.cache', '.venv.lock');
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, lockText());
    const { code, output } = await project.run('lab', ['--allow-root']);
    assert.equal(code, 1);
    // Without Python there is nothing to prepare.
    if (problem === undefined) {
      assert.equal(
        output.trim(),
        `Process ${process.pid} is already preparing JupyterLab: wait for it, or end it. If there is no such run, remove ${lock}.`,
      );
    } else assert.match(output, /JupyterLab needs Python 3\.10 or later/);
    assert.equal(existsSync(join(project.folder, '.venv')), false);
  } finally {
    project.remove();
  }
});

test('no file of lib has the name of something that files beside it import: the kernel would mistake one for the other', () => {
  const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  assert.ok(files.length > 10);
  const names = new Set(files.map((file) => join(dirname(file), basename(file, '.ts'))));
  const mistaken: string[] = [];
  for (const file of files) {
    for (const [, bare] of readFileSync(join(root, 'lib', file), 'utf8').matchAll(/\bfrom '([^.'][^']*)'/g)) {
      if (names.has(join(dirname(file), bare ?? ''))) mistaken.push(`${file} imports ${bare}`);
    }
  }
  assert.deepEqual(mistaken, []);
});
