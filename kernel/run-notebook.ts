/**
 * The process of one notebook, started by {@link runNotebook}: runs the notebook that its argument names and tells
 * its parent by messages.
 */
import { leaveModulesUnchecked } from './typescript';
import { executeNotebook, type CellStart, type NotebookRun } from './execute-notebook';
import { listenToProgress, type Progress } from '../lib/measuring/progress';
import { listenToWarnings } from '../lib/files/warnings';

/** What the process tells its parent; the run comes last. */
export type NotebookMessage =
  | { readonly type: 'cell'; readonly cell: CellStart }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'run'; readonly run: NotebookRun }
  | { readonly type: 'error'; readonly name: string; readonly message: string };

function tell(message: NotebookMessage, sent?: () => void): void {
  process.send?.(message, undefined, undefined, sent);
}

async function main(): Promise<void> {
  leaveModulesUnchecked();
  listenToProgress((progress) => tell({ type: 'progress', progress }));
  listenToWarnings((text) => tell({ type: 'warning', text }));
  let outcome: NotebookMessage;
  try {
    const run = await executeNotebook(process.argv[2] ?? '', {
      onCell: (cell) => tell({ type: 'cell', cell }),
    });
    outcome = { type: 'run', run };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    outcome = { type: 'error', name, message };
  }
  // Whatever the cells left running (workers, timers, a browser) ends here, once the parent has everything.
  tell(outcome, () => process.exit());
}

// A parent that is gone has no use for the rest.
process.on('disconnect', () => process.exit(1));
void main();
