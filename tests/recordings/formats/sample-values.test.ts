import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { copySamples, emptySamples, SAMPLE_BYTES } from '../../../lib/recordings/formats/parts/sample-values';
import { decodeChunk, encodeChunk } from '../../../packages/neurobasis-codec/src/zarr-chunk';

const FLOATS = ['float32', 'float64'] as const;

/** Bytes of a NaN with a payload whose quiet bit is 0: loaded as a number, it is another one. */
const SIGNALING = { float32: [0x7f, 0x80, 0x12, 0x34], float64: [0x7f, 0xf0, 0, 1, 0, 2, 0x56, 0x78] };

test('floating-point samples keep each bit, NaNs with their payload, before and after the engine optimizes', () => {
  for (let round = 0; round < 300; round++) {
    fc.assert(
      fc.property(
        fc.constantFrom(...FLOATS),
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        fc.uint8Array({ maxLength: 400 }),
        (type, littleEndian, gap, noise) => {
          const width = SAMPLE_BYTES[type];
          const stride = width + gap;
          const file = Uint8Array.from([...noise, ...new Uint8Array(stride)]);
          const count = Math.floor(file.length / stride);
          const signaling = littleEndian ? [...SIGNALING[type]].reverse() : SIGNALING[type];
          file.set(signaling, (count - 1) * stride);
          const out = emptySamples(type, count + 1);
          copySamples(new DataView(file.buffer), type, littleEndian, 0, stride, out, 1, count);
          const bytes = new Uint8Array(out.buffer);
          for (let i = 0; i < count; i++) {
            const found = bytes.slice((i + 1) * width, (i + 2) * width);
            const stored = file.slice(i * stride, i * stride + width);
            assert.deepEqual(found, littleEndian ? stored : stored.reverse());
          }
        },
      ),
      { numRuns: 10, seed: round },
    );
  }
});

test('chunks of Zarr arrays keep each bit of floating-point samples, in any order of their axes', () => {
  for (const type of FLOATS) {
    const width = SAMPLE_BYTES[type];
    for (let round = 0; round < 200; round++) {
      const data = emptySamples(type, 6) as Float32Array | Float64Array;
      const bytes = new Uint8Array(data.buffer);
      for (let i = 0; i < 6; i++) bytes.set([...SIGNALING[type]].reverse(), i * width);
      bytes.forEach((_, at) => {
        if (at % width < 2) bytes[at] = round + at;
      });
      const coded = encodeChunk({ data, shape: [3, 2], stride: [1, 3] }, { preset: 'fast', max_error: 0 });
      const chunk = decodeChunk(coded, { dataType: type, shape: [3, 2] });
      const decoded = new Uint8Array(chunk.data.buffer);
      for (let i = 0; i < 3; i++) {
        for (let c = 0; c < 2; c++) {
          const [from, to] = [(c * 3 + i) * width, (i * 2 + c) * width];
          assert.deepEqual(
            decoded.slice(to, to + width),
            bytes.slice(from, from + width),
            `${type} ${i},${c}`,
          );
        }
      }
    }
  }
});
