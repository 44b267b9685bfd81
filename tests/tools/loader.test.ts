import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';

const user = process.geteuid?.();
const skip = user === undefined && 'temporary files are each user’s own here';
const root = mkdtempSync(join(tmpdir(), 'loader-'));
after(() => rmSync(root, { recursive: true }));
let temporary = '';
let number = 0;
beforeEach(() => {
  temporary = join(root, String(number++));
  mkdirSync(temporary);
});

const LOADER = join(projectRoot(), 'tools', 'loader.cjs');

/** Runs a script in TypeScript, named from the temporary folder, which is that of its temporary files too. */
function ranScript(name: string, loader = LOADER): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ['--require', loader, join(temporary, name)], {
    env: { ...process.env, TMPDIR: temporary, NODE_TEST_CONTEXT: undefined },
    encoding: 'utf8',
  });
}

/**
 * Runs a module in TypeScript.
 *
 * @returns the folder of its temporary files, and its output
 */
function run(): { folder: string; said: string } {
  writeFileSync(
    join(temporary, 'script.ts'),
    `import { tmpdir } from 'node:os';\nconst folder: string = tmpdir();\nconsole.log(folder);\n`,
  );
  const { status, stdout, stderr } = ranScript('script.ts');
  assert.equal(status, 0, stderr);
  return { folder: stdout.trim(), said: stderr };
}

const known = (): string => join(temporary, `tsx-${user}`);
const permissions = (path: string): number => lstatSync(path).mode & 0o777;

test(
  'the folder of converted code is made for this user alone, and a readable one is closed',
  { skip },
  () => {
    assert.deepEqual(run(), { folder: temporary, said: '' });
    assert.equal(permissions(known()), 0o700);
    chmodSync(known(), 0o755);
    assert.deepEqual(run(), { folder: temporary, said: '' });
    assert.equal(permissions(known()), 0o700);
  },
);

test('what lies in a folder that others could write into is not used', { skip }, () => {
  mkdirSync(known());
  chmodSync(known(), 0o777);
  writeFileSync(join(known(), 'planted'), '');
  assert.deepEqual(run(), { folder: temporary, said: '' });
  assert.equal(permissions(known()), 0o700);
  assert.ok(!readdirSync(known()).includes('planted'));
});

