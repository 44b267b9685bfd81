import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  liesApart,
  PlacedReader,
  readPlaced,
  type PlacedSamples,
} from '../../lib/codecs/files/placed-samples';
import { SAMPLE_BYTES } from '../../lib/recordings/formats/parts/sample-values';
import { bytesInMemory } from '../../lib/recordings/wav-layout';

/** Interleaved channels, in their order or not, with and without room between them and behind them. */
const interleaved = fc
  .record({
    type: fc.constantFrom('int16', 'uint8', 'int32'),
    channels: fc.integer({ min: 1, max: 9 }),
    gap: fc.constantFrom(0, 0, 0, 1, 3),
    behind: fc.constantFrom(0, 0, 2, -1, -4),
    turned: fc.boolean(),
    start: fc.nat(9),
    samples: fc.nat(60),
  })
  .map(({ type, channels, gap, behind, turned, start, samples }): PlacedSamples => {
    const width = SAMPLE_BYTES[type as 'int16'];
    const offsets = Array.from({ length: channels }, (_, c) => c * (width + gap));
    const stride = Math.max(1, channels * (width + gap) + behind);
    return {
      type: type as 'int16',
      littleEndian: true,
      offsets: turned ? offsets.reverse() : offsets,
      stride,
      runs: [
        { start, blockBytes: stride * Math.max(1, samples), blockSamples: Math.max(1, samples), samples },
      ],
      sampleRate: 1000,
      channels: offsets.map((_, c) => ({ name: String(c), unit: '', gain: 1, offset: 0 })),
    };
  });

/** Byte by byte: no byte of the file belongs to two samples, and none lies outside of it. */
function liesApartPlainly(size: number, streams: readonly PlacedSamples[]): boolean {
  const taken = new Set<number>();
  for (const { type, offsets, stride, runs } of streams) {
    for (const offset of offsets) {
      for (let i = 0; i < runs[0]!.samples; i++) {
        for (let b = 0; b < SAMPLE_BYTES[type]; b++) {
          const at = runs[0]!.start + offset + i * stride + b;
          if (taken.has(at) || at >= size) return false;
          taken.add(at);
        }
      }
    }
  }
  return true;
}

test('streams lie apart where no byte belongs to two samples, whether channels lie side by side or not', () => {
  const found = { apart: 0, not: 0 };
  fc.assert(
    fc.property(
      fc.array(interleaved, { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 0, max: 2500 }),
      (streams, size) => {
        const expected = liesApartPlainly(size, streams);
        found[expected ? 'apart' : 'not']++;
        assert.equal(liesApart(size, streams), expected);
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(found.apart > 40 && found.not > 40, JSON.stringify(found));
});

test('samples of all channels at once are those of each channel', () => {
  // Rows of several stretches that are looked at together.
  const channels = 300;
  const samples = 200;
  const file = Uint8Array.from({ length: 2 * channels * samples }, (_, i) => (i * 2654435761) >>> 24);
  const placed: PlacedSamples = {
    type: 'int16',
    littleEndian: true,
    offsets: Array.from({ length: channels }, (_, c) => 2 * c),
    stride: 2 * channels,
    runs: [{ start: 0, blockBytes: file.length, blockSamples: samples, samples }],
    sampleRate: 1000,
    channels: Array.from({ length: channels }, (_, c) => ({ name: String(c), unit: '', gain: 1, offset: 0 })),
  };
  const reader = new PlacedReader(bytesInMemory(file), placed);
  for (const [from, to] of [
    [0, samples],
    [3, 130],
    [199, 200],
  ] as const) {
    reader.read(from, to).forEach((one, c) => assert.deepEqual(one, readPlaced(file, placed, c, from, to)));
  }
});
