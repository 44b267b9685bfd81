import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FileInPieces } from '../../lib/files/file-in-pieces';
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

const POSIX = process.platform !== 'win32' ? {} : { skip: 'no links, modes and named pipes on Windows' };

test('symbolic links stay, whether or not there is something at their end', POSIX, () => {
  const place = join(folder, 'links');
  mkdirSync(join(place, 'elsewhere'), { recursive: true });
  writeFileSync(join(place, 'elsewhere', 'file'), 'before');
  symlinkSync(join('elsewhere', 'file'), join(place, 'direct'));
  symlinkSync('direct', join(place, 'indirect'));
  symlinkSync(join('elsewhere', 'new'), join(place, 'dangling'));
  writeWhole(join(place, 'indirect'), 'after');
  writeWhole(join(place, 'dangling'), 'new');
  assert.equal(readlinkSync(join(place, 'indirect')), 'direct');
  assert.ok(lstatSync(join(place, 'direct')).isSymbolicLink());
  assert.equal(readFileSync(join(place, 'elsewhere', 'file'), 'utf8'), 'after');
  assert.equal(readFileSync(join(place, 'elsewhere', 'new'), 'utf8'), 'new');
  assert.deepEqual(readdirSync(join(place, 'elsewhere')).sort(), ['file', 'new']);
});

test(
  'a file in pieces goes through links to nothing, and keeps the mode of what it replaces',
  POSIX,
  async () => {
    const place = join(folder, 'pieces');
    mkdirSync(place);
    symlinkSync('new', join(place, 'dangling'));
    writeFileSync(join(place, 'program'), 'before');
    chmodSync(join(place, 'program'), 0o750);
    for (const name of ['dangling', 'program']) {
      const file = new FileInPieces(join(place, name));
      file.append(Buffer.from('after'));
      await file.finish();
      assert.equal(readFileSync(join(place, name), 'utf8'), 'after');
    }
    assert.equal(readlinkSync(join(place, 'dangling')), 'new');
    assert.equal(statSync(join(place, 'program')).mode & 0o777, 0o750);
    assert.deepEqual(readdirSync(place).sort(), ['dangling', 'new', 'program']);
  },
);

test('a file keeps its mode, also one that the system would not give to a new file', POSIX, () => {
  const path = join(folder, 'program');
  for (const mode of [0o755, 0o600, 0o666]) {
    writeFileSync(path, 'before');
    chmodSync(path, mode);
    writeWhole(path, 'after');
    assert.equal(statSync(path).mode & 0o777, mode);
    assert.equal(readFileSync(path, 'utf8'), 'after');
  }
});

test('a named pipe is written to, and is one afterwards', POSIX, async () => {
  const path = join(folder, 'pipe');
  assert.equal(spawnSync('mkfifo', [path]).status, 0);
  const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const read = once(reader.stdout, 'data');
  writeWhole(path, 'through the pipe');
  assert.equal(String((await read)[0]), 'through the pipe');
  assert.ok(lstatSync(path).isFIFO());
});

test('a device is written to, and is one afterwards', POSIX, () => {
  writeWhole('/dev/null', 'nothing is kept');
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
});
