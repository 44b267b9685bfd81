import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createTemporaryProject, type TemporaryProject } from './temporary-project';

let project: TemporaryProject;
before(() => (project = createTemporaryProject()));
after(() => project.remove());

const FEW = ['--dataset', 'sample', '--recordings', '6'];
/** Where the models of these few are put. */
const FOLDER = join('.cache', 'models', 'sample-6');
const models = (): string[] => readdirSync(join(project.folder, FOLDER)).sort();

test('models of both folds are learned once, and the same again', async () => {
  const first = await project.run('learn', ['--basis', 'klt-16', ...FEW]);
  assert.equal(first.code, 0, first.output);
  assert.match(first.output, /klt-16, fold 0: learned, [0-9a-f]{16}, \d+ bytes/);
  assert.match(first.output, /klt-16, fold 1: learned/);
  const names = models();
  assert.equal(names.length, 2);
  const second = await project.run('learn', ['--basis', 'klt-16', ...FEW]);
  assert.match(second.output, /klt-16, fold 0: is there/);
  const forced = await project.run('learn', ['--basis', 'klt-16', '--force', ...FEW]);
  assert.match(forced.output, /klt-16, fold 1: learned/);
  assert.deepEqual(models(), names);
});

test('learning that is stopped leaves no model, and goes on to the same one', async () => {
  const run = ['--basis', 'sparsifying-16-count', '--fold', '0', ...FEW];
  const stopped = await project.run('learn', run, 'learning sparsifying-16-count');
  assert.equal(stopped.code, 130, stopped.output);
  assert.match(stopped.output, /was stopped after \d+ of 150.*goes on/s);
  assert.equal(models().filter((name) => name.startsWith('sparsifying')).length, 0);
  assert.equal((await project.run('learn', run)).code, 0);
  const [name] = models().filter((file) => file.startsWith('sparsifying'));
  assert.equal((await project.run('learn', [...run, '--force'])).code, 0);
  assert.deepEqual(
    models().filter((file) => file.startsWith('sparsifying')),
    [name],
  );
});

test('a learned codec needs its model, whole, from the folder that was asked for', async (t) => {
  process.env['NEUROBASIS_MODELS'] = FOLDER;
  t.after(() => delete process.env['NEUROBASIS_MODELS']);
  const sweep = ['--basis', 'klt-16', '--steps', '8', '--dataset', 'sample', '--recordings', '2'];
  const swept = await project.run('sweep', sweep);
  assert.equal(swept.code, 0, swept.output);
  const path = join(
    project.folder,
    FOLDER,
    models().find((name) => name.startsWith('klt-16.fold-0'))!,
  );
  const file = readFileSync(path);
  file[file.length - 1]! ^= 1;
  writeFileSync(path, file);
  const altered = await project.run('sweep', ['--basis', 'klt-16', '--steps', '9', ...FEW]);
  assert.equal(altered.code, 1);
  assert.match(altered.output, /DamagedModelError.*was altered.*npm run learn -- --basis klt-16 --replace/s);
  const missing = await project.run('sweep', ['--basis', 'klt-32', '--steps', '9', ...FEW]);
  assert.match(missing.output, /MissingModelError.*npm run learn -- --basis klt-32/s);
});

test('models of other recordings leave the committed ones as they are', async () => {
  const committed = join(project.folder, 'models');
  mkdirSync(committed, { recursive: true });
  for (const name of models()) cpSync(join(project.folder, FOLDER, name), join(committed, name));
  const before = readdirSync(committed).map((name) => [name, readFileSync(join(committed, name))]);
  const { code, output } = await project.run('learn', [
    ...['--basis', 'klt-16', '--fold', '0', '--dataset', 'sample', '--recordings', '8'],
  ]);
  assert.equal(code, 0, output);
  assert.match(output, /NEUROBASIS_MODELS=\.cache\/models\/sample-8 npm run sweep -- --basis klt-16/);
  assert.ok(existsSync(join(project.folder, '.cache', 'models', 'sample-8')));
  assert.deepEqual(
    readdirSync(committed).map((name) => [name, readFileSync(join(committed, name))]),
    before,
  );
});

test('a model takes the place of another one only when that is asked for, and says of which', async (t) => {
  process.env['NEUROBASIS_MODELS'] = FOLDER;
  t.after(() => delete process.env['NEUROBASIS_MODELS']);
  const [name] = models().filter((file) => file.startsWith('klt-16.fold-1'));
  const run = ['--basis', 'klt-16', '--fold', '1', '--dataset', 'sample', '--recordings', '4'];
  const refused = await project.run('learn', run);
  assert.equal(refused.code, 1, refused.output);
  assert.ok(refused.output.includes(`${name}: learned from 3 other recordings`), refused.output);
  assert.match(refused.output, /add --replace/);
  assert.ok(models().includes(name!));
  const replaced = await project.run('learn', [...run, '--replace']);
  assert.equal(replaced.code, 0, replaced.output);
  assert.ok(replaced.output.includes(`in the place of ${name} (learned from 3 other recordings`));
  assert.ok(!models().includes(name!));
});

test('what nothing learns is refused by name', async () => {
  for (const [args, said] of [
    [['--basis', 'dct-512'], /nothing to learn for "dct-512".*klt-/],
    [['--basis', 'klt-17'], /nothing to learn for "klt-17"/],
    [['--basis', 'klt-16', '--fold', '2'], /--fold 2: give 0 or 1/],
  ] as const) {
    const { code, output } = await project.run('learn', args);
    assert.equal(code, 1);
    assert.match(output, said);
  }
});
