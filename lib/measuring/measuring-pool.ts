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

/** One recording to be measured, as a worker thread receives it. */
export interface MeasuringTask {
  readonly codecId: string;
  readonly recording: Recording;
  /** The missing operating points. */
  readonly steps: readonly number[];
}

let current: WorkerPool<MeasuringTask, CodesMeasurement> | undefined;

atSessionEnd(() => current?.retire());

/**
 * Bundles a worker script with its imports from this project, since a thread cannot load TypeScript.
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
  // Kernels are compiled here, once. Otherwise, after an edit of a kernel's source, every thread would find
  // it missing and compile it.
  prepareKernels(() => {}, kernelsOf(result.metafile!));
  const { contents } = result.outputFiles![0]!;
  const name = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  const path = join(projectRoot(), '.cache', 'workers', `${name}.cjs`);
  // The bundle is compared before it is used: with a damaged one, threads would measure something else, or
  // nothing.
  if (!isFileOf(path, contents)) writeWhole(path, contents);
  return path;
}

/** Whether a file has exactly these contents. */
function isFileOf(path: string, contents: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(contents);
  } catch {
    return false;
  }
}

/**
 * The measuring threads of this process, running the present code: after an edit they are replaced.
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
