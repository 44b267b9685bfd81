import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { createHash } from 'node:crypto';
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
import { basename, dirname, join, resolve } from 'node:path';
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
  return spawnSync(process.execPath, ['--require', loader, resolve(temporary, name)], {
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

const known = (): string => join(temporary, `neurobasis-code-${user}`);
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
    assert.deepEqual(readdirSync(temporary).sort(), [`neurobasis-code-${user}`, 'script.ts']);
    rmSync(known(), { recursive: true });
  }
});

test('exports are read directly, modules in a circle see each other, and functions keep their names', () => {
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
  // By esbuild alone it asks another object by a name in a variable.
  assert.equal(names[3], '()=>b');
  assert.deepEqual(names[4], ['c', 'inner', 'other']);
});

/** Writes a file; a relative path is one from the temporary folder. */
function write(name: string, text: string): void {
  const path = resolve(temporary, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Two copies of a script and of a module, which says where it is; not among the temporary files. */
interface Copy {
  readonly folder: string;
  /** What it says when tsx loads it, which knows nothing of what is kept here. */
  readonly expected: string;
}

function writeCopies(): { one: Copy; two: Copy } {
  const script = `import { place } from './place';\nconsole.log(place());\n`;
  const place = `export interface Place {\n  readonly name: string;\n}\n\nexport const place = (): string => {\n  const error = new Error('here');\n  return error.stack!.split('\\n')[1]!.trim();\n};\n`;
  const copyIn = (name: string): Copy => {
    const folder = join(`${temporary}-copies`, name);
    write(join(folder, 'script.ts'), script);
    write(join(folder, 'place.ts'), place);
    const { stdout: expected } = ranScript(join(folder, 'script.ts'), require.resolve('tsx/cjs'));
    assert.equal(expected, `at place (${join(folder, 'place.ts')}:6:17)\n`);
    return { folder, expected };
  };
  return { one: copyIn('one'), two: copyIn('two') };
}

/** What a copy of the script says. */
function saidIn({ folder }: Copy): string {
  const { stdout, stderr } = ranScript(join(folder, 'script.ts'));
  return stdout + stderr;
}

/** Paths of what is kept: converted modules, and of those that V8 compiled, with a tag of V8 in their names. */
function keptFiles(): { converted: string[]; compiled: string[] } {
  const paths = readdirSync(known(), { recursive: true, encoding: 'utf8' })
    .map((name) => join(known(), name))
    .filter((path) => lstatSync(path).isFile())
    .sort();
  const isCompiled = (path: string): boolean => basename(path).includes('-');
  return { converted: paths.filter((path) => !isCompiled(path)), compiled: paths.filter(isCompiled) };
}

/** Bytes as the loader keeps them: after their hash. */
function withHash(bytes: Buffer): Buffer {
  const hash = createHash('sha1').update(bytes).update('\0').digest('hex');
  return Buffer.concat([Buffer.from(hash), bytes]);
}

test('a module is converted once for all copies of it and compiled once, and what is kept is used when it is whole', () => {
  const { one, two } = writeCopies();
  assert.equal(saidIn(two), two.expected);
  const ofTwo = keptFiles();
  assert.equal(ofTwo.converted.length, 2);
  assert.equal(saidIn(one), one.expected);
  const { converted, compiled } = keptFiles();
  assert.deepEqual(converted, ofTwo.converted);
  // V8 keeps the path of a module.
  const ofOne = compiled.filter((path) => !ofTwo.compiled.includes(path));
  assert.equal(ofOne.length, 2);
  assert.equal(saidIn(one), one.expected);
  assert.deepEqual(keptFiles(), { converted, compiled });
  const assertWhole = (path: string): void => {
    const file = readFileSync(path);
    assert.deepEqual(file, withHash(file.subarray(40)));
  };
  for (const path of [...converted, ...ofOne]) {
    assertWhole(path);
    const whole = readFileSync(path);
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1]! ^= 1;
    for (const damaged of [Buffer.of(), whole.subarray(0, 60), whole.subarray(0, -1), flipped]) {
      writeFileSync(path, damaged);
      assert.equal(saidIn(one), one.expected);
      assertWhole(path);
    }
  }
  // What V8 does not know as its own it makes again.
  for (const path of ofOne) {
    const strange = withHash(Buffer.from('not of V8, and long enough for all that it looks at first'));
    writeFileSync(path, strange);
    assert.equal(saidIn(one), one.expected);
    assert.notDeepEqual(readFileSync(path), strange);
  }
});

test('a module that is changed is another one, and a dynamic import is that of Node, from the first run on', () => {
  const { two } = writeCopies();
  const place = join(two.folder, 'place.ts');
  write(place, `export const place = (): number => 2;\n`);
  assert.equal(saidIn(two), '2\n');
  write(place, `export const place = (): number => 3;\n`);
  assert.equal(saidIn(two), '3\n');
  write(place, `export const place = (: number => 2;\n`);
  assert.match(saidIn(two), /Transform failed[\s\S]*place\.ts:1:\d+/);
  write(
    place,
    `export const place = async (): Promise<string> => typeof (await import('node:fs')).statSync;\n`,
  );
  write(join(two.folder, 'script.ts'), `import { place } from './place';\nvoid place().then(console.log);\n`);
  for (let run = 0; run < 2; run++) assert.equal(saidIn(two), 'function\n');
});

test('what was used last week is used, and what was not used since is removed', () => {
  const { one } = writeCopies();
  saidIn(one);
  const [week] = readdirSync(known());
  const [now, before, long] = [0, 1, 2].map((ago) => join(known(), String(Number(week) - ago)));
  const ofPlace = keptFiles().converted.find((path) => readFileSync(path, 'utf8').includes('here'))!;
  const code = readFileSync(ofPlace).subarray(40).toString();
  // Converted otherwise, it tells that it is indeed what runs.
  rmSync(now!, { recursive: true });
  for (const folder of [before!, long!]) mkdirSync(folder);
  const earlier = join(before!, basename(ofPlace));
  writeFileSync(earlier, withHash(Buffer.from(code.replace('.trim()', '.trim()+"!"'))));
  assert.equal(saidIn(one), one.expected.replace('\n', '!\n'));
  assert.deepEqual(readdirSync(known()).sort(), [basename(before!), basename(now!)]);
  assert.ok(keptFiles().converted.includes(ofPlace));
});

test('of a module and a folder, a link and a script of one name the same is taken as Node and tsx would', () => {
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
