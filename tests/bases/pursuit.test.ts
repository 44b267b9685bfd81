import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { atom } from '../../lib/bases/atoms';
import { GaborBasis } from '../../lib/bases/frames/gabor';
import type { PursuitBasis } from '../../lib/bases/parts/pursuit';
import { StationaryBasis } from '../../lib/bases/frames/stationary';
import { TransformCodec } from '../../lib/codecs/transform-codec';
import { largestDifference } from '../kernels/fixtures';

/** Output of `tests/fixtures/bases-stationary.py`, computed by PyWavelets. */
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'bases-stationary.json'), 'utf8'),
) as {
  readonly cases: readonly {
    readonly wavelet: string;
    readonly levels: number;
    readonly signal: readonly number[];
    readonly details: readonly (readonly number[])[];
  }[];
};

const anyBasis: fc.Arbitrary<PursuitBasis> = fc.oneof(
  fc
    .tuple(fc.constantFrom(256, 512), fc.constantFrom(4, 16, 64), fc.constantFrom(8, 16))
    .map((parameters) => new GaborBasis(...parameters)),
  fc
    .tuple(
      fc.constantFrom('db1', 'sym4', 'coif1'),
      fc.constantFrom(3, 5),
      fc.constantFrom(2, 8),
      fc.constantFrom(8, 16),
    )
    .map((parameters) => new StationaryBasis(...parameters)),
);

function noise(length: number, seed: number, amplitude: number): Float64Array {
  let state = seed;
  return new Float64Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round((((state >>> 8) % 2001) / 1000 - 1) * amplitude);
  });
}

/** Tones that last, and clicks of a few samples. */
function tonesAndClicks(length: number): Float64Array {
  return noise(length, 3, 3).map((value, n) => {
    const click = n % 611 < 4 ? 350 * (n % 611 < 2 ? 1 : -1) : 0;
    return Math.round(value + 120 * Math.cos(0.3 * n) + 60 * Math.cos(1.1 * n) + click);
  });
}

/** Coefficients of the atoms alone. */
function atomsOf(basis: PursuitBasis, signal: Float64Array, step: number): Float64Array {
  const { coefficientCount } = basis.basis.layout(signal.length);
  return basis.analyze(signal, step).values.subarray(coefficientCount);
}

const countNonzero = (values: Float64Array): number => values.filter((value) => value !== 0).length;

/** The function of one coefficient of the atoms. */
function atomOf(basis: PursuitBasis, length: number, subband: number, position: number): Float64Array {
  const { subbands } = basis.basis.layout(length);
  // An empty subband stands between.
  return atom(basis, length, subbands.length + 1 + subband, position);
}

test('stationary wavelets are those of PyWavelets: its coefficients are their inner products', () => {
  for (const { wavelet, levels, signal, details } of cases) {
    const basis = new StationaryBasis(wavelet, levels, 2 ** levels, 16);
    details.forEach((expected, b) => {
      const products = expected.map((_, t) =>
        atomOf(basis, signal.length, b, t).reduce((sum, value, n) => sum + value * signal[n]!, 0),
      );
      assert.ok(largestDifference(products, expected) < 1e-8, `${wavelet}, ${levels - b}`);
    });
  }
});

test('short cosines are cosines under a sine window', () => {
  const basis = new GaborBasis(256, 16, 16);
  for (const k of [0, 1, 7, 15]) {
    const values = atomOf(basis, 512, k, 5);
    const expected = values.map((_, n) => {
      const i = n - 5 * 16;
      if (i < -8 || i >= 24) return 0;
      const window = Math.sin((Math.PI * (i + 8.5)) / 32);
      return window * Math.sqrt(2 / 16) * Math.cos((Math.PI * (2 * i + 1) * (2 * k + 1)) / 64);
    });
    assert.ok(largestDifference(values, expected) < 1e-12);
  }
});

test('atoms between the wavelets of the basis are the same function, moved', () => {
  const basis = new StationaryBasis('sym4', 4, 4, 16);
  const still = atomOf(basis, 1024, 0, 128);
  for (const moved of [1, 2, 3]) {
    const values = atomOf(basis, 1024, 0, 128 + moved);
    assert.ok(
      largestDifference(
        values,
        still.map((_, n) => still[(n - 4 * moved + 1024) % 1024]!),
      ) < 1e-15,
    );
  }
  // And at its places that of the basis.
  assert.ok(largestDifference(still, atom(basis, 1024, 1, 32)) < 1e-12);
});

