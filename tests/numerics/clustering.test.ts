import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { blockFeatures } from '../../lib/learning/transforms/block-features';
import {
  certainResponsibilities,
  expectation,
  fitMixture,
  mixtureOf,
} from '../../lib/numerics/gaussian-mixture';
import { ClusteringError, kMeans, spreadCenters } from '../../lib/numerics/k-means';
import { uniformNumbers } from '../../lib/numerics/random';
import { SAMPLE_RATE } from '../../lib/recordings/adc';
import { largestDifference } from '../kernels/fixtures';

/** Output of `tests/fixtures/learning-clustering.py`, computed by scikit-learn. */
const fixture = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'learning-clustering.json'), 'utf8'),
) as Record<
  | 'points'
  | 'initial'
  | 'centers'
  | 'labels'
  | 'initialWeights'
  | 'initialVariances'
  | 'weights'
  | 'means'
  | 'variances'
  | 'mixtureLabels'
  | 'probabilities',
  number[]
> &
  Record<'dimension' | 'inertia' | 'iterations' | 'logLikelihood', number>;
const { dimension } = fixture;
const points = Float64Array.from(fixture.points);
const initial = Float64Array.from(fixture.initial);

test('centers, labels and inertia are those of scikit-learn', () => {
  const { centers, labels, inertia } = kMeans(points, dimension, initial, 300);
  assert.ok(largestDifference(centers, Float64Array.from(fixture.centers)) < 1e-9);
  assert.deepEqual([...labels], fixture.labels);
  assert.ok(Math.abs(inertia.at(-1)! - fixture.inertia) < 1e-9 * fixture.inertia);
});

test('a mixture is that of scikit-learn after as many iterations', () => {
  const { mixture, labels, logLikelihood } = fitMixture(
    points,
    dimension,
    {
      weights: Float64Array.from(fixture.initialWeights),
      means: initial,
      variances: Float64Array.from(fixture.initialVariances),
    },
    0,
    fixture.iterations,
  );
  assert.ok(largestDifference(mixture.weights, Float64Array.from(fixture.weights)) < 1e-10);
  assert.ok(largestDifference(mixture.means, Float64Array.from(fixture.means)) < 1e-9);
  assert.ok(largestDifference(mixture.variances, Float64Array.from(fixture.variances)) < 1e-9);
  assert.ok(Math.abs(logLikelihood.at(-1)! - fixture.logLikelihood) < 1e-10);
  assert.deepEqual([...labels], fixture.mixtureLabels);
  const { responsibilities } = expectation(points, dimension, mixture);
  const { probabilities } = fixture;
  assert.ok(
    largestDifference(responsibilities.subarray(0, probabilities.length), Float64Array.from(probabilities)) <
      1e-9,
  );
});

const clouds = fc.record({
  dimension: fc.integer({ min: 1, max: 4 }),
  count: fc.integer({ min: 1, max: 60 }),
  clusters: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(10_000),
});

test('inertia never rises, and the likelihood of a mixture never falls, whatever the floor', () => {
  fc.assert(
    fc.property(
      clouds,
      fc.constantFrom(1e-6, 0.01, 0.5),
      ({ dimension: size, count, clusters, seed }, floor) => {
        const next = uniformNumbers(seed);
        // Coarse numbers, so that points coincide and centers lose theirs.
        const cloud = new Float64Array(size * count).map(() => Math.round(6 * next() ** 2) / 2);
        const { labels, inertia } = kMeans(cloud, size, spreadCenters(cloud, size, clusters, next), 30);
        inertia.forEach((value, i) => assert.ok(i === 0 || value <= inertia[i - 1]! + 1e-9));
        const start = mixtureOf(cloud, size, certainResponsibilities(labels, clusters), floor);
        const { mixture, logLikelihood } = fitMixture(cloud, size, start, floor, 20);
        logLikelihood.forEach((value, i) => {
          assert.ok(
            i === 0 || value >= logLikelihood[i - 1]! - 1e-9,
            `${value} after ${logLikelihood[i - 1]}`,
          );
        });
        assert.ok(mixture.variances.every((value) => value >= floor));
        assert.ok(Math.abs(mixture.weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9);
      },
    ),
  );
});

test('the same seed spreads the same centers, each a point', () => {
  const spread = spreadCenters(points, dimension, 4, uniformNumbers(1));
  assert.deepEqual(spread, spreadCenters(points, dimension, 4, uniformNumbers(1)));
  const rows = new Set(
    Array.from({ length: points.length / dimension }, (_, i) =>
      points.subarray(i * dimension, (i + 1) * dimension).join(),
    ),
  );
  for (let k = 0; k < 4; k++) {
    assert.ok(rows.has(spread.subarray(k * dimension, (k + 1) * dimension).join()));
  }
});

test('what are no points is refused', () => {
  assert.throws(() => kMeans(new Float64Array(5), 2, new Float64Array(2), 3), ClusteringError);
  assert.throws(() => spreadCenters(new Float64Array(0), 2, 1, uniformNumbers(1)), ClusteringError);
  assert.throws(() => mixtureOf(new Float64Array(4), 2, new Float64Array(3), 0), ClusteringError);
});

test('features do not depend on the level of a block, but on its spectrum and on spikes', () => {
  const length = 64;
  const next = uniformNumbers(2);
  const noise = new Float64Array(length).map(() => 40 * (next() - 0.5));
  const spiked = noise.map((value, i) => value + (i === 30 ? 300 : 0));
  const slow = noise.map((_, i) => 40 * Math.cos(i / 30));
  const { values, dimension: size } = blockFeatures(
    Float64Array.of(...noise, ...noise.map((value) => 7 * value), ...spiked, ...slow),
    length,
    SAMPLE_RATE,
  );
  const of = (block: number): Float64Array => values.subarray(block * size, (block + 1) * size);
  assert.ok(largestDifference(of(0), of(1)) < 1e-3);
  assert.ok(of(2).at(-1)! > of(0).at(-1)! + 1);
  assert.ok(largestDifference(of(0), of(3)) > 1);
});

test('more centers than labels can name, and points that are no numbers, are refused', () => {
  const many = new Float64Array(257).map((_, i) => i);
  assert.throws(() => kMeans(many, 1, many, 3), /257 centers.*256/);
  assert.deepEqual(
    [...kMeans(many, 1, many.subarray(0, 256), 0).labels.subarray(250, 256)],
    [250, 251, 252, 253, 254, 255],
  );
  const mixture = { weights: many.map(() => 1 / 257), means: many, variances: many.map(() => 1) };
  assert.throws(() => fitMixture(many, 1, mixture, 0.1, 1), ClusteringError);
  const holed = Float64Array.of(1, NaN, 3);
  assert.throws(() => kMeans(holed, 1, Float64Array.of(0, 2), 3), /must be finite/);
  const two = {
    weights: Float64Array.of(0.5, 0.5),
    means: Float64Array.of(0, 2),
    variances: Float64Array.of(1, 1),
  };
  assert.throws(() => fitMixture(holed, 1, two, 0.1, 1), /must be finite/);
});
