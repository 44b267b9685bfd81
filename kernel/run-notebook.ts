/**
 * Process started by {@link NotebookRunner}: runs the notebooks that its parent names, one after another, and answers
 * by messages. Compiler and packages stay loaded; all other state is new for each notebook.
 */
import { prepareModules } from './compiler';
import { dirname } from 'node:path';
import { executeNotebook, type CellStart, type NotebookRun } from './execute-notebook';
import { improveStacks } from './stack';
import { leaveOutDescriptions } from './typescript';
import { ProcessState } from './process-state';
import { keepDrawingPage } from '../lib/figures/export';
import { listenToProgress, type Progress } from '../lib/files/progress';
import { listenToWarnings } from '../lib/files/warnings';
import { endSession } from '../lib/files/session-end';
import { takeTimeSpent, type TimeSpent } from '../lib/files/time-spent';
import { keepMeasuringThreads } from '../lib/measuring/measuring-pool';

/** Requests of the parent, one at a time. */
export type RunnerRequest =
  /** To compile modules, named by their paths from the root, for all processes that follow. */
  | { readonly type: 'prepare'; readonly modules: readonly string[]; readonly draws: boolean }
  | {
      readonly type: 'run';
      readonly path: string;
      /** Variables in addition to those of the process. */
      readonly environment: Readonly<Record<string, string>>;
      /** Whether the notebooks of this process draw in one page. */
      readonly draws: boolean;
    };

/** Where the time of a notebook went, in seconds. */
export interface NotebookTime extends TimeSpent {
  /** Of the clock. */
  readonly total: number;
  /** Of all processors, threads included; without the browser that draws. */
  readonly processor: number;
}

/** Messages to the parent; `ready` comes last. */
export type RunnerMessage =
  | { readonly type: 'cell'; readonly cell: CellStart }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'run'; readonly run: NotebookRun; readonly time: NotebookTime }
  | { readonly type: 'error'; readonly name: string; readonly message: string }
  /**
   * A change of the process that the last notebook left and that cannot be undone, in words: the next notebook needs
   * another process. Undefined if there is none.
   */
  | { readonly type: 'ready'; readonly left?: string | undefined };

function tell(message: RunnerMessage): void {
  process.send?.(message);
}

const root = dirname(__dirname);
process.chdir(root);
improveStacks(root);
leaveOutDescriptions();
listenToProgress((progress) => tell({ type: 'progress', progress }));
listenToWarnings((text) => tell({ type: 'warning', text }));
keepMeasuringThreads();
takeTimeSpent();
void endSession();
// A parent that is gone has no use for the rest; whatever the cells left running ends here.
process.on('disconnect', () => process.exit());
process.on('message', (request: RunnerRequest) => void answer(request));
/** As every notebook finds it; taken when this process has loaded all that it needs itself. */
let initial: ProcessState | undefined;

async function run(path: string): Promise<void> {
  const start = performance.now();
  const processor = process.cpuUsage();
  takeTimeSpent();
  const outcome = await executeNotebook(path, { onCell: (cell) => tell({ type: 'cell', cell }) });
  const { user, system } = process.cpuUsage(processor);
  tell({
    type: 'run',
    run: outcome,
    time: {
      ...takeTimeSpent(),
      total: (performance.now() - start) / 1000,
      processor: (user + system) / 1e6,
    },
  });
}

async function answer(request: RunnerRequest): Promise<void> {
  let left: string | undefined;
  try {
    // Modules first: where the browser has yet to be fetched, another process does it meanwhile.
    if (request.type === 'prepare') prepareModules(root, request.modules);
    // Before the state is taken: a browser that started later would be something that a notebook has left.
    if (request.draws) await keepDrawingPage();
    if (request.type === 'run') {
      initial ??= new ProcessState();
      Object.assign(process.env, request.environment);
      try {
        await run(request.path);
      } finally {
        await endSession();
        left = await initial.restore();
      }
    }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    tell({ type: 'error', name, message });
  }
  tell({ type: 'ready', left });
}
