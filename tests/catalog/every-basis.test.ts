import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { AutoencoderBasis } from '../../lib/bases/blocks/autoencoder';
import { basisFor, losslessStepOf, type AnyBasis, type Basis } from '../../lib/bases/basis';
import { catalog } from '../../lib/catalog/catalog';
import { basisFromFormat, formatParameter } from '../../lib/catalog/format-numbers';
import { basisFromId, basisId, catalogEntryOf, findBasis, parseBasisId } from '../../lib/catalog/ids';
import { findCodec, parseCodecId } from '../../lib/codecs/codec-from-id';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { ShapeGainBasis } from '../../lib/bases/blocks/shape-gain';
import { projectRoot } from '../../lib/files/project-root';
import { transformCases, largestDifference } from '../kernels/fixtures';

/** Every family with the first and the last of the parameters that are tried, and with the chosen ones. */
const families: readonly AnyBasis[] = catalog.flatMap((entry) =>
  [...new Set([...entry.tried.slice(0, 1), ...entry.tried.slice(-1), entry.chosen].map(String))].map((key) =>
    entry.create(...[...entry.tried, entry.chosen].find((values) => String(values) === key)!),
  ),
);

function signalOf(length: number, seed: number): Float64Array {
  return new Float64Array(length).map(
    (_, i) => 200 * Math.sin(0.01 * i * seed) + ((i * i * 31 + seed) % 23) - 11,
  );
}

const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** The basis of signals of this length; of an adaptive family, the one that suits a certain signal. */
function basisOfLength(family: AnyBasis, length: number): Basis {
  return basisFor(family, signalOf(length, 3), losslessStepOf(family));
}

/** Lengths around whole blocks, primes, and lengths below a block. */
function lengthsOf(family: AnyBasis): fc.Arbitrary<number> {
  const { hop } = basisOfLength(family, 3000).layout(3000);
  return fc.oneof(
    fc.constantFrom(0, 1, 2, 3, 7, 97, 1009, hop - 1, hop, hop + 1, 2 * hop, 3 * hop - 1),
    fc.nat(3000),
  );
}

for (const family of families) {
  const { id } = family;
  const losslessStep = losslessStepOf(family);
  const lengths = lengthsOf(family);
  const { quantizesItself = false, orthonormal = true } = basisOfLength(family, 100);
  /** Networks do not reconstruct exactly; their own test bounds the error. */
  const givesBack =
    !quantizesItself && !(family instanceof AutoencoderBasis && family.kind === 'convolutional');
  /** Samples that a coefficient stands for, at least. */
  const samplesOfCoefficient = family instanceof ShapeGainBasis ? family.groupLength : 1;

  test(`${id}: subbands cover the coefficients once, from hop to hop`, () => {
    fc.assert(
      fc.property(lengths, (length) => {
        const layout = basisOfLength(family, length).layout(length);
        const { signalLength, coefficientCount, hop, subbands } = layout;
        assert.equal(signalLength, length);
        assert.ok(coefficientCount * samplesOfCoefficient >= length);
        assert.equal(hop, Math.max(...subbands.map(({ timeStep }) => timeStep)));
        const inOrder = [...subbands].sort((a, b) => a.offset - b.offset);
        let end = 0;
        for (const band of inOrder) {
          assert.equal(band.offset, end);
          assert.ok(Number.isInteger(hop / band.timeStep));
          end += band.length;
        }
        assert.equal(end, coefficientCount);
      }),
    );
  });

  test(`${id}: signals of any length come back from their coefficients`, () => {
    fc.assert(
      fc.property(lengths, fc.nat(50), (length, seed) => {
        const signal = signalOf(length, seed).map(Math.round);
        const kept = signal.slice();
        const basis = basisFor(family, signal, losslessStep);
        const coefficients = basis.analyze(signal, losslessStep);
        assert.deepEqual(signal, kept, 'the signal is left as it was');
        assert.deepEqual(coefficients.layout, basis.layout(length));
        assert.equal(coefficients.values.length, coefficients.layout.coefficientCount);
        const back = basis.synthesize(coefficients, losslessStep);
        assert.equal(back.length, length);
        if (givesBack) assert.ok(largestDifference(back, signal) < 1e-9);
        if (basis.exactInIntegers) {
          assert.ok(coefficients.values.every(Number.isInteger));
          assert.equal(largestDifference(back, signal), 0);
        }
      }),
    );
  });

  if (givesBack) {
    test(`${id}: any samples of the converter come back, to far less than one code`, () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: -1023, max: 1023 }), { maxLength: 300 }), (list) => {
          const signal = Float64Array.from(list);
          const basis = basisFor(family, signal, 16);
          const back = basis.synthesize(basis.analyze(signal, 16), 16);
          assert.ok(largestDifference(back, signal) < 1e-9);
        }),
      );
    });
  }

  if (orthonormal && !quantizesItself) {
    test(`${id}: whole hops keep their energy`, () => {
      fc.assert(
        fc.property(fc.nat(4), fc.nat(50), (hops, seed) => {
          const { hop } = basisOfLength(family, 3000).layout(3000);
          const signal = signalOf(hops * hop, seed);
          const { values } = basisFor(family, signal, 16).analyze(signal, 16);
          assert.ok(Math.abs(energy(values) - energy(signal)) <= 1e-10 * (1 + energy(signal)));
        }),
      );
    });

    test(`${id}: atoms are orthonormal, and one coefficient gives one atom`, () => {
      const length = 2 * basisOfLength(family, 3000).layout(3000).hop;
      const basis = basisOfLength(family, length);
      const layout = basis.layout(length);
      const atom = (i: number): Float64Array => {
        const values = new Float64Array(layout.coefficientCount);
        values[i] = 1;
        return basis.synthesize({ values, layout }, 16);
      };
      fc.assert(
        fc.property(fc.nat(layout.coefficientCount - 1), fc.nat(layout.coefficientCount - 1), (i, j) => {
          const [a, b] = [atom(i), atom(j)];
          assert.equal(a.length, length);
          const product = a.reduce((sum, value, n) => sum + value * b[n]!, 0);
          assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-12);
          const values = new Float64Array(layout.coefficientCount);
          values[i] = 1;
          assert.ok(largestDifference(basis.analyze(a, 16).values, values) < 1e-12);
        }),
        { numRuns: 40 },
      );
    });

    test(`${id}: analysis is linear`, () => {
      fc.assert(
        fc.property(lengths, fc.double({ min: -3, max: 3, noNaN: true }), (length, factor) => {
          const [a, b] = [signalOf(length, 1), signalOf(length, 9)];
          const basis = basisFor(family, a, 16);
          const sum = basis.analyze(
            a.map((value, i) => value + factor * b[i]!),
            16,
          ).values;
          const [fromA, fromB] = [basis.analyze(a, 16).values, basis.analyze(b, 16).values];
          assert.ok(
            largestDifference(
              sum,
              fromA.map((value, i) => value + factor * fromB[i]!),
            ) < 1e-9,
          );
        }),
      );
    });
  }

  test(`${id}: its id and its numbers in the format build it again`, () => {
    assert.equal(basisFromId(id).id, id);
    const named = findBasis(id);
    const { entry, values } = named;
    assert.equal(basisId(entry, values), id);
    assert.equal(catalogEntryOf(id), entry);
    const number = formatParameter(named);
    assert.ok(Number.isInteger(number) && number >= 0 && number < 2 ** 31);
    assert.ok(Number.isInteger(entry.formatFamily) && entry.formatFamily >= 0 && entry.formatFamily < 256);
    assert.equal(basisFromFormat(entry.formatFamily, number)?.id, id);
    assert.ok(family.delay >= 0 && family.multiplyAddsPerSample >= 0 && losslessStep > 0);
  });
}

