import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CoefficientLayout } from '../../lib/bases/basis';
import { IdentityBasis } from '../../lib/bases/blocks/identity';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { codeCoefficients } from '../../lib/coding/entropy/coefficient-coder';
import { encodeCoefficients } from '../../lib/coding/entropy/entropy-coder';
import { MAX_MAGNITUDE } from '../../lib/coding/quantizers/quantizer';
import { RangeDecoder, RangeEncoder, type BinaryCoder } from '../../lib/coding/entropy/range-coder';

/** Subbands of any time steps, in any order in the flat array; the last hop may be cut off anywhere. */
const layouts = fc
  .record({
    levels: fc.integer({ min: 0, max: 4 }),
    finer: fc.array(fc.nat(4), { maxLength: 9 }),
    signalLength: fc.nat(120),
    backward: fc.boolean(),
  })
  .map(({ levels, finer, signalLength, backward }): CoefficientLayout => {
    const hop = 2 ** levels;
    const steps = [hop, ...finer.map((level) => 2 ** Math.min(level, levels))];
    const lengths = steps.map((timeStep) => Math.ceil(signalLength / timeStep));
    const coefficientCount = lengths.reduce((sum, length) => sum + length, 0);
    let end = 0;
    const subbands = steps.map((timeStep, k) => {
      const length = lengths[k]!;
      end += length;
      return { offset: backward ? coefficientCount - end : end - length, length, timeStep };
    });
    return { signalLength, coefficientCount, hop, subbands };
  });

const magnitudes = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: -2, max: 2 }) },
  { weight: 3, arbitrary: fc.integer({ min: -500, max: 500 }) },
  { weight: 1, arbitrary: fc.integer({ min: -MAX_MAGNITUDE, max: MAX_MAGNITUDE }) },
  { weight: 1, arbitrary: fc.constantFrom(-MAX_MAGNITUDE, MAX_MAGNITUDE) },
);

function codeOf(layout: CoefficientLayout, values: Int32Array): Uint8Array {
  const encoder = new RangeEncoder();
  codeCoefficients(encoder, layout, values);
  return encoder.finish();
}

function decodeOf(layout: CoefficientLayout, bytes: Uint8Array): Int32Array {
  const decoder = new RangeDecoder(bytes, 0, bytes.length);
  const decoded = new Int32Array(layout.coefficientCount);
  codeCoefficients(decoder, layout, decoded);
  decoder.finish();
  return decoded;
}

test('any integers in any layout come back, up to the largest magnitude', () => {
  fc.assert(
    fc.property(
      layouts.chain((layout) => {
        const { coefficientCount: count } = layout;
        return fc.tuple(fc.constant(layout), fc.array(magnitudes, { minLength: count, maxLength: count }));
      }),
      ([layout, list]) => {
        const values = Int32Array.from(list);
        const bytes = codeOf(layout, values);
        assert.deepEqual(values, Int32Array.from(list), 'the encoder leaves the integers as they were');
        assert.deepEqual(decodeOf(layout, bytes), values);
      },
    ),
    { numRuns: 200 },
  );
});

test('runs of the largest magnitude, and of the largest after silence, come back', () => {
  for (const layout of [new IdentityBasis().layout(3000), new CosineBasis(16).layout(3000)]) {
    for (const valueAt of [
      () => MAX_MAGNITUDE,
      (i: number) => (i % 2 === 0 ? MAX_MAGNITUDE : -MAX_MAGNITUDE),
      (i: number) => (i > 1500 ? -MAX_MAGNITUDE : 0),
      (i: number) => (i % 700 === 699 ? MAX_MAGNITUDE : 0),
    ]) {
      const values = Int32Array.from({ length: layout.coefficientCount }, (_, i) => valueAt(i));
      assert.deepEqual(decodeOf(layout, codeOf(layout, values)), values);
    }
  }
});

