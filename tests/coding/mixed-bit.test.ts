import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { adaptationRates, LOGISTIC, MixedBit, STRETCH } from '../../lib/coding/entropy/mixed-bit';
import { RangeDecoder, RangeEncoder, type BinaryCoder } from '../../lib/coding/entropy/range-coder';

/** One decision and where it is expected. */
interface Decision {
  readonly bit: number;
  readonly contexts: readonly [number, number, number];
  readonly set: number;
}

const CONTEXTS = 8;
const SETS = 3;

function code(
  coder: BinaryCoder,
  initial: Float32Array,
  decisions: Iterable<Decision>,
  limit = 250,
): number[] {
  const mixed = new MixedBit(coder, initial, SETS, limit);
  return Array.from(decisions, ({ bit, contexts, set }) => {
    [mixed.first, mixed.second, mixed.third] = contexts;
    mixed.selected = set;
    return mixed.code(bit);
  });
}

const even = (): Float32Array => new Float32Array(CONTEXTS).fill(0.5);

/** Bits that the decisions take in contexts that know nothing at first. */
function cost(decisions: readonly Decision[], limit?: number): number {
  const encoder = new RangeEncoder();
  code(encoder, even(), decisions, limit);
  return 8 * encoder.finish().length;
}

function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Bits a decision of this probability carries. */
const entropy = (p: number): number => -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);

test('any decisions in any contexts come back, whatever the contexts start from', () => {
  const context = fc.nat(CONTEXTS - 1);
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          bit: fc.nat(1),
          contexts: fc.tuple(context, context, context),
          set: fc.nat(SETS - 1),
        }),
        { maxLength: 600 },
      ),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
        minLength: CONTEXTS,
        maxLength: CONTEXTS,
      }),
      fc.integer({ min: 2, max: 255 }),
      (decisions, start, limit) => {
        const initial = Float32Array.from(start, (p) => Math.min(p, 0.9999));
        const encoder = new RangeEncoder();
        code(encoder, initial, decisions, limit);
        const bytes = encoder.finish();
        const decoder = new RangeDecoder(bytes, 0, bytes.length);
        // A decoder must not look at the bits that it is given.
        const blank = decisions.map((decision) => ({ ...decision, bit: 1 - decision.bit }));
        assert.deepEqual(
          code(decoder, initial, blank, limit),
          decisions.map(({ bit }) => bit),
        );
        decoder.finish();
      },
    ),
    { numRuns: 200 },
  );
});

test('the model leaves the contexts that it is given as they were', () => {
  const initial = even();
  code(new RangeEncoder(), initial, [{ bit: 1, contexts: [0, 1, 2], set: 0 }]);
  assert.deepEqual(initial, even());
});

for (const p of [0.002, 0.05, 0.3, 0.5, 0.9]) {
  test(`decisions that are 1 with probability ${p} cost their entropy, to 3% and half a byte per thousand`, () => {
    const random = generator(7);
    const decisions = Array.from({ length: 40_000 }, (): Decision => {
      return { bit: random() < p ? 1 : 0, contexts: [0, 1, 2], set: 0 };
    });
    const ones = decisions.filter(({ bit }) => bit === 1).length / decisions.length;
    const bits = cost(decisions);
    const ideal = entropy(ones) * decisions.length;
    assert.ok(bits < 1.03 * ideal + 160, `${bits} bits, entropy ${ideal}`);
    assert.ok(bits > 0.97 * ideal, `${bits} bits, entropy ${ideal}`);
  });
}

test('the mixer finds the context that knows, in whichever place it is', () => {
  for (const place of [0, 1, 2]) {
    const random = generator(11);
    const decisions = Array.from({ length: 40_000 }, (): Decision => {
      const state = random() < 0.5 ? 1 : 0;
      const bit = random() < (state === 1 ? 0.95 : 0.05) ? 1 : 0;
      const contexts: [number, number, number] = [5, 6, 7];
      contexts[place] = state;
      return { bit, contexts, set: 1 };
    });
    const bits = cost(decisions);
    const ideal = entropy(0.05) * decisions.length;
    // Of the bare decisions every one would cost a bit.
    assert.ok(bits < 1.06 * ideal, `${bits} bits, entropy ${ideal}, knowing context at ${place}`);
  }
});

test('a shorter memory follows a source that changes', () => {
  const random = generator(13);
  const decisions = Array.from({ length: 40_000 }, (_, i): Decision => {
    const p = Math.floor(i / 200) % 2 === 0 ? 0.05 : 0.95;
    return { bit: random() < p ? 1 : 0, contexts: [0, 1, 2], set: 0 };
  });
  assert.ok(cost(decisions, 16) < 0.8 * cost(decisions, 255));
});

test('certainty costs next to nothing, and a surprise after it no more than 15 bits', () => {
  const sure = Array.from({ length: 100_000 }, (): Decision => ({ bit: 0, contexts: [0, 1, 2], set: 0 }));
  const bits = cost(sure);
  assert.ok(bits < 100_000 * 2e-4, `${bits} bits`);
  const surprised = cost([...sure, { bit: 1, contexts: [0, 1, 2], set: 0 }]);
  assert.ok(surprised <= bits + 15 + 8, `${surprised} bits, ${bits} without the surprise`);
});

test('the logistic table and its inverse are what they say', () => {
  LOGISTIC.forEach((value, i) => {
    assert.ok(Math.abs(value - 1 / (1 + Math.exp(-(i - 1280) / 128))) < 1e-7);
  });
  STRETCH.forEach((value, i) => {
    const p = (i + 0.5) / 4096;
    assert.ok(Math.abs(value - Math.log(p / (1 - p))) < 1e-4);
  });
});

test('every probability that the mixer can come to is one that the range coder can code', () => {
  for (const value of LOGISTIC) {
    const probability = (value * 65536) | 0;
    assert.ok(probability >= 1 && probability <= 65535);
  }
});

test('the first decision moves an estimate most of the way, and none after it less than the memory says', () => {
  const rates = adaptationRates(100);
  assert.equal(rates.length, 99);
  assert.equal(rates[0], 1 / 1.5);
  rates.forEach((rate, n) => assert.ok(rate >= 1 / 100 && (n === 0 || rate < rates[n - 1]!)));
});
