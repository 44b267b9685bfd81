import './typescript';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { formatProgress, listenToProgress, type Progress } from '../lib/files/progress';
import type { DisplayData } from './session';

/** Characters of a full bar. */
const BAR_WIDTH = 30;

/** Milliseconds between two updates: more often than one can read only costs messages. */
const UPDATE_INTERVAL = 100;

const jupyter = createRequire(__filename)('tslab/dist/jupyter') as {
  lastWriteDisplayData: ((content: DisplayData, update: boolean) => void) | null;
};

/** The bar and the line of a report: `"████████░░░░ dct-256 on 743 recordings: 500 of 743"`. */
export function progressText(progress: Progress): string {
  const { done, total, finished } = progress;
  if (finished)
    return formatProgress(done < total ? { ...progress, ended: progress.ended ?? 'stopped' } : progress);
  const filled = total > 0 ? Math.round((BAR_WIDTH * done) / total) : 0;
  return `${'█'.repeat(filled).padEnd(BAR_WIDTH, '░')} ${formatProgress(progress)}`;
}

/**
 * Shows long work as an output of the cell that does it, one line for each task, updated in place. In the end it
 * reads `"dct-256 on 743 recordings: done"`, the same every time.
 */
export function showProgressInNotebook(): void {
  const shown = new Map<string, { readonly id: string; updatedAt: number }>();
  listenToProgress((progress) => {
    const { task, finished } = progress;
    const now = performance.now();
    const display = shown.get(task) ?? { id: randomUUID(), updatedAt: -Infinity };
    if (!finished && now - display.updatedAt < UPDATE_INTERVAL) return;
    jupyter.lastWriteDisplayData?.(
      {
        data: { 'text/plain': progressText(progress) },
        metadata: {},
        transient: { display_id: display.id },
      },
      shown.has(task),
    );
    display.updatedAt = now;
    // The next time, the same work gets a line of its own.
    if (finished) shown.delete(task);
    else shown.set(task, display);
  });
}
