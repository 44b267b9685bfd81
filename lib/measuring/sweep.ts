import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Codec } from '../coding/codec';
import { timed } from '../files/time-spent';
import type { Corpus, Recording } from '../recordings/corpus';
import { foldOf } from '../recordings/folds';
import { openMeasurementCache, recordingHash, type MeasurementCache } from './cache';
import { Claims } from './claims';
import { FoldedCodec } from './curve-codec';
import { measuringPool } from './measuring-pool';
import { hashCodecCode } from './codec-code';
import { measureViews } from './measure-views';
import type { CodesMeasurement, RecordingFacts, StepMeasurement } from './measure';
import { reportProgress } from '../files/progress';
import { projectRoot } from '../files/project-root';
import { warnOnce } from '../files/warnings';
import { recordingsOfShard, type Shard } from './shards';
import { defaultJobs } from './worker-pool';

/** All measurements of one recording. */
export interface RecordingMeasurement {
  readonly recording: Recording;
  readonly facts: RecordingFacts;
  /** In the order of ascending steps; lossless (0) is first where it was requested. */
  readonly points: readonly StepMeasurement[];
}

/** Result of {@link sweep}. */
export interface SweepResult {
  readonly codec: Pick<
    Codec,
    'id' | 'delay' | 'wholeRecording' | 'multiplyAddsPerSample' | 'optimizes' | 'leavesOut'
  >;
  readonly corpus: Corpus;
  /** Ascending, each once. */
  readonly steps: readonly number[];
  /** In the order of the corpus. */
  readonly recordings: readonly RecordingMeasurement[];
  /** Number of recordings whose measurements all came from an earlier run. */
  readonly reused: number;
}

/** Settings of a sweep; but for `shard`, its result does not depend on them. */
export interface SweepOptions {
  /** Most worker threads at a time; the default is one per core, or `NEUROBASIS_JOBS`. */
  readonly jobs?: number;
  /** Aborting it stops the sweep. */
  readonly signal?: AbortSignal;
  /**
   * The result is that of this part of the corpus, and what is measured is written to a file of its own, for machines
   * that share the folder.
   */
  readonly shard?: Shard;
}

/** A sweep was stopped before its end; its measurements so far are kept. */
export class SweepStoppedError extends Error {
  override readonly name = 'SweepStoppedError';
}

/** A recording could not be measured. */
export class SweepError extends Error {
  override readonly name = 'SweepError';
}

/** The steps of a sweep are not numbers of 0 or more. */
export class SweepStepsError extends RangeError {
  override readonly name = 'SweepStepsError';
}

/**
 * Measures every recording of a corpus at every step. A recording whose bytes do not match the hash in the
 * corpus ends the sweep, even if it changed only during the sweep.
 *
 * A codec of the catalog is rebuilt from its id in worker threads, one per core. Its measurements are kept
 * under `.cache/sweeps/`: after an interruption the same call continues, and a second call measures nothing. Two
 * calls at once, in this process or another, share the recordings.
 * Any other codec, such as one that a notebook cell defines, is measured in this thread and not kept. The
 * result is the same either way and does not depend on the order in which recordings finish. A codec with one
 * basis for each fold is the sweeps of its two codecs, each over its recordings.
 *
 * Ctrl-C, or the kernel's interrupt button, stops the sweep.
 *
 * @param steps - quantizer steps in ADC codes; 0 is lossless
 * @throws SweepStoppedError when it was stopped
 * @throws SweepError naming the recording and the codec that failed
 */
export async function sweep(
  codec: Codec,
  corpus: Corpus,
  steps: readonly number[],
  options: SweepOptions = {},
): Promise<SweepResult> {
  const ordered = [...new Set(steps)].sort((a, b) => a - b);
  const wrong = ordered.find((step) => !(step >= 0 && step < Infinity));
  if (wrong !== undefined) {
    throw new SweepStepsError(`${wrong} is no quantizer step: steps are ADC codes, 0 (lossless) or more.`);
  }
  if (options.shard) {
    const { shard, ...rest } = options;
    const recordings = recordingsOfShard(corpus.recordings, shard);
    const label = `shard ${shard.number}/${shard.count} of ${corpus.label}`;
    return sweepPart(codec, { ...corpus, label, recordings }, ordered, rest, shard);
  }
  return sweepPart(codec, corpus, ordered, options);
}

