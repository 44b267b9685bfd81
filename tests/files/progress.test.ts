import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProgress, formatSeconds, listenToProgress, reportProgress } from '../../lib/files/progress';

test('durations read as people say them', () => {
  const expected = {
    0: '0 s',
    8.4: '8 s',
    59.4: '59 s',
    60: '1 min 0 s',
    200: '3 min 20 s',
    7500: '2 h 5 min',
  };
  for (const [seconds, text] of Object.entries(expected)) assert.equal(formatSeconds(Number(seconds)), text);
});

test('a report says what is done, how much, and how long it will take', () => {
  const report = { task: 'dct-8 on x', done: 3, total: 9, reused: 0, finished: false };
  assert.equal(formatProgress(report), 'dct-8 on x: 3 of 9');
  assert.equal(formatProgress({ ...report, secondsLeft: 70 }), 'dct-8 on x: 3 of 9, about 1 min 10 s left');
  assert.equal(formatProgress({ ...report, done: 9, finished: true }), 'dct-8 on x: done');
});

test('reports reach the listener, until there is none', () => {
  const report = { task: 't', done: 1, total: 1, reused: 0, finished: true };
  const heard: unknown[] = [];
  listenToProgress((progress) => heard.push(progress));
  reportProgress(report);
  listenToProgress(undefined);
  reportProgress(report);
  assert.deepEqual(heard, [report]);
});
