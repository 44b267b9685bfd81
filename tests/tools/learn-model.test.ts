import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseBasisId } from '../../lib/catalog/ids';
import { LearningFailedError } from '../../lib/numerics/finite-numbers';
import type { Learned, LearningContext } from '../../lib/learning/learner';
import { projectRoot } from '../../lib/files/project-root';
import { openCorpus } from '../../lib/recordings/corpus';
import { learnModel } from '../../tools/learn/learn-model';

const folder = mkdtempSync(join(tmpdir(), 'learn-model-'));
after(() => rmSync(folder, { recursive: true }));

/** Learns a model by a learner that gives these numbers. */
function learnWith(learn: (context: LearningContext) => Promise<Learned>): Promise<unknown> {
  return learnModel(
    { family: 'klt', module: 'none', learn: (_, context) => learn(context) },
    'f'.repeat(64),
    parseBasisId('klt-8')!,
    0,
    openCorpus({ dataset: 'sample', recordings: 2 }),
    { folder, force: false, replace: false, signal: new AbortController().signal },
  );
}

const GOOD: Learned = { arrays: { components: Float32Array.of(1) }, hyperparameters: {}, history: {} };

test('a learner whose numbers are none on the way, in its history or in the end fails by name and leaves nothing', async () => {
  const checkpoints = join(projectRoot(), '.cache', 'learning');
  for (const [learn, said] of [
    [
      async ({ keep }: LearningContext) => {
        keep({ iterations: 1, arrays: { loss: Float64Array.of(1, NaN) } });
        return GOOD;
      },
      /loss of klt-8 has NaN as number 2 of 2/,
    ],
    [async () => ({ ...GOOD, history: { loss: [1, NaN] } }), /loss, on the way to klt-8 on fold 0, has NaN/],
    [
      async () => ({ ...GOOD, arrays: { components: Float32Array.of(Infinity) } }),
      /components of klt-8 on fold 0 is/,
    ],
  ] as const) {
    await assert.rejects(learnWith(learn), (error) => {
      assert.ok(error instanceof LearningFailedError);
      assert.match(error.message, said);
      return true;
    });
    assert.deepEqual(readdirSync(folder), []);
    const kept = existsSync(checkpoints) ? readdirSync(checkpoints) : [];
    assert.deepEqual(
      kept.filter((name) => name.startsWith('klt-8.fold-0.ffff')),
      [],
    );
  }
  await learnWith(async () => GOOD);
  assert.equal(readdirSync(folder).length, 1);
});
