/**
 * Moves figures and curves of a notebook from the staging folder to the results, when all its cells have run. Before
 * that no kept file is touched.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readNotebook } from '../../kernel/notebook';
import { writeWhole } from '../../lib/files/write-whole';
import {
  hashCurves,
  mergeCurves,
  readResults,
  writeResults,
  type CurveSpeed,
  type ResultsDataset,
  type SavedCurve,
} from '../../lib/results/results';
import type { NotebookInputs } from './fingerprint';
import { biggestOutput, hashExecuted, hashSource, NOTEBOOK_LIMIT } from './notebook-file';
import { hashFile, readProvenance, sortedByKey, writeProvenance, type NotebookRecord } from './provenance';

/** The outputs of a notebook cannot be kept. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Where everything of one notebook is. */
export interface NotebookPlaces {
  /** File name. */
  readonly name: string;
  /** The notebook to run. */
  readonly source: string;
  /** Where the executed notebook is kept; the same as `source` when it is executed in place. */
  readonly executed: string;
  /** Folder of this run alone, with the executed notebook and all that it saved. */
  readonly staging: string;
  /** `figures/<dataset>`. */
  readonly folder: string;
}

/** How long each cell of a notebook and each codec took: another run gives other numbers. */
export interface Timings {
  /** Seconds of each code cell. */
  readonly notebooks: Readonly<Record<string, readonly number[]>>;
  readonly curves: readonly CurveSpeed[];
}

/** Reads the timings of a dataset's folder; what is unreadable is as good as none. */
export function readTimings(folder: string): Timings {
  const path = join(folder, 'timings.json');
  try {
    const { notebooks, curves } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Timings>;
    const whole =
      Object.values(notebooks ?? { none: undefined }).every((seconds) => Array.isArray(seconds)) &&
      Array.isArray(curves) &&
      curves.every((curve: unknown) => typeof (curve as Partial<CurveSpeed> | null)?.basis === 'string');
    if (whole) return { notebooks: notebooks!, curves };
  } catch {
    // They are measured again.
  }
  return { notebooks: {}, curves: [] };
}

function readSavedCurves(staging: string, dataset: ResultsDataset, notebook: string): SavedCurve[] {
  const folder = join(staging, 'curves');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const saved = JSON.parse(readFileSync(join(folder, file), 'utf8')) as SavedCurve;
      if (saved.dataset.sha256 !== dataset.sha256) {
        throw new OutputError(
          `${notebook} saved the curve of ${saved.curve.basis} on ${saved.dataset.label}, but this run is about ` +
            `${dataset.label}: save only curves of the whole corpus of the run.`,
        );
      }
      return saved;
    });
}

/** The files that a notebook saved beside its curves. */
function savedFigures(staging: string, executed: string): string[] {
  return readdirSync(staging, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== executed)
    .map((entry) => entry.name)
    .sort();
}

function moveFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    // The folders are on different disks.
    writeWhole(to, readFileSync(from));
    rmSync(from);
  }
}

/**
 * Keeps the outputs of a notebook that ran to its end: figures, curves, the executed notebook, and the record of
 * what they were made from.
 *
 * @throws OutputError when the executed notebook is too large, when it was edited while it ran, or when a curve
 *   is about other recordings; nothing is changed then
 * @throws DuplicateCurveError
 */
export function keepOutputs(
  { name, source, executed, staging, folder }: NotebookPlaces,
  dataset: ResultsDataset,
  inputs: NotebookInputs,
  cellSeconds: readonly number[],
): void {
  const fresh = join(staging, name);
  const { size } = statSync(fresh);
  const notebook = readNotebook(fresh);
  // Notebooks of imported recordings are kept beside their results, where no diff and no clone meets them.
  if (size >= NOTEBOOK_LIMIT && dataset.sourceBytes === undefined) {
    const { cell, bytes } = biggestOutput(notebook);
    throw new OutputError(
      `The executed ${name} has ${size} bytes, and ${NOTEBOOK_LIMIT} is the limit. The biggest output is that of ` +
        `code cell ${cell}, ${bytes} bytes: thin what it draws.`,
    );
  }
  if (hashSource(readNotebook(source)) !== inputs.source) {
    throw new OutputError(
      `${name} was edited while it ran: its outputs are not kept. Run the same command again.`,
    );
  }
  const saved = readSavedCurves(staging, dataset, name);
  const resultsPath = join(folder, 'results.json');
  const merged = mergeCurves(
    readResults(resultsPath),
    dataset,
    name,
    saved.map(({ curve }) => curve),
  );

  const figures = savedFigures(staging, name);
  const provenance = readProvenance(folder);
  for (const file of Object.keys(provenance.notebooks[name]?.outputs ?? {})) {
    if (!figures.includes(file)) rmSync(join(folder, file), { force: true });
  }
  for (const file of figures) moveFile(join(staging, file), join(folder, file));
  writeResults(resultsPath, merged);
  const record: NotebookRecord = {
    inputs: { ...inputs },
    outputs: Object.fromEntries(figures.map((file) => [file, hashFile(join(folder, file))!])),
    executed: hashExecuted(notebook),
    curves: hashCurves(merged.curves.filter((curve) => curve.notebook === name)),
  };
  moveFile(fresh, executed);
  writeProvenance(folder, { ...provenance, notebooks: { ...provenance.notebooks, [name]: record } });

  const timings = readTimings(folder);
  const measured = new Set(merged.curves.map((curve) => curve.basis));
  const speeds = saved.map(({ speed }) => speed);
  const newTimings: Timings = {
    notebooks: sortedByKey({
      ...timings.notebooks,
      [name]: cellSeconds.map((seconds) => Number(seconds.toFixed(2))),
    }),
    curves: [
      ...timings.curves.filter(
        ({ basis }) => measured.has(basis) && !speeds.some((speed) => speed.basis === basis),
      ),
      ...speeds,
    ].sort((a, b) => a.basis.localeCompare(b.basis, 'en', { numeric: true })),
  };
  writeWhole(join(folder, 'timings.json'), `${JSON.stringify(newTimings, null, 1)}\n`);
}
