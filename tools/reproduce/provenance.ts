/**
 * What was made from what: `provenance.json` beside the results of a dataset. It tells a run what it need not do
 * again, and a check whether the kept results belong together.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNotebook } from '../../kernel/notebook';
import { readResults, type Curve } from '../../lib/results/results';
import { writeWhole } from '../../lib/files/write-whole';
import type { NotebookInputs } from './fingerprint';
import { hashExecuted, shownSubset } from './notebook-file';

/** What one run of a notebook was made from and made. */
export interface NotebookRecord {
  readonly inputs: NotebookInputs;
  /** SHA-256 of each file that it saved, by its name in `figures/<dataset>/`. */
  readonly outputs: Readonly<Record<string, string>>;
  /** SHA-256 of the code cells and outputs of the executed notebook. */
  readonly executed: string;
  /** SHA-256 of its curves in `results.json`. */
  readonly curves: string;
}

export interface Provenance {
  readonly notebooks: Readonly<Record<string, NotebookRecord>>;
  /** SHA-256 of each file that is made from the outputs of all notebooks: the gallery. */
  readonly shared: Readonly<Record<string, string>>;
}

/** Reads the provenance of a dataset's folder; an unreadable one is as good as none. */
export function readProvenance(folder: string): Provenance {
  const path = join(folder, 'provenance.json');
  if (existsSync(path)) {
    try {
      const provenance = JSON.parse(readFileSync(path, 'utf8')) as Provenance;
      if (provenance.notebooks && provenance.shared) return provenance;
    } catch {
      // Everything is made again, and this file with it.
    }
  }
  return { notebooks: {}, shared: {} };
}

/** Writes the provenance with sorted keys. */
export function writeProvenance(folder: string, { notebooks, shared }: Provenance): void {
  const sorted = { notebooks: sortedByKey(notebooks), shared: sortedByKey(shared) };
  writeWhole(join(folder, 'provenance.json'), `${JSON.stringify(sorted, null, 1)}\n`);
}

/** The same record with its keys in alphabetical order. */
export function sortedByKey<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256 of a file, undefined when there is none. */
export function hashFile(path: string): string | undefined {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined;
}

/** SHA-256 of curves. */
export function hashCurves(curves: readonly Curve[]): string {
  return createHash('sha256').update(JSON.stringify(curves)).digest('hex');
}

/**
 * What of the kept outputs of a notebook is not as its run left it, in words; empty when all is.
 *
 * @param folder - absolute path of `figures/<dataset>`
 * @param name - file name of the notebook
 * @param executedPath - of the executed notebook
 */
export function outputProblems(
  folder: string,
  name: string,
  record: NotebookRecord,
  executedPath: string,
): string[] {
  const problems: string[] = [];
  for (const [file, expected] of Object.entries(record.outputs)) {
    const actual = hashFile(join(folder, file));
    if (actual !== expected)
      problems.push(`${file} ${actual === undefined ? 'is missing' : 'has been changed'}`);
  }
  if (!existsSync(executedPath)) problems.push('the executed notebook is missing');
  else {
    const executed = readNotebook(executedPath);
    const subset = shownSubset(executed);
    if (subset !== undefined) problems.push(`it was saved with the outputs of ${subset} recordings alone`);
    else if (hashExecuted(executed) !== record.executed)
      problems.push('the outputs in the notebook are not those of its last run');
  }
  const curves =
    readResults(join(folder, 'results.json'))?.curves.filter((curve) => curve.notebook === name) ?? [];
  if (hashCurves(curves) !== record.curves)
    problems.push('its curves in results.json are not those of its last run');
  return problems;
}
