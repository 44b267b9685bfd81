import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAdaptive } from '../../lib/bases/basis';
import type { BlockMatrixBasis } from '../../lib/bases/parts/block-matrix';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { HermiteBasis, hermiteFunctions } from '../../lib/bases/frames/hermite';
import { LegendreBasis } from '../../lib/bases/blocks/legendre';
import { placedItemBytes, placesOfItems } from '../../lib/bases/parts/placed-items';
import { concentratedSequences, SlepianBasis } from '../../lib/bases/blocks/slepian';
import { TransformCodec } from '../../lib/codecs/transform-codec';
import { MatrixMultiplication } from '../../lib/kernels/matrix';
import { largestDifference } from '../kernels/fixtures';

type Functions = readonly (readonly number[])[];

/** Output of `tests/fixtures/bases-polynomials.py`: exact fractions, and functions by SciPy. */
const fixtures = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'bases-polynomials.json'), 'utf8'),
) as {
  readonly polynomials: readonly { readonly length: number; readonly functions: Functions }[];
  readonly hermite: readonly {
    readonly count: number;
    readonly width: number;
    readonly functions: Functions;
  }[];
  readonly slepian: readonly {
    readonly length: number;
    readonly timeBandwidth: number;
    readonly functions: Functions;
  }[];
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** The same functions, signs aside. */
function assertFunctions(computed: readonly Float64Array[], expected: Functions, tolerance: number): void {
  assert.equal(computed.length, expected.length);
  computed.forEach((values, k) => {
    const sign = Math.sign(dot(values, expected[k]!));
    const difference = largestDifference(
      values,
      expected[k]!.map((value) => sign * value),
    );
    assert.ok(difference < tolerance, `function ${k} differs by ${difference}`);
  });
}

const functionsOf = (basis: BlockMatrixBasis): Float64Array[] =>
  Array.from({ length: basis.blockLength }, (_, k) => basis.blockFunction(k));

function noise(length: number, seed: number, amplitude: number): Float64Array {
  let state = seed;
  return new Float64Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round((((state >>> 8) % 2001) / 1000 - 1) * amplitude);
  });
}

test('polynomials are those that exact fractions give', () => {
  for (const { length, functions } of fixtures.polynomials) {
    assertFunctions(functionsOf(new LegendreBasis(length)), functions, 1e-12);
  }
});

test("Slepian's sequences are those of SciPy, from the most to the least concentrated", () => {
  for (const { length, timeBandwidth, functions } of fixtures.slepian) {
    assertFunctions(functionsOf(new SlepianBasis(length, timeBandwidth)), functions, 1e-10);
  }
});

test('Hermite functions are those of SciPy, made orthonormal', () => {
  for (const { count, width, functions } of fixtures.hermite) {
    assertFunctions(hermiteFunctions(count, width), functions, 1e-12);
  }
});

test('functions are orthonormal to the last digits, and have as many changes of sign as their number says', () => {
  for (const basis of [
    new LegendreBasis(4),
    new LegendreBasis(256),
    new SlepianBasis(64, 16),
    new SlepianBasis(256, 1),
    new SlepianBasis(256, 96),
  ]) {
    const functions = functionsOf(basis);
    for (let i = 0; i < functions.length; i++) {
      for (let j = 0; j <= i; j++) {
        const error = Math.abs(dot(functions[i]!, functions[j]!) - (i === j ? 1 : 0));
        assert.ok(error < 1e-13, `${basis.id}: ${i}, ${j}: ${error}`);
      }
    }
  }
  for (const basis of [new LegendreBasis(32), new SlepianBasis(32, 3)]) {
    functionsOf(basis).forEach((values, k) => {
      const changes = values.subarray(1).reduce((sum, value, n) => sum + (value * values[n]! < 0 ? 1 : 0), 0);
      assert.equal(changes, k, basis.id);
    });
  }
});

test('polynomials of degree below d are sums of the first d functions alone', () => {
  const basis = new LegendreBasis(64);
  const cubic = new Float64Array(64).map((_, n) => 3 + n - 0.2 * n * n + 0.003 * n ** 3);
  const { values } = basis.analyze(cubic);
  assert.ok(values.every((value, k) => k < 4 || Math.abs(value) < 1e-9));
});

test("the narrower the band of Slepian's sequences, the nearer they are to polynomials", () => {
  const polynomials = concentratedSequences(32, 1);
  const distances = [0.9, 0.99, 0.999].map((cosine) =>
    largestDifference(concentratedSequences(32, cosine), polynomials),
  );
  assert.ok(distances[0]! > distances[1]! && distances[1]! > distances[2]!);
});

test('the first sequence has the most energy in its band that any can have', () => {
  const { length, timeBandwidth } = { length: 32, timeBandwidth: 3 };
  const inBand = (values: ArrayLike<number>): number => {
    let energy = 0;
    for (let m = 0; m < length; m++) {
      for (let n = 0; n < length; n++) {
        const angle = ((2 * Math.PI * timeBandwidth) / length) * (m - n);
        energy +=
          values[m]! *
          values[n]! *
          (m === n ? 2 * (timeBandwidth / length) : Math.sin(angle) / (Math.PI * (m - n)));
      }
    }
    return energy;
  };
  const functions = functionsOf(new SlepianBasis(length, timeBandwidth));
  const first = inBand(functions[0]!);
  assert.ok(first > 0.99999 && first <= 1 + 1e-12);
  for (let k = 1; k < length; k++) assert.ok(inBand(functions[k]!) <= inBand(functions[k - 1]!) + 1e-12);
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length }),
      (list) => {
        const energy = dot(list, list);
        fc.pre(energy > 1e-6);
        assert.ok(inBand(list) / energy <= first + 1e-12);
      },
    ),
  );
});

