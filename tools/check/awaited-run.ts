/**
 * Results that are older than the code. Changes of bytes or measures are gathered and measured again in one run; until
 * then `awaited-run.json` beside the results names the commit that measured them, and the changes since.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** File beside the results; removed by whoever commits the run that it waits for. */
const FILE = 'awaited-run.json';

/** The commit of the results beside the file, and why they are older than the code. */
export interface AwaitedRun {
  /** Commit whose code measured them. */
  readonly measuredBy: string;
  /** Changes since that commit that alter bytes or measures, one sentence each. */
  readonly changes: readonly string[];
}

/** `awaited-run.json` is damaged, or of another shape. */
export class AwaitedRunError extends Error {
  override readonly name = 'AwaitedRunError';
}

/**
 * The run that a dataset's results await; undefined when they await none.
 *
 * @param folder - `figures/<dataset>`
 * @throws AwaitedRunError
 */
export function readAwaitedRun(folder: string): AwaitedRun | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  let found: Partial<AwaitedRun> | undefined;
  try {
    found = JSON.parse(readFileSync(path, 'utf8')) as Partial<AwaitedRun>;
  } catch {
    // Reported below, like a file of another shape.
  }
  const { measuredBy, changes } = found ?? {};
  if (typeof measuredBy === 'string' && Array.isArray(changes) && changes.length > 0) {
    return { measuredBy, changes: changes.map(String) };
  }
  throw new AwaitedRunError(
    `${path} is damaged: it holds {"measuredBy": "<commit>", "changes": ["what has changed", …]}.`,
  );
}

/** Findings of a check of committed results or models, one sentence each, with the remedy. */
export interface Agreement {
  readonly problems: readonly string[];
  /** Results or models older than the code: a problem, unless a run is awaited. */
  readonly stale: readonly string[];
}

/**
 * What the check says: where a run is awaited, that things are older than the code is a note. A run that is awaited
 * though nothing is older is a problem, so that the file cannot outlive its reason.
 *
 * @param what - `"notebooks"`, `"models"`
 * @param folder - `figures/<dataset>`
 * @throws AwaitedRunError
 */
export function settleStale(
  { problems, stale }: Agreement,
  what: string,
  folder: string,
): { readonly problems: readonly string[]; readonly notes: readonly string[] } {
  const awaited = readAwaitedRun(folder);
  if (!awaited) return { problems: [...problems, ...stale], notes: [] };
  if (stale.length === 0) {
    const needless = `No ${what} are older than the code any more: remove ${join(folder, FILE)}.`;
    return { problems: [...problems, needless], notes: [] };
  }
  const { measuredBy, changes } = awaited;
  return {
    problems,
    notes: [
      `${stale.length} ${what} are of commit ${measuredBy} and await the next whole run. Changed since:`,
      ...changes.map((change) => `  ${change}`),
    ],
  };
}
