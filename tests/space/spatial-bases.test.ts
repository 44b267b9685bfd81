import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { BasisParameterError, SideInformationError } from '../../lib/bases/basis';
import { cosineRows, haarRows } from '../../lib/space/along-probe';
import { SPATIAL_FAMILIES, spatialFamily } from '../../lib/space/catalog';
import { laplacianOf } from '../../lib/space/graph-fourier';
import { ChannelGroupError, type Places, type Signals } from '../../lib/space/spatial-basis';

/** Output of `tests/fixtures/space.py`. */
const fixture = JSON.parse(readFileSync(join(__dirname, '..', 'fixtures', 'space.json'), 'utf8')) as {
  cosines: { channels: number; rows: number[][] }[];
  graph: { places: [number, number][]; laplacian: number[][]; vectors: number[][] };
  karhunen: { channels: number[][]; variances: number[] };
  prediction: Record<'channels' | 'mean' | 'median', number[][]>;
  several: { channels: number[][]; weights: number[] };
};

const signals = (rows: readonly number[][]): Float64Array[] => rows.map((row) => Float64Array.from(row));

/** Groups of 0 to 6 channels of integers: none, constant, at the rails, alike. */
const groups = fc
  .record({ channels: fc.nat(6), length: fc.nat(40), shared: fc.boolean() })
  .chain(({ channels, length, shared }) =>
    fc
      .array(
        fc.oneof(
          fc.array(fc.integer({ min: 0, max: 1023 }), { minLength: length, maxLength: length }),
          fc.constantFrom(0, 512, 1023).map((code) => new Array<number>(length).fill(code)),
        ),
        { minLength: channels, maxLength: channels },
      )
      .map((rows) =>
        signals(shared ? rows.map((row, c) => row.map((code, i) => code + c + (rows[0]![i] ?? 0))) : rows),
      ),
  );

const somePlaces = (count: number): fc.Arbitrary<Places> =>
  fc.oneof(
    fc.constant([]),
    fc.array(fc.record({ x: fc.integer({ min: -90, max: 90 }), y: fc.integer({ min: 0, max: 3000 }) }), {
      minLength: count,
      maxLength: count,
    }),
  );

const energy = (all: Signals): number =>
  all.reduce((sum, one) => sum + one.reduce((a, v) => a + v * v, 0), 0);

for (const family of SPATIAL_FAMILIES) {
  test(`${family.id} gives every group back, and components are ${family.kind === 'predictive' ? 'integers' : 'orthonormal'}`, () => {
    fc.assert(
      fc.property(
        groups.chain((channels) => fc.tuple(fc.constant(channels), somePlaces(channels.length))),
        fc.constantFrom(0, 4, 100),
        ([channels, places], step) => {
          const before = channels.map((channel) => channel.slice());
          const side = family.choose(channels, places, step);
          const basis = family.chosen(side, channels.length);
          const components = basis.analyze(channels);
          const back = basis.synthesize(components);
          assert.equal(basis.kind, family.kind);
          assert.equal(components.length, channels.length);
          assert.deepEqual(channels, before, 'what is analyzed stays as it is');
          if (family.kind === 'predictive') {
            for (const component of components) assert.ok(component.every(Number.isInteger));
            assert.deepEqual(back, channels);
          } else {
            back.forEach((channel, c) =>
              channel.forEach((v, i) => assert.ok(Math.abs(v - channels[c]![i]!) < 1e-8)),
            );
            assert.ok(Math.abs(energy(components) - energy(channels)) <= 1e-9 * (1 + energy(channels)));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test(`${family.id} refuses side information that it does not write, and nothing but that`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), fc.nat(5), (side, channels) => {
        try {
          family.chosen(side, channels);
        } catch (error) {
          assert.ok(error instanceof SideInformationError, String(error));
        }
      }),
      { numRuns: 200 },
    );
  });
}

test('cosines over channels are SciPy’s orthonormal DCT-II', () => {
  for (const { channels, rows } of fixture.cosines) {
    cosineRows(channels).forEach((value, i) =>
      assert.ok(Math.abs(value - rows[Math.floor(i / channels)]![i % channels]!) < 1e-14),
    );
  }
});

test('Haar’s functions of any number of channels are orthonormal, the first constant, all others without mean', () => {
  for (let n = 1; n <= 17; n++) {
    const rows = haarRows(n);
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        let product = 0;
        for (let i = 0; i < n; i++) product += rows[a * n + i]! * rows[b * n + i]!;
        assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 1e-12);
      }
    }
    assert.ok(rows.subarray(0, n).every((value) => Math.abs(value - Math.sqrt(1 / n)) < 1e-14));
  }
});

