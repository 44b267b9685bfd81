import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ORTHOGONAL_WAVELETS,
  WAVELET_BORDERS,
  WAVELET_LEVELS,
  WaveletBasis,
} from '../../lib/bases/wavelets/wavelet';
import { TransformCodec } from '../../lib/codecs/transform-codec';
import { largestDifference } from '../kernels/fixtures';

/** Output of `tests/fixtures/kernels-wavelet.py`, computed by PyWavelets. */
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-wavelet.json'), 'utf8'),
) as {
  readonly cases: readonly {
    readonly wavelet: string;
    readonly levels: number;
    readonly signal: readonly number[];
    readonly periodic: readonly (readonly number[])[];
    readonly symmetric: readonly (readonly number[])[];
  }[];
};

const anyBasis = fc
  .tuple(
    fc.constantFrom(...ORTHOGONAL_WAVELETS),
    fc.constantFrom(...WAVELET_LEVELS),
    fc.constantFrom(...WAVELET_BORDERS),
  )
  .map((parameters) => new WaveletBasis(...parameters));

function noise(length: number, seed: number): Float64Array {
  let state = seed;
  return new Float64Array(length).map(() => {
    state = (1103515245 * state + 12345) % 2 ** 31;
    return (state % 401) - 200;
  });
}

const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** Levels that a signal of so many samples is given. */
const levelsOf = (basis: WaveletBasis, length: number): number => basis.layout(length).subbands.length - 1;

test('coefficients are those of PyWavelets, subband by subband', () => {
  let compared = 0;
  for (const { wavelet, levels, signal, ...expected } of cases) {
    // Its dmey is another, and haar is called db1 here.
    if (!ORTHOGONAL_WAVELETS.includes(wavelet) || wavelet === 'dmey') continue;
    for (const border of WAVELET_BORDERS) {
      const basis = new WaveletBasis(wavelet, levels, border);
      if (levelsOf(basis, signal.length) < levels) continue;
      const { values, layout } = basis.analyze(Float64Array.from(signal));
      assert.equal(layout.subbands.length, expected[border].length);
      layout.subbands.forEach(({ offset, length }, b) => {
        const band = Float64Array.from(expected[border][b]!);
        assert.ok(largestDifference(values.subarray(offset, offset + length), band) < 1e-11, basis.id);
      });
      compared++;
    }
  }
  assert.ok(compared >= 16, `only ${compared} cases are long enough for their levels`);
});

test('signals of any length come back from all wavelets, levels and borders', () => {
  for (const wavelet of ORTHOGONAL_WAVELETS) {
    for (const border of WAVELET_BORDERS) {
      const signal = noise(1000, 7);
      const basis = new WaveletBasis(wavelet, 10, border);
      assert.ok(largestDifference(basis.synthesize(basis.analyze(signal)), signal) < 1e-10, basis.id);
    }
  }
  fc.assert(
    fc.property(anyBasis, fc.nat(400), fc.nat(1000), (basis, length, seed) => {
      const signal = noise(length, seed);
      const back = basis.synthesize(basis.analyze(signal));
      assert.equal(back.length, length);
      assert.ok(largestDifference(back, signal) < 1e-10);
    }),
  );
});

test('periodic borders keep the energy of whole hops, with all wavelets and levels', () => {
  for (const wavelet of ORTHOGONAL_WAVELETS) {
    for (const levels of [1, 4, 10]) {
      const signal = noise(2048, 3);
      const { values } = new WaveletBasis(wavelet, levels, 'periodic').analyze(signal);
      assert.equal(values.length, signal.length);
      assert.ok(Math.abs(energy(values) / energy(signal) - 1) < 1e-13, `${wavelet}, ${levels} levels`);
    }
  }
});

