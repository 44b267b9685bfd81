import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../../lib/files/project-root';

const folder = mkdtempSync(join(tmpdir(), 'sparse-'));
after(() => rmSync(folder, { recursive: true }));

const BYTES = 10e9;
/** Most memory that reading a file of 10 GB may take, in MB. */
const MOST_MEGABYTES = 500;

/** A file of 10 GB that takes almost no room: a header, nothing, and three samples of all channels at its end. */
function sparse(name: string, header: Buffer, channels: number): { path: string; samples: number } {
  const path = join(folder, name);
  const samples = Math.floor((BYTES - header.length) / (2 * channels));
  const end = Int16Array.from({ length: 3 * channels }, (_, i) => i + 1);
  const descriptor = openSync(path, 'w');
  try {
    writeSync(descriptor, header, 0, header.length, 0);
    const size = header.length + samples * 2 * channels;
    writeSync(descriptor, new Uint8Array(end.buffer), 0, end.byteLength, size - end.byteLength);
    ftruncateSync(descriptor, size);
  } finally {
    closeSync(descriptor);
  }
  return { path, samples };
}

function read(path: string): Record<string, unknown> & { megabytes: number } {
  const script = join(projectRoot(), 'tests', 'recordings', 'formats', 'memory-of-reading.ts');
  const child = spawnSync(process.execPath, ['--require', './tools/loader.cjs', script, path], {
    encoding: 'utf8',
  });
  assert.equal(child.status, 0, child.stderr);
  return JSON.parse(child.stdout) as Record<string, unknown> & { megabytes: number };
}

function check(path: string, samples: number, channels: number, format: string): void {
  const found = read(path);
  assert.equal(found['format'], format);
  assert.deepEqual([found['samples'], found['channels'], found['middle']], [samples, channels, 100_000]);
  const ends = [0, channels - 1].map((channel) => [0, 1, 2].map((row) => row * channels + channel + 1));
  assert.deepEqual(found['ends'], ends);
  assert.ok(found.megabytes < MOST_MEGABYTES, `${found.megabytes} MB`);
  assert.ok(found.megabytes > 20, `${found.megabytes} MB cannot be`);
}

test('raw samples of 10 GB are inspected and read in windows within 500 MB', () => {
  const { path, samples } = sparse('long.bin', Buffer.alloc(8), 64);
  writeFileSync(`${path}.json`, '{"recorder": "white-matter", "sampleRate": 25000, "channels": 64}');
  check(path, samples, 64, 'raw binary');
});

test('a SpikeGLX file of 10 GB is inspected and read in windows within 500 MB', () => {
  const { path, samples } = sparse('long.imec0.ap.bin', Buffer.alloc(0), 384);
  const meta = [
    'typeThis=imec',
    'imSampRate=30000',
    'imAiRangeMax=0.6',
    'nSavedChans=384',
    'snsApLfSy=384,0,0',
  ];
  const table = `~imroTbl=(0,384)${Array.from({ length: 384 }, (_, i) => `(${i} 0 0 500 250 1)`).join('')}`;
  writeFileSync(path.replace('.bin', '.meta'), [...meta, table].join('\n'));
  check(path, samples, 384, 'SpikeGLX');
});

test('a NumPy array of 10 GB is inspected and read in windows within 500 MB', () => {
  const samples = Math.floor((BYTES - 128) / 64);
  const text = `{'descr': '<i2', 'fortran_order': False, 'shape': (${samples}, 32), }`.padEnd(117) + '\n';
  const header = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(text)]);
  assert.equal(header.length, 128);
  const { path } = sparse('long.npy', header, 32);
  writeFileSync(`${path}.json`, '{"sampleRate": 30000}');
  check(path, samples, 32, 'NumPy array');
});

test('a WAV file of 10 GB is inspected and read in windows within 500 MB', () => {
  const header = Buffer.alloc(80);
  header.write('RF64\xff\xff\xff\xffWAVEds64', 'latin1');
  header.writeUInt32LE(28, 16);
  const samples = Math.floor((BYTES - 80) / 4);
  header.writeBigUInt64LE(BigInt(72 + 4 * samples), 20);
  header.writeBigUInt64LE(BigInt(4 * samples), 28);
  header.write('fmt ', 48);
  header.writeUInt32LE(16, 52);
  header.writeUInt16LE(1, 56);
  header.writeUInt16LE(2, 58);
  header.writeUInt32LE(30_000, 60);
  header.writeUInt32LE(120_000, 64);
  header.writeUInt16LE(4, 68);
  header.writeUInt16LE(16, 70);
  header.write('data\xff\xff\xff\xff', 72, 'latin1');
  const { path } = sparse('long.wav', header, 2);
  check(path, samples, 2, 'WAV');
});
