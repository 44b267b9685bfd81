import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { curveIntervals } from '../../lib/measuring/curve-intervals';
import { curveOf, operatingSteps } from '../../lib/measuring/measured-curve';
import { sweep } from '../../lib/measuring/sweep';
import { openCorpus } from '../../lib/recordings/corpus';
import { formatResults, describeDataset, mergeCurves } from '../../lib/results/results';
import { taskAt } from '../../lib/study/sections/task-table';

const corpus = openCorpus({ dataset: 'sample', recordings: 4 });

test('measures that mean nothing for a codec are missing in its curve, its intervals and its results', async () => {
  const result = await sweep(codecFromId('spike-times'), corpus, operatingSteps('spike-times', corpus), {
    jobs: 1,
  });
  const curve = curveOf('spike-times', result);
  assert.equal(curve.points.length, 1);
  assert.equal(curve.lossless, null);
  const point = curve.points[0]!;
  for (const measure of ['psnr', 'inBandSnrMedian', 'sameCluster', 'spikeBandPowerCorrelation'] as const) {
    assert.equal(point[measure], null, measure);
    assert.equal(taskAt(curve, 200, measure), undefined, measure);
  }
  assert.ok(point.spikeF1! > 0.9, String(point.spikeF1));
  assert.equal(taskAt(curve, 200, 'spikeF1'), point.spikeF1);
  const [interval] = curveIntervals(result, { replicates: 20 });
  assert.deepEqual(
    Object.keys(interval!.intervals).filter((measure) => !measure.startsWith('spike')),
    ['compressionRatio'],
  );
  const results = mergeCurves(undefined, describeDataset(corpus), curve.notebook, [curve]);
  assert.match(formatResults(results), /"psnr": null/);
});

test('layers have a curve of their steps, with the measures of all three layers', async () => {
  const steps = [32, 96];
  const curve = curveOf('layers-256', await sweep(codecFromId('layers-256'), corpus, steps, { jobs: 1 }));
  for (const point of curve.points) {
    assert.ok(point.psnr! > 30 && point.spikeF1! > 0.9 && point.spikeBandPowerCorrelation! > 0.9);
    assert.ok(point.ownThresholdF1! > 0.8, String(point.ownThresholdF1));
  }
  assert.deepEqual(
    curve.optimizes?.filter((measure) => ['sameCluster', 'adjustedRand'].includes(measure)),
    [],
  );
  assert.ok(operatingSteps('layers-256', corpus).every((step) => step > 0));
});
