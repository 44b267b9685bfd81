import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  defaultJobs,
  JobsVariableError,
  WorkerDiedError,
  WorkerPool,
  WorkerTaskError,
} from '../../lib/measuring/worker-pool';

const folder = mkdtempSync(join(tmpdir(), 'worker-pool-'));
after(() => rmSync(folder, { recursive: true }));

/** A worker that follows its task and answers with its thread number. */
const script = join(folder, 'worker.cjs');
writeFileSync(
  script,
  `const { parentPort, threadId } = require('node:worker_threads');
   parentPort.on('message', ({ task }) => {
     if (task.act === 'throw') {
       parentPort.postMessage({ error: { name: 'RangeError', message: 'no such thing' } });
     } else if (task.act === 'exit') process.exit(3);
     else if (task.act === 'crash') throw new Error('out of luck');
     else setTimeout(() => parentPort.postMessage({ result: { value: task.value, threadId } }), task.wait ?? 0);
   });`,
);

interface Task {
  readonly act?: 'throw' | 'exit' | 'crash';
  readonly value?: number;
  readonly wait?: number;
}

function createPool(size: number): WorkerPool<Task, { value: number; threadId: number }> {
  return new WorkerPool(script, size);
}

test('every task is answered, by no more threads than the pool has', async () => {
  const pool = createPool(2);
  const values = Array.from({ length: 20 }, (_, i) => i);
  const results = await Promise.all(values.map((value) => pool.run({ value, wait: 5 }, 1)));
  assert.deepEqual(
    results.map(({ value }) => value),
    values,
  );
  assert.equal(new Set(results.map(({ threadId }) => threadId)).size, 2);
});

test('the longest tasks are started first', async () => {
  const pool = createPool(1);
  const finished: number[] = [];
  await Promise.all(
    [3, 1, 4, 1.5, 5].map((value) => pool.run({ value }, value).then(() => finished.push(value))),
  );
  assert.deepEqual(finished, [5, 4, 3, 1.5, 1]);
});

test('an error in a worker is told with its name, and the worker goes on', async () => {
  const pool = createPool(1);
  await assert.rejects(pool.run({ act: 'throw' }, 1), (error: Error) => {
    assert.ok(error instanceof WorkerTaskError);
    assert.equal(error.message, 'RangeError: no such thing');
    return true;
  });
  assert.equal((await pool.run({ value: 7 }, 1)).value, 7);
});

for (const act of ['exit', 'crash'] as const) {
  test(`a worker that ends in a task (${act}) is an error, and another takes its place`, async () => {
    const pool = createPool(1);
    const [died, next] = await Promise.allSettled([pool.run({ act }, 2), pool.run({ value: 8 }, 1)]);
    assert.ok(died.status === 'rejected' && died.reason instanceof WorkerDiedError);
    assert.match(died.reason.message, act === 'exit' ? /exit code 3/ : /out of luck/);
    assert.ok(next.status === 'fulfilled' && next.value.value === 8);
  });
}

test('an aborted task that has not started is dropped, one that has started is finished', async () => {
  const pool = createPool(1);
  const controller = new AbortController();
  const first = pool.run({ value: 1, wait: 50 }, 2, controller.signal);
  const second = pool.run({ value: 2 }, 1, controller.signal);
  await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort(new Error('enough'));
  assert.equal((await first).value, 1);
  await assert.rejects(second, /enough/);
});

test('a retired pool finishes what it was given', async () => {
  const pool = createPool(2);
  const tasks = [1, 2, 3, 4].map((value) => pool.run({ value, wait: 5 }, 1));
  await Promise.resolve();
  pool.retire();
  assert.deepEqual(
    (await Promise.all(tasks)).map(({ value }) => value),
    [1, 2, 3, 4],
  );
});

test('a number of threads that is none is refused, not replaced', () => {
  const before = process.env['NEUROBASIS_JOBS'];
  try {
    process.env['NEUROBASIS_JOBS'] = '3';
    assert.equal(defaultJobs(), 3);
    for (const text of ['many', '0', '-1', '1.5', 'NaN']) {
      process.env['NEUROBASIS_JOBS'] = text;
      assert.throws(defaultJobs, JobsVariableError);
    }
    process.env['NEUROBASIS_JOBS'] = '';
    assert.ok(defaultJobs() >= 1);
  } finally {
    if (before === undefined) delete process.env['NEUROBASIS_JOBS'];
    else process.env['NEUROBASIS_JOBS'] = before;
  }
});
