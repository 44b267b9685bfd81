import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** The function of a worker script threw; the message is that of its error. */
export class WorkerTaskError extends Error {
  override readonly name = 'WorkerTaskError';
}

/** A worker ended in the middle of a task: it ran out of memory, or something called `process.exit`. */
export class WorkerDiedError extends Error {
  override readonly name = 'WorkerDiedError';
}

/** A request to a worker script. */
export interface WorkerRequest<Task> {
  readonly task: Task;
}
export type WorkerReply<Result> =
  | { readonly result: Result }
  | {
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly stack?: string | undefined;
      };
    };

interface QueuedTask<Task, Result> {
  readonly task: Task;
  /** Length of the task in any unit. Long tasks start first, so that the last ones to end are short. */
  readonly weight: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/** The variable `NEUROBASIS_JOBS` does not hold a number of threads. */
export class JobsVariableError extends RangeError {
  override readonly name = 'JobsVariableError';
}

/**
 * Number of worker threads to use: the variable `NEUROBASIS_JOBS` when it is set, else one per core.
 *
 * @throws JobsVariableError
 */
export function defaultJobs(): number {
  const text = process.env['NEUROBASIS_JOBS'];
  if (!text) return availableParallelism();
  const wanted = Number(text);
  if (Number.isInteger(wanted) && wanted > 0) return wanted;
  throw new JobsVariableError(
    `NEUROBASIS_JOBS is "${text}": set it to a whole number from 1 on, or not at all.`,
  );
}

/**
 * Worker threads with one queue of tasks; a free thread takes the next task. A thread starts when there is a
 * task for it, and keeps Node alive only while it works.
 */
export class WorkerPool<Task, Result> {
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, QueuedTask<Task, Result>>();
  private readonly queue: QueuedTask<Task, Result>[] = [];
  private retired = false;

  /**
   * @param script - absolute path of a CommonJS file that answers each {@link WorkerRequest} with one
   *   {@link WorkerReply}
   * @param size - most threads at a time, at least 1
   */
  constructor(
    readonly script: string,
    readonly size: number,
  ) {}

  /**
   * Runs one task.
   *
   * @param weight - length of the task, in any unit
   * @param signal - when it aborts, a waiting task is dropped (its promise rejects with the signal's reason),
   *   and a running one is left to finish
   * @throws WorkerTaskError | WorkerDiedError
   */
  run(task: Task, weight: number, signal?: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      let position = this.queue.length;
      while (position > 0 && this.queue[position - 1]!.weight < weight) position--;
      this.queue.splice(position, 0, { task, weight, signal, resolve, reject });
      // Start after all tasks of one caller are queued. Otherwise the first tasks in the caller's order would
      // start, not the longest.
      queueMicrotask(() => this.startTasks());
    });
  }

  /** Ends each thread as soon as it is idle; used when the pool's script is out of date. */
  retire(): void {
    this.retired = true;
    for (const worker of this.idle.splice(0)) void worker.terminate();
  }

  private startTasks(): void {
    while (this.queue.length > 0) {
      const next = this.queue[0]!;
      if (next.signal?.aborted) {
        this.queue.shift();
        next.reject(next.signal.reason);
        continue;
      }
      const worker = this.idle.pop() ?? (this.busy.size < this.size ? this.startWorker() : undefined);
      if (worker === undefined) return;
      this.queue.shift();
      this.busy.set(worker, next);
      worker.ref();
      worker.postMessage({ task: next.task } satisfies WorkerRequest<Task>);
    }
  }

  private startWorker(): Worker {
    // Without execArgv a thread would load what loads TypeScript, which a bundle does not need.
    const worker = new Worker(this.script, { execArgv: ['--enable-source-maps'] });
    let fault: Error | undefined;
    worker.on('message', (reply: WorkerReply<Result>) => {
      const finished = this.busy.get(worker);
      this.busy.delete(worker);
      worker.unref();
      this.idle.push(worker);
      this.startTasks();
      if (this.retired) this.retire();
      if ('result' in reply) finished?.resolve(reply.result);
      else {
        const error = new WorkerTaskError(`${reply.error.name}: ${reply.error.message}`);
        if (reply.error.stack !== undefined) error.stack = reply.error.stack;
        finished?.reject(error);
      }
    });
    worker.on('error', (error) => (fault = error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => {
      const unfinished = this.busy.get(worker);
      this.busy.delete(worker);
      const position = this.idle.indexOf(worker);
      if (position >= 0) this.idle.splice(position, 1);
      const reason = fault ? `${fault.name}: ${fault.message}` : `exit code ${code}`;
      unfinished?.reject(
        new WorkerDiedError(`the worker thread ended in the middle of the task (${reason})`),
      );
      this.startTasks();
    });
    return worker;
  }
}
