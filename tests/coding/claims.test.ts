import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { catalog } from '../../lib/catalog/catalog';
import { basisId } from '../../lib/catalog/ids';
import { leastPayload, readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { writeVarint } from '../../lib/coding/header-reader';
import { LOSSLESS } from '../../lib/coding/codec';
import { transformCodecFromId } from '../../lib/codecs/codec-from-id';
import { decodeRecordingTo } from '../../lib/codecs/files/long-recording';
import { codedFile } from '../../lib/codecs/files/coded-file';
import { decodeWav, silenceOf } from '../../lib/codecs/files/wav-file';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';

const SILENCE = 16 * 2 ** 17 + 300_000;

for (const entry of catalog) {
  const id = basisId(entry);

  test(`${id}: a few bytes that claim 2²⁸ samples are refused before anything is computed`, () => {
    const codec = transformCodecFromId(id);
    const { header } = readBitstream(codec.encode(Uint16Array.of(1, 5), 2).bytes);
    const memory = process.memoryUsage();
    const start = performance.now();
    for (const length of [0, 20, 2031]) {
      const forged = writeBitstream({ ...header, samples: 2 ** 28 }, new Uint8Array(length));
      assert.throws(() => codec.decode(forged), {
        name: 'BitstreamError',
        message: new RegExp(`268435456 samples cannot be in the ${length} bytes`),
      });
    }
    assert.ok(performance.now() - start < 1000);
    const { arrayBuffers } = process.memoryUsage();
    assert.ok(arrayBuffers - memory.arrayBuffers < 2 ** 24);
  });
}

for (const id of ['identity', 'dct-512', 'mdct-256-sine+trellis', 'switched-512']) {
  test(`${id}: minutes of silence are filled up to what their samples take, and come back`, () => {
    const codec = transformCodecFromId(id);
    const samples = new Uint16Array(SILENCE).fill(300);
    for (const step of [20, LOSSLESS]) {
      const { bytes } = codec.encode(samples, step);
      const { start, end } = readBitstream(bytes);
      assert.ok(end - start >= leastPayload(SILENCE));
      assert.ok(Buffer.from(codec.decode(bytes).buffer).equals(Buffer.from(samples.buffer)));
      const { header } = readBitstream(bytes);
      const shorter = bytes.subarray(start, start + leastPayload(SILENCE) - 1);
      assert.throws(() => codec.decode(writeBitstream(header, shorter)), /cannot be in/);
      const longer = Uint8Array.of(...bytes.subarray(start, end), ...new Uint8Array(20));
      assert.throws(() => codec.decode(writeBitstream(header, longer)), { name: 'BitstreamError' });
    }
  });
}

/** Most decisions that a byte of the coefficient model's code can hold: none is more certain than 65,534 in 65,536. */
const DECISIONS_A_BYTE = Math.floor(8 / Math.log2(65536 / 65534));

test('nearly silent files are as short as their decisions allow, and no shorter', () => {
  const codec = transformCodecFromId('identity');
  const samples = new Uint16Array(2 ** 23).fill(300);
  samples[5] = 700;
  const { bytes } = codec.encode(samples, 20);
  const { start, end } = readBitstream(bytes);
  // A sample is one decision at least, so no payload that is shorter can hold them.
  const least = Math.floor(samples.length / DECISIONS_A_BYTE);
  assert.ok(end - start >= least && end - start < 2 * least, `${end - start} bytes, ${least} at least`);
  // What the format asks for lets none claim more than that, but for the bytes that are granted.
  assert.ok(leastPayload(2 ** 28) > 2 ** 28 / DECISIONS_A_BYTE);
  const decoded = codec.decode(bytes);
  assert.deepEqual([decoded.length, decoded[6], decoded[2 ** 23 - 1]], [2 ** 23, 300, 300]);
});

/** A file of version 1 with the identity at step 4. */
function ofVersion1(samples: number, payload: readonly number[]): Uint8Array {
  const bytes = [0x4e, 0x42, 0x5a, 1, 0, 0, 0];
  writeVarint(bytes, samples);
  writeVarint(bytes, 2 * 511);
  bytes.push(0, 1, 0, ...payload);
  const file = new Uint8Array(bytes.length + 4);
  file.set(bytes);
  new DataView(file.buffer).setUint32(bytes.length, crc32(Uint8Array.from(bytes)), true);
  return file;
}

test('silence of version 1, however short its file, comes back; what is no silence is refused', () => {
  const wav = decodeWav(ofVersion1(SILENCE, []));
  assert.equal(wav.length, 44 + 2 * SILENCE);
  assert.ok(wav.subarray(44).every((byte, i) => byte === wav[44 + (i & 1)]));
  assert.throws(() => decodeWav(ofVersion1(SILENCE, [0, 2])), /cannot be in the 2 bytes/);
});

test('silence of version 1 that claims 2²⁸ samples takes the memory of its output and no more, or none on its way to disk', async () => {
  const file = ofVersion1(2 ** 28, []);
  const { samples, sample, before } = silenceOf(codedFile(file))!;
  const [value] = pcm16FromCodes(Uint16Array.of(511));
  assert.deepEqual([samples, ...sample], [2 ** 28, value! & 255, (value! >> 8) & 255]);
  const few = new Int16Array(3).fill(value!);
  const canonical = canonicalWav(new Int16Array(2 ** 23), SAMPLE_RATE).subarray(0, 44);
  assert.ok(Buffer.from(canonical).equals(silenceOf(codedFile(ofVersion1(2 ** 23, [])))!.before));
  assert.ok(Buffer.from(decodeWav(ofVersion1(3, []))).equals(canonicalWav(few, SAMPLE_RATE)));
  assert.equal(before.length, 44);
  assert.throws(() => silenceOf(codedFile(ofVersion1(2 ** 28, [0, 2]))), /cannot be in the 2 bytes/);
  const folder = mkdtempSync(join(tmpdir(), 'claims-'));
  try {
    writeFileSync(join(folder, 'silence.nbz'), file);
    const held = process.memoryUsage().rss;
    assert.equal(
      await decodeRecordingTo(join(folder, 'silence.nbz'), join(folder, 'silence.wav')),
      44 + 2 ** 29,
    );
    assert.ok(process.memoryUsage().rss - held < 100e6);
    assert.equal(statSync(join(folder, 'silence.wav')).size, 44 + 2 ** 29);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
