import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BitstreamError, BitstreamRangeError } from '../../lib/coding/bitstream-errors';
import { LosslessCodec } from '../../lib/codecs/lossless/lossless-codec';
import {
  CHECKED_SAMPLES,
  MOST_SAMPLES_BEHIND,
  StreamDecoder,
  StreamEncoder,
} from '../../lib/codecs/lossless/streaming';
import { readCodes, openCorpus } from '../../lib/recordings/corpus';
import { SAMPLE_RATE } from '../../lib/recordings/adc';
import { uniformNumbers } from '../../lib/numerics/random';
import { damaged } from '../../tools/fuzz/damage';
import { randomCodes } from '../../tools/fuzz/random-files';

function encode(codes: Uint16Array, piece = codes.length): Uint8Array {
  const encoder = new StreamEncoder();
  const parts: Uint8Array[] = [];
  for (let at = 0; at < codes.length; at += piece) parts.push(encoder.push(codes.subarray(at, at + piece)));
  parts.push(encoder.finish());
  return new Uint8Array(Buffer.concat(parts));
}

function decode(bytes: Uint8Array, piece = Math.max(1, bytes.length)): number[] {
  const decoder = new StreamDecoder();
  const codes: number[] = [];
  for (let at = 0; at < bytes.length; at += piece)
    codes.push(...decoder.push(bytes.subarray(at, at + piece)));
  decoder.finish();
  assert.equal(decoder.confirmed, codes.length);
  return codes;
}

const RECORDING = readCodes(openCorpus({ dataset: 'sample' }).recordings[0]!);

test('samples come back, however they and their bytes are cut into pieces', () => {
  const lists = fc.array(fc.integer({ min: 0, max: 1023 }), { maxLength: 300 });
  const piece = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(lists, piece, piece, (list, samples, bytes) => {
      const codes = Uint16Array.from(list);
      const stream = encode(codes, samples);
      assert.deepEqual(stream, encode(codes));
      assert.deepEqual(decode(stream, bytes), list);
    }),
  );
});

test('a decoder is never further behind than it is said, whatever the samples are', () => {
  assert.ok(MOST_SAMPLES_BEHIND / SAMPLE_RATE < 0.001);
  const random = uniformNumbers(5);
  const signals = [
    RECORDING.subarray(0, 3000),
    new Uint16Array(2000).fill(512),
    new Uint16Array(2000).map((_, i) => (i % 2 === 0 ? 0 : 1023)),
    ...Array.from({ length: 10 }, () => randomCodes(random)),
  ];
  for (const codes of signals) {
    const encoder = new StreamEncoder();
    const decoder = new StreamDecoder();
    let known = 0;
    for (let i = 0; i < codes.length; i++) {
      const decoded = decoder.push(encoder.push(codes.subarray(i, i + 1)));
      assert.deepEqual(decoded, codes.slice(known, known + decoded.length));
      known += decoded.length;
      assert.ok(i + 1 - known <= MOST_SAMPLES_BEHIND, `${i + 1 - known} behind at sample ${i}`);
    }
    assert.deepEqual(decoder.push(encoder.finish()), codes.slice(known));
    decoder.finish();
  }
});

test('the bytes are within one in a hundred of the preset that has the whole recording', () => {
  const whole = new LosslessCodec('fast').encode(RECORDING, 0).bytes.length;
  const streamed = encode(RECORDING).length;
  assert.ok(streamed < 1.01 * whole, `${streamed} against ${whole} bytes`);
});

test('damage is found at the next check, or earlier, and cut streams are named', () => {
  const codes = RECORDING.subarray(0, 2 * CHECKED_SAMPLES + 100);
  const stream = encode(codes);
  const random = uniformNumbers(8);
  for (let i = 0; i < 60; i++) {
    assert.throws(() => decode(damaged(random, stream)), BitstreamError);
  }
  // Near the start, so that a check comes however many bits the wrong samples take.
  const broken = new Uint8Array(stream);
  broken[30]! ^= 4;
  const decoder = new StreamDecoder();
  assert.throws(() => {
    decoder.push(broken);
    decoder.finish();
  }, BitstreamError);
  assert.equal(decoder.confirmed, 0);
  const cut = new StreamDecoder();
  cut.push(stream.subarray(0, Math.round(0.7 * stream.length)));
  assert.throws(() => cut.finish(), /breaks off after \d+ samples, 4096 of them confirmed/);
  assert.throws(() => decode(new Uint8Array(Buffer.concat([stream, Uint8Array.of(0)]))), BitstreamError);
});

test('every single changed bit of a short stream is an error', () => {
  const stream = encode(Uint16Array.from([510, 512, 511, 0, 1023, 513]));
  for (let bit = 0; bit < 8 * stream.length; bit++) {
    const broken = new Uint8Array(stream);
    broken[bit >> 3]! ^= 1 << (bit & 7);
    let decoded: number[] | undefined;
    try {
      decoded = decode(broken);
    } catch (error) {
      assert.ok(error instanceof BitstreamError);
    }
    assert.equal(decoded, undefined, `bit ${bit}`);
  }
});

test('what cannot be coded is refused before anything is', () => {
  const encoder = new StreamEncoder();
  encoder.push(Uint16Array.of(5));
  assert.throws(() => encoder.push(Uint16Array.of(6, 1024)), BitstreamRangeError);
  encoder.push(Uint16Array.of(7));
  encoder.finish();
  assert.equal(encoder.finish().length, 0);
  assert.throws(() => encoder.push(Uint16Array.of(5)), BitstreamRangeError);
});
