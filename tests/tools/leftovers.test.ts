import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { removePartials } from '../../tools/leftovers';

const folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
after(() => rmSync(folder, { recursive: true }));

test('only what was being written by a run that gave up is removed', () => {
  const long = new Date(Date.now() - 2 * 3_600_000);
  mkdirSync(join(folder, 'deep'));
  const write = (name: string, at: Date): void => {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), at, at);
  };
  const old = `a.wav.${randomUUID()}.part`;
  const young = `a.wav.${randomUUID()}.part`;
  write(old, long);
  write(young, new Date());
  write(join('deep', old), long);
  // A download that is gone on with, and files of the user.
  for (const name of ['data.zip.part', 'mine.part', 'a.wav', `${randomUUID()}.wav`]) write(name, long);
  const unpacked = `chromium.${randomUUID()}.part`;
  mkdirSync(join(folder, unpacked));
  writeFileSync(join(folder, unpacked, 'half'), '');
  utimesSync(join(folder, unpacked), long, long);

  removePartials(folder, 1);
  const left = readdirSync(folder);
  assert.ok(!left.includes(old) && !left.includes(unpacked));
  assert.equal(left.length, 6);
  assert.deepEqual(readdirSync(join(folder, 'deep')), [old]);
  removePartials(folder, 2);
  assert.deepEqual(readdirSync(join(folder, 'deep')), []);
  removePartials(folder, 1, 0);
  assert.ok(!readdirSync(folder).includes(young));
  removePartials(join(folder, 'none'), 1);
});