async function sweepPart(
  codec: Codec,
  corpus: Corpus,
  ordered: readonly number[],
  options: SweepOptions,
  shard?: Shard,
): Promise<SweepResult> {
  if (codec instanceof FoldedCodec) return sweepFolds(codec, corpus, ordered, options, shard);
  // Recordings of one corpus are coded with the models of one dataset.
  const codeHash = await hashCodecCode(codec.id, corpus.recordings[0]?.models);
  const cache = codeHash === undefined ? undefined : openMeasurementCache(codec.id, codeHash, shard);
  const run = new SweepRun(codec, corpus, ordered, cache);
  if (cache?.damage !== undefined && run.isMissing) warnOnce(cache.damage);
  await timed('sweeping', () => run.measureMissing(options));
  cache?.writeShard();
  return run.result();
}

/** The sweep of a codec that has another basis for each fold. */
async function sweepFolds(
  codec: FoldedCodec,
  corpus: Corpus,
  steps: readonly number[],
  options: SweepOptions,
  shard: Shard | undefined,
): Promise<SweepResult> {
  const measured = new Map<string, RecordingMeasurement>();
  let reused = 0;
  for (const fold of [0, 1] as const) {
    const recordings = corpus.recordings.filter(({ samples }) => foldOf(samples) === fold);
    if (recordings.length === 0) continue;
    const label = `${corpus.label}, fold ${fold}`;
    const part = { ...corpus, label, recordings };
    const result = await sweepPart(codec.ofFold(fold), part, steps, options, shard);
    reused += result.reused;
    for (const one of result.recordings) measured.set(one.recording.name, one);
  }
  return {
    codec: describedCodec(codec),
    corpus,
    steps,
    recordings: corpus.recordings.map(({ name }) => measured.get(name)!),
    reused,
  };
}

/** What results say of a codec. */
function describedCodec(codec: Codec): SweepResult['codec'] {
  const { id, delay, wholeRecording, multiplyAddsPerSample, optimizes, leavesOut } = codec;
  return {
    id,
    delay,
    ...(wholeRecording !== undefined && { wholeRecording }),
    multiplyAddsPerSample,
    ...(optimizes !== undefined && { optimizes }),
    ...(leavesOut !== undefined && { leavesOut }),
  };
}
/** A recording of which measurements are missing. */
interface Pending {
  /** In the corpus. */
  readonly index: number;
  /** How long it takes, in any unit. */
  readonly work: number;
}

/** Milliseconds between two looks at what another process measures. */
const WAITING = 100;

/** Sweeps share recordings where they append to the same file. */
function claimsName({ path, journal }: MeasurementCache): string {
  const name = basename(path, '.jsonl');
  return journal === path ? name : `${name}.${basename(journal, '.journal')}`;
}

/** One call of {@link sweep}. */
class SweepRun {
  private readonly measured: (CodesMeasurement | undefined)[];
  private readonly pending: Pending[] = [];
  private readonly reused: number;
  private readonly totalWork: number;
  private readonly started = performance.now();
  private doneWork = 0;
  private done = 0;
  private finished = false;

  constructor(
    private readonly codec: Codec,
    private readonly corpus: Corpus,
    private readonly steps: readonly number[],
    private readonly cache: MeasurementCache | undefined,
  ) {
    this.measured = corpus.recordings.map((recording, index) => {
      const { facts, points, missing } = cache?.find(recordingHash(recording), steps) ?? {
        facts: undefined,
        points: [],
        missing: steps,
      };
      if (facts && missing.length === 0) return { facts, points };
      // Reading a recording and preparing its metrics costs about as much as one more step.
      this.pending.push({ index, work: (recording.samples + 1) * (missing.length + 1) });
      return undefined;
    });
    this.reused = this.done = corpus.recordings.length - this.pending.length;
    this.totalWork = this.pending.reduce((sum, { work }) => sum + work, 0);
  }

  /** Whether any measurement is missing. */
  get isMissing(): boolean {
    return this.pending.length > 0;
  }

