/**
 * HDF5 files, read by the C library in a thread of its own: what a damaged file makes it do cannot be foreseen, but a
 * thread can be ended when it takes too long or too much memory.
 */
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { atSessionEnd } from '../../../files/session-end';
import { GET_AGAIN, RecordingFormatError, type SampleArray } from '../../recording-file';
import type { DataTree } from './data-tree';
import type { ArrayFacts, Hdf5Answer, Hdf5Reply, Hdf5Request, Hdf5Start } from './hdf5-messages';
import { bundledScript } from './installed-module';

/** An HDF5 file, opened. */
export interface Hdf5Tree extends DataTree {
  close(): void;
}

/** Milliseconds that one answer of the library may take: windows from a slow disk take seconds. */
const MOST_TIME = 60_000;

/** Most bytes of memory of the library; a chunk may have a quarter of them. */
const MOST_MEMORY = 2 ** 30;

/** Most megabytes of JavaScript objects in the thread: names and attributes. */
const MOST_HEAP = 512;

/** Most bytes of memory of a thread that is kept for the next file. */
const MOST_IDLE_MEMORY = 2 ** 26;

/** Bounds on what reading a file takes. */
export interface Hdf5Bounds {
  /** Milliseconds that one answer may take. */
  readonly time?: number;
  /** Bytes of memory of the library. */
  readonly memory?: number;
}

/** A thread that no file uses. */
let idle: Worker | undefined;

/** The library, which the first thread compiles for all, and the script of the others, without it. */
let compiled: object | undefined;
let shortScript: string | undefined;

/** Of the file that was closed last: its thread is free then. */
let closing: Promise<unknown> = Promise.resolve();

function endIdle(): void {
  void idle?.terminate();
  idle = undefined;
}

async function takeThread(memory: number): Promise<Worker> {
  await closing;
  if (idle && memory === MOST_MEMORY) {
    const thread = idle;
    idle = undefined;
    return thread;
  }
  const whole = await bundledScript(
    'lib/recordings/formats/parts/hdf5-thread.ts',
    'h5wasm',
    'to read an HDF5 file',
  );
  if (compiled) shortScript ??= withoutLibrary(whole);
  const thread = new Worker(shortScript ?? whole, {
    eval: true,
    execArgv: [],
    workerData: { memory, compiled } satisfies Hdf5Start,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP },
    // The library prints what it then reports as an error.
    stdout: true,
    stderr: true,
  });
  thread.unref();
  atSessionEnd(endIdle);
  return thread;
}

/** The script without the bytes of the library, most of its six megabytes: a thread that has it compiled looks at none. */
function withoutLibrary(script: string): string {
  const call = /\bbinaryDecode\((["'`])/.exec(script);
  if (!call) return script;
  const from = call.index + call[0].length;
  let to = from;
  while (to < script.length && script[to] !== call[1]) to += script[to] === '\\' ? 2 : 1;
  return script.slice(0, from) + script.slice(to);
}

/** One file in a thread, asked one thing at a time. */
class Hdf5File {
  private thread: Worker | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  /**
   * Whether the library has reported an error. It leaves what it was doing by an exception then, with the file open inside:
   * in that thread, a whole file put in the place of the damaged one would be refused as well.
   */
  private failed = false;

  constructor(
    private readonly path: string,
    private readonly time: number,
    private readonly memory: number,
  ) {}

  /** @throws RecordingFormatError when the file is damaged, or takes too much time or memory */
  ask<T>(verb: Hdf5Request['verb'], ...parts: unknown[]): Promise<T> {
    const answer = this.turn.then(() => this.askNow(verb, parts));
    this.turn = answer.catch(() => undefined);
    return answer as Promise<T>;
  }

  /** Closes the file; the thread may read another. */
  close(): void {
    closing = this.turn.then(async () => {
      const { thread } = this;
      if (!thread) return;
      const taken = await this.askNow('close', []).catch(() => Infinity);
      this.thread = undefined;
      const kept = !this.failed && this.memory === MOST_MEMORY && (taken as number) <= MOST_IDLE_MEMORY;
      if (idle || !kept) {
        await thread.terminate();
        return;
      }
      idle = thread;
    });
  }

  private async askNow(verb: Hdf5Request['verb'], parts: readonly unknown[]): Promise<unknown> {
    if (verb === 'open') this.thread = await takeThread(this.memory);
    const { thread } = this;
    if (!thread) throw new RecordingFormatError(this.path, 'reading it was given up', GET_AGAIN);
    const reply = await new Promise<Hdf5Reply>((done) => {
      const answered = (answer: Hdf5Answer): void => {
        compiled ??= answer.compiled;
        finish(answer.reply);
      };
      const finish = (result: Hdf5Reply): void => {
        clearTimeout(watch);
        thread.off('message', answered).off('error', failed).off('exit', ended);
        thread.unref();
        done(result);
      };
      const giveUp = (problem: string): void => {
        this.thread = undefined;
        void thread.terminate();
        finish({ problem });
      };
      const failed = ({ message }: Error): void => giveUp(`reading it failed (${message})`);
      const ended = (): void => giveUp('reading it ended early');
      const watch = setTimeout(
        () => giveUp(`one answer of the HDF5 library took longer than ${this.time / 1000} s`),
        this.time,
      );
      thread.ref();
      thread.on('message', answered).on('error', failed).on('exit', ended);
      thread.postMessage({ verb, parts } satisfies Hdf5Request);
    });
    if ('result' in reply) return reply.result;
    this.failed = true;
    // An instance that aborted refuses everything from then on.
    if (/Aborted\(|too much memory/.test(reply.problem)) {
      void thread.terminate();
      this.thread = undefined;
    }
    throw new RecordingFormatError(this.path, reply.problem, reply.remedy ?? GET_AGAIN);
  }
}

/**
 * Opens an HDF5 file with h5wasm, whose build for Node reads the file where it is, window by window.
 *
 * @throws RecordingFormatError when it is no HDF5 file, or damaged, or when it takes more than the bounds
 */
export async function openHdf5Tree(path: string, bounds: Hdf5Bounds = {}): Promise<Hdf5Tree> {
  const file = new Hdf5File(path, bounds.time ?? MOST_TIME, bounds.memory ?? MOST_MEMORY);
  try {
    await file.ask('open', resolve(path));
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    path,
    children: (group) => file.ask('children', group),
    kind: (at) => file.ask('kind', at),
    attribute: (at, name) => file.ask('attribute', at, name),
    array: async (at) => ({
      ...(await file.ask<ArrayFacts>('array', at)),
      read: (window) => file.ask<SampleArray>('read', at, window),
    }),
    values: (at) => file.ask('values', at),
    close: () => file.close(),
  };
}
