import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCodes, encodeCodes, kernelModel } from '../../lib/codecs/lossless/code-coder';
import { PRESET_NAMES } from '../../lib/codecs/lossless/preset';
import { LOSSLESS_PRESETS } from '../../lib/codecs/lossless/presets';
import { withoutImplicitZeros } from '../../lib/coding/entropy/code-bytes';
import { decodeWithKernel, encodeWithKernel } from '../../lib/kernels/lossless-coder';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';

const skip = !simdAvailable && 'needs SIMD WebAssembly';

/** Codes in which long runs that cost next to nothing lie beside surprises: carries go far in their code. */
const surprising = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1023 }), fc.integer({ min: 1, max: 60 })), { maxLength: 30 })
  .map((runs) => Uint16Array.from(runs.flatMap(([code, length]) => Array<number>(length).fill(code))));

test(
  'a recording that is coded in pieces has the same bytes and comes back, whatever their length',
  { skip },
  () => {
    fc.assert(
      fc.property(surprising, fc.integer({ min: 1, max: 90 }), (codes, piece) => {
        for (const name of PRESET_NAMES) {
          const preset = LOSSLESS_PRESETS[name];
          const plain = encodeCodes(codes, preset, false);
          const model = kernelModel(preset);
          const bytes = encodeWithKernel(codes, model, piece);
          assert.deepEqual(withoutImplicitZeros(bytes), plain);
          assert.deepEqual(decodeWithKernel(plain, codes.length, model, piece), codes);
        }
      }),
      { numRuns: 60 },
    );
  },
);

test(
  'a recording of more than 2²⁴ samples is coded as fast as a short one, in as little memory',
  { skip },
  () => {
    const preset = LOSSLESS_PRESETS.fast;
    const codes = new Uint16Array(2 ** 24 + 1);
    let state = 1;
    for (let i = 0; i < codes.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      codes[i] = 520 + (state >>> 28);
    }
    const perSample = (part: Uint16Array): number => {
      const before = process.cpuUsage();
      const bytes = encodeCodes(part, preset);
      const back = decodeCodes(bytes, 0, bytes.length, part.length, preset);
      const { user, system } = process.cpuUsage(before);
      assert.ok(Buffer.from(back.buffer).equals(Buffer.from(part.buffer, part.byteOffset, part.byteLength)));
      return (user + system) / part.length;
    };
    perSample(codes.subarray(0, 2 ** 16));
    const short = perSample(codes.subarray(0, 2 ** 20));
    const size = kernelMemory.sizeBytes;
    const long = perSample(codes);
    // The plain version takes eight times as long at least.
    assert.ok(long < 3 * short, `${long} µs a sample, ${short} µs in a short recording`);
    // The code is in the kernels' memory whole, and nothing else of the recording is.
    assert.ok(kernelMemory.sizeBytes - size < 2 * codes.length, `${kernelMemory.sizeBytes} bytes`);
  },
);

test('a claim of more samples than the bytes hold costs no memory for them', { skip }, () => {
  const preset = LOSSLESS_PRESETS.fast;
  const codes = Uint16Array.from({ length: 2000 }, (_, i) => 500 + ((i * 7919) % 40));
  const bytes = encodeCodes(codes, preset);
  const before = process.memoryUsage().arrayBuffers;
  assert.equal(decodeWithKernel(bytes, 2 ** 27, kernelModel(preset)), undefined);
  assert.ok(process.memoryUsage().arrayBuffers - before < 32e6);
});
