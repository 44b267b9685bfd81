import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { hashCode, partsOfCode } from '../../lib/measuring/code-fingerprint';
import { projectRoot } from '../../lib/files/project-root';

// Inside of the project, because modules are named by their paths from its root.
const cache = join(projectRoot(), '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'test-code-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, `${name}.ts`), text);
}
function path(name: string): string {
  return relative(projectRoot(), join(folder, `${name}.ts`));
}

beforeEach(() => {
  write('shared', `export function half(x: number): number { return x / 2; }`);
  write(
    'basis',
    `import { half } from './shared';\nexport const value = (x: number): number => half(x) + 1;`,
  );
  write(
    'other',
    `import { half } from './shared';\nexport const value = (x: number): number => half(x) + 2;`,
  );
  write(
    'catalog',
    `import { value as a } from './basis';\nimport { value as b } from './other';\nexport const all = [a, b];`,
  );
  write('codec', `import { all } from './catalog';\nexport const count = (): number => all.length;`);
});

const hash = (): Promise<string> => hashCode([path('basis'), path('codec')], [path('catalog')]);

test('the hash of code is the same from call to call', async () => {
  assert.equal(await hash(), await hash());
});

test('comments, types and formatting do not change the hash', async () => {
  const before = await hash();
  write(
    'basis',
    `// Why it is so.\nimport { half } from './shared';\n\nexport const value = (x: number): number =>\n  half(x) + 1;\n`,
  );
  write(
    'shared',
    `/** Half. */\nexport function half(x: number) {\n  return x / 2;\n}\nexport type Unused = string;`,
  );
  assert.equal(await hash(), before);
});

test('what a module computes changes the hash', async () => {
  const before = await hash();
  write(
    'basis',
    `import { half } from './shared';\nexport const value = (x: number): number => half(x) + 3;`,
  );
  assert.notEqual(await hash(), before);
});

test('what an imported module computes changes the hash', async () => {
  const before = await hash();
  write('shared', `export function half(x: number): number { return 0.5 * x + 1; }`);
  assert.notEqual(await hash(), before);
});

test('data that an imported module reads change both hashes, their layout does not', async () => {
  const data = join(folder, 'data.json');
  writeFileSync(data, '{ "half": [0.5, 1] }');
  write(
    'shared',
    `import data from './data.json';\nexport const half = (x: number): number => data.half[0]! * x;`,
  );
  const parts = async (): Promise<string> =>
    (await partsOfCode([path('basis')])).modules[relative(projectRoot(), data)]!;
  const [before, part] = [await hash(), await parts()];
  writeFileSync(data, '{\n  "half": [\n    0.5,\n    1\n  ]\n}\n');
  assert.deepEqual([await hash(), await parts()], [before, part]);
  writeFileSync(data, '{ "half": [0.5, 1.0625] }');
  assert.notEqual(await hash(), before);
  assert.notEqual(await parts(), part);
});

test('a module that only the one left out imports does not change the hash', async () => {
  const before = await hash();
  write('other', `export const value = (x: number): number => x + 4;`);
  assert.equal(await hash(), before);
});

test('two modules that export the same name are both in the hash', async () => {
  const both = (): Promise<string> => hashCode([path('basis'), path('other')]);
  const before = await both();
  write(
    'other',
    `import { half } from './shared';\nexport const value = (x: number): number => half(x) + 5;`,
  );
  assert.notEqual(await both(), before);
});

test('the npm packages that the code imports change the hash by their version', async () => {
  const before = await hash();
  write(
    'shared',
    `import { Matrix } from 'ml-matrix';\nexport const half = (x: number): number => Matrix.eye(1).get(0, 0) * x;`,
  );
  assert.notEqual(await hash(), before);
  const { packages } = await partsOfCode([path('basis')]);
  assert.equal(packages.length, 1);
  assert.match(packages[0]!, /^ml-matrix@\d/);
});

test('parts name the module that has changed, and no comment', async () => {
  const before = await partsOfCode([path('codec')]);
  assert.deepEqual(Object.keys(before.modules), ['basis', 'catalog', 'codec', 'other', 'shared'].map(path));
  write(
    'other',
    `import { half } from './shared';\nexport const value = (x: number): number => half(x) + 6;`,
  );
  write(
    'codec',
    `import { all } from './catalog';\n// How many.\nexport const count = (): number => all.length;`,
  );
  const now = await partsOfCode([path('codec')]);
  const changed = Object.keys(now.modules).filter((name) => now.modules[name] !== before.modules[name]);
  assert.deepEqual(changed, [path('other')]);
});

test('an import that is new in an edited module counts from then on', async () => {
  const before = await hash();
  write('late', `export const late = 1;`);
  write(
    'shared',
    `import { late } from './late';\nexport function half(x: number): number { return x / 2 + late; }`,
  );
  const changed = await hash();
  assert.notEqual(changed, before);
  write('late', `export const late = 2;`);
  assert.notEqual(await hash(), changed);
});

test('a hash that is kept from another process is the one that a process without it finds', async () => {
  const { stdout } = spawnSync(
    process.execPath,
    [
      '--require',
      './tools/loader.cjs',
      '-e',
      `require('./lib/measuring/code-fingerprint').hashCode(${JSON.stringify([path('basis')])}).then(console.log)`,
    ],
    { cwd: projectRoot(), encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  );
  assert.equal(stdout.trim(), await hashCode([path('basis')]));
});
