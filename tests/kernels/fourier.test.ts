import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComplexFourierPlan, RealFourierPlan } from '../../lib/kernels/fourier';
import type { FloatType } from '../../lib/kernels/runtime/memory';
import { convolutionLength, radicesOf } from '../../lib/kernels/reference/fourier';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { energyOf, fourierCases, signalOf } from './fourier-fixtures';
import { largestDifference } from './fixtures';

const skip = !simdAvailable && 'SIMD WebAssembly is switched off or cannot run here';

type Numbers = Float32Array | Float64Array;

/** Largest error, in parts of the root of the energy of a block. */
const TOLERANCE = { float32: 1e-6, float64: 1e-14 };

function numbers(type: FloatType, values: ArrayLike<number>): Numbers {
  return type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
}

interface Spectrum {
  readonly re: Numbers;
  readonly im: Numbers;
}

/** The transform, and the result of its inverse. */
function complexOf(
  length: number,
  type: FloatType,
  simd: boolean,
  re: ArrayLike<number>,
  im: ArrayLike<number>,
): Spectrum & { readonly back: Spectrum } {
  const plan = new ComplexFourierPlan<FloatType>(length, type, simd);
  const [given, spectrum, back] = [0, 1, 2].map(() => ({ re: numbers(type, re), im: numbers(type, im) })) as [
    Spectrum,
    Spectrum,
    Spectrum,
  ];
  plan.forward(given.re as never, given.im as never, spectrum.re as never, spectrum.im as never);
  plan.inverse(spectrum.re as never, spectrum.im as never, back.re as never, back.im as never);
  plan.release();
  return { ...spectrum, back };
}

function realOf(
  length: number,
  type: FloatType,
  simd: boolean,
  signal: ArrayLike<number>,
): Spectrum & { readonly back: Numbers } {
  const plan = new RealFourierPlan<FloatType>(length, type, simd);
  const blocks = length === 0 ? 0 : signal.length / length;
  const [re, im] = [0, 1].map(() => numbers(type, new Float64Array(blocks * plan.bins))) as [
    Numbers,
    Numbers,
  ];
  const back = numbers(type, signal);
  plan.forward(back as never, re as never, im as never);
  back.fill(NaN);
  plan.inverse(re as never, im as never, back as never);
  plan.release();
  return { re, im, back };
}

/** Short lengths of every kind, then longer ones: smooth, odd, prime. */
const lengths = fc.oneof(
  fc.nat(70),
  fc.constantFrom(81, 97, 120, 125, 128, 240, 251, 256, 360, 500, 509, 1024),
);
const cases = fc.record({ length: lengths, blocks: fc.integer({ min: 1, max: 9 }), seed: fc.nat(1000) });

for (const simd of simdAvailable ? [true, false] : [false]) {
  const version = simd ? 'the kernel' : 'the plain version';
  for (const type of ['float64', 'float32'] as const) {
    test(`${version} agrees with SciPy in ${type}`, () => {
      for (const { re, im, complex, real } of fourierCases.spectra) {
        const tolerance = TOLERANCE[type] * Math.sqrt(energyOf(re) + energyOf(im)) * Math.sqrt(re.length);
        const found = complexOf(re.length, type, simd, re, im);
        assert.ok(largestDifference(found.re, complex.re) <= tolerance);
        assert.ok(largestDifference(found.im, complex.im) <= tolerance);
        const foundReal = realOf(re.length, type, simd, re);
        assert.ok(largestDifference(foundReal.re, real.re) <= tolerance);
        assert.ok(largestDifference(foundReal.im, real.im) <= tolerance);
      }
    });
  }
}

test(
  'in double precision the kernels give the numbers of the reference exactly, and leak nothing',
  { skip },
  () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(cases, ({ length, blocks, seed }) => {
        const re = signalOf(length * blocks, seed);
        const im = signalOf(length * blocks, seed + 1);
        const expected = complexOf(length, 'float64', false, re, im);
        const found = complexOf(length, 'float64', true, re, im);
        assert.equal(largestDifference(found.re, expected.re), 0);
        assert.equal(largestDifference(found.im, expected.im), 0);
        assert.equal(largestDifference(found.back.re, expected.back.re), 0);
        assert.equal(largestDifference(found.back.im, expected.back.im), 0);
        const expectedReal = realOf(length, 'float64', false, re);
        const foundReal = realOf(length, 'float64', true, re);
        assert.equal(largestDifference(foundReal.re, expectedReal.re), 0);
        assert.equal(largestDifference(foundReal.im, expectedReal.im), 0);
        assert.equal(largestDifference(foundReal.back, expectedReal.back), 0);
      }),
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  },
);

test('long signals and long blocks give the numbers of the reference too', { skip }, () => {
  for (const length of [8192, 6000, 16875, 10007]) {
    const signal = signalOf(2 * length, 4);
    const expected = realOf(length, 'float64', false, signal);
    const found = realOf(length, 'float64', true, signal);
    assert.equal(largestDifference(found.re, expected.re), 0);
    assert.equal(largestDifference(found.im, expected.im), 0);
    assert.equal(largestDifference(found.back, expected.back), 0);
  }
});

