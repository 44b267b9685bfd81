import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { basisFor, SideInformationError, type Basis } from '../../lib/bases/basis';
import { codeClasses } from '../../lib/bases/parts/class-sequence';
import { ClassifiedBasis, type ClassifiedBlocksBasis } from '../../lib/bases/blocks/classified';
import { BlockMatrixBasis } from '../../lib/bases/parts/block-matrix';
import { catalog } from '../../lib/catalog/catalog';
import { orthonormalRows } from '../../lib/bases/parts/orthonormal-rows';
import { BitstreamError } from '../../lib/coding/bitstream-errors';
import { RangeDecoder, RangeEncoder } from '../../lib/coding/entropy/range-coder';
import { MissingModelError } from '../../lib/models/model-store';
import { parseModel, serializeModel } from '../../lib/models/model';
import { uniformNumbers } from '../../lib/numerics/random';
import { largestDifference } from '../kernels/fixtures';

const sequences = fc
  .integer({ min: 0, max: 4 })
  .chain((bits) =>
    fc.record({ bits: fc.constant(bits), classes: fc.uint8Array({ maxLength: 900, max: 2 ** bits - 1 }) }),
  );

function coded(classes: Uint8Array, bits: number): Uint8Array {
  const coder = new RangeEncoder();
  codeClasses(coder, classes.slice(), bits);
  return coder.finish();
}

function decoded(bytes: Uint8Array, length: number, bits: number): Uint8Array {
  const classes = new Uint8Array(length);
  const coder = new RangeDecoder(bytes, 0, bytes.length);
  codeClasses(coder, classes, bits);
  coder.finish();
  return classes;
}

test('classes come back from their bytes', () => {
  fc.assert(
    fc.property(sequences, ({ bits, classes }) => {
      const bytes = coded(classes, bits);
      if (bits === 0) assert.equal(bytes.length, 0);
      assert.deepEqual(decoded(bytes, classes.length, bits), classes);
    }),
  );
});

test('a class that stays costs next to nothing, and no sequence much more than its bits', () => {
  assert.ok(coded(new Uint8Array(2000).fill(3), 2).length < 12);
  const next = uniformNumbers(1);
  const random = new Uint8Array(2000).map(() => Math.floor(4 * next()));
  assert.ok(coded(random, 2).length < 520);
});

/** Two classes of 8 samples, the one turned against the other. */
function trialBasis(classes: number): ReturnType<ClassifiedBasis['basisOf']> {
  const next = uniformNumbers(9);
  const rows = Array.from({ length: classes }, () =>
    orthonormalRows(
      new Float64Array(64).map(() => next() - 0.5),
      8,
    ),
  );
  const facts = {
    basis: 'trial',
    fold: 0 as const,
    corpus: { name: 'none', sha256: '' },
    recordings: 0,
    hyperparameters: {},
    code: '',
    history: {},
  };
  const components = Float32Array.from(rows.flatMap((values) => Array.from(values)));
  return new ClassifiedBasis(8, classes, 'kmeans').basisOf(
    parseModel(serializeModel(facts, { components }), 'trial'),
  );
}

const noise = new Float64Array(1003).map((_, i) => Math.round(90 * Math.sin(i * i * 0.37)));

test('with one class the coefficients are those of its transform, and there is no side information', () => {
  const family = trialBasis(1);
  assert.ok('choose' in family);
  assert.equal(family.choose(noise, 4).length, 0);
  const basis = basisFor(family, noise, 4);
  const ofBlock = family.chosen(new Uint8Array(0), 8);
  const functions = Float64Array.from({ length: 64 }, (_, i) => {
    const unit = new Float64Array(8);
    unit[Math.floor(i / 8)] = 1;
    return ofBlock.synthesize({ values: unit, layout: ofBlock.layout(8) }, 4)[i % 8]!;
  });
  const plain = new BlockMatrixBasis('plain', 8, { functions });
  assert.ok(largestDifference(basis.analyze(noise, 4).values, plain.analyze(noise).values) < 1e-10);
});

test('blocks are analyzed in the class that suits them', () => {
  const family = trialBasis(4);
  assert.ok('choose' in family);
  const basis = family.chosen(family.choose(noise, 8), noise.length) as ClassifiedBlocksBasis;
  assert.equal(basis.classes.length, Math.ceil(noise.length / 8));
  // Signals of single functions of each class in turn, a hundred blocks each.
  const place = (label: number): Basis => {
    const coder = new RangeEncoder();
    codeClasses(coder, new Uint8Array(100).fill(label), 2);
    return family.chosen(coder.finish(), 800);
  };
  const signal = new Float64Array(3200);
  for (let label = 0; label < 4; label++) {
    const own = place(label);
    const values = new Float64Array(800).map((_, i) => (i < 100 ? 100 : 0));
    signal.set(own.synthesize({ values, layout: own.layout(800) }, 8), 800 * label);
  }
  const found = family.chosen(family.choose(signal, 8), signal.length) as ClassifiedBlocksBasis;
  assert.deepEqual(
    found.classes,
    new Uint8Array(400).map((_, i) => Math.floor(i / 100)),
  );
});

test('damaged side information is an error or another choice of whole classes, never more', () => {
  const family = trialBasis(4);
  assert.ok('choose' in family);
  const side = family.choose(noise, 4);
  assert.ok(side.length > 4);
  assert.throws(() => family.chosen(Uint8Array.of(...side, 1, 2, 3, 4, 5, 6), noise.length), BitstreamError);
  assert.throws(() => family.chosen(new Uint8Array(4).fill(255), noise.length), BitstreamError);
  fc.assert(
    fc.property(fc.nat(side.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = side.slice();
      damaged[at]! ^= change;
      try {
        const { classes } = family.chosen(damaged, noise.length) as ClassifiedBlocksBasis;
        assert.ok(classes.every((label) => label < 4));
      } catch (error) {
        assert.ok(error instanceof BitstreamError || error instanceof SideInformationError, String(error));
      }
    }),
  );
});

test('a basis without a model says how to learn it, and side information that names none is refused', () => {
  const untried = new ClassifiedBasis(8, 2, 'mixture');
  assert.throws(() => untried.choose(noise, 4), /npm run learn -- --basis classified-8-2-mixture/);
  const entry = catalog.find(({ name }) => name === 'classified')!;
  const basis = entry.create(...entry.chosen);
  assert.ok('choose' in basis);
  assert.throws(() => basis.chosen(Uint8Array.of(1, 2), 100), SideInformationError);
  assert.throws(() => basis.chosen(Uint8Array.of(1, 2, 3), 100), MissingModelError);
  // More than the classes take.
  const side = basis.choose(noise, 4);
  assert.throws(() => basis.chosen(Uint8Array.of(...side, 9, 9, 9, 9, 9, 9), noise.length), BitstreamError);
});
