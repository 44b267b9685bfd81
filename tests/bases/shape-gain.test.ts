import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LappedBasis } from '../../lib/bases/blocks/lapped';
import { ShapeGainBasis } from '../../lib/bases/blocks/shape-gain';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { Pyramid } from '../../lib/coding/entropy/pyramid';
import { RangeEncoder } from '../../lib/coding/entropy/range-coder';

function noise(length: number, seed: number, amplitude: number): Float64Array {
  let state = seed;
  return new Float64Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round((((state >>> 8) % 2001) / 1000 - 1) * amplitude);
  });
}

const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

test('the error of a decoded signal is about that of rounding with the same step', () => {
  const signal = noise(8192, 5, 300);
  for (const [blockLength, groupLength] of [
    [64, 4],
    [256, 8],
    [1024, 16],
  ] as const) {
    for (const step of [4, 20, 60]) {
      const family = new ShapeGainBasis(blockLength, groupLength);
      const basis = family.chosen(family.choose(signal, step), signal.length);
      const decoded = basis.synthesize(basis.analyze(signal, step), step);
      const error = energy(decoded.map((value, i) => value - signal[i]!)) / signal.length;
      assert.ok(error > 0.03 * step ** 2 && error < 0.25 * step ** 2, `${family.id} ${step}: ${error}`);
    }
  }
});

test('a group has the length of its gain and the direction of its shape', () => {
  const family = new ShapeGainBasis(64, 4);
  const lapped = new LappedBasis(64, 'sine');
  const coder = new RangeEncoder();
  // A gain of 2 has round(2·1.1·√(8/π)) pulses.
  const shape = Int32Array.of(2, 0, -1, 1);
  new Pyramid(4, 8).code(coder, shape.slice(), 4);
  const basis = family.chosen(coder.finish(), 64);
  const layout = basis.layout(64);
  const values = new Float64Array(layout.coefficientCount);
  values[3] = 2 * 10;
  const { values: back } = lapped.analyze(basis.synthesize({ values, layout }, 10));
  const expected = new Float64Array(64);
  shape.forEach((pulse, i) => (expected[12 + i] = (pulse * 20) / Math.sqrt(6)));
  expected.forEach((value, i) => assert.ok(Math.abs(value - back[i]!) < 1e-9, `coefficient ${i}`));
});

test('what no encoder writes is an error', () => {
  const family = new ShapeGainBasis(256, 8);
  const signal = noise(2000, 1, 200);
  const side = family.choose(signal, 20);
  const { values, layout } = family.chosen(side, 2000).analyze(signal, 20);
  const decode = (bytes: Uint8Array, gains: Float64Array): Float64Array =>
    family.chosen(bytes, 2000).synthesize({ values: gains, layout }, 20);
  assert.equal(decode(side, values).length, 2000);
  const named = { name: 'BitstreamError' };
  assert.throws(() => decode(side.subarray(0, side.length >> 1), values), named);
  assert.throws(() => decode(Uint8Array.from([...side, ...side]), values), named);
  assert.throws(
    () =>
      decode(
        side,
        values.map((value) => -value),
      ),
    { name: 'BitstreamError', message: /negative/ },
  );
  assert.throws(() => new ShapeGainBasis(100, 8), {
    name: 'BasisParameterError',
    message: /64, 128.* not 100/,
  });
  assert.throws(() => new ShapeGainBasis(256, 3), {
    name: 'BasisParameterError',
    message: /4, 8, 16, 32, not 3/,
  });
  assert.throws(() => codecFromId('shapegain-256-8+trellis'), {
    name: 'BasisParameterError',
    message: /quantizes itself/,
  });
});

test('files give back the samples that the encoder saw, lossless ones all of them', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1, 2, 63, 255, 256, 257, 1009, 3000), fc.nat(99), (length, seed) => {
      const codes = Uint16Array.from(noise(length, seed, 400), (value) => value + 512);
      for (const groupLength of [4, 8, 16, 32]) {
        const codec = codecFromId(`shapegain-256-${groupLength}`);
        assert.deepEqual(codec.decode(codec.encode(codes, 0).bytes), codes);
        assert.equal(codec.decode(codec.encode(codes, 30).bytes).length, length);
      }
    }),
    { numRuns: 30 },
  );
});
