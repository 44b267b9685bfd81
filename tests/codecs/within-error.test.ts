import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { decodeRecordingFile, encodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { fileWithinError, sourceWithinError } from '../../lib/codecs/files/file-within-error';
import {
  putPlaced,
  readPlaced,
  targetInMemory,
  type PlacedSamples,
} from '../../lib/codecs/files/placed-samples';
import { withinError } from '../../lib/codecs/files/within-error';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { emptySamples, SAMPLE_BYTES } from '../../lib/recordings/formats/parts/sample-values';
import { bytesInMemory } from '../../lib/recordings/wav-layout';
import { openRecording } from '../../lib/recordings/recognize';
import type { SampleArray, SampleType } from '../../lib/recordings/recording-file';
import { canonicalWav } from '../../lib/recordings/wav';
import { wavOfChannels } from '../../lib/recordings/wav-of-channels';

const folder = mkdtempSync(join(tmpdir(), 'within-error-'));
after(() => rmSync(folder, { recursive: true }));

const RANGES = {
  uint8: [0, 255],
  int16: [-32768, 32767],
  int24: [-(2 ** 23), 2 ** 23 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const;

type Kind = 'rails' | 'constant' | 'any' | 'grid' | 'noise' | 'lonely';

/** Samples that an encoder may stumble over: at the ends of their type, all alike, on a coarse grid, one apart from all. */
function samplesOf(kind: Kind, type: keyof typeof RANGES, count: number, seed: number): SampleArray {
  const [lowest, highest] = RANGES[type];
  const samples = emptySamples(type, count);
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const middle = Math.round((lowest + highest) / 2);
  for (let i = 0; i < count; i++) {
    const any = lowest + Math.floor(next() * (highest - lowest + 1));
    samples[i] = {
      any,
      rails: next() < 0.5 ? lowest : highest,
      constant: lowest,
      grid: middle + 7 * (Math.floor(next() * 30) - 15),
      noise: middle + Math.floor(next() * 60) - 30,
      lonely: i === count >> 1 ? highest : lowest,
    }[kind];
  }
  return samples;
}

const cases = fc.record({
  kinds: fc.array(fc.constantFrom<Kind>('rails', 'constant', 'any', 'grid', 'noise', 'lonely'), {
    minLength: 1,
    maxLength: 3,
  }),
  type: fc.constantFrom(...(Object.keys(RANGES) as (keyof typeof RANGES)[])),
  count: fc.integer({ min: 1, max: 300 }),
  maxError: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(255, 32767, 2 ** 24, 2 ** 31)),
  seed: fc.nat(10_000),
});

async function channelsIn(path: string): Promise<SampleArray[]> {
  const recording = await openRecording(path);
  try {
    const [stream] = recording.streams;
    return await stream!.read(
      stream!.channels.map((_, channel) => channel),
      0,
      stream!.samples,
    );
  } finally {
    recording.close();
  }
}

test('no sample of a decoded file is off by more than the error that was promised', async () => {
  const [from, to] = [join(folder, 'in.wav'), join(folder, 'out.wav')];
  await fc.assert(
    fc.asyncProperty(cases, async ({ kinds, type, count, maxError, seed }) => {
      const channels = kinds.map((kind, i) => samplesOf(kind, type, count, seed + i));
      const wav = wavOfChannels(channels, type, 25_000);
      writeFileSync(from, wav);
      const choice = { codecId: 'lossless-fast', step: 0, maxError };
      writeFileSync(to, decodeRecordingFile(await encodeRecordingFile(from, wav, choice)));
      const decoded = await channelsIn(to);
      assert.equal(decoded.length, channels.length);
      channels.forEach((given, channel) => {
        given.forEach((value: number, i: number) => {
          assert.ok(
            Math.abs(decoded[channel]![i]! - value) <= maxError,
            `${value} became ${decoded[channel]![i]}`,
          );
        });
      });
    }),
    { numRuns: 150 },
  );
});

test('a recording of Neuralink has the bound too, takes fewer bytes, and keeps all other bytes', async () => {
  const codes = Uint16Array.from({ length: 6000 }, (_, i) => 500 + ((i * 7919) % 83) + ((i * i) % 31));
  const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
  const path = join(folder, 'neuralink.wav');
  writeFileSync(path, wav);
  const choice = { codecId: 'lossless-fast', step: 0 };
  const whole = await encodeRecordingFile(path, wav, choice);
  const near = await encodeRecordingFile(path, wav, { ...choice, maxError: 400 });
  const decoded = decodeRecordingFile(near);
  assert.ok(near.length < 0.75 * whole.length, `${near.length} of ${whole.length}`);
  assert.deepEqual(decoded.subarray(0, 44), wav.subarray(0, 44));
  const [given, found] = [wav, decoded].map((bytes) => new Int16Array(Uint8Array.from(bytes).buffer, 44));
  const largest = given!.reduce((most, value, i) => Math.max(most, Math.abs(value - found![i]!)), 0);
  assert.ok(largest > 0 && largest <= 400, `${largest}`);
});

test('digital words beside channels with a unit stay, and samples of overlapping streams move once', () => {
  const file = Uint8Array.from({ length: 400 }, (_, i) => (i * 37) % 251);
  const channel = (
    name: string,
    unit: string,
  ): { name: string; unit: string; gain: number; offset: number } => {
    return { name, unit, gain: 1, offset: 0 };
  };
  const placed = {
    type: 'int16' as SampleType,
    littleEndian: true,
    offsets: [0, 2],
    stride: 4,
    runs: [{ start: 0, blockBytes: 400, blockSamples: 100, samples: 100 }],
    sampleRate: 0,
    channels: [channel('0', 'uV'), channel('SY', '')],
  };
  const moved = new Int16Array(fileWithinError(file, [placed, placed], 9000).buffer);
  const given = new Int16Array(file.buffer);
  given.forEach((value, i) => {
    if (i % 2 === 1) assert.equal(moved[i], value);
    else assert.ok(Math.abs(moved[i]! - value) <= 9000);
  });
  assert.notDeepEqual(moved, given);
});

test('a file that is read in windows of any length has the samples that it has when they are moved all at once', () => {
  const layouts = fc.record({
    kind: fc.constantFrom<Kind>('rails', 'any', 'grid', 'noise', 'lonely'),
    type: fc.constantFrom(...(Object.keys(RANGES) as (keyof typeof RANGES)[])),
    channels: fc.integer({ min: 1, max: 3 }),
    interleaved: fc.boolean(),
    littleEndian: fc.boolean(),
    blocks: fc.integer({ min: 1, max: 4 }),
    blockSamples: fc.integer({ min: 1, max: 9 }),
    missing: fc.integer({ min: 0, max: 8 }),
    before: fc.integer({ min: 0, max: 7 }),
    between: fc.integer({ min: 0, max: 5 }),
    maxError: fc.integer({ min: 1, max: 300 }),
    seed: fc.nat(10_000),
    window: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(layouts, (given) => {
      const { type, channels, blockSamples, blocks, before, between } = given;
      const width = SAMPLE_BYTES[type];
      const samples = blocks * blockSamples - Math.min(given.missing, blockSamples - 1);
      const blockBytes = channels * blockSamples * width + between;
      const placed: PlacedSamples = {
        ...{ type, littleEndian: given.littleEndian, sampleRate: 0 },
        offsets: Array.from(
          { length: channels },
          (_, c) => c * width * (given.interleaved ? 1 : blockSamples),
        ),
        stride: width * (given.interleaved ? channels : 1),
        runs: [{ start: before, blockBytes, blockSamples, samples }],
        channels: Array.from({ length: channels }, () => ({ name: '', unit: 'uV', gain: 1, offset: 0 })),
      };
      const file = Uint8Array.from({ length: before + blocks * blockBytes + 3 }, (_, i) => i % 251);
      const all = samplesOf(given.kind, type, channels * samples, given.seed);
      const parts = (values: SampleArray): SampleArray[] =>
        Array.from({ length: channels }, (_, c) => values.subarray(c * samples, (c + 1) * samples));
      putPlaced(targetInMemory(file), placed, 0, parts(all));
      const expected = Uint8Array.from(file);
      putPlaced(targetInMemory(expected), placed, 0, parts(withinError(all, type, given.maxError)));
      const source = sourceWithinError(bytesInMemory(file), [placed], given.maxError);
      const read: number[] = [];
      for (let at = 0; at < file.length; at += given.window) read.push(...source.read(at, given.window));
      assert.deepEqual(Uint8Array.from(read), expected);
      assert.deepEqual(readPlaced(file, placed, 0, 0, samples), parts(all)[0]);
    }),
    { numRuns: 400 },
  );
});

test('samples and files that a Buffer holds are left as they were', () => {
  const given = Buffer.from([0, 0, 3, 9, 250, 255]);
  const before = [...given];
  const moved = withinError(given, 'uint8', 4);
  assert.notDeepEqual([...moved], before);
  assert.deepEqual([...given], before);
  const placed: PlacedSamples = {
    type: 'uint8',
    littleEndian: true,
    offsets: [0],
    stride: 1,
    runs: [{ start: 2, blockBytes: 4, blockSamples: 4, samples: 4 }],
    sampleRate: 0,
    channels: [{ name: '0', unit: 'uV', gain: 1, offset: 0 }],
  };
  // Not the first bytes of the memory that it lies in.
  const file = Buffer.concat([Buffer.alloc(5), given]).subarray(5);
  const near = fileWithinError(file, [placed], 4);
  assert.deepEqual([...file], before);
  assert.deepEqual([...near.subarray(0, 2)], before.slice(0, 2));
  assert.deepEqual([...near.subarray(2)], [...withinError(given.subarray(2), 'uint8', 4)]);
});

test('an error that cannot be promised is refused', async () => {
  const path = join(folder, 'float.wav');
  const wav = wavOfChannels([Float32Array.of(0.5, 0.25)], 'float32', 25_000);
  writeFileSync(path, wav);
  const bound = { name: 'ErrorBoundError' };
  const choice = { codecId: 'lossless-best', step: 0 };
  await assert.rejects(encodeRecordingFile(path, wav, { ...choice, maxError: 1 }), bound);
  await assert.rejects(encodeRecordingFile(path, wav, { codecId: 'dct-64', step: 4, maxError: 1 }), bound);
  for (const maxError of [-1, 0.5, NaN]) {
    assert.throws(() => withinError(Int16Array.of(1, 2), 'int16', maxError), bound);
  }
  assert.throws(() => withinError(Float64Array.of(1, 2), 'int64', 1), bound);
});
