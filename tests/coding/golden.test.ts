import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readBitstream } from '../../lib/coding/bitstream';
import { decodeWav, encodeWav } from '../../lib/codecs/files/wav-file';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';

const FIXTURES = join(__dirname, '..', 'fixtures');
const FOLDER = join(FIXTURES, 'golden');
const manifest = JSON.parse(readFileSync(join(FOLDER, 'golden.json'), 'utf8')) as Record<string, string>;

const readGolden = (name: string): Uint8Array => readFileSync(join(FOLDER, `${name}.nbz`));

test('every golden file is in the manifest and has bytes', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.nbz'));
  assert.deepEqual(files.map((file) => file.replace('.nbz', '')).sort(), Object.keys(manifest).sort());
  assert.ok(files.length > 0);
});

for (const [name, expected] of Object.entries(manifest)) {
  test(`${name}.nbz decodes to what it always decoded to`, () => {
    assert.equal(
      createHash('sha256')
        .update(decodeWav(readGolden(name)))
        .digest('hex'),
      expected,
    );
  });
}

test('the golden files exercise every kind of file and both bases', () => {
  const headers = Object.keys(manifest).map((name) => readBitstream(readGolden(name)).header);
  assert.deepEqual(new Set(headers.map(({ wavKind }) => wavKind)), new Set([0, 1, 2]));
  assert.deepEqual(new Set(headers.map(({ lossless }) => lossless)), new Set([true, false]));
  assert.deepEqual(new Set(headers.map(({ family }) => family)), new Set([0, 1]));
});

const python = spawnSync('python3', ['--version']);
const noPython = python.error ? 'there is no python3' : false;
if (noPython && process.env['NEUROBASIS_REQUIRE_ALL'] === '1') throw new Error(noPython);

test('a decoder written from docs/format.md gives the same WAV files', { skip: noPython }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'second-decoder-'));
  after(() => rmSync(folder, { recursive: true }));
  const files: Record<string, Uint8Array> = {};
  for (const name of Object.keys(manifest)) files[name] = readGolden(name);
  // Fresh ones too, so that an encoder that strays from the format is found.
  const codes = new Uint16Array(2000).map((_, i) => 500 + ((i * i) % 61) + Math.round(90 * Math.sin(i / 40)));
  const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
  for (const [basis, step] of [
    ['identity', 0],
    ['identity', 5.5],
    ['dct-32', 0],
    ['dct-256', 2],
    ['dct-256', 50],
  ] as const) {
    files[`${basis}-${step}`] = encodeWav(wav, 'fresh', basis, step);
  }
  for (const [name, bytes] of Object.entries(files)) {
    const [input, output] = [join(folder, `${name}.nbz`), join(folder, `${name}.wav`)];
    writeFileSync(input, bytes);
    const run = spawnSync('python3', [join(FIXTURES, 'coding-decoder.py'), input, output], {
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, `${name}: ${run.stderr}`);
    assert.ok(readFileSync(output).equals(decodeWav(bytes)), name);
  }
});
