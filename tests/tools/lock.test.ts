import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { LockedError, takeLock } from '../../tools/lock';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'deep', 'work.lock');
beforeEach(() => rmSync(path, { force: true }));

test('a lock names its process, and is gone when it was given back', () => {
  const release = takeLock(path, 'working');
  assert.equal(readFileSync(path, 'utf8'), String(process.pid));
  release();
  assert.equal(existsSync(path), false);
  takeLock(path, 'working')();
});

test('what a living process does is not done a second time', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    takeLock(path, 'working')();
    writeFileSync(path, String(child.pid));
    assert.throws(
      () => takeLock(path, 'working'),
      (error: Error) =>
        error instanceof LockedError && error.message.startsWith(`Process ${child.pid} is already working`),
    );
    assert.equal(readFileSync(path, 'utf8'), String(child.pid), 'the lock is still the other one');
  } finally {
    child.kill();
  }
});

test('the lock of a process that died is taken over', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  takeLock(path, 'working')();
  writeFileSync(path, String(pid));
  takeLock(path, 'working')();
  assert.equal(existsSync(path), false);
});

test('a lock that names no process yet is respected', () => {
  takeLock(path, 'working')();
  writeFileSync(path, '');
  assert.throws(() => takeLock(path, 'working'), /Another process is already working.*remove .*work\.lock/);
});

test('of many processes that want a lock at once, one gets it', async () => {
  const script = join(folder, 'take.ts');
  writeFileSync(
    script,
    `import { takeLock } from ${JSON.stringify(join(projectRoot(), 'tools', 'lock'))};
process.stdin.once('data', () => {
  try {
    takeLock(${JSON.stringify(path)}, 'working');
    console.log('taken');
  } catch (error) {
    console.log((error as Error).name);
  }
  process.stdin.once('data', () => process.exit());
});
console.log('ready');
`,
  );
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const hear = (): Promise<string[]> =>
    Promise.all(
      children.map(async ({ stdout }) => String(((await once(stdout, 'data')) as [Buffer])[0]).trim()),
    );
  assert.deepEqual(new Set(await hear()), new Set(['ready']));
  const said = hear();
  for (const { stdin } of children) stdin.write('go\n');
  assert.deepEqual((await said).sort(), ['LockedError', 'LockedError', 'LockedError', 'taken']);
  const ended = children.map((child) => once(child, 'exit'));
  for (const { stdin } of children) stdin.write('end\n');
  await Promise.all(ended);
});
