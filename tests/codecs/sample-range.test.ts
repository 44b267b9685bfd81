import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { catalog } from '../../lib/catalog/catalog';
import { basisId } from '../../lib/catalog/ids';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { readBitstream } from '../../lib/coding/bitstream';
import { readNumber, writeNumber } from '../../lib/coding/channel-description';
import type { ChannelDescription } from '../../lib/recordings/recording';
import { LOSSLESS } from '../../lib/coding/codec';
import { HeaderReader } from '../../lib/coding/header-reader';
import { rangeOf } from '../../lib/coding/sample-range';
import { findDigitizer, type Digitizer } from '../../lib/recordings/digitizer';

const IDS = [...catalog.map((entry) => basisId(entry)), 'dct-64+rdoq', 'dct-64+trellis', 'dct-64+trellis256'];

const WIDE = { smallest: 0, largest: 65_535 };

/** Slow swings over the whole range, noise of some bits, and jumps between the rails. */
function signalOfAmplitude(seed: number, length: number, largest: number, noise: number): Uint16Array {
  let state = seed;
  return Uint16Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (i % 97 === 3) return state & 1024 ? largest : 0;
    const value = largest * (0.5 + 0.45 * Math.sin(i / 60)) + noise * ((state >>> 8) / 2 ** 24 - 0.5);
    return Math.max(0, Math.min(largest, Math.round(value)));
  });
}

const signals = fc
  .record({
    seed: fc.nat(1000),
    length: fc.nat(700),
    largest: fc.constantFrom(0, 1, 255, 1022, 1024, 4095, 16_383, 65_535),
    noise: fc.constantFrom(0, 3, 200, 70_000),
  })
  .map(({ seed, length, largest, noise }) => ({
    largest,
    codes: signalOfAmplitude(seed, length, largest, noise),
  }));

for (const id of IDS) {
  test(`${id}: codes of 16 bits come back without loss`, () => {
    fc.assert(
      fc.property(signals, ({ codes, largest }) => {
        const codec = codecFromId(id, { smallest: 0, largest });
        const { bytes } = codec.encode(codes, LOSSLESS);
        assert.equal(readBitstream(bytes).header.version, 3);
        assert.deepEqual(codec.decode(bytes), codes);
      }),
      { numRuns: 12 },
    );
  });

  test(`${id}: codes of 16 bits come back within a few steps, at short steps and at long ones`, () => {
    const codes = signalOfAmplitude(5, 900, 65_535, 90).map((code, i) => (i % 97 === 3 ? 30_000 : code));
    const codec = codecFromId(id, WIDE);
    const errors = [16, 3000].map((step) => {
      const decoded = codec.decode(codec.encode(codes, step).bytes);
      return Math.sqrt(codes.reduce((sum, code, i) => sum + (code - decoded[i]!) ** 2, 0) / codes.length);
    });
    // Groups of a shape have a limit of pulses, and blocks of a dictionary one of atoms, which such a swing meets.
    const limited = id.startsWith('shapegain') || id.startsWith('dictionary');
    assert.ok(errors[0]! < (limited ? 3000 : 24), `${errors[0]}`);
    assert.ok(errors[1]! < 3000, `${errors[1]}`);
  });
}

test('the lossless codecs take codes of 16 bits', () => {
  for (const id of ['lossless-fast', 'lossless-best']) {
    const codec = codecFromId(id, WIDE);
    const codes = signalOfAmplitude(1, 3000, 65_535, 400);
    assert.deepEqual(codec.decode(codec.encode(codes, LOSSLESS).bytes), codes);
  }
});

test('a code above the largest is refused before anything is coded', () => {
  for (const id of ['dct-64', 'lossless-best']) {
    for (const largest of [1023, 4095]) {
      assert.throws(
        () => codecFromId(id, { smallest: 0, largest }).encode(Uint16Array.of(1, largest + 1), 0),
        {
          name: 'BitstreamRangeError',
          message: new RegExp(`Sample 1 has ADC code ${largest + 1}: codes are 0…${largest}`),
        },
      );
    }
  }
});