test('the Laplacian and its eigenvectors are NumPy’s, the smoothest first', () => {
  const { places, laplacian, vectors } = fixture.graph;
  laplacianOf(places.flat()).forEach((value, i) => assert.ok(Math.abs(value - laplacian.flat()[i]!) < 1e-12));
  const group = places.map((_, c) => Float64Array.from(places, (_, i) => (i === c ? 1 : 0)));
  const family = spatialFamily('graph');
  const rows = family
    .chosen(
      family.choose(
        group,
        places.map(([x, y]) => ({ x, y })),
        1,
      ),
      places.length,
    )
    .analyze(group);
  rows.forEach((row, k) => {
    const product = row.reduce((sum, value, c) => sum + value * vectors[k]![c]!, 0);
    assert.ok(Math.abs(Math.abs(product) - 1) < 1e-9, `eigenvector ${k}`);
  });
});

test('variances after the Karhunen–Loève transform are NumPy’s eigenvalues, but for the rounding of angles', () => {
  const channels = signals(fixture.karhunen.channels);
  const family = spatialFamily('klt');
  // A tiny step: every rotation that saves a hundredth of a bit is worth its bytes.
  const side = family.choose(channels, [], 0);
  const components = family.chosen(side, channels.length).analyze(channels);
  const variances = components.map((one) => {
    const mean = one.reduce((a, b) => a + b, 0) / one.length;
    return one.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (one.length - 1);
  });
  // A rounded angle leaks up to (π/256)² of a strong component into a weak one, so weak ones are compared by their bits.
  variances.slice(0, 3).forEach((variance, k) => {
    const expected = fixture.karhunen.variances[k]!;
    assert.ok(Math.abs(variance / expected - 1) < 0.01, `${variance} ${expected}`);
  });
  const log = (values: readonly number[]): number => values.reduce((sum, v) => sum + Math.log2(v), 0) / 2;
  const lost = log(variances) - log(fixture.karhunen.variances);
  assert.ok(lost >= -1e-9 && lost < 0.1, `${lost} bits a sample of all channels together`);
});

test('independent channels get no rotation and no byte', () => {
  const noise = Array.from({ length: 6 }, (_, c) =>
    Float64Array.from({ length: 2000 }, (_, i) => Math.sin(i * i * (c + 1.37) + c) * 50),
  );
  assert.equal(spatialFamily('klt').choose(noise, [], 4).length, 0);
  assert.equal(spatialFamily('several').choose(noise, [], 0).length, 0);
});

test('what is left after mean and median of the channels before is NumPy’s', () => {
  const channels = signals(fixture.prediction.channels);
  for (const id of ['mean', 'median'] as const) {
    const components = spatialFamily(id).chosen(new Uint8Array(0), channels.length).analyze(channels);
    assert.deepEqual(components, signals(fixture.prediction[id]));
  }
});

test('weights of several channels are those of least squares, and leave nothing of their sum', () => {
  const channels = signals(fixture.several.channels);
  const family = spatialFamily('several');
  const side = family.choose(channels, [], 1);
  const found = new Map<number, number>();
  // Channel 1 has a byte 0; then the number of sources, and distance and weight of each.
  assert.equal(side[0], 0);
  for (let i = 0; i < side[1]!; i++) found.set(side[2 + 2 * i]!, (side[3 + 2 * i]! << 24) >> 24);
  assert.deepEqual([found.get(2), found.get(1)], fixture.several.weights);
  const components = family.chosen(side, 3).analyze(channels);
  assert.ok(components[2]!.every((value) => value === 0));
});

test('the nearest neighbor is that of the places', () => {
  const places = [
    { x: 0, y: 0 },
    { x: 0, y: 100 },
    { x: 0, y: 10 },
  ];
  const side = spatialFamily('nearest').choose(
    [0, 1, 2].map(() => new Float64Array(4)),
    places,
    1,
  );
  assert.deepEqual([...side], [1, 1, 64, 1, 2, 64]);
});

test('a spatial basis of other channels, and channels of other lengths, are errors that say so', () => {
  const basis = spatialFamily('dct').chosen(new Uint8Array(0), 3);
  assert.throws(() => basis.analyze([new Float64Array(2)]), ChannelGroupError);
  assert.throws(() => basis.analyze([2, 3, 2].map((n) => new Float64Array(n))), /Channel 1 .* 3 samples/);
  assert.throws(() => spatialFamily('pca'), BasisParameterError);
});
