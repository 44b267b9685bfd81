import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Recording } from '../recordings/corpus';
import { FIGURES_VARIABLE, NOTEBOOK_VARIABLE } from '../results/outputs';
import { atSessionEnd } from '../files/session-end';
import { prepareKernels } from '../kernels/runtime/webassembly';
import { readKept, keepIfPossible } from '../files/kept-file';
import { hashOfGraph, kernelsOf } from './code-fingerprint';
import type { CodesMeasurement } from './measure';
import { bundleOptions, moduleGraph } from './module-graph';
import { writeWhole } from '../files/write-whole';
import { projectRoot } from '../files/project-root';
import { WorkerPool } from './worker-pool';

/** One recording to be measured, as a worker thread receives it. */
export interface MeasuringTask {
  readonly codecId: string;
  readonly recording: Recording;
  /** The missing operating points. */
  readonly steps: readonly number[];
}

/** A place for threads, with all that decides what they do. */
interface Place {
  threads?: { readonly pool: WorkerPool<MeasuringTask, CodesMeasurement>; readonly environment: string };
}

/** Threads of this session. */
const own: Place = {};

atSessionEnd(() => own.threads?.pool.retire());

/** Threads of all sessions of a process; global, because each session has a copy of this file. */
const slot = Symbol.for('neurobasis.measuring-threads');
const everywhere = globalThis as { [slot]?: Place };

/**
 * From now on the threads of a notebook are kept for the next one of this process: a thread takes as long to start, and
 * to become fast, as some operating points take. It knows nothing but its task, so a notebook leaves nothing in it.
 */
export function keepMeasuringThreads(): void {
  everywhere[slot] ??= {};
}

/** Environment variables as a thread gets a copy of them, but for those that differ between notebooks. */
function environmentOfThreads(): string {
  const different = [FIGURES_VARIABLE, NOTEBOOK_VARIABLE];
  return JSON.stringify(
    Object.entries(process.env)
      .filter(([name]) => !different.includes(name))
      .sort(),
  );
}

/**
 * Bundles a worker script with its imports from this project, since a thread cannot load TypeScript. A bundle of the
 * same sources is used again.
 *
 * @param entry - path from the project root
 * @returns absolute path of the bundle; the same for the same code
 */
async function bundleWorker(entry: string): Promise<string> {
  const graph = await moduleGraph([entry]);
  // Kernels are compiled here, once. Otherwise, after an edit of a kernel's source, every thread would find
  // it missing and compile it.
  prepareKernels(() => {}, kernelsOf(graph.keys()));
  const folder = join(projectRoot(), '.cache', 'workers');
  const hash = hashOfGraph(graph);
  const note = join(folder, hash.slice(0, 32));
  const known = readKept(note)?.toString();
  // The bundle is compared before it is used: with a damaged one, threads would measure something else, or
  // nothing.
  if (known !== undefined && hashOfFile(join(folder, `${known.slice(0, 16)}.cjs`)) === known) {
    return join(folder, `${known.slice(0, 16)}.cjs`);
  }
  const { outputFiles } = await build({
    ...bundleOptions(),
    entryPoints: [entry],
    sourcemap: 'inline',
    outfile: '.cache/workers/worker.cjs',
  });
  const { contents } = outputFiles![0]!;
  const name = createHash('sha256').update(contents).digest('hex');
  const path = join(folder, `${name.slice(0, 16)}.cjs`);
  if (hashOfFile(path) !== name) writeWhole(path, contents);
  // An edit while esbuild read would be kept under the texts from before.
  if (hashOfGraph(await moduleGraph([entry])) === hash) keepIfPossible(note, name);
  return path;
}

/** SHA-256 of a file; undefined when it cannot be read. */
function hashOfFile(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}

/**
 * The measuring threads of this process, running the present code in the present environment: after an edit, or a change
 * of a variable, they are replaced.
 *
 * @param jobs - most threads at a time
 */
export async function measuringPool(jobs: number): Promise<WorkerPool<MeasuringTask, CodesMeasurement>> {
  const script = await bundleWorker('lib/measuring/measuring-worker.ts');
  const environment = environmentOfThreads();
  const place = everywhere[slot] ?? own;
  const { threads } = place;
  if (threads?.environment === environment && threads.pool.script === script && threads.pool.size === jobs) {
    return threads.pool;
  }
  threads?.pool.retire();
  const pool = new WorkerPool<MeasuringTask, CodesMeasurement>(script, jobs);
  place.threads = { pool, environment };
  return pool;
}
