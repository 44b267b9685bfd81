import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Basis } from '../../lib/bases/basis';
import {
  basisFromFormat,
  basisFromId,
  basisId,
  catalog,
  catalogEntryOf,
  findBasis,
  parseBasisId,
} from '../../lib/bases/catalog';
import { projectRoot } from '../../lib/project-root';
import { transformCases, largestDifference } from '../kernels/fixtures';

const bases: readonly Basis[] = catalog.flatMap((entry) =>
  [...new Set([...entry.parametersTried, entry.parameterChosen])].map((parameter) => entry.create(parameter)),
);

/** Lengths about whole blocks, primes, and what is shorter than a block. */
function lengths(basis: Basis): fc.Arbitrary<number> {
  const { hop } = basis.layout(1);
  return fc.oneof(
    fc.constantFrom(0, 1, 2, 3, 7, 97, 1009, hop - 1, hop, hop + 1, 2 * hop, 3 * hop - 1),
    fc.nat(3000),
  );
}

function signalOf(length: number, seed: number): Float64Array {
  return new Float64Array(length).map(
    (_, i) => 200 * Math.sin(0.01 * i * seed) + ((i * i * 31 + seed) % 23) - 11,
  );
}

const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

for (const basis of bases) {
  test(`${basis.id}: subbands cover the coefficients once, from hop to hop`, () => {
    fc.assert(
      fc.property(lengths(basis), (length) => {
        const { signalLength, coefficientCount, hop, subbands } = basis.layout(length);
        assert.equal(signalLength, length);
        assert.ok(coefficientCount >= length);
        assert.equal(hop, Math.max(...subbands.map(({ timeStep }) => timeStep)));
        const inOrder = [...subbands].sort((a, b) => a.offset - b.offset);
        let end = 0;
        for (const band of inOrder) {
          assert.equal(band.offset, end);
          assert.ok(Number.isInteger(hop / band.timeStep));
          assert.ok(band.length <= Math.ceil(length / hop) * (hop / band.timeStep));
          end += band.length;
        }
        assert.equal(end, coefficientCount);
      }),
    );
  });

  test(`${basis.id}: signals of any length come back from their coefficients`, () => {
    fc.assert(
      fc.property(lengths(basis), fc.nat(50), (length, seed) => {
        const signal = signalOf(length, seed);
        const kept = signal.slice();
        const coefficients = basis.analyze(signal);
        assert.deepEqual(signal, kept, 'the signal is left as it was');
        assert.deepEqual(coefficients.layout, basis.layout(length));
        assert.equal(coefficients.values.length, coefficients.layout.coefficientCount);
        assert.ok(largestDifference(basis.synthesize(coefficients), signal) < 1e-9);
        if (basis.exactInIntegers) {
          const integers = signal.map(Math.round);
          const exact = basis.analyze(integers);
          assert.ok(exact.values.every(Number.isInteger));
          assert.deepEqual(basis.synthesize(exact), integers);
        }
      }),
    );
  });

  test(`${basis.id}: whole hops keep their energy`, () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(50), (hops, seed) => {
        const signal = signalOf(hops * basis.layout(1).hop, seed);
        const { values } = basis.analyze(signal);
        assert.ok(Math.abs(energy(values) - energy(signal)) <= 1e-10 * (1 + energy(signal)));
      }),
    );
  });

  test(`${basis.id}: atoms are orthonormal, and one coefficient gives one atom`, () => {
    const { hop } = basis.layout(1);
    const layout = basis.layout(2 * hop);
    const atom = (i: number): Float64Array => {
      const values = new Float64Array(layout.coefficientCount);
      values[i] = 1;
      return basis.synthesize({ values, layout });
    };
    fc.assert(
      fc.property(fc.nat(layout.coefficientCount - 1), fc.nat(layout.coefficientCount - 1), (i, j) => {
        const [a, b] = [atom(i), atom(j)];
        assert.equal(a.length, 2 * hop);
        const product = a.reduce((sum, value, n) => sum + value * b[n]!, 0);
        assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-12);
        const values = new Float64Array(layout.coefficientCount);
        values[i] = 1;
        assert.ok(largestDifference(basis.analyze(a).values, values) < 1e-12);
      }),
      { numRuns: 40 },
    );
  });

  test(`${basis.id}: any samples of the converter come back, to far less than one code`, () => {
    const { hop } = basis.layout(1);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1023, max: 1023 }), { maxLength: Math.min(3 * hop, 300) }),
        (list) => {
          const signal = Float64Array.from(list);
          assert.ok(largestDifference(basis.synthesize(basis.analyze(signal)), signal) < 1e-9);
        },
      ),
    );
  });

  test(`${basis.id}: analysis is linear`, () => {
    fc.assert(
      fc.property(lengths(basis), fc.double({ min: -3, max: 3, noNaN: true }), (length, factor) => {
        const [a, b] = [signalOf(length, 1), signalOf(length, 9)];
        const sum = basis.analyze(a.map((value, i) => value + factor * b[i]!)).values;
        const [fromA, fromB] = [basis.analyze(a).values, basis.analyze(b).values];
        assert.ok(
          largestDifference(
            sum,
            fromA.map((value, i) => value + factor * fromB[i]!),
          ) < 1e-9,
        );
      }),
    );
  });

  test(`${basis.id}: its id and its numbers in the format build it again`, () => {
    assert.equal(basisFromId(basis.id).id, basis.id);
    const { entry, parameter } = findBasis(basis.id);
    assert.equal(basisId(entry, parameter), basis.id);
    assert.equal(catalogEntryOf(basis.id), entry);
    const number = entry.formatParameter(parameter);
    assert.ok(Number.isInteger(number) && number >= 0 && number < 2 ** 31);
    assert.ok(Number.isInteger(entry.formatFamily) && entry.formatFamily >= 0 && entry.formatFamily < 256);
    assert.equal(basisFromFormat(entry.formatFamily, number)?.id, basis.id);
    assert.ok(basis.delay >= 0 && basis.multiplyAddsPerSample >= 0 && basis.losslessStep > 0);
  });
}

