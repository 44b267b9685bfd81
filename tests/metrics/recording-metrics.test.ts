import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { NEURALINK_ELECTRODE } from '../../lib/recordings/adc';
import { binnedPower, correlation } from '../../lib/metrics/band-power';
import { LengthMismatchError } from '../../lib/metrics/distortion';
import { medianAbsoluteDeviation, medianInPlace, selectRank } from '../../lib/numerics/median';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import {
  amplitudeCorrelation,
  amplitudeSums,
  countMatches,
  downwardCrossings,
  energyOver,
  matchSpikes,
  spikePeaks,
  spikeScores,
  spikeStretches,
  squaredErrorOver,
  thresholdCrossings,
  type SpikeCounts,
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
      railFraction: number;
      spikes: SpikeCounts;
      ownThresholdSpikes: SpikeCounts;
      amplitudeCorrelation: number;
      amplitudeSquares: number;
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
    const metrics = createRecordingMetrics(Uint16Array.from(original), NEURALINK_ELECTRODE);
    const comparison = metrics.compare(Uint16Array.from(decoded));
    assertNear(metrics.variance, expected.variance, 'variance');
    assertNear(metrics.inBandVariance, expected.inBandVariance, 'in-band variance');
    assertNear(metrics.threshold, expected.threshold, 'threshold');
    assert.deepEqual([...metrics.crossings], expected.crossings);
    assertNear(metrics.spikeWaveformEnergy, expected.spikeWaveformEnergy, 'waveform energy');
    assert.equal(comparison.samples, original.length);
    assert.equal(comparison.squaredError, expected.squaredError);
    assertNear(comparison.inBandSquaredError, expected.inBandSquaredError, 'in-band error');
    assert.equal(metrics.railFraction, expected.railFraction);
    assert.deepEqual(comparison.spikes, expected.spikes);
    assert.deepEqual(comparison.ownThresholdSpikes, expected.ownThresholdSpikes);
    const { spikeAmplitudes } = comparison;
    assertNear(amplitudeCorrelation(spikeAmplitudes)!, expected.amplitudeCorrelation, 'amplitudes');
    assertNear(spikeAmplitudes.original, expected.amplitudeSquares, 'squares of amplitudes');
    assertNear(comparison.spikeWaveformSquaredError, expected.spikeWaveformSquaredError, 'waveform error');
    if (expected.spikeBandPowerCorrelation === null) {
      assert.equal(comparison.spikeBandPowerCorrelation, null);
    } else {
      assertNear(comparison.spikeBandPowerCorrelation!, expected.spikeBandPowerCorrelation, 'correlation');
    }
  }
});

test('Positive spikes count as negative ones do, and a recording at the rails is known by its samples.', () => {
  const [positive, , saturated] = fixture.cases.slice(-3);
  const mirrored = Uint16Array.from(positive!.original, (code) => 1023 - code);
  const metrics = createRecordingMetrics(Uint16Array.from(positive!.original), NEURALINK_ELECTRODE);
  assert.ok(metrics.crossings.length > 30);
  assert.deepEqual(createRecordingMetrics(mirrored, NEURALINK_ELECTRODE).crossings, metrics.crossings);
  // Who counts downward crossings alone finds those few whose second phase is deep enough.
  const downward = downwardCrossings(metrics.inBand, metrics.threshold, 20);
  assert.ok(downward.length < metrics.crossings.length / 2);
  const { railFraction, crossings, clusters } = createRecordingMetrics(
    Uint16Array.from(saturated!.original),
    NEURALINK_ELECTRODE,
  );
  assert.ok(railFraction > 0.4 && crossings.length > 100);
  assert.equal(clusters, 0, 'edges of rails are not sorted');
});

test('A background that has fallen silent makes the threshold of the decoded signal fall, and what is left cross it.', () => {
  const { original } = fixture.cases[1]!;
  const metrics = createRecordingMetrics(Uint16Array.from(original), NEURALINK_ELECTRODE);
  const mean = Math.round(original.reduce((sum, code) => sum + code, 0) / original.length);
  // Spikes are kept as they are, little of the rest.
  const near = (i: number): boolean => metrics.crossings.some((at) => i > at - 12 && i < at + 22);
  const decoded = Uint16Array.from(original, (code, i) =>
    near(i) ? code : Math.round(mean + 0.15 * (code - mean)),
  );
  const { spikes, ownThresholdSpikes } = metrics.compare(decoded);
  assert.ok(spikeScores(spikes).f1! > 0.9);
  assert.ok(spikeScores(ownThresholdSpikes).f1! < 0.7);
});

test('A lossless copy has no error, keeps every spike and all of the band power.', () => {
  const { original, metrics: expected } = fixture.cases[0]!;
  const codes = Uint16Array.from(original);
  const comparison = createRecordingMetrics(codes, NEURALINK_ELECTRODE).compare(codes.slice());
  assert.deepEqual(
    { ...comparison, spikeBandPowerCorrelation: undefined, spikeAmplitudes: undefined },
    {
      samples: codes.length,
      squaredError: 0,
      inBandSquaredError: 0,
      spikes: { matched: expected.crossings.length, missed: 0, spurious: 0 },
      ownThresholdSpikes: { matched: expected.crossings.length, missed: 0, spurious: 0 },
      spikeAmplitudes: undefined,
      spikeWaveformSquaredError: 0,
      spikeBandPowerCorrelation: undefined,
      sorting: null,
    },
  );
  assert.equal(amplitudeCorrelation(comparison.spikeAmplitudes), 1);
  assertNear(comparison.spikeBandPowerCorrelation!, 1, 'correlation');
});

