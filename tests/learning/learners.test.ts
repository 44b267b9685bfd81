import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { catalog } from '../../lib/catalog/catalog';
import { basisId } from '../../lib/catalog/ids';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { MissingModelError } from '../../lib/models/model-store';
import { fastIcaLearner } from '../../lib/learning/transforms/fast-ica';
import type { LearningState } from '../../lib/learning/learner';
import { learners } from '../../lib/learning/learners';
import { sparsifyingTransform } from '../../lib/learning/transforms/sparsifying-transform';
import { SPIKE_LEAD, SPIKE_WINDOW } from '../../lib/bases/parts/spike-window';
import { spikeWaveforms } from '../../lib/learning/dictionaries/spike-waveforms';
import { TrainingSet, TrainingSetError } from '../../lib/learning/training-set';
import { openCorpus } from '../../lib/recordings/corpus';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-learners-'));
after(() => rmSync(folder, { recursive: true }));
const { recordings } = openCorpus({ dataset: 'sample', recordings: 8, folder });
const training = new TrainingSet(recordings.slice(0, 4));

const nothing = { training, report: async () => {}, keep: () => {} };

test('signals to learn from have mean 0 and variance 1, and blocks come from all recordings', () => {
  const signals = [...training.signals()];
  assert.equal(signals.length, 4);
  for (const signal of signals) {
    const mean = signal.reduce((sum, value) => sum + value, 0) / signal.length;
    const power = signal.reduce((sum, value) => sum + value * value, 0) / signal.length;
    assert.ok(Math.abs(mean) < 1e-9 && Math.abs(power - 1) < 1e-9);
  }
  assert.equal(training.blocks(16, 100).length, 16 * 100);
  assert.deepEqual(training.blocks(16, 4).subarray(0, 16), signals[0]!.subarray(0, 16));
  assert.throws(() => training.blocks(2 ** 24, 8), TrainingSetError);
  assert.throws(() => new TrainingSet([]).blocks(16, 8), TrainingSetError);
});

test('every learner has a family of the catalog, and all that needs a model has a learner', () => {
  for (const { family } of learners)
    assert.ok(
      catalog.some(({ name, learned }) => name === family && learned),
      `${family} is no learned family`,
    );
  // Where there are no models, what needs one cannot code.
  const models = process.env['NEUROBASIS_MODELS'];
  process.env['NEUROBASIS_MODELS'] = mkdtempSync(join(folder, 'no-models-'));
  const codes = Uint16Array.from(
    { length: 3000 },
    (_, i) => 512 + Math.round(40 * Math.sin(i / 9)) + (i % 7),
  );
  const needing: string[] = [];
  try {
    for (const entry of catalog) {
      try {
        codecFromId(basisId(entry, entry.chosen)).encode(codes, 16);
      } catch (error) {
        if (!(error instanceof MissingModelError)) throw error;
        needing.push(entry.name);
      }
    }
  } finally {
    if (models === undefined) delete process.env['NEUROBASIS_MODELS'];
    else process.env['NEUROBASIS_MODELS'] = models;
  }
  assert.deepEqual(needing.sort(), learners.map(({ family }) => family).sort());
});

for (const [learner, values] of [
  [sparsifyingTransform, [8, 'rate']],
  [fastIcaLearner, [16, 'symmetric']],
  [fastIcaLearner, [16, 'deflation']],
] as const) {
  test(`${learner.family} ${values.join(' ')}: what was stopped goes on to the same model`, async () => {
    const whole = await learner.learn(values, nothing);
    const states: LearningState[] = [];
    await learner.learn(values, { ...nothing, keep: (state) => states.push(state) });
    assert.ok(states.length > 0, 'something is kept on the way');
    const resumed = await learner.learn(values, { ...nothing, resumed: states[0] });
    assert.deepEqual(resumed.arrays, whole.arrays);
    assert.deepEqual(resumed.history, whole.history);
    await assert.rejects(
      learner.learn(values, {
        ...nothing,
        report: async (done) => {
          if (done === 2) throw new Error('stopped');
        },
      }),
      /stopped/,
    );
  });
}

test('waveforms of spikes have unit energy and a trough where the threshold is crossed, and more explain more', async () => {
  const [one, four] = await Promise.all([1, 4].map((count) => spikeWaveforms.learn([256, count], nothing)));
  for (const [{ arrays, history }, count] of [
    [one!, 1],
    [four!, 4],
  ] as const) {
    const all = arrays['waveforms']!;
    assert.equal(all.length, count * SPIKE_WINDOW);
    for (let k = 0; k < count; k++) {
      const values = all.subarray(k * SPIKE_WINDOW, (k + 1) * SPIKE_WINDOW);
      assert.ok(Math.abs(values.reduce((sum, value) => sum + value * value, 0) - 1) < 1e-6);
      const trough = values.indexOf(Math.min(...values));
      assert.ok(trough >= SPIKE_LEAD - 4 && trough < SPIKE_LEAD + 12, `the trough is at ${trough}`);
    }
    // The power iteration never loses what it explains, but for moves of spikes from one waveform to another.
    const left = history['left']!;
    assert.ok(left[11]! <= left[0]! + 1e-6);
  }
  assert.ok(four!.history['left']!.at(-1)! < one!.history['left']!.at(-1)!);
});