test('any bytes are refused by name or decoded to magnitudes that there are', () => {
  let refused = 0;
  fc.assert(
    fc.property(layouts, fc.uint8Array({ maxLength: 200 }), (layout, bytes) => {
      try {
        assert.ok(decodeOf(layout, bytes).every((value) => Math.abs(value) <= MAX_MAGNITUDE));
      } catch (error) {
        assert.equal((error as Error).name, 'BitstreamError', String(error));
        refused++;
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(refused > 0);
});

test('a code that only goes up is refused where the largest magnitude ends', () => {
  const always: BinaryCoder = { code: () => 1, codeBits: (_value, count) => 2 ** count - 1 };
  const layout = new CosineBasis(2).layout(8);
  // The number of subbands, at first, is right.
  let first = true;
  const coder: BinaryCoder = {
    ...always,
    codeBits(value, count) {
      const [coded, wasFirst] = [always.codeBits(value, count), first];
      first = false;
      return wasFirst ? layout.subbands.length : coded;
    },
  };
  assert.throws(() => codeCoefficients(coder, layout, new Int32Array(8)), {
    name: 'BitstreamError',
    message: new RegExp(`more than ${MAX_MAGNITUDE} steps large`),
  });
});

test('more subbands than the basis has are refused, with both numbers', () => {
  const layout = new CosineBasis(16).layout(64);
  const bytes = codeOf(layout, new Int32Array(64).fill(3));
  assert.throws(() => decodeOf(new CosineBasis(8).layout(64), bytes), {
    name: 'BitstreamError',
    message: /^16 subbands are coded where the basis has 8/,
  });
});

function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** A two-sided geometric density: the ratio of one magnitude's probability to that of the one before. */
function geometric(ratio: number, random: () => number): number {
  let magnitude = 0;
  while (random() < ratio) magnitude++;
  return magnitude === 0 || random() < 0.5 ? magnitude : -magnitude;
}

function entropy(values: Int32Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / values.length);
  return bits;
}

for (const ratio of [0.02, 0.3, 0.8, 0.97]) {
  test(`independent magnitudes of ratio ${ratio} cost their order-0 entropy, to 3%`, () => {
    const random = generator(3);
    const values = new Int32Array(60_000).map(() => geometric(ratio, random));
    const bits =
      8 * encodeCoefficients([{ values, layout: new IdentityBasis().layout(values.length) }]).length;
    const ideal = entropy(values);
    assert.ok(bits < 1.03 * ideal + 400, `${bits} bits, entropy ${ideal}`);
    assert.ok(bits > 0.97 * ideal);
  });
}

/** Blocks of 64 coefficients whose subbands fade; every tenth of a run of ten blocks is loud where `bursts` is set. */
function blocks(bursts: boolean): { values: Int32Array; ideal: number; bits: number } {
  const random = generator(5);
  const layout = new CosineBasis(64).layout(64 * 1000);
  const values = new Int32Array(layout.coefficientCount);
  let ideal = 0;
  layout.subbands.forEach(({ offset, length }, k) => {
    const ratio = 0.95 * Math.exp(-k / 12);
    for (let t = 0; t < length; t++) {
      const loud = !bursts || Math.floor(t / 10) % 10 === 0;
      values[offset + t] = geometric(loud ? ratio : ratio ** 8, random);
    }
    ideal += entropy(values.subarray(offset, offset + length));
  });
  return { values, ideal, bits: 8 * encodeCoefficients([{ values, layout }]).length };
}

test('subbands of unlike loudness cost what each would alone', () => {
  const { ideal, bits } = blocks(false);
  assert.ok(bits < 1.04 * ideal, `${bits} bits, entropy ${ideal}`);
});

test('bursts cost less than each subband alone would: the neighbors tell of them', () => {
  const { ideal, bits } = blocks(true);
  assert.ok(bits < 0.92 * ideal, `${bits} bits, entropy ${ideal}`);
});

test('silence costs next to nothing', () => {
  const layout = new CosineBasis(64).layout(1_000_000);
  const values = new Int32Array(layout.coefficientCount);
  assert.ok(encodeCoefficients([{ values, layout }]).length <= 2);
});
