import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFile, encodeFile } from '../../lib/codecs/files/any-file';
import { readBitstream } from '../../lib/coding/bitstream';
import { BitstreamError } from '../../lib/coding/bitstream-errors';
import { LOSSLESS } from '../../lib/coding/codec';
import { isVerbatim, readVerbatim, writeVerbatim } from '../../lib/codecs/files/verbatim-file';
import { decodeWav, encodeWav } from '../../lib/codecs/files/wav-file';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { uniformNumbers } from '../../lib/numerics/random';
import { damaged, resealed } from '../../tools/fuzz/damage';
import { randomFile, randomRecording } from '../../tools/fuzz/random-files';

const assertSame = (a: Uint8Array, b: Uint8Array): void => assert.ok(Buffer.from(a).equals(Buffer.from(b)));

const RECORDING = canonicalWav(
  pcm16FromCodes(
    new Uint16Array(2000).map((_, i) => Math.round(500 + 90 * Math.sin(i / 40) + ((i * i) % 11))),
  ),
  SAMPLE_RATE,
);

test('a recording becomes the .nbz file that npm run encode makes', () => {
  for (const preset of ['fast', 'best'] as const) {
    const coded = encodeFile(RECORDING, preset);
    assertSame(coded, encodeWav(RECORDING, 'a.wav', `lossless-${preset}`, LOSSLESS));
    assertSame(decodeFile(coded), RECORDING);
    assertSame(decodeWav(coded), RECORDING);
    assert.ok(coded.length < RECORDING.length / 3);
  }
});

test('a recording with a chunk of its own keeps it', () => {
  const extra = Buffer.concat([RECORDING, Buffer.from('LIST\x04\0\0\0abcd', 'latin1')]);
  extra.writeUInt32LE(extra.length - 8, 4);
  const coded = encodeFile(extra, 'best');
  assert.ok(!isVerbatim(coded) && readBitstream(coded).header.family === 128);
  assertSame(decodeFile(coded), extra);
});

test('any bytes come back, eight bytes longer at most', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const coded = encodeFile(bytes, 'fast');
      assert.ok(coded.length <= bytes.length + 8);
      assertSame(decodeFile(coded), bytes);
    }),
  );
  assert.equal(encodeFile(new Uint8Array(0), 'best').length, 8);
});

test('files of every kind that the fuzzer makes come back', () => {
  for (let seed = 0; seed < 400; seed++) {
    const file = randomFile(uniformNumbers(seed));
    const coded = encodeFile(file, seed % 2 === 0 ? 'fast' : 'best');
    assert.ok(coded.length <= file.length + 8, `file ${seed}`);
    assertSame(decodeFile(coded), file);
  }
});

test('text is stored shorter, noise as it is', () => {
  const text = Buffer.from('not a recording '.repeat(100));
  const coded = writeVerbatim(text);
  assert.ok(coded.length < 60);
  assertSame(readVerbatim(coded), text);
  const random = uniformNumbers(3);
  const noise = Uint8Array.from({ length: 500 }, () => Math.floor(random() * 256));
  assert.equal(writeVerbatim(noise).length, 508);
});

test('a damaged file is refused by name, whatever is wrong with it', () => {
  const random = uniformNumbers(11);
  for (let i = 0; i < 300; i++) {
    const contents = i % 3 === 0 ? randomFile(random) : randomRecording(random);
    const coded = encodeFile(contents, 'fast');
    assert.throws(() => decodeFile(damaged(random, coded)), BitstreamError);
    try {
      // With a right check, the damaged bytes may be a valid file of another kind; if not, they are refused
      // by name too.
      decodeFile(resealed(damaged(random, coded)));
    } catch (error) {
      assert.ok(error instanceof BitstreamError, String(error));
    }
  }
});

test('files of other codecs and methods are refused, and it is said what reads them', () => {
  const other = encodeWav(RECORDING, 'a.wav', 'dct-64', 8);
  assert.throws(() => decodeFile(other), /npm run decode/);
  const verbatim = writeVerbatim(Uint8Array.of(1, 2, 3));
  verbatim[3] = 7;
  assert.throws(() => readVerbatim(resealed(verbatim)), /Method 7/);
  assert.throws(() => readVerbatim(verbatim.subarray(0, 6)), BitstreamError);
  const packed = writeVerbatim(new Uint8Array(100));
  packed[5]! ^= 255;
  assert.throws(() => readVerbatim(resealed(packed)), BitstreamError);
});
