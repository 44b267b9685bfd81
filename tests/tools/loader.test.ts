import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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

/**
 * Runs a module in TypeScript.
 *
 * @returns the folder of its temporary files, and its output
 */
function run(): { folder: string; said: string } {
  const script = join(temporary, 'script.ts');
  writeFileSync(
    script,
    `import { tmpdir } from 'node:os';\nconst folder: string = tmpdir();\nconsole.log(folder);\n`,
  );
  const loader = join(projectRoot(), 'tools', 'loader.cjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', loader, script], {
    env: { ...process.env, TMPDIR: temporary, NODE_TEST_CONTEXT: undefined },
    encoding: 'utf8',
  });
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
  const loader = join(projectRoot(), 'tools', 'loader.cjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', loader, join(temporary, 'script.ts')],
    { env: { ...process.env, TMPDIR: temporary, NODE_TEST_CONTEXT: undefined }, encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  const [sum, c, count, ...names] = JSON.parse(stdout) as [number, number[], number, ...unknown[]];
  assert.deepEqual([sum, c, count], [2, [3], 1]);
  assert.deepEqual(names.slice(0, 3), ['b', 'Late', 'inner']);
  // By tsx alone it asks another object by a name in a variable.
  assert.equal(names[3], '()=>b');
  assert.deepEqual(names[4], ['c', 'inner', 'other']);
});
