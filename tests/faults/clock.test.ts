import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { listenToProgress, reportProgress, type Progress } from '../../lib/files/progress';
import { showProgress } from '../../tools/progress-line';

/** Where the time of day is what is meant: it is compared with times of files. */
const OF_FILES = new Set([
  'lib/files/file-in-pieces.ts',
  'lib/figures/browser.ts',
  'lib/measuring/module-graph.ts',
  'tools/leftovers.ts',
]);
/** A number that differs from run to run. */
const AS_SEED = new Set(['bench/scaling/sweep-work.ts']);

test('durations are measured by a clock that cannot be set back', () => {
  const found = ['lib', 'tools', 'kernel', 'bench'].flatMap((folder) =>
    readdirSync(join(projectRoot(), folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name).replaceAll('\\', '/'))
      .filter((path) => readFileSync(join(projectRoot(), path), 'utf8').includes('Date.now()')),
  );
  assert.deepEqual(new Set(found), new Set([...OF_FILES, ...AS_SEED]));
});

test('progress goes on when the clock is set back by a day', (context) => {
  const lines: string[] = [];
  context.mock.method(process.stderr, 'write', (text: string) => lines.push(text) > 0);
  let monotonic = 1000;
  context.mock.method(performance, 'now', () => monotonic);
  let day = 86_400_000;
  context.mock.method(Date, 'now', () => day);
  const progress: Progress = { task: 'work', done: 1, total: 9, reused: 0, finished: false };
  showProgress();
  try {
    reportProgress(progress);
    day -= 86_400_000;
    monotonic += 6000;
    reportProgress({ ...progress, done: 2 });
  } finally {
    listenToProgress(undefined);
  }
  assert.deepEqual(lines, ['work: 1 of 9\n', 'work: 2 of 9\n']);
});
