import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { UndecidedWavError } from '../../lib/codecs/files/decoded-wav';
import { encodeContainer } from '../../lib/codecs/files/recording-container';
import type { PlacedSamples } from '../../lib/codecs/files/placed-samples';
import { decodeRecordingFile, encodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { putSample, SAMPLE_BYTES } from '../../lib/recordings/formats/parts/sample-values';
import { openRecording } from '../../lib/recordings/recognize';
import type { SampleType } from '../../lib/recordings/recording-file';
import type { ChannelDescription } from '../../lib/recordings/recording';
import { wavOfChannels, WavChannelsError } from '../../lib/recordings/wav-of-channels';
import { sampleRangeOf } from '../../lib/recordings/recording';

const folder = mkdtempSync(join(tmpdir(), 'decoded-wav-'));
after(() => rmSync(folder, { recursive: true }));

/** Interleaved samples of a type as a file without a header. */
function rawFile(
  type: SampleType,
  channels: readonly (readonly number[])[],
  sampleRate: number,
  at = 0,
): { file: Uint8Array; placed: PlacedSamples } {
  const width = SAMPLE_BYTES[type];
  const stride = width * channels.length;
  const samples = channels[0]!.length;
  const file = new Uint8Array(at + stride * samples);
  const view = new DataView(file.buffer);
  channels.forEach((values, c) =>
    values.forEach((value, i) => putSample(view, type, true, at + i * stride + c * width, value)),
  );
  const run = { start: at, blockBytes: stride * samples, blockSamples: samples, samples };
  return {
    file,
    placed: {
      ...{ type, littleEndian: true, sampleRate, stride, runs: [run] },
      offsets: channels.map((_, c) => c * width),
      channels: channels.map((_, c) => ({ name: `ch ${c}`, unit: 'uV', gain: 1, offset: 0 })),
    },
  };
}

/** What the project's own reader finds in a WAV file. */
async function readBack(wav: Uint8Array): Promise<{ rate: number; type: string; channels: number[][] }> {
  const path = join(folder, `${Math.random()}.wav`);
  writeFileSync(path, wav);
  const recording = await openRecording(path);
  const [stream] = recording.streams;
  const read = await stream!.read(
    stream!.channels.map((_, i) => i),
    0,
    stream!.samples,
  );
  recording.close();
  return {
    rate: stream!.sampleRate,
    type: stream!.type,
    channels: read.map((values) => Array.from(values, Number)),
  };
}

const RANGES: Readonly<Partial<Record<SampleType, readonly [number, number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int24: [-(2 ** 23), 2 ** 23 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  float32: [-1000, 1000],
  float64: [-1000, 1000],
};

test('channels of every type become a WAV file that has their values', async () => {
  for (const [type, [low, high]] of Object.entries(RANGES) as [SampleType, [number, number]][]) {
    for (const count of [1, 2, 5]) {
      const channels = Array.from({ length: count }, (_, c) => [low, high, Math.round((low + high) / 2) + c]);
      const found = await readBack(
        wavOfChannels(
          channels.map((values) => Float64Array.from(values)),
          type,
          25_000,
        ),
      );
      assert.deepEqual(found.channels, channels, `${count} of ${type}`);
      assert.equal(found.rate, 25_000);
    }
  }
  assert.throws(() => wavOfChannels([new Int16Array(3)], 'int64', 100), WavChannelsError);
  assert.throws(() => wavOfChannels([new Int16Array(3)], 'int16', 0), WavChannelsError);
});

test('a file of samples alone decodes to a WAV file with their values, over several chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<SampleType>('int16', 'uint16', 'int32', 'float32'),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(1, 300, 40_000),
      fc.integer({ min: 1, max: 1000 }),
      async (type, count, samples, scale) => {
        const offset = type === 'uint16' ? 2000 : 0;
        const channels = Array.from({ length: count }, (_, c) =>
          Array.from({ length: samples }, (__, i) => offset + Math.round(scale * Math.sin(i / 9 + c))),
        );
        const { file, placed } = rawFile(type, channels, 20_000, 11);
        const coded = encodeContainer(file, [placed], 'fast', true);
        const found = await readBack(decodeRecordingFile(coded));
        assert.deepEqual(found.channels, channels);
        assert.equal(found.rate, 20_000);
      },
    ),
    { numRuns: 12 },
  );
});

