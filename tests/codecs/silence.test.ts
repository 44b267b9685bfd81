import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAdaptive } from '../../lib/bases/basis';
import { catalog } from '../../lib/catalog/catalog';
import { basisId } from '../../lib/catalog/ids';
import {
  basisOf,
  codecFromId,
  EVENT_CODEC_IDS,
  findCodec,
  parseCodecId,
} from '../../lib/codecs/codec-from-id';
import { requireDecodingMemory } from '../../lib/codecs/files/decoding-memory';
import { decodeRecordingTo } from '../../lib/codecs/files/long-recording';
import { decodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { encodeWav } from '../../lib/codecs/files/wav-file';
import { silentSample } from '../../lib/codecs/files/silence';
import { rangeOfHeader } from '../../lib/codecs/transform-codec';
import { leastPayload, readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { HeaderReader } from '../../lib/coding/header-reader';
import { behindLengths } from '../../lib/coding/payload';
import { LOSSLESS } from '../../lib/coding/codec';
import { ADC_RANGE, PCM16_RANGE } from '../../lib/coding/sample-range';
import { generateSampleRecording } from '../../lib/recordings/sample';
import { canonicalWav } from '../../lib/recordings/wav';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';

const BUSY = generateSampleRecording(3).subarray(0, 3000);
const FLAT = new Uint16Array(3000).fill(300);

/** Shapes, and the codes of learned contexts and networks, are in the side information. */
const HAVE_TO_BE_DECODED = new Set([19, 43, 44]);

/** Number of strings before the range code: side information, levels of noise, layers. */
function strings(id: string): number {
  if (id.startsWith('layers')) return 2;
  const named = parseCodecId(id);
  if (!named) return 0;
  return (named.fill ? 1 : 0) + (isAdaptive(basisOf(named)) ? 1 : 0);
}

/** The file with no subband coded, and all that comes before the range code as it was. */
function withoutCoefficients(id: string, file: Uint8Array): Uint8Array {
  const { header, start, end } = readBitstream(file);
  const reader = new HeaderReader(file, start, end);
  const sides = Array.from({ length: strings(id) }, () => reader.take(reader.varint()));
  return writeBitstream(header, behindLengths(sides, new Uint8Array(0)));
}

function found(file: Uint8Array): number | undefined {
  const { header, start, end } = readBitstream(file);
  return silentSample(header, file, start, end, rangeOfHeader(header), 1);
}

const IDS = [
  ...catalog.map((entry) => basisId(entry)),
  ...[
    'mdct-256-sine+fill',
    'mdct-256-sine+weight-spikes+fill',
    'mdct-256-sine+weight-spikes',
    'dct-64+trellis8',
  ],
];

for (const id of IDS) {
  test(`${id}: without coefficients all samples are the one that is named`, () => {
    const codec = codecFromId(id);
    for (const [codes, step] of [
      [BUSY, 9],
      [FLAT, 4],
      [BUSY, LOSSLESS],
    ] as const) {
      const file = withoutCoefficients(id, codec.encode(codes, step).bytes);
      const sample = found(file);
      const named = findCodec(id);
      if (codes === FLAT) assert.notEqual(sample, undefined);
      if (sample === undefined) assert.ok(HAVE_TO_BE_DECODED.has(named.entry.formatFamily));
      if (sample !== undefined)
        assert.deepEqual(codec.decode(file), new Uint16Array(codes.length).fill(sample));
    }
    const { bytes } = codec.encode(BUSY, 9);
    assert.equal(found(bytes), undefined);
  });
}

test('what an autoencoder adds by itself is silent at short steps alone, and found as it is decoded', () => {
  const id = 'autoencoder-convolutional-64';
  const codec = codecFromId(id);
  const heard = [4, 100, 400, 900].map((step) => {
    const file = withoutCoefficients(id, codec.encode(BUSY, step).bytes);
    const decoded = codec.decode(file);
    const isConstant = decoded.every((sample) => sample === decoded[0]);
    assert.equal(found(file), isConstant ? decoded[0] : undefined, `step ${step}`);
    return !isConstant;
  });
  assert.deepEqual([heard[0], heard[3]], [false, true]);
});

for (const id of EVENT_CODEC_IDS) {
  test(`${id}: without events all samples are the one that is named`, () => {
    const codec = codecFromId(id);
    const { bytes } = codec.encode(FLAT, 8);
    assert.equal(found(bytes), 300);
    assert.deepEqual(codec.decode(bytes), FLAT);
    const sample = found(codec.encode(generateSampleRecording(3), 8).bytes);
    assert.equal(sample, undefined);
  });
}

test('what no decoder takes is no silence', () => {
  const flat = codecFromId('layers-512').encode(FLAT, 8).bytes;
  const { header, start, end } = readBitstream(flat);
  assert.equal(silentSample(header, flat, start, end, ADC_RANGE, 1), 300);
  assert.equal(silentSample({ ...header, parameter: 9 }, flat, start, end, ADC_RANGE, 1), undefined);
  assert.equal(silentSample(header, flat, start, end, PCM16_RANGE, 1), undefined);
  const filled = codecFromId('dct-64+fill').encode(FLAT, 8).bytes;
  const read = readBitstream(filled);
  const levels = (length: number): Uint8Array =>
    writeBitstream(read.header, behindLengths([new Uint8Array(length).fill(1)], new Uint8Array(0)));
  assert.throws(() => codecFromId('dct-64+fill').decode(levels(40)), { name: 'BitstreamError' });
  assert.equal(found(levels(40)), undefined);
});

test('codes of another digitizer: silence of hours is written as it is, from a file of two kilobytes', async () => {
  const samples = 2 ** 28;
  const header = {
    ...readBitstream(codecFromId('dct-512').encode(FLAT, 4).bytes).header,
    ...({ version: 3, mean: 2000, largest: 4095 } as const),
  };
  const few = writeBitstream({ ...header, samples: 5 }, new Uint8Array(0));
  const wav = decodeRecordingFile(few, { sampleRate: 30_000 });
  const file = writeBitstream({ ...header, samples }, new Uint8Array(leastPayload(samples)));
  const folder = mkdtempSync(join(tmpdir(), 'silence-'));
  try {
    const [input, output] = [join(folder, 'silence.nbz'), join(folder, 'silence.wav')];
    writeFileSync(input, file);
    const held = process.memoryUsage().rss;
    const bytes = await decodeRecordingTo(input, output, { sampleRate: 30_000 });
    assert.ok(process.memoryUsage().rss - held < 100e6);
    assert.equal(bytes, 44 + 2 * samples);
    const last = Buffer.alloc(4);
    const handle = openSync(output, 'r');
    readSync(handle, last, 0, 4, bytes - 4);
    closeSync(handle);
    assert.deepEqual([...last], [...wav.subarray(-4)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a million silent samples of any kind of WAV file come back as its codec decodes them', () => {
  const codes = new Uint16Array(2 ** 20 + 7).fill(300);
  const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
  for (const id of ['dct-64', 'haar-6', 'spike-times']) {
    for (const step of id === 'spike-times' ? [20] : [20, LOSSLESS]) {
      const file = codecFromId(id).encode(codes, step).bytes;
      assert.ok(Buffer.from(decodeRecordingFile(file)).equals(wav), `${id}, ${step}`);
    }
  }
  const odd = Buffer.from(wav);
  odd.writeUInt32LE(8000, 24);
  const stored = encodeWav(odd, 'odd.wav', 'dct-64', 20);
  assert.ok(Buffer.from(decodeRecordingFile(stored)).equals(odd));
});

test('samples that would take more memory than there is are an error that names a way', () => {
  assert.doesNotThrow(() => requireDecodingMemory(1000, 32_000));
  assert.throws(() => requireDecodingMemory(2 ** 28, 2 ** 31), {
    name: 'DecodingMemoryError',
    message: /268435456 samples.*8\.0 GB.*2\.0 GB are free.*npm run encode/,
  });
});
