import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { BitstreamError, BitstreamRangeError } from '../../lib/coding/bitstream-errors';
import { LOSSLESS } from '../../lib/coding/codec';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { decodeCodes, encodeCodes } from '../../lib/codecs/lossless/code-coder';
import { CodeModel } from '../../lib/codecs/lossless/code-model';
import {
  FREQUENCY_TOTAL,
  FrequencyDecoder,
  FrequencyEncoder,
} from '../../lib/codecs/lossless/frequency-coder';
import { LosslessCodec, LossyStepError } from '../../lib/codecs/lossless/lossless-codec';
import { PRESET_NAMES } from '../../lib/codecs/lossless/preset';
import { LOSSLESS_PRESETS } from '../../lib/codecs/lossless/presets';
import { decodeWav, encodeWav } from '../../lib/codecs/files/wav-file';
import { simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';

/** Pseudorandom numbers in [0, 1) (Numerical Recipes, §7.1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function clipped(value: number): number {
  return Math.min(1023, Math.max(0, Math.round(value)));
}

/** Slow waves, noise and spikes, as an electrode gives them. */
function recordingLike(samples: number, seed: number): Uint16Array {
  const random = generator(seed);
  let slow = 0;
  return new Uint16Array(samples).map((_, i) => {
    slow += random() * 7 - 3.5 - slow / 64;
    const noise = 9 * (random() + random() + random() - 1.5);
    const spike = i % 611 < 12 ? [0, -20, -60, -90, -50, 0, 30, 40, 30, 20, 10, 5][i % 611]! : 0;
    return clipped(526 + slow + noise + spike);
  });
}

function of(samples: number, code: (i: number) => number): Uint16Array {
  return new Uint16Array(samples).map((_, i) => code(i));
}

const random = generator(5);
const ADVERSARIAL: Readonly<Record<string, Uint16Array>> = {
  'no sample': new Uint16Array(0),
  'one sample': Uint16Array.of(1023),
  'two samples far apart': Uint16Array.of(0, 1023),
  'a constant': of(9000, () => 300),
  'the lower rail': of(9000, () => 0),
  'the upper rail': of(9000, () => 1023),
  'a code that never occurs': of(9000, () => 895),
  'narrow codes in turn': of(9000, (i) => 510 + (i % 2)),
  'rail to rail': of(9000, (i) => (i % 2) * 1023),
  'rail to rail at random': of(9000, () => (random() < 0.5 ? 0 : 1023)),
  'rail to rail after silence': of(9000, (i) => (i % 700 === 699 ? 1023 : i > 6000 ? 0 : 526)),
  'white noise': of(9000, () => Math.floor(random() * 1024)),
  'a ramp': of(9000, (i) => (i * 7) % 1024),
  'what looks like a recording': recordingLike(9000, 1),
  'a recording with rails': recordingLike(9000, 2).map((code, i) => (i % 3000 < 900 ? 0 : code)),
};

const codeArrays = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom(0, 1023, 510, 511, 526, 895), fc.integer({ min: 1, max: 90 })),
      fc.tuple(fc.integer({ min: 0, max: 1023 }), fc.integer({ min: 1, max: 3 })),
    ),
    { maxLength: 60 },
  )
  .map((runs) => Uint16Array.from(runs.flatMap(([code, count]) => new Array<number>(count).fill(code))));

