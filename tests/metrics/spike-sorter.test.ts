import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { adjustedRandIndex, LabelCountError } from '../../lib/metrics/adjusted-rand';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import { cutWaveforms, learnClusters, peaksBetweenSamples } from '../../lib/metrics/spike-sorter';
import { spikePeaks, spikeTimes } from '../../lib/metrics/spikes';
import { NEURALINK_ELECTRODE, SAMPLE_RATE } from '../../lib/recordings/adc';

interface Fixture {
  readonly cases: readonly {
    readonly codes: readonly number[];
    readonly crossings: readonly number[];
    /** The cell that each spike is of. */
    readonly cells: readonly number[];
    /** Number of clusters found by scikit-learn. */
    readonly clusters: number;
    readonly labels: readonly number[];
  }[];
  readonly partitions: readonly {
    readonly first: readonly number[];
    readonly second: readonly number[];
    readonly index: number;
  }[];
}
const { lead: LEAD, window: WINDOW } = spikeTimes(SAMPLE_RATE);
const fixture = JSON.parse(readFileSync('tests/fixtures/metrics-sorter.json', 'utf8')) as Fixture;

function labels(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

test('The adjusted Rand index is that of scikit-learn.', () => {
  for (const { first, second, index } of fixture.partitions) {
    assert.ok(Math.abs(adjustedRandIndex(labels(first), labels(second)) - index) < 1e-12);
  }
});

test('The adjusted Rand index knows no names of groups, is the same both ways, and 1 for the same groups.', () => {
  const pairs = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 40 });
  fc.assert(
    fc.property(pairs, fc.nat(200), (values, shift) => {
      const first = labels(values.map(([a]) => a));
      const second = labels(values.map(([, b]) => b));
      const index = adjustedRandIndex(first, second);
      assert.ok(index <= 1);
      assert.equal(adjustedRandIndex(second, first), index);
      const renamed = first.map((label) => 250 - label - (shift % 200));
      assert.equal(adjustedRandIndex(renamed, second), index);
      assert.equal(adjustedRandIndex(first, renamed), 1);
    }),
  );
  assert.throws(() => adjustedRandIndex(labels([1]), labels([1, 2])), LabelCountError);
});

test('Simulated cells are told apart as they are by SciPy and scikit-learn.', () => {
  for (const { codes, crossings, cells, clusters, labels: expected } of fixture.cases) {
    const {
      inBand,
      threshold,
      crossings: found,
    } = createRecordingMetrics(Uint16Array.from(codes), NEURALINK_ELECTRODE);
    assert.deepEqual([...found], crossings);
    const peaks = peaksBetweenSamples(inBand, spikePeaks(inBand, found, spikeTimes(SAMPLE_RATE).dead));
    const cut = cutWaveforms(inBand, peaks, LEAD, WINDOW, threshold / 4.5);
    assert.equal(cut.indices.length, crossings.length);
    const sorted = learnClusters(cut.waveforms, WINDOW);
    assert.equal(sorted.count, clusters);
    assert.equal(adjustedRandIndex(sorted.labels, labels(expected)), 1);
    assert.equal(adjustedRandIndex(sorted.labels, labels(cells)), 1);
    assert.deepEqual(sorted.assign(cut.waveforms), sorted.labels);
  }
});

test('A copy is sorted as the original is, and silence is sorted no better than by chance.', () => {
  for (const { codes, clusters } of fixture.cases) {
    const original = Uint16Array.from(codes);
    const metrics = createRecordingMetrics(original, NEURALINK_ELECTRODE);
    assert.equal(metrics.clusters, clusters);
    if (clusters === 1) {
      // With one cluster every spike stays in it, so the measure would say nothing.
      assert.equal(metrics.sortedSpikes, 0);
      assert.equal(metrics.compare(original).sorting, null);
      continue;
    }
    const { sortedSpikes } = metrics;
    assert.deepEqual(metrics.compare(original).sorting, { sameCluster: sortedSpikes, adjustedRand: 1 });
    const silent = metrics.compare(new Uint16Array(codes.length).fill(500)).sorting!;
    assert.equal(silent.adjustedRand, 0);
    assert.ok(silent.sameCluster < 0.8 * sortedSpikes);
  }
});

test('A recording whose cells are made alike keeps every crossing and loses its clusters.', () => {
  const { codes, cells } = fixture.cases[1]!;
  const metrics = createRecordingMetrics(Uint16Array.from(codes), NEURALINK_ELECTRODE);
  const peaks = spikePeaks(metrics.inBand, metrics.crossings, spikeTimes(SAMPLE_RATE).dead);
  const first = [...peaks].filter((_, i) => cells[i] === 0);
  // Each spike of the second cell becomes one of the first.
  const decoded = Uint16Array.from(codes);
  peaks.forEach((at, i) => {
    if (cells[i] === 0) return;
    const from = first[i % first.length]!;
    for (let n = -25; n < 40; n++) if (codes[at + n] !== undefined) decoded[at + n] = codes[from + n] ?? 500;
  });
  const { spikes, sorting } = metrics.compare(decoded);
  assert.ok(spikes.missed <= 1 && spikes.spurious <= 1, 'F1 notices nothing');
  const ofFirst = cells.filter((cell) => cell === 0).length;
  assert.ok(Math.abs(sorting!.sameCluster - ofFirst) <= 2, String(sorting!.sameCluster));
  assert.ok(sorting!.adjustedRand < 0.1);
});

test('Peaks between samples are those of a parabola, and windows are what lies there.', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      fc.constantFrom(1, -1),
      fc.double({ min: 0.1, max: 9, noNaN: true }),
      (shift, sign, scale) => {
        const parabola = (x: number): number => sign * scale * (400 - (x - 20 - shift) ** 2);
        const signal = Float64Array.from({ length: 41 }, (_, i) => parabola(i));
        const [peak] = peaksBetweenSamples(signal, Int32Array.of(20));
        assert.ok(Math.abs(peak! - 20 - shift) < 1e-9);
        // Cubic interpolation is exact for a parabola.
        const { waveforms, indices } = cutWaveforms(signal, Float64Array.of(peak!), 5, 12, scale);
        assert.deepEqual(indices, [0]);
        waveforms.forEach((value, i) => {
          assert.ok(Math.abs(value - parabola(peak! - 5 + i) / scale) < 1e-8);
        });
      },
    ),
  );
  const none = cutWaveforms(new Float64Array(30), Float64Array.of(5, 25), 5, 12, 1);
  assert.deepEqual(none.indices, [], 'windows that the signal cuts off are left out');
  assert.deepEqual([...peaksBetweenSamples(Float64Array.of(1, 1, 1), Int32Array.of(0, 1))], [0, 1]);
});
