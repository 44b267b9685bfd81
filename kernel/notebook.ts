/**
 * Notebooks as they are stored: nbformat 4.4 and 4.5.
 */
import { readFileSync } from 'node:fs';

/** Text as it is stored: in one piece, or in lines that keep their line ends. */
export type Multiline = string | readonly string[];

/** An output of a code cell. */
export type Output =
  | { output_type: 'stream'; name: 'stdout' | 'stderr'; text: Multiline }
  | { output_type: 'display_data'; data: Record<string, unknown>; metadata: Record<string, unknown> }
  | {
      output_type: 'execute_result';
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
      execution_count: number;
    }
  | { output_type: 'error'; ename: string; evalue: string; traceback: readonly string[] };

/** A cell that runs. */
export interface CodeCell {
  cell_type: 'code';
  /** Since nbformat 4.5. */
  id?: string;
  metadata: Record<string, unknown>;
  source: Multiline;
  execution_count: number | null;
  outputs: Output[];
}

/** A cell that does not run. */
export interface TextCell {
  cell_type: 'markdown' | 'raw';
  id?: string;
  metadata: Record<string, unknown>;
  source: Multiline;
  attachments?: Record<string, unknown>;
}

/** A notebook. */
export interface Notebook {
  cells: (CodeCell | TextCell)[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** A file is not a notebook that can be run. */
export class NotebookFormatError extends Error {
  override readonly name = 'NotebookFormatError';
}

/**
 * Reads a notebook.
 *
 * @throws NotebookFormatError when the file is no JSON, or not a notebook of nbformat 4
 */
export function readNotebook(path: string): Notebook {
  return parseNotebook(readFileSync(path, 'utf8'), path);
}

/**
 * The notebook that a file holds.
 *
 * @param path - of the file, for messages
 * @throws NotebookFormatError when the text is no JSON, or not a notebook of nbformat 4
 */
export function parseNotebook(text: string, path: string): Notebook {
  let notebook: Partial<Notebook>;
  try {
    notebook = JSON.parse(text) as Partial<Notebook>;
  } catch (error) {
    throw new NotebookFormatError(`${path} is not a notebook: it is not JSON (${(error as Error).message}).`);
  }
  if (notebook.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new NotebookFormatError(
      `${path} is not a notebook of nbformat 4: open it in JupyterLab and save it again.`,
    );
  }
  return notebook as Notebook;
}

/** The text of a source or stream in one piece. */
export function joined(text: Multiline): string {
  return typeof text === 'string' ? text : text.join('');
}

/** The text as nbformat stores it: lines that keep their line ends, so that differences between versions are small. */
export function lines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The notebook as Jupyter writes it, byte for byte: one-space indentation, sorted keys, final line end. */
export function serializeNotebook(notebook: Notebook): string {
  return `${JSON.stringify(notebook, sortKeys, 1)}\n`;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
