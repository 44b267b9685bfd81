import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { BrowserNotFoundError } from '../lib/figures/browser';
import type { Progress } from '../lib/files/progress';
import type { CellStart, NotebookRun } from './execute-notebook';
import type { NotebookTime, RunnerMessage, RunnerRequest } from './run-notebook';

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
  /** Called with warnings for the user; the notebook goes on. */
  readonly onWarning?: (text: string) => void;
  /** Called at the end, with where the time went. */
  readonly onTime?: (time: NotebookTime) => void;
  /** Environment variables in addition to those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the process of the notebook when it aborts. */
  readonly signal?: AbortSignal;
}

/** Node's arguments for a process that can load TypeScript. */
export const TYPESCRIPT_ARGUMENTS: readonly string[] = [
  '--require',
  join(dirname(__dirname), 'tools', 'loader.cjs'),
];

/** Milliseconds in which a process ends by itself. */
const GRACE = 3000;

/**
 * Bytes kept of standard error: a crash reports its cause in its last lines. A notebook's own output is captured
 * elsewhere.
 */
const LAST_WORDS = 2000;

/**
 * Runs notebooks one after another in a process that stays warm: compiler, declarations of `lib` and packages are
 * loaded once. Between notebooks the process is brought back to its first state. A notebook gets a new process when the
 * one before it left a timer running or changed a built-in object.
 */
export class NotebookRunner {
  private child: ChildProcess | undefined;

  /** @param draws - whether the notebooks draw in one page, which is opened before the first of them */
  constructor(private readonly draws = false) {}

  /**
   * Runs a notebook, as {@link executeNotebook} does, and returns it with its outputs; the file stays as it is. A
   * notebook that fails is returned too, with the failure.
   *
   * @throws NotebookProcessError when the notebook could not be read, or its process crashed or was aborted
   * @throws BrowserNotFoundError when there is no browser to draw with
   */
  async run(path: string, options: RunOptions = {}): Promise<NotebookRun> {
    const { environment = {}, signal } = options;
    let run: NotebookRun | undefined;
    const request: RunnerRequest = { type: 'run', path: resolve(path), environment, draws: this.draws };
    const complaint = await this.ask(request, signal, (message) => {
      if (message.type === 'cell') options.onCell?.(message.cell);
      else if (message.type === 'progress') options.onProgress?.(message.progress);
      else if (message.type === 'warning') options.onWarning?.(message.text);
      else if (message.type === 'run') {
        ({ run } = message);
        options.onTime?.(message.time);
      }
    });
    if (run) return run;
    throw new NotebookProcessError(`${path} was not run: ${complaint}`);
  }

  /**
   * Compiles modules, for this process and for all that start later.
   *
   * @param modules - paths from the root
   * @throws NotebookProcessError
   * @throws BrowserNotFoundError when there is no browser to draw with
   */
  async prepare(
    modules: readonly string[],
    { onWarning, signal }: Pick<RunOptions, 'onWarning' | 'signal'> = {},
  ): Promise<void> {
    const request: RunnerRequest = { type: 'prepare', modules, draws: this.draws };
    const complaint = await this.ask(request, signal, (message) => {
      if (message.type === 'warning') onWarning?.(message.text);
    });
    if (complaint !== '') throw new NotebookProcessError(`The modules were not compiled: ${complaint}`);
  }

  /** Ends the process, and waits until it has ended. */
  async end(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    // What the process started, such as a browser, it ends itself, unless it is busy.
    if (child.connected) child.disconnect();
    const impatience = setTimeout(() => child.kill('SIGKILL'), GRACE);
    await closed;
    clearTimeout(impatience);
  }

  /**
   * @returns the error, or nothing if there was none
   * @throws BrowserNotFoundError when there is no browser to draw with
   */
  private ask(
    request: RunnerRequest,
    signal: AbortSignal | undefined,
    listen: (message: RunnerMessage) => void,
  ): Promise<string> {
    const child = (this.child ??= start());
    return new Promise((done, refuse) => {
      let complaint = '';
      let browserProblem: BrowserNotFoundError | undefined;
      let lastWords = '';
      const abort = (): void => {
        complaint ||= 'it was stopped';
        child.kill();
      };
      const hear = (chunk: Buffer): void => {
        lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS);
      };
      const receive = (message: RunnerMessage): void => {
        if (message.type === 'error') {
          complaint = message.message;
          if (message.name === 'BrowserNotFoundError') browserProblem = new BrowserNotFoundError(complaint);
        } else if (message.type === 'ready') finish(message.left === undefined);
        else listen(message);
      };
      const failed = (error: Error): void => void (complaint ||= error.message);
      const closed = (code: number | null, killedBy: NodeJS.Signals | null): void => {
        complaint ||= `its process ended early (${killedBy ?? `exit code ${code}`})${lastWords && `: ${lastWords.trim()}`}`;
        finish(false);
      };
      const finish = (usable: boolean): void => {
        child.off('message', receive).off('error', failed).off('close', closed);
        child.stderr?.off('data', hear);
        signal?.removeEventListener('abort', abort);
        const answer = (): void => (browserProblem ? refuse(browserProblem) : done(complaint));
        if (usable) answer();
        else void this.end().then(answer);
      };
      child.on('message', receive).on('error', failed).on('close', closed);
      child.stderr?.on('data', hear);
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      else child.send(request, (error) => error && failed(error));
    });
  }
}

function start(): ChildProcess {
  return fork(join(__dirname, 'run-notebook.ts'), {
    cwd: dirname(__dirname),
    execArgv: [...TYPESCRIPT_ARGUMENTS],
    // Without a terminal and its colors the same cells print the same bytes everywhere.
    env: {
      ...process.env,
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
      // A notebook whose run was killed ends, however busy its cell is.
      NEUROBASIS_PARENT: String(process.pid),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** Runs a notebook in a process of its own; see {@link NotebookRunner}. */
export async function runNotebook(path: string, options: RunOptions = {}): Promise<NotebookRun> {
  const runner = new NotebookRunner();
  try {
    return await runner.run(path, options);
  } finally {
    await runner.end();
  }
}
