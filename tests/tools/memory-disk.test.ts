import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { thisProcess } from '../../lib/files/process-identity';
import { memoryFolder } from '../../tools/memory-disk';

const KIND = 'neurobasis-memory-disk-test';
const first = memoryFolder(KIND, 1);

test(
  'a folder in memory is made where there is room, and what a process that has ended left is removed',
  { skip: first === undefined && 'no disk in memory' },
  () => {
    try {
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      const here = thisProcess();
      const [ended, elsewhere, running] = [
        { ...here, pid },
        { ...here, pid, namespace: 'pid:[1]' },
        here,
      ].map((owner, i) => {
        const folder = join(dirname(first!), `${KIND}-abcde${i}`);
        mkdirSync(folder);
        writeFileSync(join(folder, 'a'), 'text');
        writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner));
        return folder;
      }) as [string, string, string];
      const second = memoryFolder(KIND, 1)!;
      assert.ok(existsSync(first!) && existsSync(second) && first !== second);
      assert.ok(!existsSync(ended), 'its process has ended');
      assert.ok(existsSync(elsewhere), 'its process is one of another container');
      assert.ok(existsSync(running), 'its process runs');
      for (const folder of [second, elsewhere, running]) rmSync(folder, { recursive: true });
    } finally {
      rmSync(first!, { recursive: true });
    }
  },
);

test('where there is too little room there is none', () => {
  assert.equal(memoryFolder(KIND, 2 ** 60), undefined);
});
