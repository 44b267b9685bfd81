import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tableText } from '../../lib/figures/table';
import { projectRoot } from '../../lib/files/project-root';
import { delayText, readResults, type OperatingPoint } from '../../lib/results/results';
import { spikeColumns, spikeRecordingsText } from '../../lib/study/spike-table';
import { spikesAt } from '../../lib/results/curve-at-ratio';

const POINT: OperatingPoint = {
  step: 32,
  compressedBytes: 1000,
  compressionRatio: 50.04,
  bitsPerSample: 0.32,
  psnr: 45,
  snrMedian: 11,
  snrLowerQuartile: 10,
  snrUpperQuartile: 12,
  inBandSnrMedian: 3,
  nonzeroFraction: 0.05,
  spikePrecision: 0.9,
  spikeRecall: 0.9,
  spikeF1: 0.9,
  spikeWaveformSnrMedian: -1.25,
  spikeBandPowerCorrelation: 0.8,
};

test('each number of spikes stands with its interval, and what the encoder works toward says so', () => {
  const intervals = [
    { step: 16, intervals: { spikeF1: [0, 1] as const } },
    { step: 32, intervals: { spikeF1: [0.85, 0.951] as const, adjustedRand: [-0.125, 0.4] as const } },
  ];
  const [heading, , row] = tableText(
    [{ ...POINT, adjustedRand: 0.3 }],
    spikeColumns({ optimizes: ['spikeF1'] }, intervals),
  ).split('\n');
  assert.match(
    heading!,
    /\| F1, threshold of the original \(the encoder works toward it\) \| median recording/,
  );
  assert.match(heading!, /\| F1, threshold of the decoded +\|/);
  const cells = row!.split('|').map((cell) => cell.trim());
  assert.deepEqual(cells.slice(1, 4), ['50.0', '0.90 (0.85 to 0.95)', '–']);
  assert.equal(cells[8], '–', 'pooled SNR of waveforms, which this point lacks');
  assert.equal(cells[9], '−1.25');
  assert.equal(cells[12], '0.30 (−0.13 to 0.40)');
});

const SATURATED = ['3830d316-7a1b-4c2d-8e3f-0123456789ab.wav', '416c2b86-7a1b-4c2d-8e3f-0123456789ab.wav'];

test('recordings that are left out are named', () => {
  const counted = { counted: 124, sorted: 80, saturated: SATURATED };
  const text = spikeRecordingsText({ spikeRecordings: counted })!;
  assert.match(text, /124 recordings .* 80 of them .*`3830d316`, `416c2b86`\.$/);
  assert.doesNotMatch(spikeRecordingsText({ spikeRecordings: { ...counted, saturated: [] } })!, /Left out/);
  assert.equal(spikeRecordingsText({}), undefined);
});

test('a measure at a ratio lies between those of the points about it, and is missing where they lack it', () => {
  const points = [
    { ...POINT, compressionRatio: 20, spikeF1: 0.9, sameCluster: 0.8 },
    { ...POINT, compressionRatio: 80, spikeF1: 0.5, sameCluster: null },
  ];
  assert.ok(Math.abs(spikesAt({ points }, 40)! - 0.7) < 1e-12);
  assert.equal(spikesAt({ points }, 40, 'sameCluster'), undefined);
  assert.equal(spikesAt({ points }, 40, 'ownThresholdF1'), undefined);
  assert.equal(spikesAt({ points }, 10), undefined);
});

test('committed results, of this version or an earlier one, are read and shown', () => {
  for (const dataset of ['neuralink', 'sample']) {
    const path = join(projectRoot(), 'figures', dataset, 'results.json');
    if (!existsSync(path)) continue;
    for (const curve of readResults(path)!.curves) {
      assert.ok(delayText(curve, 1).length > 0);
      const lines = tableText(curve.points, spikeColumns(curve, [])).split('\n');
      assert.equal(lines.length, 2 + curve.points.length);
      assert.doesNotMatch(lines.join(''), /undefined|NaN/);
    }
  }
});
