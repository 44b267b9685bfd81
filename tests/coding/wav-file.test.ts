import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WaveFile } from 'wavefile';
import { readBitstream, WAV_KIND } from '../../lib/coding/bitstream';
import { LOSSLESS } from '../../lib/coding/codec';
import { decodeWav, encodeWav } from '../../lib/coding/wav-file';
import { codesFromPcm16, pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { assembleWav, canonicalWav, parseWav } from '../../lib/recordings/wav';

const CODES = new Uint16Array(500).map((_, i) => Math.round(510 + 80 * Math.sin(i / 30) + ((i * i) % 13)));
const CANONICAL = canonicalWav(pcm16FromCodes(CODES), SAMPLE_RATE);

const assertSame = (a: Uint8Array, b: Uint8Array): void => assert.ok(Buffer.from(a).equals(Buffer.from(b)));

const kindOf = (nbz: Uint8Array): number => readBitstream(nbz).header.wavKind;

/** A file with a chunk of `content` before the samples and one after them. */
function withChunks(content: string): Uint8Array {
  const chunk = Buffer.alloc(8 + content.length + (content.length % 2));
  chunk.write('note');
  chunk.writeUInt32LE(content.length, 4);
  chunk.write(content, 8, 'latin1');
  const whole = Buffer.concat([CANONICAL.subarray(0, 36), chunk, CANONICAL.subarray(36), chunk]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

/** A file as wavefile writes it. */
function written(
  channels: number,
  bitDepth: string,
  samples: readonly number[] | readonly number[][],
): Uint8Array {
  const wav = new WaveFile();
  wav.fromScratch(channels, SAMPLE_RATE, bitDepth, samples as number[]);
  return wav.toBuffer();
}

test('a canonical file comes back byte for byte, and nothing of its header is stored', () => {
  for (const basis of ['identity', 'dct-64']) {
    const nbz = encodeWav(CANONICAL, 'a.wav', basis, LOSSLESS);
    assert.equal(kindOf(nbz), WAV_KIND.canonical);
    assertSame(decodeWav(nbz), CANONICAL);
    assert.ok(nbz.length < CANONICAL.length / 2);
  }
});

test('a lossy file keeps header and length, and its samples stay ADC codes', () => {
  const decoded = decodeWav(encodeWav(CANONICAL, 'a.wav', 'dct-64', 20));
  assertSame(decoded.subarray(0, 44), CANONICAL.subarray(0, 44));
  const codes = codesFromPcm16(parseWav(decoded, 'b.wav').samples);
  assert.ok(codes && codes.length === CODES.length);
  assert.ok(codes.every((code, i) => Math.abs(code - CODES[i]!) < 40));
});

test('files of no and of one sample come back', () => {
  for (const list of [[], [1023]]) {
    const wav = canonicalWav(pcm16FromCodes(Uint16Array.from(list)), SAMPLE_RATE);
    for (const basis of ['identity', 'dct-64'])
      assertSame(decodeWav(encodeWav(wav, 'a.wav', basis, LOSSLESS)), wav);
  }
});

test('chunks before and after the samples come back byte for byte, at every operating point', () => {
  for (const content of ['', 'odd', 'even']) {
    const wav = withChunks(content);
    const nbz = encodeWav(wav, 'a.wav', 'dct-64', LOSSLESS);
    assert.equal(kindOf(nbz), WAV_KIND.stored);
    assertSame(decodeWav(nbz), wav);
    const { header, trailer } = parseWav(wav, 'a.wav');
    const lossy = parseWav(decodeWav(encodeWav(wav, 'a.wav', 'dct-64', 30)), 'b.wav');
    assertSame(lossy.header, header);
    assertSame(lossy.trailer, trailer);
  }
});

test('another sample rate is kept with the header', () => {
  const wav = canonicalWav(pcm16FromCodes(CODES), 30_000);
  const nbz = encodeWav(wav, 'a.wav', 'identity', LOSSLESS);
  assert.equal(kindOf(nbz), WAV_KIND.stored);
  assertSame(decodeWav(nbz), wav);
});

test('samples off the ADC grid are coded losslessly, and a step for them is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1 }), (list) => {
      const wav = canonicalWav(Int16Array.from([1, ...list]), SAMPLE_RATE);
      const nbz = encodeWav(wav, 'a.wav', 'dct-64', LOSSLESS);
      assert.equal(kindOf(nbz), WAV_KIND.offGrid);
      assertSame(decodeWav(nbz), wav);
      assert.throws(() => encodeWav(wav, 'a.wav', 'dct-64', 4), {
        name: 'OffGridError',
        message: /a\.wav holds samples that are not stretched 10-bit ADC codes.*--step 0/,
      });
    }),
    { numRuns: 40 },
  );
});

test('every header and trailer that parseWav accepts comes back', () => {
  const { samples, header, trailer } = parseWav(withChunks('text'), 'a.wav');
  const wav = assembleWav(
    header,
    samples.map((_, i) => i % 7),
    trailer,
  );
  assertSame(decodeWav(encodeWav(wav, 'a.wav', 'identity', LOSSLESS)), wav);
});

const lying = Buffer.from(CANONICAL);
lying.writeUInt32LE(9_999_999, 40);
const REFUSED: Readonly<Record<string, Uint8Array>> = {
  stereo: written(2, '16', [
    [0, 64],
    [0, 64],
  ]),
  '8-bit': written(1, '8', [0, 128, 255]),
  '24-bit': written(1, '24', [0, 1, -1]),
  '32-bit float': written(1, '32f', [0, 0.5, -0.5]),
  truncated: CANONICAL.subarray(0, 500),
  empty: new Uint8Array(0),
  'header only': CANONICAL.subarray(0, 30),
  'lying about its size': lying,
};

for (const [what, wav] of Object.entries(REFUSED)) {
  test(`a file that is ${what} is refused by name, with the name of the file`, () => {
    for (const step of [LOSSLESS, 8]) {
      assert.throws(() => encodeWav(wav, 'bad.wav', 'identity', step), {
        name: 'WavFormatError',
        message: /bad\.wav/,
      });
    }
  });
}

test('every truncation and every flipped bit of a file with chunks is an error by name', () => {
  const nbz = encodeWav(withChunks('x').slice(), 'a.wav', 'identity', 40);
  for (let length = 0; length < nbz.length; length++) {
    assert.throws(() => decodeWav(nbz.subarray(0, length)), { name: 'BitstreamError' });
  }
  for (let bit = 0; bit < 8 * nbz.length; bit++) {
    const damaged = nbz.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => decodeWav(damaged), { name: 'BitstreamError' });
  }
});

test('unknown bases, steps out of range and too much around the samples are refused by name', () => {
  assert.throws(() => encodeWav(CANONICAL, 'a.wav', 'fourier-7', 4), { name: 'BasisParameterError' });
  assert.throws(() => encodeWav(CANONICAL, 'a.wav', 'dct-100', 4), { name: 'BasisParameterError' });
  assert.throws(() => encodeWav(CANONICAL, 'a.wav', 'identity', 5000), { name: 'BitstreamRangeError' });
});