for (const type of ['float64', 'float32'] as const) {
  test(`in ${type} the inverse gives the signal back, and Parseval's theorem holds`, () => {
    fc.assert(
      fc.property(cases, ({ length, blocks, seed }) => {
        const re = signalOf(length * blocks, seed);
        const im = signalOf(length * blocks, seed + 1);
        const energy = energyOf(re) + energyOf(im);
        const tolerance = TOLERANCE[type] * Math.sqrt(energy);
        const found = complexOf(length, type, simdAvailable, re, im);
        assert.ok(largestDifference(found.back.re, re) <= tolerance);
        assert.ok(largestDifference(found.back.im, im) <= tolerance);
        const spectral = (energyOf(found.re) + energyOf(found.im)) / Math.max(1, length);
        assert.ok(Math.abs(spectral - energy) <= 10 * TOLERANCE[type] * energy);
        assert.ok(largestDifference(realOf(length, type, simdAvailable, re).back, re) <= tolerance);
      }),
    );
  });

  test(`in ${type} the transform of real signals is the first half of that of complex ones`, () => {
    fc.assert(
      fc.property(cases, ({ length, seed }) => {
        const signal = signalOf(length, seed);
        const real = realOf(length, type, simdAvailable, signal);
        const complex = complexOf(length, type, simdAvailable, signal, new Float64Array(length));
        const tolerance = TOLERANCE[type] * 500 * length;
        assert.ok(largestDifference(real.re, complex.re.subarray(0, real.re.length)) <= tolerance);
        assert.ok(largestDifference(real.im, complex.im.subarray(0, real.im.length)) <= tolerance);
      }),
    );
  });

  test(`in ${type} the transform is linear`, () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: -5, max: 5 }), ({ length, seed }, factor) => {
        const [a, b] = [signalOf(length, seed), signalOf(length, seed + 1)];
        const sum = a.map((value, i) => value + factor * b[i]!);
        const transformOf = (values: Float64Array): Spectrum => realOf(length, type, simdAvailable, values);
        const [ofA, ofB, ofSum] = [transformOf(a), transformOf(b), transformOf(sum)];
        const tolerance = TOLERANCE[type] * 3000 * Math.max(1, length);
        for (const part of ['re', 'im'] as const) {
          const expected = Float64Array.from(ofA[part], (value, k) => value + factor * ofB[part][k]!);
          assert.ok(largestDifference(ofSum[part], expected) <= tolerance);
        }
      }),
    );
  });
}

test('a pure tone of any length falls on one place of the spectrum', () => {
  for (const length of [5, 64, 97, 1000, 65536]) {
    const place = Math.floor(length / 3);
    const turn = (n: number): number => (2 * Math.PI * ((n * place) % length)) / length;
    const re = Float64Array.from({ length }, (_, n) => Math.cos(turn(n)));
    const im = Float64Array.from({ length }, (_, n) => Math.sin(turn(n)));
    const found = complexOf(length, 'float64', simdAvailable, re, im);
    const expected = new Float64Array(length);
    expected[place] = length;
    assert.ok(largestDifference(found.re, expected) <= 1e-14 * length * Math.log2(length));
    assert.ok(largestDifference(found.im, new Float64Array(length)) <= 1e-14 * length * Math.log2(length));
  }
});

test('a plan transforms one signal, then many blocks, in place and not, and gives all its memory back', () => {
  const before = kernelMemory.allocatedBytes;
  const plan = new RealFourierPlan(48, 'float32');
  const signal = Float32Array.from(signalOf(48 * 7, 2));
  const kept = signal.slice();
  const [re, im] = [new Float32Array(25 * 7), new Float32Array(25 * 7)];
  plan.forward(signal, re, im);
  assert.deepEqual(signal, kept);
  const [oneRe, oneIm] = [new Float32Array(25), new Float32Array(25)];
  for (let b = 0; b < 7; b++) {
    plan.forward(signal.subarray(48 * b, 48 * (b + 1)), oneRe, oneIm);
    assert.equal(largestDifference(oneRe, re.subarray(25 * b, 25 * (b + 1))), 0);
    assert.equal(largestDifference(oneIm, im.subarray(25 * b, 25 * (b + 1))), 0);
  }
  plan.release();
  const complex = new ComplexFourierPlan(24, 'float32');
  const inPlace = { re: kept.slice(), im: signal.map((value) => value / 3) };
  const expected = complexOf(24, 'float32', simdAvailable, inPlace.re, inPlace.im);
  complex.forward(inPlace.re, inPlace.im, inPlace.re, inPlace.im);
  assert.equal(largestDifference(inPlace.re, expected.re), 0);
  assert.equal(largestDifference(inPlace.im, expected.im), 0);
  complex.release();
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('the length of a convolution is the shortest that stages and SIMD can take', () => {
  for (let least = 1; least <= 3000; least++) {
    let shortest = 16 * Math.ceil(least / 16);
    while (!radicesOf(shortest)) shortest += 16;
    assert.equal(convolutionLength(least), shortest);
  }
});

test('lengths that are no whole numbers, and arrays that are no whole blocks, are refused by name', () => {
  for (const length of [-1, 2.5, NaN, Infinity]) {
    assert.throws(() => new ComplexFourierPlan(length, 'float64'), { name: 'FourierLengthError' });
    assert.throws(() => new RealFourierPlan(length, 'float64', false), { name: 'FourierLengthError' });
  }
  const of = (length: number): Float64Array => new Float64Array(length);
  const complex = new ComplexFourierPlan(6, 'float64');
  assert.throws(() => complex.forward(of(7), of(7), of(7), of(7)), { name: 'BlockLengthError' });
  assert.throws(() => complex.forward(of(6), of(12), of(6), of(6)), { name: 'BlockLengthError' });
  const real = new RealFourierPlan(6, 'float64');
  assert.throws(() => real.forward(of(12), of(7), of(8)), { name: 'BlockLengthError' });
  assert.throws(() => real.inverse(of(4), of(4), of(7)), { name: 'BlockLengthError' });
  const nothing = new RealFourierPlan(0, 'float64');
  assert.throws(() => nothing.forward(of(1), of(0), of(0)), { name: 'BlockLengthError' });
  nothing.forward(of(0), of(0), of(0));
});
