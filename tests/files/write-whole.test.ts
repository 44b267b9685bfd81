import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeWhole } from '../../lib/files/write-whole';

const folder = mkdtempSync(join(tmpdir(), 'write-whole-'));
after(() => rmSync(folder, { recursive: true }));

test('a file is written with its folders, text and bytes alike, over what was there', () => {
  const path = join(folder, 'a', 'b', 'file');
  writeWhole(path, 'a longer text: µV');
  assert.equal(readFileSync(path, 'utf8'), 'a longer text: µV');
  writeWhole(path, Uint8Array.of(0, 255));
  assert.deepEqual([...readFileSync(path)], [0, 255]);
  assert.deepEqual(readdirSync(join(folder, 'a', 'b')), ['file'], 'nothing else is left');
});

test('a write that fails leaves what was there and nothing half-written', () => {
  const occupied = join(folder, 'occupied');
  mkdirSync(occupied);
  writeFileSync(join(occupied, 'kept'), 'kept');
  assert.throws(() => writeWhole(occupied, 'text'));
  assert.equal(readFileSync(join(occupied, 'kept'), 'utf8'), 'kept');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.part')),
    [],
  );
});
