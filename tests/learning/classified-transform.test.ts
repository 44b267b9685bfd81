import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { matrixProduct, transposed } from '../../lib/kernels/matrix';
import { CLUSTERINGS } from '../../lib/bases/blocks/classified';
import { kernelMemory } from '../../lib/kernels/runtime/webassembly';
import {
  cheapestClasses,
  classifiedTransform,
  clusteredBlocks,
  transformsOf,
} from '../../lib/learning/transforms/classified-transform';
import type { LearningState } from '../../lib/learning/learner';
import { polarFactor } from '../../lib/numerics/polar-factor';
import { principalComponents } from '../../lib/numerics/principal-components';
import { TrainingSet } from '../../lib/learning/training-set';
import { openCorpus } from '../../lib/recordings/corpus';
import { uniformNumbers } from '../../lib/numerics/random';
import { largestDifference } from '../kernels/fixtures';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-classified-'));
after(() => rmSync(folder, { recursive: true }));
const training = new TrainingSet(
  openCorpus({ dataset: 'sample', recordings: 8, folder }).recordings.slice(0, 4),
);
const nothing = { training, report: async () => {}, keep: () => {} };

test('one class has the Karhunen–Loève transform of all blocks', async () => {
  const before = kernelMemory.allocatedBytes;
  const blocks = training.blocks(16, 2000);
  const { components, variances, shares } = transformsOf(blocks, 16, new Uint8Array(2000), 1);
  const whole = principalComponents(blocks, 16);
  assert.deepEqual([...shares], [1]);
  assert.ok(largestDifference(components, whole.components) < 1e-9);
  assert.ok(largestDifference(variances, whole.variances) < 1e-12);
  assert.equal(kernelMemory.allocatedBytes, before);
  const { arrays } = await classifiedTransform.learn([16, 1, 'kmeans'], nothing);
  assert.equal(arrays['components']!.length, 256);
});

test('each block goes to the class in which it costs least', () => {
  const length = 8;
  const next = uniformNumbers(3);
  const transforms = Array.from({ length: 2 }, () =>
    polarFactor(
      new Float64Array(length * length).map(() => next() - 0.5),
      length,
    ),
  );
  // Blocks of one large coefficient, now in the one transform, now in the other.
  const labels = new Uint8Array(400).map(() => (next() < 0.4 ? 1 : 0));
  const blocks = new Float64Array(400 * length);
  labels.forEach((label, i) => {
    const coefficients = new Float64Array(length).map((_, k) =>
      k === 0 ? 8 * (next() - 0.5) : 0.05 * next(),
    );
    blocks.set(matrixProduct(coefficients, transforms[label]!, length, length), i * length);
  });
  const components = Float64Array.of(...transforms[0]!, ...transforms[1]!);
  const given = { components, variances: new Float64Array(16), shares: Float64Array.of(0.5, 0.5) };
  const found = cheapestClasses(blocks, length, given, 0.2);
  const agreeing = found.labels.filter((label, i) => label === labels[i]).length;
  assert.ok(agreeing > 380, `${agreeing} of 400`);
  // With the transforms learned again from these classes, the rate is hardly another.
  const learned = transformsOf(blocks, length, found.labels, 2);
  assert.ok(Math.abs(cheapestClasses(blocks, length, learned, 0.2).rate - found.rate) < 0.05 * found.rate);
  // A class of no block is not chosen.
  const single = cheapestClasses(blocks, length, { ...given, shares: Float64Array.of(1, 0) }, 0.2);
  assert.ok(single.labels.every((label) => label === 0));
  assert.ok(single.rate > found.rate);
});

test('a class without blocks has the transform of all', () => {
  const blocks = training.blocks(8, 200);
  const { components } = transformsOf(blocks, 8, new Uint8Array(blocks.length / 8), 2);
  assert.ok(largestDifference(components.subarray(0, 64), components.subarray(64)) < 1e-9);
});

test('every block has a class, and the same each time', () => {
  const blocks = training.blocks(16, 500);
  for (const clustering of CLUSTERINGS) {
    const labels = clusteredBlocks(blocks, 16, 4, clustering, training.sampleRate);
    assert.equal(labels.length, blocks.length / 16);
    assert.ok(new Set(labels).size > 1 && labels.every((label) => label < 4));
    assert.deepEqual(clusteredBlocks(blocks, 16, 4, clustering, training.sampleRate), labels);
  }
});

for (const clustering of CLUSTERINGS) {
  test(`${clustering}: what was stopped goes on to the same model`, async () => {
    const values = [16, 4, clustering];
    const states: LearningState[] = [];
    const whole = await classifiedTransform.learn(values, {
      ...nothing,
      keep: (state) => states.push(state),
    });
    const resumed = await classifiedTransform.learn(values, { ...nothing, resumed: states[2] });
    assert.deepEqual(resumed.arrays, whole.arrays);
    assert.deepEqual(resumed.history, whole.history);
    const shares = whole.arrays['shares']!;
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-6);
    shares.forEach((share, i) => assert.ok(i === 0 || share <= shares[i - 1]!));
    const rates = whole.history['rate']!;
    assert.ok(Math.min(...rates) < rates[0]!);
    // The rows of each class are orthonormal.
    const components = Float64Array.from(whole.arrays['components']!).subarray(256, 512);
    matrixProduct(components, transposed(components, 16, 16), 16, 16).forEach((value, i) =>
      assert.ok(Math.abs(value - (i % 17 === 0 ? 1 : 0)) < 1e-5),
    );
    await assert.rejects(
      classifiedTransform.learn(values, {
        ...nothing,
        report: async (done) => {
          if (done === 2) throw new Error('stopped');
        },
      }),
      /stopped/,
    );
  });
}
