import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { WaveFile } from 'wavefile';
import { decodeFile, encodeFile } from '../../lib/codecs/files/any-file';
import { readBitstream, WAV_KIND, writeBitstream } from '../../lib/coding/bitstream';
import { writeVarint } from '../../lib/coding/header-reader';
import { LOSSLESS } from '../../lib/coding/codec';
import { decodeWav, encodeWav } from '../../lib/codecs/files/wav-file';
import { projectRoot } from '../../lib/files/project-root';
import { codesFromPcm16, pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { assembleWav, canonicalWav, parseWav } from '../../lib/recordings/wav';
import { forgedFiles } from './forged-files';

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

test('any chunks before and after the samples, and what follows the last, come back byte for byte', () => {
  const chunks = fc.array(
    fc.record({
      name: fc.constantFrom('LIST', 'bext', 'junk', 'cue ', 'id3 ', 'PAD '),
      content: fc.uint8Array({ maxLength: 30 }),
    }),
    { maxLength: 4 },
  );
  const join = (list: readonly { name: string; content: Uint8Array }[]): Buffer =>
    Buffer.concat(
      list.map(({ name, content }) => {
        const chunk = Buffer.alloc(8 + content.length + (content.length % 2));
        chunk.write(name);
        chunk.writeUInt32LE(content.length, 4);
        chunk.set(content, 8);
        return chunk;
      }),
    );
  fc.assert(
    fc.property(chunks, chunks, fc.uint8Array({ maxLength: 20 }), (before, after, rest) => {
      const wav = Buffer.concat([
        CANONICAL.subarray(0, 36),
        join(before),
        CANONICAL.subarray(36),
        join(after),
      ]);
      wav.writeUInt32LE(wav.length - 8, 4);
      const whole = Buffer.concat([wav, rest]);
      const nbz = encodeWav(whole, 'a.wav', 'identity', LOSSLESS);
      const canonical = before.length + after.length + rest.length === 0;
      assert.equal(kindOf(nbz), canonical ? WAV_KIND.canonical : WAV_KIND.stored);
      assertSame(decodeWav(nbz), whole);
      const lossy = decodeWav(encodeWav(whole, 'a.wav', 'dct-64', 50));
      assertSame(parseWav(lossy, 'b.wav').header, parseWav(whole, 'a.wav').header);
      assertSame(parseWav(lossy, 'b.wav').trailer, parseWav(whole, 'a.wav').trailer);
    }),
  );
});

test('a data chunk that claims fewer samples than follow it keeps the others as they are', () => {
  const wav = Buffer.from(CANONICAL);
  wav.writeUInt32LE(600, 40);
  const nbz = encodeWav(wav, 'a.wav', 'dct-64', LOSSLESS);
  assert.equal(readBitstream(nbz).header.samples, 300);
  assertSame(decodeWav(nbz), wav);
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

/** The canonical file with another number in one of its fields of 32 bits. */
function claiming(offset: number, value: number): Uint8Array {
  const wav = Buffer.from(CANONICAL);
  wav.writeUInt32LE(value, offset);
  return wav;
}

test('a file with the sizes of an unfinished stream, or a wrong RIFF size, comes back byte for byte with all its samples', () => {
  for (const [offset, value] of [
    [40, 0xffffffff],
    [40, 0x7fffffff],
    [40, 0],
    [4, 9_999_999],
    [4, 0],
  ] as const) {
    const wav = claiming(offset, value);
    const notes: string[] = [];
    const nbz = encodeWav(wav, 'a.wav', 'dct-64', LOSSLESS, (note) => notes.push(note));
    assert.equal(readBitstream(nbz).header.samples, CODES.length);
    assert.equal(kindOf(nbz), WAV_KIND.stored);
    assertSame(decodeWav(nbz), wav);
    assert.equal(notes.length, 1);
    assertSame(decodeFile(encodeFile(wav, 'fast')), wav);
  }
});

const CASES = join(projectRoot(), '..', 'shared', 'cases');

test(
  'files that went wrong are read whole and come back, or are refused by what they are',
  { skip: existsSync(CASES) ? false : `${CASES} is not there` },
  () => {
    const REFUSALS: Readonly<Record<string, RegExp>> = {
      '05-extensible-float-sub.wav': /floating point, not integers\. Write them as 16-bit integers/,
      '06-other-kinds-24-in-32.wav': /32 bits a sample instead of 16\. Write them with 16 bits/,
      '06-other-kinds-stereo.wav': /2 channels instead of one\. Write each channel to a file of its own/,
    };
    const files = readdirSync(CASES).filter((name) => name.endsWith('.wav'));
    assert.ok(files.length >= 10);
    for (const name of files) {
      const wav = readFileSync(join(CASES, name));
      const refusal = REFUSALS[name];
      assertSame(decodeFile(encodeFile(wav, 'fast')), wav);
      if (refusal) {
        assert.throws(() => encodeWav(wav, name, 'identity', LOSSLESS), refusal);
      } else {
        const nbz = encodeWav(wav, name, 'identity', LOSSLESS);
        assert.equal(readBitstream(nbz).header.samples, 4000, name);
        assertSame(decodeWav(nbz), wav);
      }
    }
  },
);

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
  'lying about its size': claiming(40, 9_999_999),
  'lying about its format chunk': claiming(16, 0x7fffffff),
  'of half a sample': claiming(40, 601),
  'of no sample rate': claiming(24, 0),
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

test('damage that a forged check hides is refused by name, or decoded to some file', () => {
  const offGrid = canonicalWav(
    Int16Array.from({ length: 60 }, (_, i) => 37 * i),
    SAMPLE_RATE,
  );
  let refused = 0;
  for (const nbz of [
    encodeWav(withChunks('x'), 'a.wav', 'dct-64', 60),
    encodeWav(offGrid, 'a.wav', 'identity', LOSSLESS),
  ]) {
    for (const { bytes, at } of forgedFiles(nbz)) {
      try {
        decodeWav(bytes);
      } catch (error) {
        const change = bytes[at]! ^ nbz[at]!;
        assert.equal((error as Error).name, 'BitstreamError', `byte ${at} xor ${change}: ${String(error)}`);
        refused++;
      }
    }
  }
  assert.ok(refused > 0);
});

test('a file that needs a basis of the future is refused, and the message says so', () => {
  const nbz = encodeWav(CANONICAL, 'a.wav', 'identity', LOSSLESS);
  const { header, start, end } = readBitstream(nbz);
  for (const change of [{ family: 200 }, { parameter: 3 }]) {
    assert.throws(() => decodeWav(writeBitstream({ ...header, ...change }, nbz.subarray(start, end))), {
      name: 'BitstreamError',
      message: /needs basis (200\/0|0\/3) of the format/,
    });
  }
});

test('a stored header that unpacks without end is refused by name', () => {
  const { header } = readBitstream(encodeWav(withChunks(''), 'a.wav', 'identity', LOSSLESS));
  const packed = deflateRawSync(new Uint8Array(2 ** 26 + 1));
  const empty = deflateRawSync(new Uint8Array(0));
  const front: number[] = [];
  writeVarint(front, packed.length);
  const payload = Buffer.concat([Uint8Array.from(front), packed, Uint8Array.of(empty.length), empty]);
  assert.throws(() => decodeWav(writeBitstream(header, payload)), {
    name: 'BitstreamError',
    message: /cannot be unpacked/,
  });
});

test('more around the samples than a file may hold is refused by name', () => {
  const wav = Buffer.concat([CANONICAL, new Uint8Array(2 ** 26 + 1)]);
  assert.throws(() => encodeWav(wav, 'a.wav', 'identity', LOSSLESS), {
    name: 'BitstreamRangeError',
    message: /67108864 bytes before or after the samples at most, not 67108865/,
  });
});

test('unknown bases and steps out of range are refused by name', () => {
  assert.throws(() => encodeWav(CANONICAL, 'a.wav', 'fourier-7', 4), { name: 'BasisParameterError' });
  assert.throws(() => encodeWav(CANONICAL, 'a.wav', 'dct-100', 4), { name: 'BasisParameterError' });
  assert.throws(() => encodeWav(CANONICAL, 'a.wav', 'identity', 5000), { name: 'BitstreamRangeError' });
});
