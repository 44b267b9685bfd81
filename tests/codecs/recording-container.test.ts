import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFile, encodeFile } from '../../lib/codecs/files/any-file';
import type { PlacedSamples } from '../../lib/codecs/files/placed-samples';
import { Container, encodeContainer, isContainer } from '../../lib/codecs/files/recording-container';
import { openContainer } from '../../lib/codecs/files/recording-encoder';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { putSample, SAMPLE_BYTES } from '../../lib/recordings/formats/parts/sample-values';
import type { SampleType } from '../../lib/recordings/recording-file';

const TYPES: readonly SampleType[] = [
  'uint8',
  'int8',
  'int16',
  'uint16',
  'int24',
  'int32',
  'uint32',
  'float32',
  'float64',
];

interface Shape {
  readonly type: SampleType;
  readonly littleEndian: boolean;
  readonly channels: number;
  readonly samples: number;
  readonly blockSamples: number;
  /** Bytes before each block, after all, and whether channels lie apart within a block. */
  readonly header: number;
  readonly apart: boolean;
  readonly kind: 'noise' | 'grid' | 'any';
  readonly seed: number;
}

/** A file of blocks with headers, and where its samples lie. */
function fileOf({ type, littleEndian, channels, samples, blockSamples, header, apart, kind, seed }: Shape): {
  file: Uint8Array;
  placed: PlacedSamples;
} {
  const width = SAMPLE_BYTES[type];
  const blocks = Math.ceil(samples / blockSamples);
  const blockBytes = header + blockSamples * channels * width;
  const file = new Uint8Array(blocks * blockBytes + 7);
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < file.length; i++) file[i] = next() * 256;
  const placed: PlacedSamples = {
    ...{ type, littleEndian, sampleRate: 30_000 },
    offsets: Array.from({ length: channels }, (_, i) => header + i * width * (apart ? blockSamples : 1)),
    stride: apart ? width : width * channels,
    runs: [{ start: 0, blockBytes, blockSamples, samples }],
    channels: Array.from({ length: channels }, (_, i) => ({
      name: `ch ${i}`,
      unit: 'uV',
      gain: 0.195,
      offset: 0,
    })),
  };
  if (kind === 'any') return { file, placed };
  const view = new DataView(file.buffer);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < samples; i++) {
      const at =
        Math.floor(i / blockSamples) * blockBytes + placed.offsets[c]! + (i % blockSamples) * placed.stride;
      const level = Math.round(60 + 20 * Math.sin(i / 9) + 8 * next());
      putSample(view, type, littleEndian, at, type.startsWith('float') ? level * 0.25 : level);
    }
  }
  return { file, placed };
}

const shapes = fc.record({
  type: fc.constantFrom(...TYPES),
  littleEndian: fc.boolean(),
  channels: fc.integer({ min: 1, max: 4 }),
  samples: fc.integer({ min: 1, max: 900 }),
  blockSamples: fc.constantFrom(1, 7, 512, 2000),
  header: fc.constantFrom(0, 1, 20),
  apart: fc.boolean(),
  kind: fc.constantFrom<Shape['kind']>('grid', 'any'),
  seed: fc.nat(10_000),
});

test('a file of any layout comes back byte for byte, and any stretch of any channel is its samples', () => {
  fc.assert(
    fc.property(shapes, fc.constantFrom('fast' as const, 'best' as const), (shape, preset) => {
      const { file, placed } = fileOf(shape);
      const coded = encodeContainer(file, [placed], preset);
      const opened = new Container(coded);
      assert.deepEqual(Buffer.from(opened.wholeFile()), Buffer.from(file));
      assert.deepEqual(
        opened.channels.map(({ name, samples, sampleRate }) => [name, samples, sampleRate]),
        placed.channels.map(({ name }) => [name, shape.samples, 30_000]),
      );
      const channel = shape.seed % shape.channels;
      const from = shape.seed % shape.samples;
      const whole = opened.readRange(channel, 0, shape.samples);
      assert.deepEqual(opened.readRange(channel, from, shape.samples - from), whole.slice(from));
      const signal = new Container(encodeContainer(file, [placed], preset, true));
      assert.deepEqual(signal.readRange(channel, 0, shape.samples), whole);
      assert.throws(() => signal.wholeFile(), /only samples were kept/);
      assert.throws(() => opened.readRange(channel, from, shape.samples + 1), RangeError);
    }),
    { numRuns: 60 },
  );
});