test('signals come back from all lengths and steps, with atoms or without', () => {
  fc.assert(
    fc.property(anyBasis, fc.nat(3000), fc.constantFrom(1, 4, 16, 64), (basis, length, step) => {
      const signal = tonesAndClicks(length);
      const coefficients = basis.analyze(signal, step);
      assert.ok(largestDifference(basis.synthesize(coefficients, step), signal) < 1e-9);
      const scaled = atomsOf(basis, signal, step).map((value) => value / step);
      assert.ok(scaled.every(Number.isInteger), 'atoms are multiples of the step');
    }),
    { numRuns: 60 },
  );
});

test('a pursuit finds the atoms that a signal is made of', () => {
  const length = 4096;
  const step = 4;
  for (const [basis, subband, positions] of [
    [new GaborBasis(512, 16, 16), 2, [40, 83, 200]],
    [new StationaryBasis('sym4', 5, 8, 16), 1, [301, 610, 1403]],
  ] as const) {
    const signal = new Float64Array(length).map((_, n) => 100 * Math.cos(0.01 * n));
    for (const position of positions) {
      atomOf(basis, length, subband, position).forEach((value, n) => (signal[n]! += 60 * step * value));
    }
    const found = atomsOf(basis, signal, step);
    const { offset } =
      basis.layout(length).subbands[basis.basis.layout(length).subbands.length + 1 + subband]!;
    const first = offset - basis.basis.layout(length).coefficientCount;
    for (const position of positions) {
      assert.ok(Math.abs(found[first + position]! / step - 60) <= 4, `${basis.id} at ${position}`);
    }
    assert.ok(countNonzero(found) <= positions.length + 3, `${basis.id}: ${countNonzero(found)} atoms`);
  }
});

test('of noise there are next to no atoms that pay', () => {
  const signal = noise(20000, 5, 60);
  for (const basis of [new GaborBasis(512, 16, 24), new StationaryBasis('sym8', 6, 4, 24)]) {
    for (const step of [4, 16, 64]) assert.ok(countNonzero(atomsOf(basis, signal, step)) <= 20, basis.id);
  }
});

test('where there are tones and clicks, two bases take fewer bytes than one, and lose no more', () => {
  const signal = tonesAndClicks(30000);
  const codes = Uint16Array.from(signal, (value) => Math.min(1023, Math.max(0, 512 + value)));
  const both = new GaborBasis(512, 8, 16);
  const alone = both.basis;
  const outcome = (basis: typeof alone): { bytes: number; error: number } => {
    const codec = new TransformCodec(basis, { family: 13, parameter: 0 });
    const { bytes } = codec.encode(codes, 8);
    const decoded = codec.decode(bytes);
    return { bytes: bytes.length, error: codes.reduce((sum, code, n) => sum + (code - decoded[n]!) ** 2, 0) };
  };
  const [union, basis] = [outcome(both), outcome(alone)];
  assert.ok(union.bytes < 0.9 * basis.bytes, `${union.bytes} against ${basis.bytes}`);
  assert.ok(union.error < 1.05 * basis.error, `${union.error} against ${basis.error}`);
});

test('the smaller the price, the more atoms', () => {
  const signal = tonesAndClicks(6000);
  const counts = [0, 8, 16, 24, 32].map((price) =>
    countNonzero(atomsOf(new GaborBasis(512, 16, price), signal, 4)),
  );
  assert.ok(counts.every((count, i) => i === 0 || count <= counts[i - 1]!));
  assert.ok(counts[0]! > counts[4]!);
});

test('frames, levels, shifts and prices that there are not are refused by name, with what is allowed', () => {
  const refusals: [() => unknown, RegExp][] = [
    [() => new GaborBasis(128, 16, 16), /long frame .* 256, 512, 1024, 2048, not 128/],
    [() => new GaborBasis(512, 0, 16), /short frame .* 4, 8, 16, 32, 64, 128, not 0/],
    [() => new GaborBasis(512, 16, 12), /price of an atom in bits must be one of 0, 8, 16, 24, 32, not 12/],
    [() => new StationaryBasis('bior2.2', 5, 2, 16), /one of db1, .* not bior2\.2/],
    [() => new StationaryBasis('sym4', 9, 2, 16), /number of levels .* not 9/],
    [
      () => new StationaryBasis('sym4', 2, 8, 16),
      /shifts of wavelets of 2 levels must be one of 2, 4, not 8/,
    ],
    [() => new StationaryBasis('sym4', 2, 2, 1), /not 1/],
  ];
  for (const [create, message] of refusals) {
    assert.throws(create, { name: 'BasisParameterError', message });
  }
});
