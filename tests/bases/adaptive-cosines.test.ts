import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { blockRates, frameLayout, fromSubbands, toSubbands } from '../../lib/bases/parts/frames-of-blocks';
import { SegmentedCosineBasis } from '../../lib/bases/blocks/segments';
import { SideBitReader, SideBitWriter } from '../../lib/bases/parts/side-bits';
import { SwitchedCosineBasis } from '../../lib/bases/blocks/switched';
import { LappedTransform } from '../../lib/kernels/lapped';
import { largestDifference } from '../kernels/fixtures';

/** A slow wave with short bursts, so that segments differ in length. */
function bursts(length: number, seed: number): Float64Array {
  let state = seed;
  return new Float64Array(length).map((_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const spike = i % 700 < 12 ? 300 * Math.cos(i) : 0;
    return 150 * Math.sin(i / 80) + spike + (state % 9) - 4;
  });
}

const sides = fc.uint8Array({ maxLength: 6 }).filter((bytes) => bytes[bytes.length - 1] !== 0);

for (const family of [new SegmentedCosineBasis(256, 16), new SwitchedCosineBasis(256)]) {
  test(`${family.id}: whatever the side information says, signals come back and keep their energy`, () => {
    fc.assert(
      fc.property(sides, fc.nat(8), fc.nat(99), (side, frames, seed) => {
        const signal = bursts(256 * frames, seed);
        let basis;
        try {
          basis = family.chosen(side, signal.length);
        } catch (error) {
          assert.equal((error as Error).name, 'SideInformationError');
          return;
        }
        const coefficients = basis.analyze(signal, 16);
        assert.ok(largestDifference(basis.synthesize(coefficients, 16), signal) < 1e-9);
        const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value ** 2, 0);
        assert.ok(Math.abs(energy(coefficients.values) - energy(signal)) <= 1e-10 * (1 + energy(signal)));
      }),
      { numRuns: 300 },
    );
  });

  test(`${family.id}: bursts are given short blocks, noise none and no side information`, () => {
    assert.ok(family.choose(bursts(5000, 1), 4).length > 0);
    let state = 7;
    const noise = new Float64Array(5000).map(() => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 16) % 21;
    });
    assert.equal(family.choose(noise, 32).length, 0);
  });

  test(`${family.id}: the choice costs no more than whole frames, by its own estimate`, () => {
    for (const step of [2, 8, 32]) {
      const signal = bursts(256 * 20, 5);
      const rate = (side: Uint8Array): number => {
        const { values } = family.chosen(side, signal.length).analyze(signal, step);
        return blockRates(values, values.length, step)[0]!;
      };
      assert.ok(rate(family.choose(signal, step)) <= rate(new Uint8Array(0)));
    }
  });
}

test('whole frames of switched cosines are the blocks of the DCT', () => {
  const signal = bursts(1000, 3);
  const { values, layout } = new SwitchedCosineBasis(64).chosen(new Uint8Array(0), 1000).analyze(signal, 8);
  const reference = new CosineBasis(64).analyze(signal);
  assert.deepEqual(layout, reference.layout);
  assert.deepEqual(values, reference.values);
});

test('whole segments are the frames of the lapped transform of the signal from its end, negated', () => {
  const signal = bursts(64 * 12, 3);
  const { values, layout } = new SegmentedCosineBasis(64, 64)
    .chosen(new Uint8Array(0), signal.length)
    .analyze(signal);
  const lapped = new LappedTransform(64, 'sine', 'float64');
  const expected = new Float64Array(signal.length);
  lapped.forward(signal.slice().reverse(), expected);
  lapped.release();
  layout.subbands.forEach(({ offset, length: frames }, k) => {
    for (let t = 0; t < frames; t++) {
      assert.ok(Math.abs(values[offset + t]! + expected[(frames - 1 - t) * 64 + k]!) < 1e-9);
    }
  });
});

test('coefficients of a frame are ordered by frequency, then by time, and come back', () => {
  const frames = [[4, 2, 2], [8], [2, 2, 4]];
  const blocks = Float64Array.from({ length: 24 }, (_, i) => i);
  const values = toSubbands(blocks, frames);
  const inFrame = (frame: number): number[] =>
    frameLayout(8, 24).subbands.map(({ offset }) => values[offset + frame]!);
  // Frequencies of the first: blocks of 4 at 2, 6, 10, 14 of 16, blocks of 2 at 4, 12.
  assert.deepEqual(inFrame(0), [0, 4, 6, 1, 2, 5, 7, 3]);
  assert.deepEqual(inFrame(1), [8, 9, 10, 11, 12, 13, 14, 15]);
  assert.deepEqual(inFrame(2), [20, 16, 18, 21, 22, 17, 19, 23]);
  assert.deepEqual(fromSubbands(values, frames), blocks);
});

test('estimated rates are logarithms, however many coefficients there are', () => {
  const rates = blockRates(Float64Array.of(0, 3, -5, 1e6), 2, 2);
  const rate = (value: number): number => 0.5 * Math.log2(1 + value ** 2);
  assert.ok(largestDifference(rates, [rate(0) + rate(3), rate(5) + rate(1e6)]) < 1e-9);
  const many = blockRates(new Float64Array(1000).fill(1e9), 1000, 1)[0]!;
  assert.ok(Math.abs(many - 500 * Math.log2(1 + 4e18)) < 1e-6);
});

test('bits come back, and what is more than was written is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.nat(127))), (list) => {
      const writer = new SideBitWriter();
      for (const [bits, value] of list) writer.push(value % 2 ** bits, bits);
      const bytes = writer.bytes();
      assert.notEqual(bytes[bytes.length - 1], 0);
      const reader = new SideBitReader(bytes);
      for (const [bits, value] of list) assert.equal(reader.take(bits), value % 2 ** bits);
      reader.finish();
      const more = new SideBitReader(Uint8Array.of(...bytes, 0, 0, 1));
      for (const [bits] of list) more.take(bits);
      assert.throws(() => more.finish(), { name: 'SideInformationError' });
    }),
  );
});

test('parameters that do not go together are refused with what is allowed', () => {
  assert.throws(() => new SegmentedCosineBasis(100, 16), {
    name: 'BasisParameterError',
    message: /one of 64,/,
  });
  assert.throws(() => new SegmentedCosineBasis(64, 128), {
    name: 'BasisParameterError',
    message: /shortest segment of frames of 64 samples must be one of 16, 32, 64, not 128/,
  });
  assert.throws(() => new SwitchedCosineBasis(48), { name: 'BasisParameterError', message: /one of 64,/ });
});
