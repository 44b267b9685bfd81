import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RangeDecoder, RangeEncoder, type BinaryCoder } from '../../lib/coding/entropy/range-coder';

/** A decision with its probability of a 1 (over 65536), or plain bits. */
type Symbol = { bit: number; probability: number } | { value: number; count: number };

const symbols = fc.array(
  fc.oneof(
    fc.record({
      bit: fc.integer({ min: 0, max: 1 }),
      probability: fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constantFrom(1, 2, 65534, 65535)),
    }),
    fc
      .integer({ min: 0, max: 24 })
      .chain((count) =>
        fc.record({ value: fc.integer({ min: 0, max: 2 ** count - 1 }), count: fc.constant(count) }),
      ),
  ),
  { maxLength: 400 },
);

function code(coder: BinaryCoder, sequence: readonly Symbol[]): number[] {
  return sequence.map((symbol) =>
    'bit' in symbol ? coder.code(symbol.bit, symbol.probability) : coder.codeBits(symbol.value, symbol.count),
  );
}

function encode(sequence: readonly Symbol[]): Uint8Array {
  const encoder = new RangeEncoder();
  code(encoder, sequence);
  return encoder.finish();
}

test('any sequence of decisions and plain bits comes back, and nothing is left over', () => {
  fc.assert(
    fc.property(symbols, fc.nat(3), (sequence, start) => {
      const bytes = encode(sequence);
      const file = new Uint8Array(bytes.length + start + 2).fill(0xab);
      file.set(bytes, start);
      const decoder = new RangeDecoder(file, start, start + bytes.length);
      assert.deepEqual(
        code(decoder, sequence),
        sequence.map((symbol) => ('bit' in symbol ? symbol.bit : symbol.value)),
      );
      decoder.finish();
    }),
    { numRuns: 300 },
  );
});

test('a carry runs through any number of bytes', () => {
  // Nearly certain ones, then a zero, push the lower end of the range over the edge of many bytes at once.
  for (let ones = 0; ones < 600; ones += 7) {
    const sequence = Array.from({ length: ones + 40 }, (_, i) => ({
      bit: i < ones ? 0 : 1,
      probability: i < ones ? 1 + (i % 3) : 65535 - (i % 5),
    }));
    const bytes = encode(sequence);
    const decoder = new RangeDecoder(bytes, 0, bytes.length);
    assert.deepEqual(
      code(decoder, sequence),
      sequence.map(({ bit }) => bit),
    );
  }
});

test('a decision costs −log2 of its probability, to 0.1% over many', () => {
  let state = 1;
  let ideal = 0;
  const sequence = Array.from({ length: 100_000 }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const probability = [300, 9000, 33000, 60000][i % 4]!;
    const bit = state / 2 ** 32 < probability / 65536 ? 1 : 0;
    ideal -= Math.log2((bit === 1 ? probability : 65536 - probability) / 65536);
    return { bit, probability };
  });
  const bits = 8 * encode(sequence).length;
  assert.ok(Math.abs(bits - ideal) < 0.001 * ideal + 32, `${bits} bits, ideal ${ideal}`);
});

test('no decisions take no bytes', () => {
  assert.equal(encode([]).length, 0);
  new RangeDecoder(new Uint8Array(0), 0, 0).finish();
});

test('any bytes stand for so many decisions at most, and are then refused by name', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 655, max: 64880 }),
      (bytes, count, probability) => {
        let decisions = 0;
        assert.throws(
          () => {
            const decoder = new RangeDecoder(bytes, 0, bytes.length);
            // Each decision takes at least 1/70 of a bit; 16 zeros at the end are supplied.
            for (; decisions < 70 * 8 * (bytes.length + 16 + 4); decisions++) {
              const bit = decoder.code(0, probability);
              assert.ok(bit === 0 || bit === 1);
              const value = decoder.codeBits(0, count);
              assert.ok(Number.isInteger(value) && value >= 0 && value < 2 ** count);
            }
          },
          { name: 'BitstreamError' },
        );
      },
    ),
    { numRuns: 400 },
  );
});

test('bytes that are left over, or missing without end, are refused by name', () => {
  const bytes = encode([{ bit: 1, probability: 100 }]);
  const longer = new Uint8Array(bytes.length + 9).fill(1);
  longer.set(bytes);
  const decoder = new RangeDecoder(longer, 0, longer.length);
  decoder.code(0, 100);
  assert.throws(() => decoder.finish(), { name: 'BitstreamError' });
  const starved = new RangeDecoder(new Uint8Array(0), 0, 0);
  assert.throws(
    () => {
      for (let i = 0; i < 1000; i++) starved.codeBits(0, 12);
    },
    { name: 'BitstreamError' },
  );
  assert.throws(() => new RangeDecoder(new Uint8Array(4).fill(255), 0, 4), { name: 'BitstreamError' });
});

test('what dividing the range leaves over stands for no value and is refused by name', () => {
  const decoder = new RangeDecoder(Uint8Array.of(255, 255, 240, 1), 0, 4);
  assert.throws(() => decoder.codeBits(0, 12), { name: 'BitstreamError' });
  const below = new RangeDecoder(Uint8Array.of(255, 255, 239, 255), 0, 4);
  assert.equal(below.codeBits(0, 12), 4095);
});