test('a link, and a folder of another user, are left alone, and that is said', { skip }, () => {
  const makers = [
    () => symlinkSync(join(root, 'elsewhere'), known()),
    ...(user === 0
      ? [
          () => {
            mkdirSync(known());
            chownSync(known(), 65534, 65534);
          },
        ]
      : []),
  ];
  for (const make of makers) {
    make();
    const { folder, said } = run();
    assert.notEqual(folder, temporary);
    assert.ok(folder.startsWith(join(temporary, 'neurobasis-')));
    assert.match(said, /is not this user's alone.*Have it removed/);
    // The place that was taken instead is gone with the process.
    assert.deepEqual(readdirSync(temporary).sort(), ['script.ts', `tsx-${user}`]);
    rmSync(known(), { recursive: true });
  }
});

test('exports are read directly, modules in a circle see each other, and functions keep their names', () => {
  const write = (name: string, text: string): void => writeFileSync(join(temporary, name), text);
  write(
    'a.ts',
    "export { b as other } from './b';\nexport * from './c';\nexport const inner = (): number => 1;\n",
  );
  write(
    'b.ts',
    "import { inner } from './a';\nexport const b = (): number => inner() + 1;\nexport class Late {}\nexport let count = 0;\nexport const raise = (): number => ++count;\n",
  );
  write('c.ts', 'export const c = [3];\n');
  write(
    'script.ts',
    `import * as a from './a';
import * as b from './b';
const get = Object.getOwnPropertyDescriptor(require('./b'), 'b')?.get;
b.raise();
console.log(JSON.stringify([a.other(), a.c, b.count, b.b.name, b.Late.name, a.inner.name, String(get), Object.keys(a).sort()]));
`,
  );
  const { status, stdout, stderr } = ranScript('script.ts');
  assert.equal(status, 0, stderr);
  const [sum, c, count, ...names] = JSON.parse(stdout) as [number, number[], number, ...unknown[]];
  assert.deepEqual([sum, c, count], [2, [3], 1]);
  assert.deepEqual(names.slice(0, 3), ['b', 'Late', 'inner']);
  // By tsx alone it asks another object by a name in a variable.
  assert.equal(names[3], '()=>b');
  assert.deepEqual(names[4], ['c', 'inner', 'other']);
});

test('a module is converted once for all copies of it, and what is kept of it is used only when it is whole', () => {
  const write = (folder: string, name: string, text: string): void => {
    mkdirSync(join(temporary, folder), { recursive: true });
    writeFileSync(join(temporary, folder, name), text);
  };
  const said = (folder: string, loader?: string): string => {
    const { stdout, stderr } = ranScript(join(folder, 'script.ts'), loader);
    return stdout + stderr;
  };
  const script = `import { place } from './place';\nconsole.log(place());\n`;
  const place = `export interface Place {\n  readonly name: string;\n}\n\nexport const place = (): string => {\n  const error = new Error('here');\n  return error.stack!.split('\\n')[1]!.trim();\n};\n`;
  for (const folder of ['one', 'two']) {
    write(folder, 'script.ts', script);
    write(folder, 'place.ts', place);
  }
  // Places in sources, too, are those that tsx alone names.
  const here = (folder: string): string => {
    const named = said(folder, require.resolve('tsx/cjs'));
    assert.ok(named.includes(`${join(temporary, folder, 'place.ts')}:`), named);
    return named;
  };
  const expected = { one: here('one'), two: here('two') };
  rmSync(known(), { recursive: true });
  const kept = (): string[] => readdirSync(known()).sort();
  assert.equal(said('one'), expected.one);
  const afterOne = kept();
  assert.equal(afterOne.length, 2);
  assert.equal(said('two'), expected.two);
  assert.deepEqual(kept(), afterOne);
  // What is kept is indeed what runs.
  const [ofPlace] = kept().filter((name) => readFileSync(join(known(), name), 'utf8').includes('here'));
  const path = join(known(), ofPlace!);
  const whole = readFileSync(path, 'utf8');
  for (const damaged of ['', whole.slice(0, 60), whole.slice(0, -1), whole.replace('here', 'hero'), '{}']) {
    writeFileSync(path, damaged);
    assert.equal(said('one'), expected.one);
    assert.equal(readFileSync(path, 'utf8'), whole);
  }
  // Another text of the same name is another module.
  write('two', 'place.ts', `export const place = (): number => 2;\n`);
  assert.equal(said('two'), '2\n');
  assert.equal(kept().length, 3);
  write('two', 'place.ts', `export const place = (: number => 2;\n`);
  assert.match(said('two'), /Transform failed[\s\S]*place\.ts:1:\d+/);
  // A dynamic import is left to tsx.
  write('two', 'place.ts', `export const place = (): string => typeof import('node:fs').then;\n`);
  assert.equal(said('two'), 'function\n');
});

test('of a module and a folder, a link and a script of one name the same is taken as Node and tsx would', () => {
  const write = (name: string, text: string): void => writeFileSync(join(temporary, name), text);
  mkdirSync(join(temporary, 'both'));
  write(join('both', 'index.ts'), `export const said = 'folder';\n`);
  write('both.ts', `export const said = 'module';\n`);
  mkdirSync(join(temporary, 'alone'));
  write(join('alone', 'index.ts'), `export const said = 'folder alone';\n`);
  write('plain.js', `exports.said = 'script';\n`);
  write('data.json', `{ "said": "data" }\n`);
  symlinkSync(join(temporary, 'both.ts'), join(temporary, 'link.ts'));
  write(
    'script.ts',
    `import * as both from './both';
import { said as alone } from './alone';
import { said as plain } from './plain';
import * as data from './data.json';
import { said as ending } from './both.js';
console.log([both.said, alone, plain, data.said, ending, require('./both') === require('./link')].join());
`,
  );
  const { stdout, stderr } = ranScript('script.ts');
  assert.equal(stdout, 'module,folder alone,script,data,module,true\n', stderr);
});

test('packages of any kind are loaded, and what one throws is thrown once', () => {
  const packages = {
    plain: ['{}', 'exports.said = "plain";'],
    es: ['{ "type": "module" }', 'export const said = "es"; export default "default of es";'],
    untold: ['{}', 'export const said = "untold";'],
    inner: ['{}', 'exports.said = require("./deep/module.js").said;'],
    throwing: [
      '{}',
      'globalThis.tries = (globalThis.tries ?? 0) + 1; throw new TypeError(`at try ${globalThis.tries}`);',
    ],
  };
  for (const [name, [about, code]] of Object.entries(packages)) {
    const folder = join(temporary, 'node_modules', name);
    mkdirSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), about!);
    writeFileSync(join(folder, 'index.js'), code!);
    writeFileSync(join(folder, 'deep', 'module.js'), 'exports.said = "deep";');
  }
  const said = Object.keys(packages)
    .slice(0, 4)
    .map((name) => `import { said as ${name} } from '${name}';`);
  writeFileSync(
    join(temporary, 'script.ts'),
    `${said.join('\n')}
import byDefault from 'es';
console.log([plain, es, untold, inner, byDefault].join());
try {
  require('throwing');
} catch (error) {
  console.log(String(error));
}
`,
  );
  const { stdout, stderr } = ranScript('script.ts');
  assert.equal(stdout, 'plain,es,untold,deep,default of es\nTypeError: at try 1\n', stderr);
  assert.equal(stderr, '');
});
