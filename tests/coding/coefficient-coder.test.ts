import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdentityBasis } from '../../lib/bases/identity';
import { CosineBasis } from '../../lib/bases/cosine';
import { encodeCoefficients } from '../../lib/coding/entropy-coder';

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
