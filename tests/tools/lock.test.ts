import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { build } from 'esbuild';
import { parseIdentity, thisProcess, type ProcessIdentity } from '../../lib/files/process-identity';
import { LockedError, lockText, takeLock } from '../../tools/lock';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'deep', 'work.lock');
beforeEach(() => {
  takeLock(join(dirname(path), 'other.lock'), 'working')();
  for (const name of readdirSync(dirname(path))) rmSync(join(dirname(path), name));
});

/** A process that has ended. */
function ended(): ProcessIdentity {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return { ...thisProcess(), pid, started: '1' };
}

test('a lock names its process, and is gone when it was given back', () => {
  const release = takeLock(path, 'working');
  assert.deepEqual(parseIdentity(readFileSync(path, 'utf8')), thisProcess());
  assert.throws(() => takeLock(path, 'working'), LockedError, 'not even this process has it twice');
  release();
  assert.deepEqual(readdirSync(dirname(path)), []);
  takeLock(path, 'working')();
});

test('what a living process does is not done a second time', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    const text = lockText({ ...thisProcess(), pid: child.pid!, started: '' });
    writeFileSync(path, text);
    assert.throws(
      () => takeLock(path, 'working'),
      (error: Error) =>
        error instanceof LockedError && error.message.startsWith(`Process ${child.pid} is already working`),
    );
    assert.equal(readFileSync(path, 'utf8'), text, 'the lock is still the other one');
  } finally {
    child.kill();
  }
});

test('the lock of a process that ended is taken over, and that of its successor too', () => {
  writeFileSync(path, lockText(ended(), 'a'.repeat(36)));
  writeFileSync(`${path}.after-${'a'.repeat(36)}`, lockText(ended(), 'b'.repeat(36)));
  writeFileSync(`${path}.after-${'c'.repeat(36)}`, lockText(ended()), {});
  const release = takeLock(path, 'working');
  assert.throws(() => takeLock(path, 'working'), LockedError);
  release();
  assert.deepEqual(readdirSync(dirname(path)), []);
});

test('a process id that was given out again is not the process that had the lock', () => {
  const { started } = thisProcess();
  if (started === '') return;
  writeFileSync(path, lockText({ ...thisProcess(), started: '1' }));
  takeLock(path, 'working')();
});

test('a lock from where nobody can look, and one that names no process, are respected', () => {
  const elsewhere: ProcessIdentity[] = [
    { ...ended(), host: 'another-host' },
    { ...ended(), namespace: 'pid:[1]' },
  ];
  for (const text of [
    ...elsewhere.map((holder) => lockText(holder)),
    '',
    '0',
    '4711',
    '{}',
    'null',
    '{"pid":',
  ]) {
    writeFileSync(path, text);
    assert.throws(
      () => takeLock(path, 'working'),
      (error: Error) => error instanceof LockedError && error.message.endsWith(`remove ${path}.`),
    );
    assert.equal(readFileSync(path, 'utf8'), text);
    assert.deepEqual(readdirSync(dirname(path)), ['work.lock']);
  }
});

test('of many processes that want a stale lock at once, one has it at a time', async () => {
  const script = join(folder, 'contend.cjs');
  await build({
    stdin: {
      contents: `
import { mkdirSync, rmdirSync } from 'node:fs';
import { takeLock, LockedError } from './tools/lock';
const [path, rounds] = [process.argv[2]!, Number(process.argv[3])];
let taken = 0;
// Whoever has the lock makes a folder: a second holder finds it there.
for (let round = 0; round < rounds; round++) {
  try {
    const release = takeLock(path, 'working');
    mkdirSync(path + '.inside');
    taken++;
    rmdirSync(path + '.inside');
    // One in four ends without giving it back, as one that is killed.
    if (round === rounds - 1 && process.pid % 4 === 0) process.exit(0);
    release();
  } catch (error) {
    if (!(error instanceof LockedError)) { console.error(String(error)); process.exit(9); }
  }
}
console.log(taken);`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    outfile: script,
  });
  for (let race = 0; race < 4; race++) {
    for (const name of readdirSync(dirname(path))) rmSync(join(dirname(path), name));
    writeFileSync(path, lockText(ended()));
    const codes = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const child = spawn(process.execPath, [script, path, '60'], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        return ((await once(child, 'exit')) as [number])[0];
      }),
    );
    assert.deepEqual(new Set(codes), new Set([0]));
    assert.equal(existsSync(`${path}.inside`), false);
    takeLock(path, 'working')();
  }
});