test('a file of 16 bits is decoded by a codec that was built for other codes', () => {
  const codes = signalOfAmplitude(2, 400, 65_535, 30);
  const { bytes } = codecFromId('dct-64', WIDE).encode(codes, LOSSLESS);
  assert.deepEqual(codecFromId('dct-64').decode(bytes), codes);
});

const listed = findDigitizer(Float32Array.of(0.1, 0.30000001, 0.5, 1.1), 'float32') as Digitizer;
const DESCRIPTIONS: readonly ChannelDescription[] = [
  {
    type: 'int16',
    digitizer: findDigitizer(Int16Array.from([-300, -297, 1200]), 'int16') as Digitizer,
    ...{ sampleRate: 30_000, unit: 'uV', gain: 0.195, offset: 0 },
  },
  {
    type: 'int16',
    digitizer: findDigitizer(Int16Array.from([-32768, -32704, -32640, 32767]), 'int16') as Digitizer,
    ...{ sampleRate: 19_531, unit: '', gain: 1, offset: 0 },
  },
  {
    type: 'float32',
    digitizer: findDigitizer(Float32Array.of(-0.5 * 0.195, 0, 3.5 * 0.195), 'float32') as Digitizer,
    ...{ sampleRate: 24_414.0625, unit: 'µV', gain: 1e-6, offset: -10.24 },
  },
  { type: 'float32', digitizer: listed, sampleRate: 0, unit: 'V', gain: 1 / 3, offset: -0 },
  {
    type: 'uint16',
    digitizer: findDigitizer(Uint16Array.from([0, 65_535, 1]), 'uint16') as Digitizer,
    ...{ sampleRate: 19_753.8, unit: 'uV', gain: 2.01416016, offset: -4125 },
  },
];

test('what codes stand for comes back from a file, in some 20 bytes', () => {
  for (const description of DESCRIPTIONS) {
    const range = rangeOf(description);
    const codes = new Uint16Array(50).map((_, i) => i % description.digitizer.codes);
    const { bytes } = codecFromId('dct-64', range).encode(codes, LOSSLESS);
    const { header } = readBitstream(bytes);
    const found = header.description!;
    const facts = { ...description.digitizer, used: 0, bits: 0, step: 0 };
    assert.deepEqual({ ...found.digitizer, used: 0, bits: 0, step: 0 }, facts);
    assert.ok(Math.abs(found.digitizer.step / description.digitizer.step - 1) < 1e-15);
    assert.deepEqual({ ...found, digitizer: 0 }, { ...description, digitizer: 0 });
    assert.equal(header.largest, description.digitizer.codes - 1);
    const plain = codecFromId('dct-64', { smallest: 0, largest: range.largest }).encode(
      codes,
      LOSSLESS,
    ).bytes;
    if (description.type !== 'float32')
      assert.ok(bytes.length - plain.length <= 24, `${bytes.length - plain.length}`);
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice();
      damaged[i]! ^= 16;
      assert.throws(() => readBitstream(damaged), { name: 'BitstreamError' });
    }
  }
});

test('numbers take few bytes where their decimals are few, and are exact always', () => {
  const back = (value: number): [number, number] => {
    const bytes: number[] = [];
    writeNumber(bytes, value);
    return [readNumber(new HeaderReader(Uint8Array.from(bytes), 0, bytes.length)), bytes.length];
  };
  for (const [value, length] of [
    [30_000, 2],
    [0.195, 3],
    [19_753.8, 4],
    [-10.24, 3],
    [0, 2],
  ] as const) {
    assert.deepEqual(back(value), [value, length]);
  }
  fc.assert(
    fc.property(fc.double(), (value) => {
      assert.ok(Object.is(back(value)[0], value));
    }),
    { numRuns: 2000 },
  );
});
