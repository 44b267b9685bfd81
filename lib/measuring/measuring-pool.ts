import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Recording } from '../recordings/corpus';
import { prepareKernels } from '../kernels/runtime/webassembly';
import { bundleOptions, kernelsOf } from './code-fingerprint';
import type { CodesMeasurement } from './measure';
import { atSessionEnd } from '../files/session-end';
import { writeWhole } from '../files/write-whole';
import { projectRoot } from '../files/project-root';
import { WorkerPool } from './worker-pool';

/** One recording to be measured: what a worker thread is told. */
export interface MeasuringTask {
  readonly codecId: string;
  readonly recording: Recording;
  /** The operating points that are missing. */
  readonly steps: readonly number[];
}

let current: WorkerPool<MeasuringTask, CodesMeasurement> | undefined;

atSessionEnd(() => current?.retire());

/**
 * Bundles a worker script with everything of this project that it imports, since a thread cannot load TypeScript.
 *
 * @param entry - path from the project root
 * @returns absolute path of the bundle; the same for the same code
 */
async function bundleWorker(entry: string): Promise<string> {
  const result = await build({
    ...bundleOptions(),
    entryPoints: [entry],
    sourcemap: 'inline',
    outfile: '.cache/workers/worker.cjs',
    metafile: true,
  });
  // Threads that find a kernel missing, as after an edit of its source, would each compile it.
  prepareKernels(() => {}, kernelsOf(result.metafile!));
  const { contents } = result.outputFiles![0]!;
  const name = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  const path = join(projectRoot(), '.cache', 'workers', `${name}.cjs`);
  // A thread loads whatever is there: a damaged bundle would measure something else, or nothing.
  if (!isFileOf(path, contents)) writeWhole(path, contents);
  return path;
}

/** Whether a file holds these very bytes. */
function isFileOf(path: string, contents: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(contents);
  } catch {
    return false;
  }
}

/**
 * The worker threads of this process that measure recordings, with the code as it is now: after an edit they are
 * replaced.
 *
 * @param jobs - most threads at a time
 */
export async function measuringPool(jobs: number): Promise<WorkerPool<MeasuringTask, CodesMeasurement>> {
  const script = await bundleWorker('lib/measuring/measuring-worker.ts');
  if (current?.script !== script || current.size !== jobs) {
    current?.retire();
    current = new WorkerPool(script, jobs);
  }
  return current;
}
