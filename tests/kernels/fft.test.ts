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

test('an impulse anywhere has a flat spectrum whose phase turns with its place', () => {
  for (const length of [2, 8, 64, 1024]) {
    for (const place of [0, 1, length / 2, length - 1]) {
      const block = new Float64Array(length);
      block[place] = 1;
      const { re, im } = transform(block);
      const phase = (k: number): number => (-2 * Math.PI * ((k * place) % length)) / length;
      assert.ok(
        largestDifference(
          re,
          re.map((_, k) => Math.cos(phase(k))),
        ) < 1e-14,
      );
      assert.ok(
        largestDifference(
          im,
          im.map((_, k) => Math.sin(phase(k))),
        ) < 1e-14,
      );
    }
  }
});

test('the transform is linear', () => {
  fc.assert(
    fc.property(blocks, fc.double({ min: -5, max: 5, noNaN: true }), (block, factor) => {
      const other = block.map((value, i) => 0.5 * value - (i % 100));
      const sum = transform(block.map((value, i) => value + factor * other[i]!));
      const [a, b] = [transform(block), transform(other)];
      const tolerance = 1e-10 * block.length;
      assert.ok(
        largestDifference(
          sum.re,
          a.re.map((value, k) => value + factor * b.re[k]!),
        ) < tolerance,
      );
      assert.ok(
        largestDifference(
          sum.im,
          a.im.map((value, k) => value + factor * b.im[k]!),
        ) < tolerance,
      );
    }),
  );
});

test('one plan transforms one block after another, and leaves them as they were', () => {
  const plan = new RealFourierTransform(32);
  for (const seed of [1, 2]) {
    const block = Float64Array.from({ length: 32 }, (_, i) => (i * i * seed) % 19);
    const kept = block.slice();
    const [re, im] = [new Float64Array(17), new Float64Array(17)];
    plan.transform(block, re, im);
    assert.deepEqual(block, kept);
    assert.deepEqual({ re, im }, transform(block));
  }
});

test('lengths that are no power of two are refused by name', () => {
  for (const length of [0, 1, 3, 12, -4, 2.5]) {
    assert.throws(() => new RealFourierTransform(length), { name: 'TransformLengthError' });
  }
});
