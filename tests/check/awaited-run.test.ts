import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { settleStale } from '../../tools/check/awaited-run';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-awaited-'));
const file = join(folder, 'awaited-run.json');
afterEach(() => rmSync(file, { force: true }));

const OLD = { problems: ['one is wrong'], stale: ['02 is stale'] };

test('without a run that is awaited, whatever is older than the code is a problem', () => {
  assert.deepEqual(settleStale(OLD, 'notebooks', folder), {
    problems: ['one is wrong', '02 is stale'],
    notes: [],
  });
});

test('an awaited run makes a note of what is older, with its reasons; other problems stay', () => {
  writeFileSync(file, JSON.stringify({ measuredBy: 'abc1234', changes: ['signed offsets'] }));
  assert.deepEqual(settleStale(OLD, 'notebooks', folder), {
    problems: ['one is wrong'],
    notes: [
      '1 notebooks are of commit abc1234 and await the next whole run. Changed since:',
      '  signed offsets',
    ],
  });
});

test('a run that is awaited for nothing is a problem', () => {
  writeFileSync(file, JSON.stringify({ measuredBy: 'abc1234', changes: ['signed offsets'] }));
  const { problems } = settleStale({ problems: [], stale: [] }, 'models', folder);
  assert.deepEqual(problems, [`No models are older than the code any more: remove ${file}.`]);
});

test('a file without a commit or without reasons is refused by name', () => {
  for (const text of ['', '[]', '{"measuredBy": "abc"}', '{"measuredBy": "abc", "changes": []}', 'null']) {
    writeFileSync(file, text);
    assert.throws(() => settleStale(OLD, 'notebooks', folder), {
      name: 'AwaitedRunError',
      message: new RegExp(`${file} is damaged`),
    });
  }
});
