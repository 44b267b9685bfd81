import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  codingGain,
  coefficientsHolding,
  countNonzero,
  energyCompaction,
  giniIndex,
  rankEnergies,
  subbandVariances,
} from '../../lib/metrics/sparsity';

interface Fixture {
  cases: {
    values: number[];
    gini: number;
    holding99: number;
    holding999: number;
    shares: number[];
    compaction: number[];
  }[];
  codingGain: {
    variances: number[];
    sizes: number[];
    gain: number;
    energies: number[];
    signalVariance: number;
    corrected: number;
  };
}
const fixture = JSON.parse(readFileSync('tests/fixtures/metrics-sparsity.json', 'utf8')) as Fixture;

function assertClose(actual: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

test('Gini index, energy compaction and coefficient counts are those of their definitions.', () => {
  for (const { values, gini, holding99, holding999, shares, compaction } of fixture.cases) {
    const ranking = rankEnergies(Float64Array.from(values));
    assertClose(giniIndex(ranking)!, gini);
    assert.equal(coefficientsHolding(ranking, 0.99), holding99);
    assert.equal(coefficientsHolding(ranking, 0.999), holding999);
    energyCompaction(ranking, Float64Array.from(shares)).forEach((share, i) =>
      assertClose(share, compaction[i]!),
    );
  }
});

test('The Gini index is 0 of equal magnitudes, 1 − 1/N of a single one, and blind to scale and order.', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1 }), (values) => {
      const { length } = values;
      const single = new Float64Array(length);
      single[length - 1] = -3;
      assertClose(giniIndex(rankEnergies(single))!, 1 - 1 / length);
      assertClose(giniIndex(rankEnergies(new Float64Array(length).fill(5)))!, 0);
      const gini = giniIndex(rankEnergies(Float64Array.from(values)));
      const scaled = giniIndex(rankEnergies(Float64Array.from(values, (value) => -7 * value).reverse()));
      if (gini === null) assert.equal(scaled, null);
      else assertClose(gini, scaled!);
    }),
  );
});

test('No energy is held by no coefficients and has no Gini index.', () => {
  for (const length of [0, 4]) {
    const ranking = rankEnergies(new Float64Array(length));
    assert.equal(ranking.total, 0);
    assert.equal(coefficientsHolding(ranking, 0.99), 0);
    assert.equal(giniIndex(ranking), null);
    assert.deepEqual([...energyCompaction(ranking, Float64Array.of(0, 0.5, 1))], [0, 0, 0]);
  }
});

test('The number of nonzero coefficients is counted.', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -2, max: 2 })), (values) => {
      assert.equal(countNonzero(Int32Array.from(values)), values.filter((value) => value !== 0).length);
    }),
  );
});

test('Subband variances are mean energies over the layout.', () => {
  const layout = {
    signalLength: 6,
    coefficientCount: 6,
    hop: 4,
    subbands: [
      { offset: 0, length: 2, timeStep: 4 },
      { offset: 2, length: 0, timeStep: 4 },
      { offset: 2, length: 4, timeStep: 2 },
    ],
  };
  assert.deepEqual([...subbandVariances(Float64Array.of(3, -1, 2, 2, 0, 0), layout)], [5, 0, 2]);
});

test('The coding gain is arithmetic over geometric mean, and Katto and Yasuda’s for other bases.', () => {
  const { variances, sizes, gain, energies, signalVariance, corrected } = fixture.codingGain;
  const array = Float64Array.from(variances);
  assertClose(codingGain(array, sizes)!, gain);
  assertClose(codingGain(array, sizes, { energies, signalVariance })!, corrected);
});

test('Equal variances have no coding gain, unequal ones do; a dead subband makes it infinite.', () => {
  assertClose(codingGain(Float64Array.of(3, 3), [7, 9])!, 0);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1 }), (variances) => {
      const sizes = variances.map((_, k) => k + 1);
      assert.ok(codingGain(Float64Array.from(variances), sizes)! >= -1e-9);
    }),
  );
  assert.equal(codingGain(Float64Array.of(3, 0), [7, 9]), Infinity);
  assertClose(codingGain(Float64Array.of(3, 0), [7, 0])!, 0);
  assert.equal(codingGain(Float64Array.of(0, 0), [7, 9]), null);
  assert.equal(codingGain(new Float64Array(0), []), null);
});
