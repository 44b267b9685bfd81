import { fork } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Progress } from '../lib/measuring/progress';
import type { CellStart, NotebookRun } from './execute-notebook';
import type { NotebookMessage } from './run-notebook';

/** The process of a notebook ended before the notebook did, or the notebook could not be read. */
export class NotebookProcessError extends Error {
  override readonly name = 'NotebookProcessError';
}

/** How to run a notebook. */
export interface RunOptions {
  /** Called before each cell. */
  readonly onCell?: (cell: CellStart) => void;
  /** Called whenever long work in a cell reports. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with what the user should know although the notebook goes on. */
  readonly onWarning?: (text: string) => void;
  /** Environment variables in addition to those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the process of the notebook when it aborts. */
  readonly signal?: AbortSignal;
}

/** Node's arguments for a process that can load TypeScript. */
export const TYPESCRIPT_ARGUMENTS: readonly string[] = [
  '--import',
  pathToFileURL(join(dirname(__dirname), 'tools', 'loader.mjs')).href,
];

/** Code and last words of what the operating system knows of a crash are enough; a notebook's own output is captured. */
const LAST_WORDS = 2000;

/**
 * Runs a notebook in a process of its own, as {@link executeNotebook} does, and returns it with its outputs; the
 * file stays as it is. A notebook that fails is returned too, with the failure.
 *
 * @throws NotebookProcessError when the notebook could not be read, or its process crashed or was aborted
 */
export function runNotebook(path: string, options: RunOptions = {}): Promise<NotebookRun> {
  const root = dirname(__dirname);
  return new Promise((resolveRun, reject) => {
    const child = fork(join(__dirname, 'run-notebook.ts'), [resolve(path)], {
      cwd: root,
      execArgv: [...TYPESCRIPT_ARGUMENTS],
      // Without a terminal and its colors the same cells print the same bytes everywhere.
      env: {
        ...process.env,
        ...options.environment,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
        // A notebook whose run was killed ends, however busy its cell is.
        NEUROBASIS_PARENT: String(process.pid),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      ...(options.signal && { signal: options.signal }),
    });
    let lastWords = '';
    child.stderr?.on(
      'data',
      (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS)),
    );
    let run: NotebookRun | undefined;
    let complaint = '';
    child.on('message', (message: NotebookMessage) => {
      if (message.type === 'cell') options.onCell?.(message.cell);
      else if (message.type === 'progress') options.onProgress?.(message.progress);
      else if (message.type === 'warning') options.onWarning?.(message.text);
      else if (message.type === 'run') run = message.run;
      else complaint = message.message;
    });
    child.on('error', (error) => (complaint ||= error.message));
    child.on('close', (code, signal) => {
      if (run) return resolveRun(run);
      complaint ||= `its process ended early (${signal ?? `exit code ${code}`})${lastWords && `: ${lastWords.trim()}`}`;
      reject(new NotebookProcessError(`${path} was not run: ${complaint}`));
    });
  });
}
