import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { binnedPower, correlation } from '../../lib/metrics/band-power';
import { LengthMismatchError } from '../../lib/metrics/distortion';
import { medianAbsoluteDeviation, medianInPlace, selectRank } from '../../lib/numerics/median';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import {
  energyOver,
  matchSpikes,
  spikeScores,
  spikeStretches,
  squaredErrorOver,
  thresholdCrossings,
} from '../../lib/metrics/spikes';

interface Fixture {
  cases: {
    original: number[];
    decoded: number[];
    metrics: {
      variance: number;
      inBandVariance: number;
      threshold: number;
      crossings: number[];
      squaredError: number;
      inBandSquaredError: number;
      matched: number;
      missed: number;
      spurious: number;
      spikeWaveformEnergy: number;
      spikeWaveformSquaredError: number;
      spikeBandPowerCorrelation: number | null;
    };
  }[];
  deviations: { values: number[]; median: number; deviation: number }[];
}
const fixture = JSON.parse(readFileSync('tests/fixtures/metrics-recordings.json', 'utf8')) as Fixture;

function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${what}: ${actual}, not ${expected}`);
}

const codesOf = (min: number, max: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min, max }), { maxLength: 400 });

test('A decoded recording has the metrics that NumPy and SciPy give.', () => {
  for (const { original, decoded, metrics: expected } of fixture.cases) {
    const metrics = createRecordingMetrics(Uint16Array.from(original));
    const comparison = metrics.compare(Uint16Array.from(decoded));
    assertNear(metrics.variance, expected.variance, 'variance');
    assertNear(metrics.inBandVariance, expected.inBandVariance, 'in-band variance');
    assertNear(metrics.threshold, expected.threshold, 'threshold');
    assert.deepEqual([...metrics.crossings], expected.crossings);
    assertNear(metrics.spikeWaveformEnergy, expected.spikeWaveformEnergy, 'waveform energy');
    assert.equal(comparison.samples, original.length);
    assert.equal(comparison.squaredError, expected.squaredError);
    assertNear(comparison.inBandSquaredError, expected.inBandSquaredError, 'in-band error');
    const { matched, missed, spurious } = expected;
    assert.deepEqual(comparison.spikes, { matched, missed, spurious });
    assertNear(comparison.spikeWaveformSquaredError, expected.spikeWaveformSquaredError, 'waveform error');
    if (expected.spikeBandPowerCorrelation === null) {
      assert.equal(comparison.spikeBandPowerCorrelation, null);
    } else {
      assertNear(comparison.spikeBandPowerCorrelation!, expected.spikeBandPowerCorrelation, 'correlation');
    }
  }
});

test('A lossless copy has no error, keeps every spike and all of the band power.', () => {
  const { original, metrics: expected } = fixture.cases[0]!;
  const codes = Uint16Array.from(original);
  const comparison = createRecordingMetrics(codes).compare(codes.slice());
  assert.deepEqual(
    { ...comparison, spikeBandPowerCorrelation: undefined },
    {
      samples: codes.length,
      squaredError: 0,
      inBandSquaredError: 0,
      spikes: { matched: expected.crossings.length, missed: 0, spurious: 0 },
      spikeWaveformSquaredError: 0,
      spikeBandPowerCorrelation: undefined,
    },
  );
  assertNear(comparison.spikeBandPowerCorrelation!, 1, 'correlation');
});

test('A decoded constant keeps no spike and none of the band power, and its error is the variance.', () => {
  const codes = Uint16Array.from(fixture.cases[0]!.original);
  const metrics = createRecordingMetrics(codes);
  const comparison = metrics.compare(new Uint16Array(codes.length).fill(512));
  assert.deepEqual(comparison.spikes, { matched: 0, missed: metrics.crossings.length, spurious: 0 });
  assert.equal(comparison.spikeBandPowerCorrelation, 0);
  assertNear(comparison.spikeWaveformSquaredError, metrics.spikeWaveformEnergy, 'waveform error');
  const inBandError = comparison.inBandSquaredError / codes.length;
  assert.ok(Math.abs(inBandError / metrics.inBandVariance - 1) < 1e-3);
});

test('A recording of constant codes, of one sample or of none has no spikes and nothing to correlate.', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1023 }),
      fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1000, max: 6000 })),
      (code, samples) => {
        const codes = new Uint16Array(samples).fill(code);
        const metrics = createRecordingMetrics(codes);
        assert.equal(metrics.variance, 0);
        assert.ok(metrics.inBandVariance < 1e-18);
        assert.ok(metrics.threshold < 0);
        assert.equal(metrics.crossings.length, 0);
        assert.equal(metrics.spikeWaveformEnergy, 0);
        const comparison = metrics.compare(codes);
        assert.equal(comparison.squaredError, 0);
        assert.equal(comparison.inBandSquaredError, 0);
        assert.deepEqual(comparison.spikes, { matched: 0, missed: 0, spurious: 0 });
        assert.equal(comparison.spikeBandPowerCorrelation, null);
      },
    ),
    { numRuns: 40 },
  );
});

// The step onto the rail itself rings in the band for some hundred samples.
test('A recording at the rail for most of its samples has a threshold above the rounding errors.', () => {
  const codes = Uint16Array.from(fixture.cases[0]!.original);
  codes.fill(0, 1500);
  const metrics = createRecordingMetrics(codes);
  assert.ok(metrics.threshold < -0.5);
  for (const crossing of metrics.crossings) assert.ok(crossing < 1700);
});

test('What was compared before does not change a comparison.', () => {
  const { original, decoded } = fixture.cases[1]!;
  const metrics = createRecordingMetrics(Uint16Array.from(original));
  const first = metrics.compare(Uint16Array.from(decoded));
  metrics.compare(new Uint16Array(original.length).map((_, i) => (i * 37) % 1024));
  assert.deepEqual(metrics.compare(Uint16Array.from(decoded)), first);
});

test('A decoded signal of another length is refused by name.', () => {
  const metrics = createRecordingMetrics(new Uint16Array(10));
  assert.throws(() => metrics.compare(new Uint16Array(9)), LengthMismatchError);
});

test('The median and the median absolute deviation are those of NumPy and SciPy.', () => {
  for (const { values, median, deviation } of fixture.deviations) {
    const array = Float64Array.from(values);
    assertNear(medianAbsoluteDeviation(array, new Float64Array(values.length + 3)), deviation, 'deviation');
    assert.deepEqual([...array], values);
    assertNear(medianInPlace(array), median, 'median');
  }
  assert.equal(medianInPlace(new Float64Array(0)), NaN);
});

test('Selecting a rank gives what sorting gives, and parts the array about it.', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), fc.nat(), (values, seed) => {
      const rank = seed % values.length;
      const array = Float64Array.from(values);
      const sorted = Float64Array.from(values).sort();
      assert.equal(selectRank(array, rank), sorted[rank]);
      for (let i = 0; i < array.length; i++) {
        assert.ok(i < rank ? array[i]! <= array[rank]! : array[i]! >= array[rank]!);
      }
      assert.deepEqual(array.sort(), sorted);
    }),
  );
});

test('Crossings are downward and at least the dead time apart.', () => {
  const signal = Float64Array.of(-9, -9, 0, -9, -9, 0, -9, 0, 0, 0, -9);
  assert.deepEqual([...thresholdCrossings(signal, -4, 1)], [3, 6, 10]);
  assert.deepEqual([...thresholdCrossings(signal, -4, 4)], [3, 10]);
  assert.deepEqual([...thresholdCrossings(signal, -9, 1)], []);
  assert.deepEqual([...thresholdCrossings(new Float64Array(0), -4, 4)], []);
});

/** Size of the largest one-to-one matching, by augmenting paths. */
function largestMatching(original: readonly number[], decoded: readonly number[], tolerance: number): number {
  const partner = new Map<number, number>();
  const augment = (i: number, visited: Set<number>): boolean =>
    decoded.some((position, j) => {
      if (Math.abs(position - original[i]!) > tolerance || visited.has(j)) return false;
      visited.add(j);
      const rival = partner.get(j);
      if (rival !== undefined && !augment(rival, visited)) return false;
      partner.set(j, i);
      return true;
    });
  return original.filter((_, i) => augment(i, new Set())).length;
}

test('Matching spikes finds as many pairs as any one-to-one matching can have.', () => {
  const times = fc
    .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 15 })
    .map((array) => array.sort((a, b) => a - b));
  fc.assert(
    fc.property(times, times, fc.integer({ min: 0, max: 9 }), (original, decoded, tolerance) => {
      const counts = matchSpikes(Int32Array.from(original), Int32Array.from(decoded), tolerance);
      assert.equal(counts.matched, largestMatching(original, decoded, tolerance));
      assert.equal(counts.matched + counts.missed, original.length);
      assert.equal(counts.matched + counts.spurious, decoded.length);
    }),
  );
});

test('Precision, recall and F1 are fractions of the counts, or null where nothing was counted.', () => {
  assert.deepEqual(spikeScores({ matched: 6, missed: 2, spurious: 4 }), {
    precision: 0.6,
    recall: 0.75,
    f1: 12 / 18,
  });
  assert.deepEqual(spikeScores({ matched: 0, missed: 0, spurious: 0 }), {
    precision: null,
    recall: null,
    f1: null,
  });
  assert.deepEqual(spikeScores({ matched: 0, missed: 3, spurious: 0 }), {
    precision: null,
    recall: 0,
    f1: 0,
  });
});

test('Every sample within some window about a crossing counts once.', () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 12 });
  fc.assert(
    fc.property(
      times,
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 7, max: 20 }),
      (set, lead, window) => {
        const crossings = Int32Array.from(set).sort();
        const stretches = spikeStretches(crossings, lead, window, 100);
        const signal = Float64Array.from({ length: 100 }, (_, i) => i + 1);
        let energy = 0;
        signal.forEach((value, i) => {
          if (set.some((crossing) => i >= crossing - lead && i < crossing - lead + window))
            energy += value * value;
        });
        assert.equal(energyOver(stretches, signal), energy);
        assert.equal(squaredErrorOver(stretches, signal, new Float64Array(100)), energy);
      },
    ),
  );
});

test('Bins of a fractional length do not drift, and a bin that is not full is left out.', () => {
  const signal = Float64Array.from({ length: 11 }, (_, i) => Math.sqrt(i));
  assert.deepEqual(
    [...binnedPower(signal, 2.5)].map((value) => Math.round(value * 1e6) / 1e6),
    [1, 3.5, 6, 8.5],
  );
  assert.equal(binnedPower(signal.subarray(0, 2), 2.6).length, 0);
  assert.equal(binnedPower(new Float64Array(0), 2.5).length, 0);
});

test('Correlation is 1 of a series with its scaled self, −1 with its negative, and has no unit.', () => {
  fc.assert(
    fc.property(codesOf(0, 1023), fc.double({ min: 0.01, max: 100, noNaN: true }), (values, scale) => {
      const series = Float64Array.from(values);
      if (new Set(values).size < 2) {
        assert.equal(correlation(series, series, 0), null);
        return;
      }
      assertNear(
        correlation(
          series,
          series.map((value) => scale * value - 7),
          0,
        )!,
        1,
        'scaled',
      );
      assertNear(
        correlation(
          series,
          series.map((value) => -scale * value),
          0,
        )!,
        -1,
        'negated',
      );
      assert.equal(correlation(series, new Float64Array(values.length).fill(3), 0), 0);
    }),
  );
});
