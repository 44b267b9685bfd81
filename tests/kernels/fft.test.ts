import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RealFourierTransform } from '../../lib/kernels/fft';
import { largestDifference, transformCases } from './fixtures';

const blocks = fc
  .integer({ min: 1, max: 10 })
  .chain((levels) =>
    fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), {
      minLength: 2 ** levels,
      maxLength: 2 ** levels,
    }),
  )
  .map((list) => Float64Array.from(list));

function transform(block: Float64Array): { re: Float64Array; im: Float64Array } {
  const re = new Float64Array(block.length / 2 + 1);
  const im = new Float64Array(block.length / 2 + 1);
  new RealFourierTransform(block.length).transform(block, re, im);
  return { re, im };
}

test('the transform agrees with SciPy', () => {
  for (const { signal, rfftReal, rfftImaginary } of transformCases) {
    const { re, im } = transform(Float64Array.from(signal));
    assert.ok(largestDifference(re, rfftReal) < 1e-10 * signal.length);
    assert.ok(largestDifference(im, rfftImaginary) < 1e-10 * signal.length);
  }
});

test('the inverse gives the block back', () => {
  fc.assert(
    fc.property(blocks, (block) => {
      const { re, im } = transform(block);
      const back = new Float64Array(block.length);
      new RealFourierTransform(block.length).inverse(re, im, back);
      assert.ok(largestDifference(back, block) < 1e-10);
    }),
  );
});

test("Parseval's theorem holds, and power is the squared magnitude", () => {
  fc.assert(
    fc.property(blocks, (block) => {
      const { re, im } = transform(block);
      const power = new Float64Array(re.length);
      new RealFourierTransform(block.length).power(block, power);
      let spectral = 0;
      power.forEach((value, k) => {
        const magnitude = re[k]! ** 2 + im[k]! ** 2;
        assert.ok(Math.abs(value - magnitude) <= 1e-12 * magnitude);
        spectral += (k === 0 || k === block.length / 2 ? 1 : 2) * value;
      });
      const energy = block.reduce((sum, value) => sum + value * value, 0);
      assert.ok(Math.abs(spectral / block.length - energy) <= 1e-10 * (energy + 1));
    }),
  );
});

test('an impulse has a flat spectrum', () => {
  const { re, im } = transform(Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0));
  assert.ok(largestDifference(re, [1, 1, 1, 1, 1]) < 1e-15);
  assert.ok(largestDifference(im, [0, 0, 0, 0, 0]) < 1e-15);
});

test('lengths that are no power of two are refused by name', () => {
  for (const length of [0, 1, 3, 12, -4, 2.5]) {
    assert.throws(() => new RealFourierTransform(length), { name: 'TransformLengthError' });
  }
});
