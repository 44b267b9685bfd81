import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CoefficientLayout } from '../../lib/bases/basis';
import {
  decodeCoefficients,
  encodeCoefficients,
  type QuantizedCoefficients,
} from '../../lib/coding/entropy/entropy-coder';
import { QUANTIZER_STATES, STATE_MACHINES } from '../../lib/coding/quantizers/trellis';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';

const skip = !simdAvailable && 'SIMD WebAssembly is switched off or cannot run here';

/** Blocks of `blockLength` coefficients, as a block transform lays them out. */
function blockLayout(blockLength: number, signalLength: number): CoefficientLayout {
  const blocks = Math.ceil(signalLength / blockLength);
  return {
    signalLength,
    coefficientCount: blocks * blockLength,
    hop: blockLength,
    subbands: Array.from({ length: blockLength }, (_, k) => ({
      offset: k * blocks,
      length: blocks,
      timeStep: blockLength,
    })),
  };
}

/** Octaves, as a wavelet transform lays them out: several coefficients of a subband in a hop. */
function octaveLayout(levels: number, hops: number): CoefficientLayout {
  const hop = 2 ** levels;
  let offset = 0;
  const subbands = Array.from({ length: levels + 1 }, (_, k) => {
    const perHop = k === 0 ? 1 : 2 ** (k - 1);
    const band = { offset, length: perHop * hops, timeStep: hop / perHop };
    offset += band.length;
    return band;
  });
  return { signalLength: hop * hops, coefficientCount: offset, hop, subbands };
}

const layouts = fc.oneof(
  fc
    .record({ block: fc.integer({ min: 1, max: 40 }), length: fc.integer({ min: 0, max: 400 }) })
    .map(({ block, length }) => blockLayout(block, length)),
  fc
    .record({ levels: fc.integer({ min: 0, max: 5 }), hops: fc.integer({ min: 0, max: 12 }) })
    .map(({ levels, hops }) => octaveLayout(levels, hops)),
);

/** Mostly small, with bursts up to the largest magnitude that there is. */
const values = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -2, max: 2 }) },
  { weight: 4, arbitrary: fc.integer({ min: -300, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: -(2 ** 24) + 1, max: 2 ** 24 - 1 }) },
);

const sets = fc.array(
  layouts.chain((layout) =>
    fc
      .tuple(
        fc.array(values, { minLength: layout.coefficientCount, maxLength: layout.coefficientCount }),
        fc.constantFrom(...QUANTIZER_STATES),
      )
      .map(([list, states]): QuantizedCoefficients => ({
        layout,
        values: Int32Array.from(list),
        machine: STATE_MACHINES[states],
      })),
  ),
  { minLength: 1, maxLength: 3 },
);

test(
  'the kernel writes the bytes of the plain version, and each reads what the other wrote',
  { skip },
  () => {
    fc.assert(
      fc.property(sets, (given) => {
        const plain = encodeCoefficients(given, false);
        assert.deepEqual(Buffer.from(encodeCoefficients(given, true)), Buffer.from(plain));
        for (const simd of [false, true]) {
          const decoded = decodeCoefficients(
            given.map(({ layout, machine }) => ({ layout, machine })),
            plain,
            0,
            plain.length,
            false,
            simd,
          );
          assert.deepEqual(
            decoded,
            given.map((set) => set.values),
          );
        }
      }),
      { numRuns: 150 },
    );
  },
);

test('long signals of every loudness give the same bytes', { skip }, () => {
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (const scale of [0.3, 2, 40, 3000, 1e6]) {
    const layout = blockLayout(64, 30_000);
    const coefficients = Int32Array.from({ length: layout.coefficientCount }, () =>
      Math.round(scale * (random() + random() + random() - 1.5) * Math.exp(-3 * random())),
    );
    const given = [{ layout, values: coefficients }];
    const plain = encodeCoefficients(given, false);
    assert.deepEqual(Buffer.from(encodeCoefficients(given, true)), Buffer.from(plain));
    assert.deepEqual(decodeCoefficients([{ layout }], plain, 0, plain.length, false, true), [coefficients]);
  }
});

test('what no encoder wrote is refused by both versions alike, or decoded alike', { skip }, () => {
  const layout = blockLayout(8, 300);
  const outcome = (bytes: Uint8Array, simd: boolean): unknown => {
    try {
      return decodeCoefficients([{ layout }], bytes, 0, bytes.length, false, simd);
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  let refused = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const plain = outcome(bytes, false);
      if (typeof plain === 'string') {
        refused++;
        assert.match(plain, /^BitstreamError: /);
      }
      assert.deepEqual(outcome(bytes, true), plain);
    }),
    { numRuns: 300 },
  );
  assert.ok(refused > 0);
});

test('coding leaves nothing behind in the memory of the kernels', { skip }, () => {
  const layout = blockLayout(16, 5000);
  const given = [{ layout, values: Int32Array.from({ length: layout.coefficientCount }, (_, i) => i % 5) }];
  const bytes = encodeCoefficients(given, true);
  const before = kernelMemory.allocatedBytes;
  for (let i = 0; i < 3; i++) {
    encodeCoefficients(given, true);
    decodeCoefficients([{ layout }], bytes, 0, bytes.length, false, true);
    assert.throws(
      () => decodeCoefficients([{ layout }], Uint8Array.of(255, 255, 255, 255), 0, 4, false, true),
      {
        name: 'BitstreamError',
      },
    );
  }
  assert.equal(kernelMemory.allocatedBytes, before);
});
