/**
 * The script of a measuring thread. It is bundled by `measuring-pool.ts` and never imported.
 */
import { parentPort } from 'node:worker_threads';
import { codecFromId } from '../codecs/codec-from-id';
import { sampleRangeOf } from '../recordings/recording';
import type { CodesMeasurement } from './measure';
import { measureViews } from './measure-views';
import type { MeasuringTask } from './measuring-pool';
import type { WorkerReply, WorkerRequest } from './worker-pool';

parentPort!.on('message', ({ task }: WorkerRequest<MeasuringTask>) => {
  let reply: WorkerReply<CodesMeasurement>;
  const { codecId, recording, steps } = task;
  try {
    reply = { result: measureViews(codecFromId(codecId, sampleRangeOf(recording)), recording, steps) };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    reply = { error: { name, message, stack } };
  }
  parentPort!.postMessage(reply);
});
