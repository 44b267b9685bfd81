import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
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
      const left = (pid: number, end: string): string => join(dirname(first!), `${KIND}-${pid}-${end}`);
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      const old = new Date(Date.now() - 4_000_000);
      const [ended, endedNow, running] = [
        left(pid, 'abcdef'),
        left(pid, 'abcdeg'),
        left(process.ppid, 'abcdef'),
      ];
      for (const folder of [ended, endedNow, running]) {
        mkdirSync(folder);
        writeFileSync(join(folder, 'a'), 'text');
        if (folder !== endedNow) utimesSync(folder, old, old);
      }
      const second = memoryFolder(KIND, 1)!;
      assert.ok(existsSync(first!) && existsSync(second) && first !== second);
      assert.ok(!existsSync(ended), 'its process has ended');
      assert.ok(existsSync(endedNow), 'its process may be one of another container');
      assert.ok(existsSync(running), 'its process runs');
      for (const folder of [second, endedNow, running]) rmSync(folder, { recursive: true });
    } finally {
      rmSync(first!, { recursive: true });
    }
  },
);

test('where there is too little room there is none', () => {
  assert.equal(memoryFolder(KIND, 2 ** 60), undefined);
});
