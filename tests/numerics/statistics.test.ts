import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bootstrapInterval,
  median,
  pairedDifference,
  quantile,
  quantileOfSorted,
} from '../../lib/numerics/statistics';
import type { Interval } from '../../lib/numerics/statistics';

type Measured = readonly [first: number, second: number];
const fixture = JSON.parse(readFileSync('tests/fixtures/metrics-statistics.json', 'utf8')) as {
  quantiles: { values: number[]; fractions: number[]; quantiles: number[] }[];
  groups: Measured[][];
  mean: [number, number];
  median: [number, number];
  difference: [number, number];
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Two bootstraps with different random numbers agree to a twentieth of the interval. */
function assertInterval(interval: Interval | null, [lower, upper]: readonly [number, number]): void {
  const tolerance = (upper - lower) / 20;
  assert.ok(interval);
  assert.ok(Math.abs(interval.lower - lower) < tolerance, `${interval.lower} is not near ${lower}`);
  assert.ok(Math.abs(interval.upper - upper) < tolerance, `${interval.upper} is not near ${upper}`);
  assert.ok(interval.lower < interval.estimate && interval.estimate < interval.upper);
}

test("Quantiles are NumPy's.", () => {
  for (const { values, fractions, quantiles } of fixture.quantiles) {
    fractions.forEach((fraction, i) => {
      assert.ok(Math.abs(quantile(values, fraction)! - quantiles[i]!) < 1e-12);
    });
    assert.equal(median(values), quantile(values, 0.5));
  }
});

test('There is no quantile of nothing, and infinities are values like others.', () => {
  assert.equal(quantile([], 0.5), null);
  assert.equal(median([3, Infinity, 5]), 5);
  assert.equal(median([Infinity, Infinity]), Infinity);
  assert.equal(median([3, Infinity]), Infinity);
  assert.equal(quantileOfSorted(Float64Array.of(-Infinity, 2), 0.9), 2);
  assert.equal(quantileOfSorted(Float64Array.of(1, 2, Infinity), 0.5), 2);
});

test('Quantiles rise with the fraction, from the least value to the greatest.', () => {
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), fraction, fraction, (values, a, b) => {
      assert.ok(quantile(values, Math.min(a, b))! <= quantile(values, Math.max(a, b))!);
      assert.equal(quantile(values, 0), Math.min(...values));
      assert.equal(quantile(values, 1), Math.max(...values));
    }),
  );
});

test('The cluster bootstrap has the intervals that NumPy finds with other random numbers.', () => {
  const { groups } = fixture;
  const options = { replicates: 8000 };
  const meanOfFirst = (drawn: readonly Measured[]): number => mean(drawn.map(([first]) => first));
  const meanOfSecond = (drawn: readonly Measured[]): number => mean(drawn.map(([, second]) => second));
  assertInterval(bootstrapInterval(groups, meanOfFirst, options), fixture.mean);
  assertInterval(
    bootstrapInterval(groups, (drawn) => median(drawn.map(([first]) => first)), options),
    fixture.median,
  );
  const paired = pairedDifference(groups, meanOfFirst, meanOfSecond, options);
  assertInterval(paired, fixture.difference);
  // Paired, the spread between recordings cancels.
  assert.ok(paired!.upper - paired!.lower < (fixture.mean[1] - fixture.mean[0]) / 3);
});

test('A seed fixes the interval, and another one moves it.', () => {
  const measure = (seed: number): Interval | null =>
    bootstrapInterval(fixture.groups, (drawn) => mean(drawn.map(([first]) => first)), {
      seed,
      replicates: 200,
    });
  assert.deepEqual(measure(7), measure(7));
  assert.notDeepEqual(measure(7), measure(8));
});

test('Whole groups are drawn, as many as there are.', () => {
  const groups = [['a', 'b'], ['c'], ['d', 'e', 'f']];
  const whole = new Set(groups.map((group) => group.join('')));
  let drawings = 0;
  bootstrapInterval(
    groups,
    (drawn) => {
      let rest = drawn.join('');
      let count = 0;
      while (rest.length > 0) {
        const group = [...whole].find((letters) => rest.startsWith(letters));
        assert.ok(group, `${rest} does not begin with a whole group`);
        rest = rest.slice(group.length);
        count++;
      }
      assert.equal(count, groups.length);
      drawings++;
      return 0;
    },
    { replicates: 50 },
  );
  assert.equal(drawings, 51);
});

test('Of recordings that all measure the same the interval is that one value.', () => {
  assert.deepEqual(
    bootstrapInterval([[4], [4, 4]], (drawn) => mean(drawn)),
    { estimate: 4, lower: 4, upper: 4 },
  );
});

test('A statistic that the corpus does not have has no interval; one that few draws lack has.', () => {
  assert.equal(
    bootstrapInterval([[1]], () => null),
    null,
  );
  const onlyWithSpikes = (drawn: readonly number[]): number | null =>
    median(drawn.filter((value) => value > 0));
  assert.equal(bootstrapInterval([[0], [0]], onlyWithSpikes), null);
  assert.deepEqual(bootstrapInterval([[0], [0], [5]], onlyWithSpikes), { estimate: 5, lower: 5, upper: 5 });
  assert.equal(
    pairedDifference(
      [[1]],
      () => 1,
      () => null,
    ),
    null,
  );
});
