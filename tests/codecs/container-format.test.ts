import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { PlacedSamples } from '../../lib/codecs/files/placed-samples';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { Container, encodeContainer } from '../../lib/codecs/files/recording-container';
import { openContainer } from '../../lib/codecs/files/recording-encoder';
import { PRESET_NAMES } from '../../lib/codecs/lossless/preset';
import { putSample, SAMPLE_BYTES } from '../../lib/recordings/formats/parts/sample-values';
import type { SampleType } from '../../lib/recordings/recording-file';
import { decodedInPython, noPython } from '../fixtures/second-decoder';

const SAMPLES = 1700;
const BLOCK = 500;
const SURROUNDING = 9;

/** Blocks of three channels that share a swing, each after nine bytes. */
function recordingOf(
  type: SampleType,
  littleEndian: boolean,
): { file: Uint8Array; placed: PlacedSamples; rest: Uint8Array } {
  const width = SAMPLE_BYTES[type];
  const stride = 3 * width;
  const blockBytes = SURROUNDING + BLOCK * stride;
  const blocks = Math.ceil(SAMPLES / BLOCK);
  const file = new Uint8Array((blocks - 1) * blockBytes + SURROUNDING + (SAMPLES % BLOCK || BLOCK) * stride);
  const view = new DataView(file.buffer);
  const rest = new Uint8Array(blocks * SURROUNDING).map((_, i) => (i * 37) % 251);
  for (let b = 0; b < blocks; b++) {
    file.set(rest.subarray(b * SURROUNDING, (b + 1) * SURROUNDING), b * blockBytes);
  }
  let state = 11;
  const noise = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < SAMPLES; i++) {
    const common = 30 * Math.sin(i / 17) + 9 * noise();
    for (let c = 0; c < 3; c++) {
      const at = Math.floor(i / BLOCK) * blockBytes + SURROUNDING + (i % BLOCK) * stride + c * width;
      const code = Math.round(100 + common + 3 * noise() + (i % 400 < 5 ? 40 : 0));
      putSample(
        view,
        type,
        littleEndian,
        at,
        type === 'float32' ? Math.fround((code - 90) * 0.195) : 2 * code,
      );
    }
  }
  const channels = ['a', 'b', 'ç'].map((name) => ({ name, unit: 'µV', gain: 0.195, offset: 0 }));
  const runs = [{ start: 0, blockBytes, blockSamples: BLOCK, samples: SAMPLES }];
  const offsets = [0, 1, 2].map((c) => SURROUNDING + c * width);
  return { file, rest, placed: { type, littleEndian, offsets, stride, runs, sampleRate: 30_000, channels } };
}

const FOLDER = join(__dirname, '..', 'fixtures');

test('a decoder written from docs/format.md gives the same files', { skip: noPython }, () => {
  for (const preset of PRESET_NAMES) {
    for (const [type, littleEndian] of [
      ['int16', false],
      ['float32', true],
    ] as const) {
      const { file, placed, rest } = recordingOf(type, littleEndian);
      const bytes = encodeContainer(file, [placed], preset);
      const [decoded] = decodedInPython('file', [bytes], [rest]);
      assert.ok(decoded!.equals(file), `${preset} ${type}`);
    }
  }
});

test('channels of 1024 codes with a codec of a basis have files of version 2', { skip: noPython }, () => {
  const { file, placed, rest } = recordingOf('uint16', true);
  const view = new DataView(file.buffer);
  placed.offsets.forEach((offset) => {
    view.setUint16(offset, 0, true);
    view.setUint16(offset + placed.stride, 1023, true);
    view.setUint16(offset + 2 * placed.stride, 1, true);
  });
  const bytes = encodeContainer(file, [placed], {
    encode: (codes, range) => codecFromId('dct-32', range).encode(codes, 6).bytes,
  });
  const [decoded] = decodedInPython('file', [bytes], [rest]);
  assert.ok(decoded!.equals(openContainer(bytes).wholeFile()));
});

/** Files as they were first written: they decode forever. */
const GOLDEN = ['channels-int16-best', 'channels-int16-fast', 'channels-float32-best'];

test('files of many channels decode to what they always decoded to', () => {
  for (const name of GOLDEN) {
    const [, type, preset] = name.split('-') as [string, SampleType, 'fast' | 'best'];
    const { file, placed } = recordingOf(type, true);
    const path = join(FOLDER, 'golden-channels', `${name}.nbz`);
    const golden = readFileSync(path);
    assert.ok(Buffer.from(new Container(golden).wholeFile()).equals(Buffer.from(file)), name);
    const samples = new Container(encodeContainer(file, [placed], preset)).readRange(2, 0, SAMPLES);
    assert.deepEqual(new Container(golden).readRange(2, 0, SAMPLES), samples, name);
  }
});

test('forged bytes under right checks are a BitstreamError or another file', () => {
  let state = 5;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let refused = 0;
  for (const name of GOLDEN) {
    const golden = readFileSync(join(FOLDER, 'golden-channels', `${name}.nbz`));
    const parts: Uint8Array[] = [];
    for (let at = 5; parts.length < 3; at += 8 + parts[parts.length - 1]!.length) {
      parts.push(golden.subarray(at + 4, at + 4 + golden.readUInt32LE(at)));
    }
    for (let trial = 0; trial < 60; trial++) {
      const forged = random(parts.length);
      const bytes = Buffer.from(forged === 0 ? inflateRawSync(parts[0]!) : parts[forged]!);
      bytes[random(bytes.length)] = random(256);
      const file = [golden.subarray(0, 5)];
      parts.forEach((part, i) => {
        const payload = i !== forged ? part : i === 0 ? deflateRawSync(bytes) : bytes;
        const sealed = Buffer.alloc(payload.length + 8);
        sealed.writeUInt32LE(payload.length, 0);
        sealed.set(payload, 4);
        sealed.writeUInt32LE(crc32(sealed.subarray(0, -4)), sealed.length - 4);
        file.push(sealed);
      });
      try {
        new Container(Buffer.concat(file)).wholeFile();
      } catch (error) {
        assert.equal((error as Error).name, 'BitstreamError', String(error));
        refused++;
      }
    }
  }
  assert.ok(refused > 60, `${refused}`);
});
