import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { encodeGroup } from '../../lib/codecs/groups/group-codec';
import { openCorpus } from '../../lib/recordings/corpus';
import {
  boundSaving,
  bytesSaved,
  errorAtRatio,
  losslessSaved,
  pointsOfGroups,
  rateAtError,
} from '../../lib/study/space/compare-groups';
import { electrodeGroups, groupSteps, partOfGroup } from '../../lib/study/space/electrode-groups';
import type { GroupCurve } from '../../lib/study/space/group-sweep';
import { measureGroup } from '../../lib/study/space/measure-group';
import { groupSpectrum } from '../../lib/metrics/group-bound';

/** A curve of groups of 1000 samples: bits·error = constant, times a factor for each group. */
function curve(factors: readonly number[], errors = [1, 4, 16, 64]): GroupCurve {
  return {
    codecId: 'x@y',
    steps: errors,
    measured: errors.map((mse) =>
      factors.map((factor) => ({ bytes: (factor * 400) / mse, squaredError: 1000 * mse, samples: 1000 })),
    ),
  };
}

test('points of groups are sums over them', () => {
  const [point] = pointsOfGroups(curve([1, 3]));
  assert.deepEqual(point, { step: 1, bitsPerSample: 6.4, compressionRatio: 2.5, mse: 1 });
  assert.equal(pointsOfGroups(curve([1, 3]), [1, 1])[0]!.bitsPerSample, 9.6);
});

test('bytes saved are those at the error of the reference, and a curve saves nothing against itself', () => {
  const reference = curve([1, 1.2, 0.8]);
  const half = curve([0.5, 0.6, 0.4]);
  for (const ratio of [10, 20, 100]) {
    const same = bytesSaved(reference, reference, ratio)!;
    assert.ok(Math.abs(same.estimate) < 1e-6 && Math.abs(same.upper) < 1e-6);
    const saved = bytesSaved(reference, half, ratio)!;
    assert.ok(Math.abs(saved.estimate - 50) < 1e-6 && Math.abs(saved.lower - 50) < 1e-6);
  }
  assert.equal(bytesSaved(reference, half, 10_000), null);
  assert.equal(bytesSaved(curve([1], [1, 4]), curve([1], [16, 64]), 6), null);
});

test('the interval of what is saved is over groups', () => {
  const saved = bytesSaved(curve([1, 1, 1, 1]), curve([0.9, 0.5, 0.5, 0.5]), 20)!;
  assert.ok(saved.lower < saved.estimate && saved.estimate < saved.upper);
  assert.ok(saved.lower >= 10 - 1e-9 && saved.upper <= 50 + 1e-9);
  const lossless = losslessSaved(curve([2, 2]), curve([1, 1]))!;
  assert.equal(lossless.estimate, 50);
});

test('error at a ratio and rate at an error are inverse', () => {
  const points = pointsOfGroups(curve([1]));
  const mse = errorAtRatio(points, 20)!;
  assert.ok(Math.abs(16 / rateAtError(points, mse)! - 20) < 1e-6);
  assert.equal(errorAtRatio(points, 1), undefined);
});

const groups = electrodeGroups(openCorpus({ dataset: 'sample' }));

test('in place of the sample there are stretches of the simulated array', () => {
  assert.equal(groups.groups.length, 2);
  assert.equal(new Set(groups.groups.map(({ sha256 }) => sha256)).size, 2);
  assert.match(groups.label, /simulated/);
  assert.ok(groupSteps(groups).every((step) => Number.isInteger(64 * step) && step > 0));
  const part = partOfGroup(groups.groups[0]!, [3, 5]);
  assert.deepEqual(part.codes, [groups.groups[0]!.codes[3], groups.groups[0]!.codes[5]]);
  assert.notEqual(part.sha256, groups.groups[0]!.sha256);
});

test('a measurement counts whole files, of the group or of each channel', () => {
  const part = partOfGroup(groups.groups[0]!, [0, 1]);
  const group = measureGroup(part, 'dct-64@klt', 20);
  assert.equal(
    group.bytes,
    encodeGroup(part.codes, { codecId: 'dct-64@klt', step: 20, places: part.places }).length,
  );
  const own = measureGroup(part, 'dct-64@own-files', 20);
  const codec = codecFromId('dct-64');
  assert.equal(
    own.bytes,
    part.codes.reduce((sum, codes) => sum + codec.encode(codes, 20).bytes.length, 0),
  );
  assert.ok(group.squaredError > 0 && group.samples === 2 * part.codes[0]!.length);
  assert.equal(measureGroup(part, 'lossless-fast@none', 0).squaredError, 0);
});

test('the simulated array’s cross-spectra allow fewer bytes, and what saves them stays above the bound', () => {
  const [group] = groups.groups;
  const part = partOfGroup(group!, [0, 1, 2, 3]);
  const spectra = [groupSpectrum(part.codes, 256)];
  const measured = measureGroup(part, 'mdct-256-sine+trellis@klt', 24);
  const { together, saved } = boundSaving(spectra, measured.squaredError / measured.samples);
  assert.ok(saved! > 20);
  assert.ok((8 * measured.bytes) / measured.samples > together);
});