test('the blocks of the DCT are those of SciPy, subband by subband', () => {
  for (const { signal, dct2 } of transformCases) {
    const twice = Float64Array.from([...signal, ...signal]);
    const { values, layout } = new CosineBasis(signal.length).analyze(twice);
    layout.subbands.forEach(({ offset }, k) => {
      for (const t of [0, 1]) assert.ok(Math.abs(values[offset + t]! - dct2[k]!) < 1e-10);
    });
  }
});

test('the last block of the DCT is filled up with the last sample, which makes no edge', () => {
  for (const length of [1, 17, 31]) {
    const { values, layout } = new CosineBasis(16).analyze(new Float64Array(length).fill(7));
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
  for (const id of ['', 'sine-4', 'Identity']) {
    assert.equal(parseBasisId(id), undefined);
    assert.throws(() => findBasis(id), { name: 'BasisParameterError', message: /The catalog has identity/ });
  }
  const refusals = {
    dct: /write dct-blockLength, such as dct-512/,
    'identity-2': /write identity, such as identity/,
    'dct-100': /blockLength in "dct-100" must be one of 2, 4, 8,.* not 100/,
  };
  for (const [id, message] of Object.entries(refusals)) {
    assert.equal(parseBasisId(id), undefined);
    assert.throws(() => findBasis(id), { name: 'BasisParameterError', message });
  }
  assert.throws(() => new CosineBasis(100), {
    name: 'BasisParameterError',
    message: /one of 2, 4, 8,.* not 100/,
  });
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
  // A second spelling of an id would give the same measurement a second name.
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
  // Segments longer than their frame.
  assert.equal(basisFromFormat(12, 0x30), undefined);
});

test('a codec with a quantizer over a basis that quantizes itself is refused by name; all others are codecs', () => {
  for (const family of families) {
    const quantizesItself = basisOfLength(family, 100).quantizesItself === true;
    assert.equal(family.quantizesItself === true, quantizesItself, family.id);
    for (const quantizer of ['trellis', 'rdoq']) {
      const id = `${family.id}+${quantizer}`;
      assert.equal(parseCodecId(id) === undefined, quantizesItself, id);
      if (!quantizesItself) continue;
      assert.throws(() => findCodec(id), {
        name: 'BasisParameterError',
        message: `There is no codec "${id}": ${family.id} quantizes itself. Leave out "+${quantizer}".`,
      });
    }
  }
  assert.equal(parseCodecId('dictionary-32-2-ksvd+trellis'), undefined);
});
