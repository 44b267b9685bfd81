import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { memoryFolder } from '../../tools/memory-disk';

const KIND = 'neurobasis-memory-disk-test';
const first = memoryFolder(KIND, 1);

test(
  'a folder in memory is made where there is room, and what a process that has ended left is removed',
  { skip: first === undefined && 'no disk in memory' },
  () => {
    try {
      const left = (pid: number): string => join(dirname(first!), `${KIND}-${pid}-abcdef`);
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      for (const folder of [left(pid), left(process.ppid)]) {
        mkdirSync(folder);
        writeFileSync(join(folder, 'a'), 'text');
      }
      const second = memoryFolder(KIND, 1)!;
      assert.ok(existsSync(first!) && existsSync(second) && first !== second);
      assert.ok(!existsSync(left(pid)), 'its process has ended');
      assert.ok(existsSync(left(process.ppid)), 'its process runs');
      for (const folder of [second, left(process.ppid)]) rmSync(folder, { recursive: true });
    } finally {
      rmSync(first!, { recursive: true });
    }
  },
);

test('where there is too little room there is none', () => {
  assert.equal(memoryFolder(KIND, 2 ** 60), undefined);
});