for (const preset of PRESET_NAMES) {
  const codec = new LosslessCodec(preset);

  for (const [name, codes] of Object.entries(ADVERSARIAL)) {
    test(`${preset}: ${name} comes back, and is hardly larger than packed`, () => {
      const { bytes } = codec.encode(codes, LOSSLESS);
      assert.deepEqual(codec.decode(bytes), codes);
      assert.ok(bytes.length <= Math.ceil((10 * codes.length) / 8) + 20);
    });
  }

  test(`${preset}: any codes come back`, () => {
    fc.assert(
      fc.property(codeArrays, (codes) => {
        assert.deepEqual(codec.decode(codec.encode(codes, LOSSLESS).bytes), codes);
      }),
      { numRuns: 60 },
    );
  });

  const same = `${preset}: the kernel and the plain version give the same bytes and read each other's`;
  test(same, { skip: simdAvailable ? false : 'SIMD WebAssembly cannot run here' }, () => {
    const settings = LOSSLESS_PRESETS[preset];
    for (const codes of [...Object.values(ADVERSARIAL), recordingLike(30000, 3)]) {
      const plain = encodeCodes(codes, settings, false);
      assert.deepEqual(encodeCodes(codes, settings, true), plain);
      assert.deepEqual(decodeCodes(plain, 0, plain.length, codes.length, settings, true), codes);
      assert.deepEqual(decodeCodes(plain, 0, plain.length, codes.length, settings, false), codes);
    }
  });

  test(`${preset}: without SIMD any codes come back`, () => {
    const settings = LOSSLESS_PRESETS[preset];
    fc.assert(
      fc.property(codeArrays, (codes) => {
        const bytes = encodeCodes(codes, settings, false);
        assert.deepEqual(decodeCodes(bytes, 0, bytes.length, codes.length, settings, false), codes);
      }),
      { numRuns: 20 },
    );
  });

  test(`${preset}: every code has a frequency, whatever came before`, () => {
    const model = new CodeModel(LOSSLESS_PRESETS[preset]);
    for (const code of ADVERSARIAL['rail to rail after silence']!.subarray(5500, 6200)) {
      model.start();
      let below = model.cumulative(0);
      assert.equal(below, 0);
      for (let k = 1; k <= 1024; k++) {
        const next = model.cumulative(k);
        assert.ok(next > below);
        below = next;
      }
      assert.equal(below, FREQUENCY_TOTAL);
      model.update(code);
    }
  });

  test(`${preset}: a file with any byte changed, or cut short, is an error of its own kind`, () => {
    const { bytes } = codec.encode(recordingLike(400, 4), LOSSLESS);
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice();
      damaged[i]! ^= 1 << (i % 8);
      assert.throws(() => codec.decode(damaged), BitstreamError);
      assert.throws(() => codec.decode(bytes.subarray(0, i)), BitstreamError);
    }
  });

  test(`${preset}: what no encoder writes, under a valid check, is an error or samples, never worse`, () => {
    const { bytes } = codec.encode(recordingLike(400, 4), LOSSLESS);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 4, max: bytes.length - 5 }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        (changes) => {
          const forged = bytes.slice();
          for (const [at, byte] of changes) forged[at] = byte;
          const body = forged.length - 4;
          new DataView(forged.buffer).setUint32(body, crc32(forged.subarray(0, body)), true);
          try {
            const codes = codec.decode(forged);
            assert.ok(codes.every((code) => code <= 1023));
          } catch (error) {
            assert.ok(error instanceof BitstreamError, String(error));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test(`${preset}: bytes more or fewer than were written are an error, with and without SIMD`, () => {
    const codes = recordingLike(500, 6);
    const settings = LOSSLESS_PRESETS[preset];
    const bytes = encodeCodes(codes, settings);
    for (const simd of [simdAvailable, false]) {
      // A decoder reads six bytes ahead.
      const longer = Uint8Array.of(...bytes, 1, 2, 3, 4, 5, 6, 7);
      assert.throws(() => decodeCodes(longer, 0, longer.length, 500, settings, simd), BitstreamError);
      assert.throws(() => decodeCodes(bytes, 0, bytes.length, 400, settings, simd), BitstreamError);
      assert.throws(() => decodeCodes(bytes, 0, bytes.length, 5000, settings, simd), BitstreamError);
      assert.throws(() => decodeCodes(bytes, 0, bytes.length - 40, 500, settings, simd), BitstreamError);
      const highest = new Uint8Array(200).fill(255);
      assert.throws(() => decodeCodes(highest, 0, 200, 500, settings, simd), BitstreamError);
    }
  });

  test(`${preset}: a header that no encoder writes is an error, and a few bytes hold no long recording`, () => {
    const { header, start, end } = readBitstream(codec.encode(recordingLike(50, 7), LOSSLESS).bytes);
    const payload = codec.encode(recordingLike(50, 7), LOSSLESS).bytes.slice(start, end);
    const changes = [{ lossless: false }, { mean: 5 }, { step: 2 }, { parameter: 9 }, { samples: 2 ** 28 }];
    const ofVersion2 = { version: 2, offsets: { one: 3, more: 1 } } as const;
    for (const change of [...changes, ofVersion2, { version: 2 as const }, { parameter: 2 }]) {
      assert.throws(() => codec.decode(writeBitstream({ ...header, ...change }, payload)), BitstreamError);
    }
  });

  test(`${preset}: the codec is found by its id, and refuses a step and what is no ADC code`, () => {
    assert.equal(codecFromId(codec.id).id, `lossless-${preset}`);
    assert.throws(() => codec.encode(Uint16Array.of(1), 4), LossyStepError);
    assert.throws(() => codec.encode(Uint16Array.of(1, 1024), LOSSLESS), BitstreamRangeError);
  });

  test(`${preset}: a recording takes less than in a basis`, () => {
    const codes = recordingLike(40000, 8);
    const { bytes } = codec.encode(codes, LOSSLESS);
    const ofBasis = codecFromId('dct-64').encode(codes, LOSSLESS).bytes;
    assert.ok(bytes.length < ofBasis.length, `${bytes.length} and ${ofBasis.length} bytes`);
  });

  test(`${preset}: WAV files come back byte for byte, with headers of any kind`, () => {
    const wav = canonicalWav(pcm16FromCodes(recordingLike(2000, 9)), SAMPLE_RATE);
    const chunk = Buffer.from('note\x04\0\0\0abcd', 'latin1');
    const stored = Buffer.concat([wav.subarray(0, 36), chunk, wav.subarray(36)]);
    stored.writeUInt32LE(stored.length - 8, 4);
    const offGrid = canonicalWav(
      Int16Array.from({ length: 300 }, (_, i) => 5 * i),
      SAMPLE_RATE,
    );
    for (const file of [wav, stored, offGrid]) {
      const nbz = encodeWav(file, 'a.wav', codec.id, LOSSLESS);
      assert.ok(Buffer.from(decodeWav(nbz)).equals(Buffer.from(file)));
    }
  });
}

test('a file of one preset is decoded by the codec of the other, and not by that of a basis', () => {
  const codes = recordingLike(300, 10);
  const { bytes } = new LosslessCodec('best').encode(codes, LOSSLESS);
  assert.deepEqual(new LosslessCodec('fast').decode(bytes), codes);
  assert.throws(() => codecFromId('dct-16').decode(bytes), BitstreamError);
  const ofBasis = codecFromId('dct-16').encode(codes, LOSSLESS).bytes;
  assert.throws(() => new LosslessCodec('fast').decode(ofBasis), BitstreamError);
});

test('symbols of any frequencies come back from the range code, at their price', () => {
  const symbols = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: FREQUENCY_TOTAL - 1 }), fc.integer({ min: 1, max: FREQUENCY_TOTAL }))
      .map(([start, size]): [number, number] => [start, Math.min(size, FREQUENCY_TOTAL - start)]),
    { maxLength: 400 },
  );
  fc.assert(
    fc.property(symbols, (list) => {
      const encoder = new FrequencyEncoder();
      let bits = 0;
      for (const [start, size] of list) {
        encoder.encode(start, size);
        bits += 24 - Math.log2(size);
      }
      const bytes = encoder.finish();
      assert.ok(8 * bytes.length <= bits * 1.0001 + 56, `${bytes.length} bytes for ${bits} bits`);
      const decoder = new FrequencyDecoder(bytes, 0, bytes.length);
      for (const [start, size] of list) {
        const target = decoder.target();
        assert.ok(target >= start && target < start + size);
        decoder.take(start, size);
      }
      decoder.finish();
    }),
    { numRuns: 200 },
  );
});

test('carries run through bytes of ones', () => {
  const encoder = new FrequencyEncoder();
  const list: [number, number][] = [];
  for (let i = 0; i < 40; i++) list.push([FREQUENCY_TOTAL - 1, 1]);
  list.push([FREQUENCY_TOTAL - 3, 3]);
  for (let i = 0; i < 5; i++) list.push([FREQUENCY_TOTAL / 2, FREQUENCY_TOTAL / 2]);
  for (const [start, size] of list) encoder.encode(start, size);
  const bytes = encoder.finish();
  const decoder = new FrequencyDecoder(bytes, 0, bytes.length);
  for (const [start, size] of list) {
    const target = decoder.target();
    assert.ok(target >= start && target < start + size);
    decoder.take(start, size);
  }
  decoder.finish();
});
