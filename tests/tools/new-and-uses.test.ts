import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { after, before, test } from 'node:test';
import { parseNotebook } from '../../kernel/notebook';
import { fileState } from '../../lib/files/file-state';
import { projectRoot } from '../../lib/files/project-root';
import { exportsOf } from '../../tools/uses/exports';
import { createTemporaryProject, type TemporaryProject } from './temporary-project';

let project: TemporaryProject;

before(() => {
  project = createTemporaryProject();
  for (const path of ['docs', 'tests', 'models', '.prettierrc.json', '.prettierignore']) {
    const from = join(projectRoot(), path);
    if (existsSync(from)) cpSync(from, join(project.folder, path), { recursive: true });
  }
  cpSync(
    join(projectRoot(), 'notebooks', '02-cosine.ipynb'),
    join(project.folder, 'notebooks', '02-cosine.ipynb'),
  );
});
after(() => project.remove());

const inProject = (path: string): string => readFileSync(join(project.folder, path), 'utf8');

/** Files of the project that git would have, with what tells whether they were written. */
function committedFiles(): Map<string, string> {
  // Packages lie behind a link, which is not followed.
  const files = readdirSync(project.folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .map(({ parentPath, name }) => relative(project.folder, join(parentPath, name)).split(sep).join('/'))
    .filter((path) => !/^(\.cache|node_modules)\b/.test(path))
    .map((path): [string, string] => [path, fileState(join(project.folder, path))]);
  return new Map(files.filter(([, state]) => state !== ''));
}

/** Runs a program of a package in the project. */
function runProgram(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(project.folder, 'node_modules', program), ...args],
    { cwd: project.folder, encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  );
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

test('a new basis is in the catalog at once, is laid out as all is, and its tests pass', async () => {
  const before = committedFiles();
  const { code, output } = await project.run('new', ['--basis', 'chirplet']);
  assert.equal(code, 0, output);
  const written = [...committedFiles()].filter(([path, state]) => before.get(path) !== state);
  // A family in more places than these would be forgotten in one of them.
  assert.deepEqual(written.map(([path]) => path).sort(), [
    'docs/format.md',
    'lib/bases/blocks/chirplet.ts',
    'lib/catalog/blocks.ts',
    'notebooks/15-chirplet.ipynb',
    'tests/bases/chirplet.test.ts',
  ]);
  const { cells } = parseNotebook(inProject('notebooks/15-chirplet.ipynb'), '15-chirplet.ipynb');
  assert.deepEqual(
    cells.map(({ id }) => id),
    cells.map((_, i) => `15-${String(i + 1).padStart(2, '0')}`),
  );
  runProgram('prettier/bin/prettier.cjs', [
    '--check',
    'lib/bases/blocks/chirplet.ts',
    'lib/catalog/blocks.ts',
    'tests/bases/chirplet.test.ts',
    'docs/format.md',
  ]);
  const run = spawnSync(
    process.execPath,
    [
      '--require',
      './tools/loader.cjs',
      '--test',
      '--test-name-pattern',
      'chirplet|names, numbers|module and a notebook',
      ...['tests/bases/chirplet.test.ts', 'tests/catalog/every-basis.test.ts'],
    ],
    { cwd: project.folder, encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  );
  // The catalog names notebooks that this project does not have; the new one it has.
  assert.match(run.stdout, /ok \d+ - chirplet: signals of any length come back/);
  assert.match(run.stdout, /ok \d+ - names, numbers in the format/);
  assert.doesNotMatch(run.stdout, /not ok \d+ - chirplet/);
});

test('a name that is taken or cannot be one writes nothing', async () => {
  for (const [name, message] of [
    ['dct', /There is a basis "dct" already/],
    ['Chirp-2', /small letters and digits/],
    ['../x', /small letters and digits/],
  ] as const) {
    const catalog = inProject('lib/catalog/blocks.ts');
    const { code, output } = await project.run('new', ['--basis', name]);
    assert.equal(code, 1);
    assert.match(output, message);
    assert.equal(inProject('lib/catalog/blocks.ts'), catalog);
  }
});

test('the file that is named for a basis that is there already exists', async () => {
  for (const name of ['dct', 'mdct', 'identity']) {
    const { output } = await project.run('new', ['--basis', name]);
    const [, named] = /already: see (\S+) and/.exec(output)!;
    assert.ok(existsSync(join(project.folder, named!)), output);
  }
});

test('uses leaves out the copies that JupyterLab keeps, and takes paths from where they were typed', async () => {
  const copies = join(project.folder, 'notebooks', '.ipynb_checkpoints');
  mkdirSync(copies, { recursive: true });
  cpSync(join(project.folder, 'notebooks', '02-cosine.ipynb'), join(copies, '02-cosine-checkpoint.ipynb'));
  const { code, output } = await project.run('uses', [
    join(project.folder, 'lib', 'bases', 'blocks', 'cosine.ts'),
  ]);
  assert.equal(code, 0, output);
  assert.match(output, /notebooks\/02-cosine\.ipynb/);
  assert.doesNotMatch(output, /checkpoint/);
});

test('uses lists notebooks with their cells, and modules, for each export', async () => {
  const { code, output } = await project.run('uses', ['lib/bases/blocks/cosine.ts']);
  assert.equal(code, 0, output);
  assert.match(output, /^CosineBasis \(line \d+\): \d+ places$/m);
  assert.match(output, /^ {2}notebooks\/02-cosine\.ipynb \(02-02\)$/m);
  assert.match(output, /^ {2}lib\/catalog\/blocks\.ts$/m);
  const missing = await project.run('uses', ['lib/bases/none.ts']);
  assert.equal(missing.code, 1);
  assert.match(missing.output, /There is no module lib\/bases\/none\.ts: give the path of a \.ts file/);
});

test('exports are found in every form, with their lines, and types told from values', () => {
  const file = join('tests', 'artifacts', 'exports-of-all-kinds.ts');
  mkdirSync(join(projectRoot(), 'tests', 'artifacts'), { recursive: true });
  writeFileSync(
    join(projectRoot(), file),
    [
      'export const a = 1, b = 2;',
      'export function f(): void {}',
      'export class C {}',
      'export interface I { x: number }',
      'export type T = I;',
      'const hidden = 3;',
      'export { hidden as shown };',
    ].join('\n'),
  );
  assert.deepEqual(
    exportsOf(file).map(({ name, line, isValue }) => `${name} ${line} ${isValue}`),
    ['a 1 true', 'b 1 true', 'f 2 true', 'C 3 true', 'I 4 false', 'T 5 false', 'shown 7 true'],
  );
});
