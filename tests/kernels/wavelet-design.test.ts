import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  coifletLowpass,
  daubechiesLowpass,
  symletLowpass,
  WaveletOrderError,
} from '../../lib/kernels/filters/wavelet-design';
import { divide, fromNumber, ONE, solveLinear, squareRoot, toNumber } from '../../lib/kernels/fixed-point';
import { ORTHONORMAL_MEYER_LOWPASS } from '../../lib/kernels/filters/wavelet-coefficients';
import { waveletFilters } from '../../lib/kernels/filters/wavelet-filters';
import { largestDifference } from './fixtures';

/** Output of `tests/fixtures/kernels-wavelet-design.py`. */
const fixtures = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-wavelet-design.json'), 'utf8'),
) as readonly { readonly name: string; readonly published: number[]; readonly exact: number[] }[];

function design(name: string): Float64Array {
  const order = Number(/\d+$/.exec(name)![0]);
  if (name.startsWith('coif')) return coifletLowpass(order);
  return name.startsWith('sym') ? symletLowpass(order) : daubechiesLowpass(order);
}

/** The largest deviation from orthonormality to all shifts by two. */
function defect(taps: ArrayLike<number>): number {
  let largest = 0;
  for (let shift = 0; shift < taps.length; shift += 2) {
    let sum = shift === 0 ? -1 : 0;
    for (let n = 0; n + shift < taps.length; n++) sum += taps[n]! * taps[n + shift]!;
    largest = Math.max(largest, Math.abs(sum));
  }
  return largest;
}

/** The largest sum of alternating taps times powers of −1 … 1 that should vanish. */
function largestMoment(taps: ArrayLike<number>, moments: number): number {
  let largest = 0;
  for (let degree = 0; degree < moments; degree++) {
    let sum = 0;
    for (let n = 0; n < taps.length; n++) {
      sum += (n % 2 === 0 ? 1 : -1) * taps[n]! * ((2 * n + 1) / taps.length - 1) ** degree;
    }
    largest = Math.max(largest, Math.abs(sum));
  }
  return largest;
}

test('every tap of all 44 filters is the double nearest to the exact one', () => {
  assert.equal(fixtures.length, 20 + 19 + 5);
  for (const { name, exact } of fixtures) assert.deepEqual(Array.from(design(name)), exact, name);
});

test('the filters are those of PyWavelets to 1e-12, or to as many digits as its symlets have', () => {
  for (const { name, published } of fixtures) {
    const taps = design(name);
    const difference = largestDifference(taps, Float64Array.from(published));
    if (difference <= 1e-12) continue;
    // The published symlet is not as orthonormal, or not as blind to polynomials, as it would be with more digits.
    const moments = Number(/\d+$/.exec(name)![0]);
    const error = (filter: ArrayLike<number>): number =>
      Math.max(defect(filter), largestMoment(filter, moments));
    assert.match(name, /^sym/);
    assert.ok(difference <= 2e-11, `${name}: ${difference}`);
    assert.ok(error(published) > difference / 4 && error(taps) < 1e-15, `${name}: ${error(published)}`);
  }
});

test('the filters are orthonormal and have their vanishing moments to the last digits', () => {
  for (const { name } of fixtures) {
    const taps = design(name);
    const order = Number(/\d+$/.exec(name)![0]);
    assert.ok(defect(taps) < 4e-16, name);
    assert.ok(largestMoment(taps, name.startsWith('coif') ? 2 * order : order) < 4e-16, name);
  }
});

test('scaling functions of coiflets have moments, too', () => {
  for (let order = 1; order <= 5; order++) {
    const taps = coifletLowpass(order);
    for (let degree = 1; degree < 2 * order; degree++) {
      const moment = taps.reduce((sum, tap, n) => sum + tap * ((n - 2 * order) / taps.length) ** degree, 0);
      assert.ok(Math.abs(moment) < 1e-15, `moment ${degree} of coif${order} is ${moment}`);
    }
  }
});

test('Daubechies filters have their energy first, symlets are nearer to their mirror image', () => {
  for (let moments = 3; moments <= 20; moments++) {
    const [extremal, symmetric] = [daubechiesLowpass(moments), symletLowpass(moments)];
    let [first, second] = [0, 0];
    for (let n = 0; n < extremal.length - 1; n++) {
      first += extremal[n]! ** 2;
      second += symmetric[n]! ** 2;
      assert.ok(first >= second - 1e-12, `the first ${n + 1} taps of db${moments} and sym${moments}`);
    }
    // The nearer the filter and its mirror image, at the best place, the larger the largest sum of products.
    assert.ok(symmetry(symmetric) >= symmetry(extremal) - 1e-12, `sym${moments}`);
  }
});

/** The largest product of a filter with its shifted mirror image: 1 when it is symmetric. */
function symmetry(taps: Float64Array): number {
  let largest = 0;
  for (let shift = 0; shift <= 2 * taps.length - 2; shift++) {
    let sum = 0;
    for (let n = 0; n < taps.length; n++) sum += taps[n]! * (taps[shift - n] ?? 0);
    largest = Math.max(largest, sum);
  }
  return largest;
}

test('the orthonormal Meyer filter is orthonormal, and near the published one that is not', () => {
  const published = waveletFilters('dmey').reconstructionLow;
  assert.ok(defect(published) > 1e-3);
  assert.ok(defect(ORTHONORMAL_MEYER_LOWPASS) < 1e-15);
  assert.ok(largestMoment(ORTHONORMAL_MEYER_LOWPASS, 1) < 1e-14);
  assert.ok(largestDifference(published, Float64Array.from(ORTHONORMAL_MEYER_LOWPASS)) < 9e-4);
});

test('orders that no filter has are refused by name, with those that there are', () => {
  assert.throws(() => daubechiesLowpass(0), WaveletOrderError);
  assert.throws(
    () => daubechiesLowpass(21),
    /Daubechies wavelets must be a whole number from 1 to 20, not 21/,
  );
  assert.throws(() => symletLowpass(1), /from 2 to 20, not 1/);
  assert.throws(() => coifletLowpass(6), /from 1 to 5, not 6/);
  for (const order of [1.5, NaN, Infinity]) assert.throws(() => coifletLowpass(order), WaveletOrderError);
});

test('numbers of 256 binary places are divided, rooted, solved for and rounded to the nearest double', () => {
  assert.equal(toNumber(divide(ONE, 3n * ONE)), 1 / 3);
  assert.equal(toNumber(squareRoot(2n * ONE)), Math.SQRT2);
  assert.equal(squareRoot(0n), 0n);
  assert.throws(() => squareRoot(-ONE), RangeError);
  assert.equal(toNumber(fromNumber(-157.25)), -157.25);
  // Halfway between two doubles, and a little beyond.
  assert.equal(toNumber(ONE + (ONE >> 53n)), 1);
  assert.equal(toNumber(ONE + (ONE >> 53n) + 1n), 1 + 2 ** -52);
  const rows = [
    [0, 2, 1],
    [1, 1, 1],
    [3, -1, 4],
  ].map((row) => row.map(fromNumber));
  assert.deepEqual(solveLinear(rows, [7, 6, 13].map(fromNumber)).map(toNumber), [1, 2, 3]);
  const singular = [
    [1, 2],
    [2, 4],
  ].map((row) => row.map(fromNumber));
  assert.throws(() => solveLinear(singular, [ONE, ONE]), { name: 'SingularEquationsError' });
});