test('A decoded constant keeps no spike and none of the band power, and its error is the variance.', () => {
  const codes = Uint16Array.from(fixture.cases[0]!.original);
  const metrics = createRecordingMetrics(codes, NEURALINK_ELECTRODE);
  const comparison = metrics.compare(new Uint16Array(codes.length).fill(512));
  assert.deepEqual(comparison.spikes, { matched: 0, missed: metrics.crossings.length, spurious: 0 });
  assert.deepEqual(comparison.ownThresholdSpikes, comparison.spikes);
  assert.equal(amplitudeCorrelation(comparison.spikeAmplitudes), 0);
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
        const metrics = createRecordingMetrics(codes, NEURALINK_ELECTRODE);
        assert.equal(metrics.variance, 0);
        assert.ok(metrics.inBandVariance < 1e-18);
        assert.ok(metrics.threshold > 0);
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
  const metrics = createRecordingMetrics(codes, NEURALINK_ELECTRODE);
  assert.ok(metrics.threshold > 0.5);
  for (const crossing of metrics.crossings) assert.ok(crossing < 1700);
});

test('What was compared before does not change a comparison.', () => {
  const { original, decoded } = fixture.cases[1]!;
  const metrics = createRecordingMetrics(Uint16Array.from(original), NEURALINK_ELECTRODE);
  const first = metrics.compare(Uint16Array.from(decoded));
  metrics.compare(new Uint16Array(original.length).map((_, i) => (i * 37) % 1024));
  assert.deepEqual(metrics.compare(Uint16Array.from(decoded)), first);
});

test('A decoded signal of another length is refused by name.', () => {
  const metrics = createRecordingMetrics(new Uint16Array(10), NEURALINK_ELECTRODE);
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

test('Crossings are of either polarity and at least the dead time apart.', () => {
  const signal = Float64Array.of(-9, -9, 0, -9, -9, 0, -9, 0, 0, 0, -9);
  assert.deepEqual([...thresholdCrossings(signal, 4, 1)], [3, 6, 10]);
  assert.deepEqual([...thresholdCrossings(signal, 4, 4)], [3, 10]);
  assert.deepEqual([...thresholdCrossings(signal, 9, 1)], []);
  assert.deepEqual([...thresholdCrossings(new Float64Array(0), 4, 4)], []);
  // A spike of two phases is one, whichever comes first.
  const biphasic = Float64Array.of(0, 5, 0, -9, 0, 0, 0, 0, 0, -9, 0, 5, 0);
  assert.deepEqual([...thresholdCrossings(biphasic, 4, 6)], [1, 9]);
  assert.deepEqual([...spikePeaks(biphasic, Int32Array.of(1, 9), 6)], [3, 9]);
});

test('Crossings do not depend on the sign of the signal, and are the downward ones where it has no other.', () => {
  const signals = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 60 });
  fc.assert(
    fc.property(
      signals,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 9 }),
      (values, level, dead) => {
        const signal = Float64Array.from(values);
        const crossings = thresholdCrossings(signal, level, dead);
        assert.deepEqual(
          thresholdCrossings(
            signal.map((value) => -value),
            level,
            dead,
          ),
          crossings,
        );
        for (let k = 0; k < crossings.length; k++) {
          const at = crossings[k]!;
          assert.ok(Math.abs(signal[at]!) > level && Math.abs(signal[at - 1]!) <= level);
          assert.ok(k === 0 || at - crossings[k - 1]! >= dead);
        }
        const negative = signal.map((value) => Math.min(value, 0));
        assert.deepEqual(downwardCrossings(negative, level, dead), thresholdCrossings(negative, level, dead));
        for (const [k, peak] of spikePeaks(signal, crossings, dead).entries()) {
          const window = signal.subarray(crossings[k]!, crossings[k]! + dead);
          assert.equal(Math.abs(signal[peak]!), Math.max(...window.map(Math.abs)));
        }
      },
    ),
  );
});

test('The correlation of amplitudes knows no gain, and does not mix recordings.', () => {
  const signals = fc.array(fc.integer({ min: -90, max: 90 }), { minLength: 40, maxLength: 80 });
  fc.assert(
    fc.property(signals, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, gain) => {
      const signal = Float64Array.from(values, (value, i) => (i % 20 === 10 ? value : 0));
      const peaks = Int32Array.from(
        { length: Math.floor((values.length - 11) / 20) + 1 },
        (_, k) => 20 * k + 10,
      );
      const sums = amplitudeSums(
        peaks,
        signal,
        signal.map((value) => gain * value),
        9,
        5,
      );
      const correlation = amplitudeCorrelation(sums);
      const varies = new Set(Array.from(peaks, (at) => Math.abs(signal[at]!))).size > 1;
      if (varies) assertNear(correlation!, 1, 'scaled');
      else assert.equal(correlation, null);
      // Another recording, all of whose spikes are as large: it has nothing to say, however loud it is.
      const steady = amplitudeSums(
        peaks,
        new Float64Array(80).fill(1e3),
        new Float64Array(80).fill(-10),
        9,
        5,
      );
      assert.deepEqual(steady, { original: 0, decoded: 0, products: 0 });
    }),
  );
  assert.equal(amplitudeCorrelation({ original: 4, decoded: 0, products: 0 }), 0);
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
      const partners = matchSpikes(Int32Array.from(original), Int32Array.from(decoded), tolerance);
      const counts = countMatches(partners, decoded.length);
      const pairs = [...partners].flatMap((partner, i) =>
        partner < 0 ? [] : [[original[i]!, decoded[partner]!]],
      );
      for (const [a, b] of pairs) assert.ok(Math.abs(a! - b!) <= tolerance);
      assert.equal(new Set(pairs.map(([, b]) => b)).size, pairs.length);
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