/** Two channels, in chunks of 32,768 samples. */
function longFile(samples: number): ReturnType<typeof fileOf> {
  return fileOf({
    ...{ type: 'int16', littleEndian: true, channels: 2, samples, blockSamples: samples },
    ...{ header: 44, apart: false, kind: 'grid', seed: 7 },
  });
}

const LONG = longFile(100_000);

test('a damaged byte costs the chunk that it is in, and no other; damage at either end costs none', () => {
  const { file, placed } = longFile(40_000);
  const coded = encodeContainer(file, [placed], 'fast');
  const whole = new Container(coded).readRange(1, 0, 40_000);
  const chunks = [0, 32_768];
  let lost = 0;
  let harmless = 0;
  for (let at = 5; at < coded.length; at += at < 300 || at > coded.length - 300 ? 1 : 397) {
    const damaged = coded.slice();
    damaged[at]! ^= 32;
    const opened = new Container(damaged);
    let bad = 0;
    for (const from of chunks) {
      const count = Math.min(32_768, 40_000 - from);
      try {
        assert.deepEqual(opened.readRange(1, from, count), whole.slice(from, from + count));
      } catch (error) {
        assert.equal((error as Error).constructor.name, 'DamagedChunkError');
        assert.match((error as Error).message, new RegExp(`samples ${from}…${from + count - 1}`));
        bad++;
      }
    }
    assert.ok(bad <= 1, `${bad} chunks are lost at ${at}`);
    if (bad === 0) harmless++;
    lost += bad;
  }
  assert.ok(lost > 50 && harmless > 100, `${lost} ${harmless}`);
});

test('a file that is cut off is an error, wherever it ends', () => {
  const { file, placed } = fileOf({
    ...{ type: 'int16', littleEndian: false, channels: 3, samples: 200, blockSamples: 50 },
    ...{ header: 3, apart: true, kind: 'grid', seed: 1 },
  });
  const coded = encodeContainer(file, [placed], 'best');
  for (let length = 0; length < coded.length; length++) {
    const cut = coded.slice(0, length);
    if (!isContainer(cut)) continue;
    try {
      // Of the index alone a reader has no need.
      assert.deepEqual(Buffer.from(new Container(cut).wholeFile()), Buffer.from(file));
      assert.ok(length > coded.length - 400);
    } catch (error) {
      assert.ok((error as Error).name === 'BitstreamError', String(error));
    }
  }
});

test('channels are coded with a basis, too, and come back within the step', () => {
  const codecId = 'mdct-128-sine+trellis';
  const coded = encodeContainer(LONG.file, [LONG.placed], {
    encode: (codes, range) => codecFromId(codecId, range).encode(codes, 4).bytes,
  });
  const exact = new Container(encodeContainer(LONG.file, [LONG.placed], 'fast')).readRange(0, 40_000, 1000);
  const opened = openContainer(coded);
  opened.readRange(0, 40_000, 1000).forEach((value, i) => assert.ok(Math.abs(value - exact[i]!) < 12));
  assert.equal(opened.wholeFile().length, LONG.file.length);
  assert.throws(() => new Container(coded).wholeFile(), /npm run decode/);
});

/** A WAV file of 16 bits. */
function wavOf(channels: number, samples: Int16Array): Uint8Array {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(30_000, 24);
  header.writeUInt32LE(60_000 * channels, 28);
  header.writeUInt16LE(2 * channels, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

test("the challenge's programs take WAV files of any samples", () => {
  let state = 1;
  const noise = (): number => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5) * 40;
  for (const channels of [1, 2, 8]) {
    const samples = Int16Array.from({ length: 8000 * channels }, (_, i) =>
      Math.round(2000 * Math.sin(i / 400) + noise()),
    );
    const wav = wavOf(channels, samples);
    const coded = encodeFile(wav, 'best');
    assert.ok(isContainer(coded) && coded.length < 0.45 * wav.length, `${coded.length / wav.length}`);
    assert.deepEqual(Buffer.from(decodeFile(coded)), Buffer.from(wav));
  }
});