test('the blocks of the DCT are those of SciPy, subband by subband', () => {
  for (const { signal, dct2 } of transformCases) {
    const twice = Float64Array.from([...signal, ...signal]);
    const { values, layout } = basisFromId(`dct-${signal.length}`).analyze(twice);
    layout.subbands.forEach(({ offset }, k) => {
      for (const t of [0, 1]) assert.ok(Math.abs(values[offset + t]! - dct2[k]!) < 1e-10);
    });
  }
});

test('the last block of the DCT is filled up with the last sample, which makes no edge', () => {
  for (const length of [1, 17, 31]) {
    const { values, layout } = basisFromId('dct-16').analyze(new Float64Array(length).fill(7));
    layout.subbands.forEach(({ offset, length: blocks }, k) => {
      for (let t = 0; t < blocks; t++) assert.ok(Math.abs(values[offset + t]! - (k === 0 ? 28 : 0)) < 1e-12);
    });
  }
});

test('names, numbers in the format, and colors with their dashes are given once', () => {
  for (const keyOf of [
    (entry: (typeof catalog)[number]) => entry.name,
    (entry: (typeof catalog)[number]) => String(entry.formatFamily),
    (entry: (typeof catalog)[number]) => `${entry.style.color} ${entry.style.dash}`,
  ]) {
    assert.equal(new Set(catalog.map(keyOf)).size, catalog.length);
  }
});

test('every entry names a module and a notebook that are there, and the format lists its family', () => {
  const format = readFileSync(join(projectRoot(), 'docs', 'format.md'), 'utf8');
  for (const entry of catalog) {
    assert.ok(existsSync(join(projectRoot(), entry.module)), entry.module);
    assert.ok(existsSync(join(projectRoot(), 'notebooks', entry.notebook)), entry.notebook);
    assert.match(format, new RegExp(`^\\| ${entry.formatFamily} +\\|`, 'm'));
  }
});

test('what the catalog does not have is refused by name, with what it has', () => {
  for (const id of ['', 'dct', 'sine-4', 'identity-2']) {
    assert.equal(parseBasisId(id), undefined);
    assert.throws(() => findBasis(id), { name: 'BasisParameterError', message: /The catalog has identity/ });
  }
  for (const id of [
    'dct-',
    'dct-x',
    'dct-0',
    'dct-1',
    'dct-100',
    'dct-32768',
    'dct-1e2',
    'dct--16',
    'dct-16.5',
  ]) {
    assert.throws(() => basisFromId(id), { name: 'BasisParameterError' });
  }
  // A second way to write an id would be a second name of what was measured.
  for (const id of [
    'dct-0x10',
    'dct-016',
    'dct-16.0',
    'dct-+16',
    'dct- 16',
    'dct-16 ',
    'dct-1.6e1',
    'DCT-16',
  ]) {
    assert.equal(parseBasisId(id), undefined);
    assert.throws(() => basisFromId(id), { name: 'BasisParameterError' });
  }
  assert.equal(basisFromFormat(250, 0), undefined);
  assert.equal(basisFromFormat(0, 1), undefined);
  assert.equal(basisFromFormat(1, 0), undefined);
  assert.equal(basisFromFormat(1, 15), undefined);
});
