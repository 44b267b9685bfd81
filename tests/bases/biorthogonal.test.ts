import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BIORTHOGONAL_LEVELS,
  BIORTHOGONAL_WAVELETS,
  BiorthogonalBasis,
} from '../../lib/bases/wavelets/biorthogonal';
import { LOSSLESS } from '../../lib/coding/codec';
import { TransformCodec } from '../../lib/codecs/transform-codec';
import { largestDifference } from '../kernels/fixtures';

interface Case {
  readonly wavelet: string;
  readonly norms: readonly number[];
  readonly coefficients: readonly number[];
}

/** Output of `tests/fixtures/bases-biorthogonal.py`. */
const fixture = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'bases-biorthogonal.json'), 'utf8'),
) as { levels: number; signal: readonly number[]; cases: readonly Case[] };

const wavelets = fc.constantFrom(...BIORTHOGONAL_WAVELETS);
const levelCounts = fc.constantFrom(...BIORTHOGONAL_LEVELS);
const energyOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0);

function signalOf(length: number, seed: number): Float64Array {
  return new Float64Array(length).map(
    (_, i) => (Math.imul(i + 3, i * seed + 7) % 500) + 90 * Math.sin(i / 30),
  );
}

/** The function of a subband in the middle of a long signal, for a coefficient of 1, where it is not 0. */
function middleFunction(basis: BiorthogonalBasis, subband: number): Float64Array {
  const layout = basis.layout(40 * 2 ** basis.levels);
  const { offset, length } = layout.subbands[subband]!;
  const values = new Float64Array(layout.coefficientCount);
  values[offset + (length >> 1)] = 1;
  const signal = basis.synthesize({ values, layout }, 16);
  const isThere = (value: number): boolean => Math.abs(value) > 1e-9;
  return signal.subarray(
    signal.findIndex(isThere),
    signal.length - signal.slice().reverse().findIndex(isThere),
  );
}

/** Largest difference of two functions, up to a change of sign. */
function differenceButForSign(a: Float64Array, b: Float64Array): number {
  const negative = b.map((value) => -value);
  return Math.min(largestDifference(a, b), largestDifference(a, negative));
}

test('coefficients are those of PyWavelets, times the norms of the functions that they stand for', () => {
  assert.equal(fixture.cases.length, 30);
  for (const { wavelet, coefficients } of fixture.cases) {
    const basis = new BiorthogonalBasis(wavelet, fixture.levels);
    const { values } = basis.analyze(Float64Array.from(fixture.signal), 16);
    assert.ok(largestDifference(values, coefficients) <= 1e-11 * Math.sqrt(energyOf(coefficients)), wavelet);
  }
});

test('the lifted wavelets have the functions of bior2.2 and bior4.4', () => {
  for (const [lifted, filtered] of [
    ['cdf5.3', 'bior2.2'],
    ['cdf9.7', 'bior4.4'],
  ] as const) {
    for (const subband of [0, 1, 2, 3, 4]) {
      const [own, other] = [lifted, filtered].map((wavelet) =>
        middleFunction(new BiorthogonalBasis(wavelet, 4), subband),
      );
      assert.ok(differenceButForSign(own!, other!) < 1e-12, `${lifted}, subband ${subband}`);
    }
  }
});

test('an error of a coefficient is as large in the signal, whatever the wavelet, the subband and the levels', () => {
  fc.assert(
    fc.property(wavelets, fc.integer({ min: 1, max: 7 }), fc.nat(7), (wavelet, levels, subband) => {
      const energy = energyOf(middleFunction(new BiorthogonalBasis(wavelet, levels), subband % (levels + 1)));
      assert.ok(Math.abs(energy - 1) < 1e-12);
    }),
  );
});

test('the functions are symmetric or antisymmetric', () => {
  for (const wavelet of BIORTHOGONAL_WAVELETS) {
    for (const subband of [0, 1, 2, 3]) {
      const values = middleFunction(new BiorthogonalBasis(wavelet, 3), subband);
      const difference = differenceButForSign(values, values.slice().reverse());
      assert.ok(difference < 1e-9, `${wavelet}, subband ${subband}: ${difference}`);
    }
  }
});

test('signals of any length come back from all wavelets and levels', () => {
  fc.assert(
    fc.property(wavelets, levelCounts, fc.nat(400), fc.nat(50), (wavelet, levels, length, seed) => {
      const basis = new BiorthogonalBasis(wavelet, levels);
      const signal = signalOf(length, seed);
      const coefficients = basis.analyze(signal, 16);
      assert.ok(largestDifference(basis.synthesize(coefficients, 16), signal) < 1e-9);
      if (wavelet.startsWith('cdf')) assert.equal(coefficients.layout.coefficientCount, length);
    }),
    { numRuns: 200 },
  );
});

test('5/3 is lossless without a residual: as many integers as samples, and all of them back', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1023), { maxLength: 300 }), levelCounts, (list, levels) => {
      const codes = Uint16Array.from(list);
      const codec = new TransformCodec(new BiorthogonalBasis('cdf5.3', levels), { family: 10, parameter: 0 });
      const { bytes, nonzero } = codec.encode(codes, LOSSLESS);
      assert.ok(nonzero <= codes.length);
      assert.deepEqual(codec.decode(bytes), codes);
    }),
    { numRuns: 60 },
  );
});

test('at a lossy step of 1 the integers come back too, and at other steps errors are of the size of the step', () => {
  const codes = Uint16Array.from(signalOf(3001, 5), (value) => Math.abs(Math.round(value)));
  const codec = new TransformCodec(new BiorthogonalBasis('cdf5.3', 5), { family: 10, parameter: 0 });
  assert.deepEqual(codec.decode(codec.encode(codes, 1).bytes), codes);
  for (const step of [2, 8, 32]) {
    const decoded = codec.decode(codec.encode(codes, step).bytes);
    const error = Math.sqrt(energyOf(decoded.map((code, n) => Math.abs(code - codes[n]!))) / codes.length);
    assert.ok(error > step / 20 && error < step, `${error} at step ${step}`);
  }
});

test('wavelets and levels that there are not are refused by name, with what is allowed', () => {
  const refusal = (wavelet: string, levels: number, message: RegExp): void =>
    assert.throws(() => new BiorthogonalBasis(wavelet, levels), { name: 'BasisParameterError', message });
  refusal('db4', 4, /biorthogonal wavelet must be one of cdf5\.3, cdf9\.7, bior1\.1, .*rbio6\.8, not db4/);
  for (const levels of [0, 11, 2.5, NaN]) refusal('cdf5.3', levels, /one of 1, 2, .* 10, not/);
});