  async measureMissing({ jobs = defaultJobs(), signal }: SweepOptions): Promise<void> {
    if (this.pending.length === 0) return this.report(true);
    const stop = new AbortController();
    const onInterrupt = (): void => stop.abort(new SweepStoppedError('interrupted'));
    const onAbort = (): void => stop.abort(signal?.reason);
    process.once('SIGINT', onInterrupt);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    // From this report on, the listener may stop the sweep.
    this.report(false);
    try {
      const stopped = new Promise<never>((_, reject) => {
        const refuse = (): void => reject(this.stoppedError());
        if (stop.signal.aborted) refuse();
        else stop.signal.addEventListener('abort', refuse, { once: true });
      });
      await Promise.race([
        this.cache ? this.measureInWorkers(this.cache, jobs, stop.signal) : this.measureHere(stop.signal),
        stopped,
      ]);
      this.report(true);
    } catch (error) {
      // No new task is started. Workers finish their present tasks, and those measurements are kept.
      stop.abort(error);
      this.report(true, error instanceof SweepStoppedError ? 'stopped' : 'failed');
      throw error;
    } finally {
      process.removeListener('SIGINT', onInterrupt);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  result(): SweepResult {
    return {
      codec: describedCodec(this.codec),
      corpus: this.corpus,
      steps: this.steps,
      recordings: this.corpus.recordings.map((recording, index) => ({ recording, ...this.measured[index]! })),
      reused: this.reused,
    };
  }

  private async measureInWorkers(cache: MeasurementCache, jobs: number, signal: AbortSignal): Promise<void> {
    const pool = await measuringPool(jobs);
    const claims = new Claims(join(projectRoot(), '.cache', 'claims', claimsName(cache)));
    // Long recordings first, so that the last ones to end are short.
    const open = [...this.pending].sort((a, b) => b.work - a.work);
    const elsewhere: Pending[] = [];
    const measure = async (pending: Pending): Promise<void> => {
      const recording = this.corpus.recordings[pending.index]!;
      // What another sweep has measured since this one looked.
      cache.refresh();
      const { facts, points, missing } = cache.find(recordingHash(recording), this.steps);
      try {
        if (facts && missing.length === 0) this.accept(pending, { facts, points });
        else {
          const task = { codecId: this.codec.id, recording, steps: missing };
          const fresh = await pool.run(task, pending.work, signal);
          cache.add(recordingHash(recording), fresh);
          const all = [...points, ...fresh.points].sort((a, b) => a.step - b.step);
          this.accept(pending, { facts: fresh.facts, points: all });
        }
      } catch (error) {
        throw this.failure(recording, error);
      } finally {
        claims.release(recordingHash(recording));
      }
    };
    const takeNext = async (): Promise<void> => {
      while (!signal.aborted) {
        const next = open.shift();
        if (next) {
          if (claims.claim(recordingHash(this.corpus.recordings[next.index]!))) await measure(next);
          else elsewhere.push(next);
          continue;
        }
        const turn = elsewhere.findIndex(({ index }) =>
          claims.isOwn(recordingHash(this.corpus.recordings[index]!)),
        );
        if (turn >= 0) await measure(elsewhere.splice(turn, 1)[0]!);
        else if (elsewhere.length === 0) return;
        else await setTimeout(WAITING);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(jobs, open.length) }, takeNext));
    } finally {
      claims.end();
    }
  }

  private async measureHere(signal: AbortSignal): Promise<void> {
    for (const pending of this.pending) {
      // Lets interrupts and progress messages through.
      await setImmediate();
      if (signal.aborted) return;
      const recording = this.corpus.recordings[pending.index]!;
      try {
        this.accept(pending, measureViews(this.codec, recording, this.steps));
      } catch (error) {
        throw this.failure(recording, error);
      }
    }
  }

  private accept({ index, work }: Pending, measurement: CodesMeasurement): void {
    this.measured[index] = measurement;
    this.done++;
    this.doneWork += work;
    this.report(false);
  }

  private report(finished: boolean, ended?: 'stopped' | 'failed'): void {
    // Results that workers finish after a stop are kept, but not reported.
    if (this.finished) return;
    this.finished = finished;
    const seconds = (performance.now() - this.started) / 1000;
    reportProgress({
      task: `${this.codec.id} on ${this.corpus.label}`,
      done: this.done,
      total: this.corpus.recordings.length,
      reused: this.reused,
      ...(this.doneWork > 0 && { secondsLeft: (seconds * (this.totalWork - this.doneWork)) / this.doneWork }),
      finished,
      ended,
    });
  }

  private stoppedError(): SweepStoppedError {
    const { length } = this.corpus.recordings;
    return new SweepStoppedError(
      `The sweep of ${this.codec.id} was stopped after ${this.done} of ${length} recordings. ` +
        (this.cache
          ? 'What was measured is kept: the same call goes on from there.'
          : 'Start it again to measure them all.'),
    );
  }

  private failure(recording: Recording, error: unknown): SweepError {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new SweepError(`${this.codec.id} could not be measured on ${recording.name}: ${reason}`, {
      cause: error,
    });
  }
}