test('the matrix product that a decoder needs is the same with SIMD and without', () => {
  const functions = concentratedSequences(64, 1);
  const blocks = noise(64 * 37, 3, 500).map((value) => value / 7);
  const [fast, plain] = [true, false].map((simd) => {
    const product = new Float64Array(blocks.length);
    new MatrixMultiplication(functions, 64, 64, 'float64', simd).multiply(blocks, product);
    return product;
  });
  assert.deepEqual(fast, plain);
});

/** Slow waves and noise, with spikes of Hermite shape at certain places. */
function spiking(length: number, every: number): { signal: Float64Array; count: number } {
  const signal = noise(length, 7, 8).map((value, n) => value + 60 * Math.cos(0.004 * n));
  const [first, , third] = hermiteFunctions(3, 3);
  let count = 0;
  for (let at = every >> 1; at + first!.length < length; at += every, count++) {
    first!.forEach((value, i) => (signal[at + i]! += 300 * third![i]! - 400 * value));
  }
  return { signal: signal.map(Math.round), count };
}

test('places of spikes are found, and their Hermite functions', () => {
  const basis = new HermiteBasis(512, 3, 3);
  const { signal, count } = spiking(20000, 777);
  const side = basis.choose(signal, 8);
  const places = placesOfItems(side, signal.length);
  assert.ok(Math.abs(places.length - count) <= 1, `${places.length} of ${count}`);
  const { values, layout } = basis.chosen(side, signal.length).analyze(signal, 8);
  const ofFunction = layout.subbands
    .slice(-3)
    .map(({ offset, length }) => values.subarray(offset, offset + length));
  const energies = places.map((_, p) => ofFunction.reduce((sum, list) => sum + list[p]! ** 2, 0));
  // 400² + 300², for any shift between a peak and the middle of its function.
  for (const energy of energies) assert.ok(energy > 0.7 * 250000 && energy < 1.3 * 250000, String(energy));
  assert.ok(
    ofFunction.every((list) => list.every((value) => Number.isInteger(value / 8))),
    'whole steps',
  );
});

test('where there are spikes, Hermite functions take fewer bytes than the DCT alone, and lose no more', () => {
  const { signal } = spiking(60000, 300);
  const codes = Uint16Array.from(signal, (value) => 512 + value);
  const outcome = (basis: CosineBasis | HermiteBasis): { bytes: number; error: number } => {
    const codec = new TransformCodec(basis, { family: 16, parameter: 0 });
    const { bytes } = codec.encode(codes, 16);
    const decoded = codec.decode(bytes);
    return { bytes: bytes.length, error: codes.reduce((sum, code, n) => sum + (code - decoded[n]!) ** 2, 0) };
  };
  const [hermite, cosine] = [outcome(new HermiteBasis(512, 3, 3)), outcome(new CosineBasis(512))];
  assert.ok(hermite.bytes < 0.9 * cosine.bytes, `${hermite.bytes} against ${cosine.bytes}`);
  assert.ok(hermite.error < 1.05 * cosine.error, `${hermite.error} against ${cosine.error}`);
});

test('noise has no places', () => {
  const basis = new HermiteBasis(512, 5, 3);
  for (const step of [4, 16, 64]) assert.ok(basis.choose(noise(20000, 5, 60), step).length <= 4);
});

test('places come back from their bytes, and no other bytes are taken for places', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(99999), { maxLength: 60 }), (list) => {
      const places = list.sort((a, b) => a - b);
      assert.deepEqual(placesOfItems(placedItemBytes(places), 100000), places);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6 }), fc.nat(500), (side, end) => {
      let places: number[];
      try {
        places = placesOfItems(side, end);
      } catch (error) {
        assert.equal((error as Error).name, 'SideInformationError');
        return;
      }
      assert.deepEqual(placedItemBytes(places), side);
      assert.ok(places.every((place, p) => place < end && (p === 0 || place > places[p - 1]!)));
    }),
    { numRuns: 2000 },
  );
  const basis = new HermiteBasis(512, 2, 2);
  assert.ok(isAdaptive(basis));
  assert.throws(() => basis.chosen(Uint8Array.of(255), 100), { name: 'SideInformationError' });
});

test('block lengths, counts, widths and bandwidths that there are not are refused by name, with what is allowed', () => {
  const refusals: [() => unknown, RegExp][] = [
    [() => new LegendreBasis(0), /polynomials must be one of 4, 8, 16, 32, 64, 128, 256, not 0/],
    [() => new SlepianBasis(100, 4), /block length .* not 100/],
    [() => new SlepianBasis(16, 8), /sequences of 16 samples must be one of 1, 2, 3, 4, 6, not 8/],
    [() => new HermiteBasis(128, 3, 3), /must be one of 256, 512, 1024, 2048, not 128/],
    [() => new HermiteBasis(512, 9, 3), /number of Hermite functions .* not 9/],
    [() => new HermiteBasis(512, 3, 2.5), /width of Hermite functions .* not 2\.5/],
  ];
  for (const [create, message] of refusals) {
    assert.throws(create, { name: 'BasisParameterError', message });
  }
});