test('of several streams one is chosen, and without a choice they are named', async () => {
  const first = rawFile('int16', [[1, 2, 3, 4]], 30_000);
  const second = rawFile(
    'int16',
    [
      [7, 8],
      [9, 5],
    ],
    2500,
    first.file.length,
  );
  const file = second.file.slice();
  file.set(first.file);
  const coded = encodeContainer(file, [first.placed, second.placed], 'best', true);
  assert.throws(
    () => decodeRecordingFile(coded),
    (error: Error) =>
      error instanceof UndecidedWavError &&
      /--stream 0: 1 channels at 30000 Hz, 4 samples\n {2}--stream 1: 2 channels at 2500 Hz, 2 samples/.test(
        error.message,
      ),
  );
  assert.throws(() => decodeRecordingFile(coded, { stream: 2 }), UndecidedWavError);
  const found = await readBack(decodeRecordingFile(coded, { stream: 1 }));
  assert.deepEqual(found.channels, [
    [7, 8],
    [9, 5],
  ]);
  assert.equal(found.rate, 2500);
});

test('npm run encode --signal-only and decode give the samples of a WAV file back, lossless and lossy', async () => {
  const channels = [0, 1].map((c) =>
    Int16Array.from({ length: 3000 }, (_, i) => Math.round(900 * Math.sin(i / 40 + c))),
  );
  const path = join(folder, 'in.wav');
  writeFileSync(path, wavOfChannels(channels, 'int16', 32_000));
  for (const [codecId, step, most] of [
    ['lossless-best', 0, 0],
    ['dct-256', 8, 20],
  ] as const) {
    const coded = await encodeRecordingFile(path, readFileSync(path), { codecId, step, signalOnly: true });
    const found = await readBack(decodeRecordingFile(coded));
    assert.equal(found.rate, 32_000);
    found.channels.forEach((values, c) =>
      values.forEach((value, i) => assert.ok(Math.abs(value - channels[c]![i]!) <= most)),
    );
  }
});

const DIGITIZER = {
  ...({ kind: 'linear', lowest: -2048, highest: 2047, step: 1 } as const),
  ...{ codes: 4096, bits: 12, used: 4096 },
};
const CODES = Uint16Array.from({ length: 2500 }, (_, i) => 2048 + Math.round(700 * Math.sin(i / 30)));

test('a file of one channel of another digitizer decodes to the values that its header tells of', async () => {
  const description: ChannelDescription = {
    ...{ type: 'int16', digitizer: DIGITIZER, sampleRate: 24_000, unit: 'uV', gain: 1, offset: 0 },
  };
  const range = { smallest: 0, largest: 4095, description };
  for (const [id, most] of [
    ['lossless-best', 0],
    ['lossless-fast', 0],
    ['identity', 0],
    ['mdct-256-sine+trellis', 0],
  ] as const) {
    const { bytes } = codecFromId(id, range).encode(CODES, 0);
    const found = await readBack(decodeRecordingFile(bytes));
    assert.equal(found.rate, 24_000, id);
    found.channels[0]!.forEach((value, i) => assert.ok(Math.abs(value - (CODES[i]! - 2048)) <= most, id));
  }
});

test('a file that says nothing of its codes needs a rate, and becomes the WAV file that a dataset keeps', async () => {
  const { bytes } = codecFromId('lossless-best', sampleRangeOf({ digitizer: DIGITIZER })).encode(CODES, 0);
  assert.throws(() => decodeRecordingFile(bytes), /UndecidedWavError|does not say its sample rate/);
  const found = await readBack(decodeRecordingFile(bytes, { sampleRate: 1000 }));
  assert.equal(found.rate, 1000);
  assert.deepEqual(
    found.channels[0],
    Array.from(CODES, (code) => code - 2048),
  );
});
