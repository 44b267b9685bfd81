import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { standardDeviation } from '../../lib/recordings/adc';
import { type Corpus, IncompleteDatasetError, openCorpus, readCodes } from '../../lib/recordings/corpus';
import { foldOf } from '../../lib/recordings/folds';
import { parseWav } from '../../lib/recordings/wav';

function openNeuralink(): Corpus | null {
  try {
    return openCorpus({ dataset: 'neuralink', recordings: 24 });
  } catch (error) {
    const required = process.env['NEUROBASIS_REQUIRE_ALL'] === '1';
    if (required || !(error instanceof IncompleteDatasetError)) throw error;
    return null;
  }
}

const subset = openNeuralink();
const skip = subset ? false : 'the Neuralink recordings are not imported (npm run data)';

test(
  'recordings of the imported dataset are canonical, on the ADC grid and as the manifest says',
  { skip },
  () => {
    for (const recording of subset!.recordings) {
      const bytes = readFileSync(recording.path);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), recording.sha256);
      assert.ok(parseWav(bytes, recording.name).canonical);
      const codes = readCodes(recording);
      assert.equal(standardDeviation(codes).toFixed(2), recording.standardDeviation.toFixed(2));
    }
  },
);

test('the subset of 24 stands for quiet and loud recordings of both folds', { skip }, () => {
  const { name, label, recordings } = subset!;
  assert.equal(name, 'neuralink-24');
  assert.equal(label, '24 of 743 Neuralink recordings (stratified subset)');
  assert.equal(recordings.filter(({ samples }) => foldOf(samples) === 0).length, 12);
  const deviations = recordings.map((recording) => recording.standardDeviation).sort((a, b) => a - b);
  const median = (deviations[11]! + deviations[12]!) / 2;
  assert.ok(Math.abs(median - 20) < 1.5, `the median standard deviation is ${median}`);
  assert.ok(deviations[0]! < 11 && deviations[23]! > 35);
});
