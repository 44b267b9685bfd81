import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { foldOf, groupsOfEqualLength } from '../../lib/recordings/folds';
import { parseManifest } from '../../lib/recordings/manifest';
import { projectRoot } from '../../lib/files/project-root';

const file = join(projectRoot(), 'data', 'neuralink.manifest.tsv');
const neuralink = parseManifest(readFileSync(file, 'utf8'), file);

test('the fold is the parity of the number of samples', () => {
  assert.deepEqual([0, 1, 98688, 98689].map(foldOf), [0, 1, 0, 1]);
});

test('the Neuralink recordings fall into folds of 344 and 399', () => {
  assert.equal(neuralink.filter(({ samples }) => foldOf(samples) === 0).length, 344);
  assert.equal(neuralink.filter(({ samples }) => foldOf(samples) === 1).length, 399);
});

test('groups hold the recordings of one length, shortest first, and no group is split by the folds', () => {
  const a = { samples: 7, name: 'a' };
  const b = { samples: 5, name: 'b' };
  const c = { samples: 7, name: 'c' };
  assert.deepEqual(groupsOfEqualLength([a, b, c]), [[b], [a, c]]);
  assert.deepEqual(groupsOfEqualLength([]), []);

  const groups = groupsOfEqualLength(neuralink);
  assert.equal(groups.length, 182);
  assert.equal(groups.flat().length, 743);
  for (const group of groups) assert.equal(new Set(group.map(({ samples }) => foldOf(samples))).size, 1);
});
