import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { joined, type CodeCell, type Notebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { CommandLineError } from '../command-line';

/** Most bytes of an executed notebook that is kept: a browser and a diff can still show it. */
export const NOTEBOOK_LIMIT = 700_000;

/** File names of the notebooks of a folder, in the order in which they are read. */
export function listNotebooks(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ipynb'))
    .sort();
}

/** Whether a notebook compares what the others measured, and so runs after them: its number is 90 or more. */
export function comparesOthers(name: string): boolean {
  return name.startsWith('9');
}

/**
 * Whether the metadata of a notebook have `{"neurobasis": {"compares": "conventional"}}`: it compares conventional
 * bases only and does not run again when a learned basis is added or changed.
 */
export function conventionalOnly({ metadata }: Notebook): boolean {
  const { compares } = (metadata['neurobasis'] ?? {}) as { compares?: unknown };
  return compares === 'conventional';
}

/** The code cells, in order. */
export function codeCells(notebook: Pick<Notebook, 'cells'>): CodeCell[] {
  return notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code');
}

/** The texts of the code cells, in order. */
export function cellSources(notebook: Pick<Notebook, 'cells'>): string[] {
  return codeCells(notebook).map(({ source }) => joined(source));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of what the notebook does: its code cells. Prose is not part of it. */
export function hashSource(notebook: Notebook): string {
  return sha256(JSON.stringify(cellSources(notebook)));
}

/**
 * SHA-256 of the outputs of a notebook, cell by cell. Its code is an input of its own: see {@link hashSource}. A cell
 * that has not run, because it was written after the run, has no outputs and counts for nothing here.
 */
export function hashExecuted(notebook: Notebook): string {
  const ran = codeCells(notebook).filter(({ execution_count }) => execution_count !== null);
  return sha256(JSON.stringify(ran.map(({ outputs }) => outputs)));
}

/** The number of recordings of the subset that a notebook was saved with; undefined when it says nothing of one. */
export function shownSubset(notebook: Notebook): number | undefined {
  for (const output of codeCells(notebook).flatMap(({ outputs }) => outputs)) {
    if (output.output_type !== 'display_data') continue;
    const { recordings } = (output.metadata['neurobasis'] ?? {}) as { recordings?: number };
    if (recordings !== undefined) return recordings;
  }
  return undefined;
}

/**
 * The modules of `lib/` that the cells import, as paths from the project root, sorted.
 */
export function importedModules(notebook: Notebook): string[] {
  const found = new Set<string>();
  for (const source of cellSources(notebook)) {
    for (const [, specifier] of source.matchAll(/['"]\.\/(lib\/[^'"]+)['"]/g)) {
      if (existsSync(join(projectRoot(), `${specifier}.ts`))) found.add(`${specifier}.ts`);
    }
  }
  return [...found].sort();
}

/**
 * The biggest output of a notebook, to name it when the file is too large.
 *
 * @returns the cell's number among the code cells, from 1, and the bytes of its outputs
 */
export function biggestOutput(notebook: Notebook): { readonly cell: number; readonly bytes: number } {
  const sizes = codeCells(notebook).map(({ outputs }) => Buffer.byteLength(JSON.stringify(outputs)));
  const bytes = Math.max(0, ...sizes);
  return { cell: sizes.indexOf(bytes) + 1, bytes };
}

/**
 * The notebooks whose names contain one of some parts; all of them where no part is given.
 *
 * @throws CommandLineError when there is none
 */
export function selectNotebooks(all: readonly string[], only: readonly string[]): string[] {
  const chosen = all.filter((name) => only.length === 0 || only.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    throw new CommandLineError(
      all.length === 0
        ? 'There is no notebook in notebooks/.'
        : `No notebook has a name with ${only.join(' or ')} in it: there are ${all.join(', ')}.`,
    );
  }
  return chosen;
}
