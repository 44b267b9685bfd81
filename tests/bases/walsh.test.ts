import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { HAAR_LEVELS, HaarBasis } from '../../lib/bases/blocks/haar';
import { WALSH_BLOCK_LENGTHS, WalshBasis } from '../../lib/bases/blocks/walsh';
import { LOSSLESS } from '../../lib/coding/codec';
import { TransformCodec } from '../../lib/codecs/transform-codec';
import { largestDifference } from '../kernels/fixtures';

/** Output of `tests/fixtures/bases-walsh.py`. */
const { walsh, haar } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'bases-walsh.json'), 'utf8'),
) as {
  walsh: { signal: number[]; walsh: number[] }[];
  haar: { levels: number; signal: number[]; coefficients: number[] }[];
};

const integers = fc.array(fc.integer({ min: -1023, max: 1023 }), { maxLength: 300 });

test('Walsh functions are the rows of the Hadamard matrix in order of their changes of sign', () => {
  for (const { signal, walsh: expected } of walsh) {
    const { values, layout } = new WalshBasis(signal.length).analyze(Float64Array.from(signal));
    assert.deepEqual(
      layout.subbands.map(({ offset }) => offset),
      [...signal.keys()],
    );
    assert.ok(largestDifference(values, expected) < 1e-9);
  }
});

test("Haar coefficients are PyWavelets', but for the sign of differences", () => {
  for (const { levels, signal, coefficients } of haar) {
    const { values } = new HaarBasis(levels).analyze(Float64Array.from(signal), 16);
    assert.ok(largestDifference(values.map(Math.abs), coefficients.map(Math.abs)) < 1e-9);
    assert.ok(largestDifference(values, coefficients) < 1e-9);
  }
});

test('signals of any length come back, whatever the block or the number of levels', () => {
  fc.assert(
    fc.property(
      integers,
      fc.constantFrom(...WALSH_BLOCK_LENGTHS.slice(0, 8)),
      fc.constantFrom(...HAAR_LEVELS.slice(0, 8)),
      (list, blockLength, levels) => {
        const signal = Float64Array.from(list);
        const blocks = new WalshBasis(blockLength);
        assert.ok(largestDifference(blocks.synthesize(blocks.analyze(signal)), signal) < 1e-9);
        const means = new HaarBasis(levels);
        assert.ok(largestDifference(means.synthesize(means.analyze(signal, 8), 8), signal) < 1e-9);
      },
    ),
  );
});

test('at step 1 integers have integer Haar coefficients and come back exactly, and so do whole recordings', () => {
  fc.assert(
    fc.property(integers, fc.constantFrom(...HAAR_LEVELS.slice(0, 8)), (list, levels) => {
      const basis = new HaarBasis(levels);
      const signal = Float64Array.from(list);
      const coefficients = basis.analyze(signal, 1);
      assert.ok(coefficients.values.every(Number.isInteger));
      assert.ok(basis.synthesize(coefficients, 1).every((value, i) => value === signal[i]));
      const codes = Uint16Array.from(list, (value) => Math.abs(value));
      const codec = new TransformCodec(basis, { family: 8, parameter: levels });
      assert.deepEqual(codec.decode(codec.encode(codes, LOSSLESS).bytes), codes);
    }),
  );
});

test('other lengths and levels are refused with what is allowed', () => {
  assert.throws(() => new WalshBasis(3), { name: 'BasisParameterError', message: /one of 2, 4, .*, not 3/ });
  assert.throws(() => new HaarBasis(0), { name: 'BasisParameterError', message: /one of 1, 2, .*, not 0/ });
});
