import '../../kernel/typescript';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { progressText, showProgressInNotebook } from '../../kernel/progress-display';
import { listenToProgress, reportProgress } from '../../lib/files/progress';
import type { DisplayData } from '../../kernel/session';

const report = { task: 'dct-256 on 4 recordings', total: 4, reused: 0 };

test('progress is a bar in the notebook, updated in place, that ends in a constant line', () => {
  const written: [id: string | undefined, text: unknown, update: boolean][] = [];
  const jupyter = createRequire(__filename)('tslab/dist/jupyter') as object;
  Object.assign(jupyter, {
    lastWriteDisplayData: ({ data, transient }: DisplayData, update: boolean) =>
      written.push([transient?.display_id, data['text/plain'], update]),
  });
  showProgressInNotebook();
  for (let done = 0; done < 4; done++) reportProgress({ ...report, done, finished: false });
  reportProgress({ ...report, done: 4, finished: true, secondsLeft: 0 });
  reportProgress({ ...report, done: 4, reused: 4, finished: true });
  listenToProgress(undefined);
  const [first, last, again] = [written.at(0), written.at(-2), written.at(-1)];
  assert.ok(written.length <= 4, 'reports in quick succession are not all shown');
  assert.deepEqual([first?.[2], last?.[2], again?.[2]], [false, true, false]);
  assert.equal(first?.[0], last?.[0]);
  assert.notEqual(first?.[0], again?.[0]);
  assert.equal(last?.[1], 'dct-256 on 4 recordings: done');
  assert.equal(again?.[1], last?.[1]);
});

test('the bar is as full as the work is done, also when there is nothing to do', () => {
  const filled = (done: number, total: number): number =>
    progressText({ ...report, done, total, finished: false }).split('█').length - 1;
  assert.deepEqual([filled(0, 4), filled(2, 4), filled(4, 4), filled(0, 0)], [0, 15, 30, 0]);
});

test('work that was stopped does not say that it is done', () => {
  assert.equal(
    progressText({ ...report, done: 3, finished: true }),
    'dct-256 on 4 recordings: stopped at 3 of 4',
  );
});
