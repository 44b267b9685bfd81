import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { listNotebooks } from '../../tools/reproduce/notebook-file';
import { expectedTimes, totalSeconds } from '../../tools/reproduce/plan';

/** Left out on a dataset of another digitizer. */
const LEFT_OUT = ['10-prediction-lossless.ipynb', '30-other-laboratories.ipynb'];

test('every notebook of a new dataset has a guess, which grows with its samples, but for learning', () => {
  const names = listNotebooks(join(projectRoot(), 'notebooks')).filter((name) => !LEFT_OUT.includes(name));
  const [one, ten] = [1e6, 1e7].map((samples) => expectedTimes('none of this name', samples));
  assert.deepEqual(
    names.filter((name) => !one!.guessed.has(name)),
    [],
  );
  const seconds = (name: string): number[] => [one!, ten!].map((times) => times.seconds.get(name)!);
  for (const name of names) {
    const [few, many] = seconds(name) as [number, number];
    assert.ok(few > 0 && many > few && many < 10 * few, name);
  }
  // Learning is most of what a network takes on few samples.
  const [few, many] = seconds('29-network.ipynb') as [number, number];
  assert.ok(many < 6 * few);
  assert.ok(totalSeconds(names, ten!, 2)! > totalSeconds(names, one!, 2)!);
});

test('on the sample nothing is learned', () => {
  const samples = 1e5;
  const [sample, other] = ['sample', 'none of this name'].map((dataset) => expectedTimes(dataset, samples));
  assert.ok(sample!.seconds.get('29-network.ipynb')! < other!.seconds.get('29-network.ipynb')! - 10);
});
