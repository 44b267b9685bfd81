import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { transferTrial, type Trial } from '../../lib/study/learning-trials';
import { createSmallCorpus } from './small-corpus';

const training = createSmallCorpus([9000, 12_001, 10_002]);
const tested = createSmallCorpus([8000, 8001]);
const folder = join(projectRoot(), '.cache', 'trials');
const kept = (): string[] => (existsSync(folder) ? readdirSync(folder) : []);
const before = new Set(kept());
const added = (): string[] => kept().filter((name) => !before.has(name));

after(() => {
  training.remove();
  tested.remove();
  for (const name of added()) rmSync(join(folder, name));
});

/** All that was measured but for the durations. */
function measured({ result }: Trial): unknown {
  return result.recordings.map(({ facts, points }) => ({
    facts,
    points: points.map((point) => ({ ...point, encodeSeconds: 0, decodeSeconds: 0 })),
  }));
}

test('a trial is learned once: it is taken from where it is kept, until that or its recordings are others', async () => {
  const first = await transferTrial('klt-16', training.corpus, tested.corpus);
  assert.equal(first.result.reused, 0);
  assert.equal(added().length, 1);
  const again = await transferTrial('klt-16', training.corpus, tested.corpus);
  assert.equal(again.result.reused, 2);
  // Durations, too: nothing was measured.
  assert.deepEqual(again.result, { ...first.result, reused: 2 });
  assert.equal(again.psnr(20), first.psnr(20));

  // The same recordings by another name.
  const named = await transferTrial('klt-16', { ...training.corpus, label: 'another' }, tested.corpus);
  assert.equal(named.result.reused, 2);
  assert.equal(named.label, 'another');
  assert.equal(named.result.codec.id, 'klt-16 (another)');
  assert.equal(first.result.codec.id, `klt-16 (${training.corpus.label})`);

  const path = join(folder, added()[0]!);
  const damaged = readFileSync(path);
  damaged[damaged.length >> 1]! ^= 1;
  writeFileSync(path, damaged);
  const mended = await transferTrial('klt-16', training.corpus, tested.corpus);
  assert.equal(mended.result.reused, 0);
  assert.deepEqual(measured(mended), measured(first));

  const recordings = training.corpus.recordings.slice(0, 2);
  const fewer = await transferTrial('klt-16', { ...training.corpus, recordings }, tested.corpus);
  assert.equal(fewer.result.reused, 0);
  assert.equal(added().length, 2);
});
