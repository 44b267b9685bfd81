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
import { basename, delimiter, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { lockText } from '../../tools/lock';
import { pythonProblem } from '../../tools/python-environment';
import { registerKernel } from '../../tools/lab/kernelspec';
import { notebooksOfGit } from '../../tools/lab/trust';
import { createTemporaryProject } from '../tools/temporary-project';

const root = projectRoot();

const project = createTemporaryProject();
after(() => project.remove());

test('the kernelspec names files that exist, and only the environment for Jupyter leads to it', () => {
  const data = registerKernel()['JUPYTER_PATH']?.split(process.platform === 'win32' ? ';' : ':')[0] ?? '';
  const { argv } = JSON.parse(readFileSync(join(data, 'kernels/neurobasis/kernel.json'), 'utf8')) as {
    argv: string[];
  };
  const [node, , loader, main, connection] = argv;
  assert.equal(node, process.execPath);
  assert.ok(existsSync(loader ?? ''));
  assert.ok(existsSync(main ?? ''));
  assert.equal(connection, '{connection_file}');
});

test('a subset has an environment of its own, in which nothing is saved by itself', () => {
  const whole = registerKernel();
  const subset = registerKernel(8);
  assert.equal(subset['NEUROBASIS_RECORDINGS'], '8');
  assert.notEqual(subset['JUPYTER_PATH'], whole['JUPYTER_PATH']);
  const autosaves = (environment: NodeJS.ProcessEnv): unknown => {
    const [folder = ''] = environment['JUPYTER_CONFIG_PATH']?.split(delimiter) ?? [];
    const settings = JSON.parse(
      readFileSync(join(folder, 'labconfig', 'default_setting_overrides.json'), 'utf8'),
    ) as Record<string, { autosave?: boolean }>;
    return settings['@jupyterlab/docmanager-extension:plugin']?.autosave;
  };
  assert.deepEqual([autosaves(whole), autosaves(subset)], [undefined, false]);
});

test('help, wrong options and a refusal of JupyterLab are answered before anything is prepared', async () => {
  const help = await project.run('lab', ['--help']);
  assert.equal(help.code, 0);
  assert.match(help.output, /--recordings N.*--kernelspec/s);
  for (const wrong of [['--recordings', 'few'], ['--recordings=0'], ['--recordings']]) {
    const { code, output } = await project.run('lab', wrong);
    assert.equal(code, 1);
    assert.match(output, /--recordings/);
    assert.doesNotMatch(output, /at .*\.ts/);
  }
  if (process.getuid?.() === 0) {
    const { code, output } = await project.run('lab', ['--no-browser']);
    assert.equal(code, 1);
    assert.match(output, /npm run lab -- --allow-root/);
  }
  assert.equal(existsSync(join(project.folder, '.venv')), false);
});

test('trusted are the notebooks that are as git has them, and no others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-trust-'));
  const git = (...args: string[]): void => {
    const { status, stderr } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  };
  try {
    mkdirSync(join(folder, 'notebooks'));
    const write = (name: string, text: string): void => writeFileSync(join(folder, 'notebooks', name), text);
    for (const name of ['a.ipynb', 'b c.ipynb', 'changed.ipynb', 'staged.ipynb']) write(name, 'before');
    assert.deepEqual(notebooksOfGit(folder), [], 'outside of a clone');
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'all');
    write('changed.ipynb', 'after');
    write('staged.ipynb', 'after');
    write('new.ipynb', 'new');
    git('add', 'notebooks/staged.ipynb');
    assert.deepEqual(notebooksOfGit(folder), ['notebooks/a.ipynb', 'notebooks/b c.ipynb']);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
  const { code, output } = await project.run('lab', []);
  assert.equal(code, 1);
  assert.match(output, /^JupyterLab does not run as root .*\n {2}npm run lab -- --allow-root$/m);
  assert.equal(existsSync(join(project.folder, '.venv')), false);
});

test('while another command prepares JupyterLab, a second one says so and leaves it alone', async () => {
  const problem = pythonProblem();
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
  rmSync(lock);
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