test('symmetric borders add a few coefficients, at the ends, and make no jump there', () => {
  const ramp = new Float64Array(4096).map((_, n) => n - 2048);
  const largestDetail = (border: 'periodic' | 'symmetric'): number => {
    const { values, layout } = new WaveletBasis('sym8', 4, border).analyze(ramp);
    return values
      .subarray(layout.subbands[1]!.offset)
      .reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  };
  assert.ok(largestDetail('periodic') > 20 * largestDetail('symmetric'));

  const basis = new WaveletBasis('sym8', 4, 'symmetric');
  const layout = basis.layout(4096);
  assert.ok(layout.coefficientCount > 4096 && layout.coefficientCount <= 4096 + 4 * 15);
  for (const { offset, length } of layout.subbands) {
    for (const [position, unit] of [
      [length >> 1, true],
      [0, false],
      [length - 1, false],
    ] as const) {
      const values = new Float64Array(layout.coefficientCount);
      values[offset + position] = 1;
      const norm = energy(basis.synthesize({ values, layout }));
      assert.equal(Math.abs(norm - 1) < 1e-12, unit);
    }
  }
});

test('a recording too short for the levels has as many as leave something that does not feel its ends', () => {
  const basis = new WaveletBasis('sym8', 10, 'periodic');
  for (const [length, levels] of [
    [0, 1],
    [1, 1],
    [59, 1],
    [60, 2],
    [119, 2],
    [120, 3],
    [15359, 9],
    [15360, 10],
    [100000, 10],
  ] as const) {
    const layout = basis.layout(length);
    assert.equal(layout.subbands.length, levels + 1, `${length} samples`);
    assert.equal(layout.hop, 2 ** levels);
  }
  assert.equal(levelsOf(new WaveletBasis('db1', 10, 'periodic'), 512), 9);
  const codec = new TransformCodec(basis, { family: 9, parameter: 0 });
  for (const length of [0, 1, 2, 61, 97]) {
    const codes = Uint16Array.from(noise(length, 5), (value) => 512 + value);
    assert.deepEqual(codec.decode(codec.encode(codes, 0).bytes), codes);
  }
});

test('details of dbN and symN are blind to polynomials below degree N, but at the ends', () => {
  for (const order of [2, 5, 9]) {
    for (const family of ['db', 'sym']) {
      const basis = new WaveletBasis(`${family}${order}`, 3, 'symmetric');
      const curve = new Float64Array(1024).map((_, n) => (n / 512 - 1) ** (order - 1));
      const { values, layout } = basis.analyze(curve);
      for (const { offset, length } of layout.subbands.slice(1)) {
        const inner = values.subarray(offset + 2 * order, offset + length - 2 * order);
        assert.ok(inner.every((value) => Math.abs(value) < 1e-12));
      }
    }
  }
});

test('db1 is the Haar wavelet', () => {
  const { values } = new WaveletBasis('db1', 2, 'periodic').analyze(Float64Array.of(1, 3, 10, 4));
  const root = Math.SQRT2;
  assert.ok(largestDifference(values, Float64Array.of(9, -5, -2 / root, 6 / root)) < 1e-14);
});

test('wavelets, levels and borders that there are not are refused by name, with what is allowed', () => {
  assert.equal(ORTHOGONAL_WAVELETS.length, 45);
  const refusals: [() => unknown, RegExp][] = [
    [
      () => new WaveletBasis('db21', 8, 'periodic'),
      /orthogonal wavelet must be one of db1, .*dmey, not db21/,
    ],
    [() => new WaveletBasis('haar', 8, 'periodic'), /one of db1, /],
    [() => new WaveletBasis('bior2.2', 8, 'periodic'), /not bior2\.2/],
    [
      () => new WaveletBasis('sym8', 0, 'periodic'),
      /number of levels .* 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, not 0/,
    ],
    [() => new WaveletBasis('sym8', 11, 'periodic'), /not 11/],
    [() => new WaveletBasis('sym8', 2.5, 'periodic'), /not 2\.5/],
    [() => new WaveletBasis('sym8', 8, 'zero' as 'periodic'), /border .* periodic, symmetric, not zero/],
  ];
  for (const [create, message] of refusals) {
    assert.throws(create, { name: 'BasisParameterError', message });
  }
});
