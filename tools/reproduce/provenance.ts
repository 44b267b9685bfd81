/**
 * Inputs of each output: `provenance.json` beside the results of a dataset. A run skips notebooks whose inputs have not
 * changed; a check sees whether the kept results belong together.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readNotebook } from '../../kernel/notebook';
import { bytesToHash } from '../../lib/files/line-ends';
import { hashCurves, readResults } from '../../lib/results/results';
import { warnOnce } from '../../lib/files/warnings';
import { writeWhole } from '../../lib/files/write-whole';
import type { NotebookInputs } from './fingerprint';
import { hashExecuted, shownSubset } from './notebook-file';

/** Inputs and outputs of one run of a notebook. */
export interface NotebookRecord {
  readonly inputs: NotebookInputs;
  /** SHA-256 of each file that it saved, by its name in `figures/<dataset>/`. */
  readonly outputs: Readonly<Record<string, string>>;
  /** SHA-256 of the outputs in the executed notebook. */
  readonly executed: string;
  /** SHA-256 of its curves in `results.json`. */
  readonly curves: string;
}

export interface Provenance {
  readonly notebooks: Readonly<Record<string, NotebookRecord>>;
  /** SHA-256 of each file that is made from the outputs of all notebooks: the gallery, and the results it shows. */
  readonly shared: Readonly<Record<string, string>>;
}

/** `provenance.json` names files that no run can have made. */
export class ProvenanceError extends Error {
  override readonly name = 'ProvenanceError';
}

/** A name of a file in the folder itself; paths out of it are refused, as named files may be removed. */
const FILE_NAME = /^(?!\.)[^/\\\0]+$/;

/**
 * Reads the provenance of a dataset's folder. A damaged file counts as missing, with a warning: everything is made
 * again.
 *
 * @throws ProvenanceError when it names files outside of the folder
 */
export function readProvenance(folder: string): Provenance {
  const path = join(folder, 'provenance.json');
  if (!existsSync(path)) return { notebooks: {}, shared: {} };
  const provenance = parseProvenance(path);
  if (!provenance) {
    warnOnce(
      `${path} cannot be read, so nothing is known of what is there, and all of it is made again. Restore the file ` +
        'from the repository to spare that.',
    );
    return { notebooks: {}, shared: {} };
  }
  const { notebooks, shared } = provenance;
  const files = Object.values(notebooks).flatMap(({ outputs }) => Object.keys(outputs));
  const stray = [...Object.keys(notebooks), ...files, ...Object.keys(shared)].find(
    (name) => !FILE_NAME.test(name),
  );
  if (stray !== undefined) {
    throw new ProvenanceError(
      `${path} names ${JSON.stringify(stray)}, which is no file of its folder: restore it from the repository, or ` +
        'remove it to have everything made again.',
    );
  }
  return provenance;
}

/** Undefined when the file holds something else. */
function parseProvenance(path: string): Provenance | undefined {
  try {
    const { notebooks, shared } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Provenance>;
    if (!isRecord(notebooks) || !isRecord(shared)) return undefined;
    const whole = Object.values(notebooks).every(
      ({ inputs, outputs, executed, curves }: Partial<NotebookRecord>) =>
        isRecord(inputs) && isRecord(outputs) && typeof executed === 'string' && typeof curves === 'string',
    );
    return whole ? { notebooks, shared } : undefined;
  } catch {
    return undefined;
  }
}

function isRecord<T extends object>(value: T | null | undefined): value is T {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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

/**
 * SHA-256 of a file, of text without regard to its line ends; undefined when there is none. A file that cannot be read
 * has a hash that differs from that of every file.
 */
export function hashFile(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return createHash('sha256').update(bytesToHash(path)).digest('hex');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}

/**
 * Kept outputs of a notebook that are missing or were changed since its run, in words.
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
  problems.push(...savedProblems(folder, name, record));
  if (!existsSync(executedPath)) problems.push('the executed notebook is missing');
  else {
    const executed = readNotebook(executedPath);
    const subset = shownSubset(executed);
    if (subset !== undefined) problems.push(`it was saved with the outputs of ${subset} recordings alone`);
    else if (hashExecuted(executed) !== record.executed)
      problems.push('the outputs in the notebook are not those of its last run');
  }
  return problems;
}

/** A file was changed since its notebook saved it. */
export class ChangedOutputError extends Error {
  override readonly name = 'ChangedOutputError';
}

/**
 * Makes sure that a file that a notebook saved is as it was then; of other files nothing is known.
 *
 * @param path - absolute path of a file in `figures/<dataset>/`, or anywhere
 * @throws ChangedOutputError
 */
export function requireAsSaved(path: string): void {
  const file = basename(path);
  for (const [name, { outputs }] of Object.entries(readProvenance(dirname(path)).notebooks)) {
    if (outputs[file] === undefined || outputs[file] === hashFile(path)) continue;
    throw new ChangedOutputError(
      `${path} is not what ${name} saved: restore it from the repository, or run "npm run reproduce -- --only ` +
        `${basename(name, '.ipynb')}". To draw a figure that you changed, copy it to another folder.`,
    );
  }
}

/** Kept figures and curves of a notebook that are missing or were changed since its run, in words. */
export function savedProblems(folder: string, name: string, record: NotebookRecord): string[] {
  const problems: string[] = [];
  for (const [file, expected] of Object.entries(record.outputs)) {
    const actual = hashFile(join(folder, file));
    if (actual !== expected)
      problems.push(`${file} ${actual === undefined ? 'is missing' : 'has been changed'}`);
  }
  const curves =
    readResults(join(folder, 'results.json'))?.curves.filter((curve) => curve.notebook === name) ?? [];
  if (hashCurves(curves) !== record.curves)
    problems.push('its curves in results.json are not those of its last run');
  return problems;
}
