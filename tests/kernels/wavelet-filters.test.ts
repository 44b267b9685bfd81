import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  biorthogonalFilters,
  checkFilters,
  orthogonalFilters,
  WaveletFilterError,
  waveletFilters,
  WaveletNameError,
  waveletNames,
} from '../../lib/kernels/filters/wavelet-filters';

/** Computed filters are exact to the last digits; that of dmey is published as it is, to stand for an infinite one. */
const toleranceOf = (name: string): number => {
  if (name === 'dmey') return 3e-3;
  return /^(bior|rbio)/.test(name) ? 1e-14 : 4e-16;
};

/** Σ a[n]·b[n + 2·shift]. */
function product(a: Float64Array, b: Float64Array, shift: number): number {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += a[n]! * (b[n + 2 * shift] ?? 0);
  return sum;
}

test('all 76 wavelets are there: Daubechies, symlets, coiflets, discrete Meyer, biorthogonal and reversed', () => {
  assert.equal(waveletNames.length, 1 + 20 + 19 + 5 + 1 + 15 + 15);
  assert.equal(new Set(waveletNames).size, waveletNames.length);
  for (const name of ['haar', 'db20', 'sym20', 'coif5', 'dmey', 'bior6.8', 'rbio1.3']) {
    assert.ok(waveletNames.includes(name));
  }
});

for (const [family, pattern] of [
  ['orthogonal', /^(haar|db|sym|coif|dmey)/],
  ['biorthogonal', /^(bior|rbio)/],
] as const) {
  test(`the filters of ${family} wavelets are ${family} to all their shifts by two`, () => {
    for (const name of waveletNames.filter((each) => pattern.test(each))) {
      const filters = waveletFilters(name);
      const low = filters.decompositionLow.slice().reverse();
      const high = filters.decompositionHigh.slice().reverse();
      const { reconstructionLow, reconstructionHigh } = filters;
      const tolerance = toleranceOf(name);
      for (let shift = -low.length / 2; shift <= low.length / 2; shift++) {
        const unit = shift === 0 ? 1 : 0;
        assert.ok(Math.abs(product(low, reconstructionLow, shift) - unit) <= tolerance, name);
        assert.ok(Math.abs(product(high, reconstructionHigh, shift) - unit) <= tolerance, name);
        assert.ok(Math.abs(product(low, reconstructionHigh, shift)) <= tolerance, name);
        assert.ok(Math.abs(product(high, reconstructionLow, shift)) <= tolerance, name);
      }
      if (family === 'orthogonal') assert.deepEqual(low, reconstructionLow);
    }
  });
}

test('lowpass filters add up to √2; highpass filters of dbN are blind to polynomials below degree N', () => {
  for (const name of waveletNames) {
    const { decompositionLow, reconstructionLow } = waveletFilters(name);
    for (const filter of [decompositionLow, reconstructionLow]) {
      assert.ok(Math.abs(filter.reduce((sum, tap) => sum + tap, 0) - Math.SQRT2) < 1e-14, name);
    }
  }
  for (let order = 1; order <= 20; order++) {
    const high = waveletFilters(`db${order}`).decompositionHigh;
    for (let degree = 0; degree < order; degree++) {
      const moment = high.reduce((sum, tap, n) => sum + tap * (n / high.length) ** degree, 0);
      assert.ok(Math.abs(moment) < 1e-15, `moment ${degree} of db${order} is ${moment}`);
    }
  }
});

test('the signs are those of PyWavelets', () => {
  const haar = waveletFilters('haar');
  assert.deepEqual(Array.from(haar.decompositionHigh), [-Math.SQRT1_2, Math.SQRT1_2].map(closest));
  assert.deepEqual(Array.from(haar.reconstructionHigh), [Math.SQRT1_2, -Math.SQRT1_2].map(closest));
  const { decompositionLow, decompositionHigh } = waveletFilters('bior1.3');
  assert.deepEqual(
    [decompositionLow[0]! < 0, decompositionLow[1]! > 0, decompositionHigh[2]! < 0],
    [true, true, true],
  );
});

/** PyWavelets has √½ as 0.7071067811865476. */
function closest(value: number): number {
  return Math.sign(value) * 0.7071067811865476;
}

test('unknown names and filters that cannot be a pair are refused by name', () => {
  for (const name of ['db0', 'db21', 'sym1', 'bior1.2', 'xbio1.1', 'toString', 'bior', '']) {
    assert.throws(() => waveletFilters(name), WaveletNameError, name);
  }
  assert.throws(() => waveletFilters('db99'), /"db99".*db4.*rbio6\.8/);
  assert.throws(() => orthogonalFilters([1, 2, 3]), WaveletFilterError);
  assert.throws(() => orthogonalFilters([]), WaveletFilterError);
  assert.throws(() => biorthogonalFilters([1, 2], [1, 2, 3, 4]), /not of 2, 4, 4, 2/);
  assert.throws(() => orthogonalFilters([1, NaN]), WaveletFilterError);
  assert.doesNotThrow(() => checkFilters(waveletFilters('sym5')));
});
