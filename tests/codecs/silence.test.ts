import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAdaptive } from '../../lib/bases/basis';
import { catalog } from '../../lib/catalog/catalog';
import { basisId } from '../../lib/catalog/ids';
import { basisOf, codecFromId, EVENT_CODEC_IDS, findCodec, parseCodecId } from '../../lib/codecs/codec-from-id';
import { requireDecodingMemory } from '../../lib/codecs/files/decoding-memory';
import { decodeRecordingTo } from '../../lib/codecs/files/long-recording';
import { decodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { silentSample } from '../../lib/codecs/files/silence';
import { rangeOfHeader } from '../../lib/codecs/transform-codec';
import { leastPayload, readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { HeaderReader } from '../../lib/coding/header-reader';
import { behindLengths } from '../../lib/coding/payload';
import { LOSSLESS } from '../../lib/coding/codec';
import { rangeOf, type SampleRange } from '../../lib/coding/sample-range';
import { digitizerOf } from '../../lib/recordings/digitizer';
import { generateSampleRecording } from '../../lib/recordings/sample';
import { canonicalWav } from '../../lib/recordings/wav';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';

const BUSY = generateSampleRecording(3).subarray(0, 3000);
const FLAT = new Uint16Array(3000).fill(300);

/** Learned spikes, contexts and networks say their coefficients elsewhere, and an autoencoder has a bias. */
const HAVE_TO_BE_DECODED = new Set([40, 41, 43, 44]);

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
  ...['mdct-256-sine+fill', 'mdct-256-sine+weight-spikes+fill', 'mdct-256-sine+weight-spikes', 'dct-64+trellis8'],
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
      assert.equal(sample === undefined, HAVE_TO_BE_DECODED.has(named.entry.formatFamily));
      if (sample !== undefined) assert.deepEqual(codec.decode(file), new Uint16Array(codes.length).fill(sample));
    }
    const { bytes } = codec.encode(BUSY, 9);
    assert.equal(found(bytes), undefined);
  });
}

for (const id of EVENT_CODEC_IDS) {
  test(`${id}: without events all samples are the one that is named`, () => {
    const codec = codecFromId(id);
    const { bytes } = codec.encode(FLAT, 8);
    assert.equal(found(bytes), 300);
    assert.deepEqual(codec.decode(bytes), FLAT);
    const sample = found(codec.encode(BUSY, 8).bytes);
    assert.equal(sample, undefined);
  });
}
