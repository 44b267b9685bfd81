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
 * The notebook that a file holds. A byte-order mark before it, which some editors write, is passed over.
 *
 * @param path - of the file, for messages
 * @throws NotebookFormatError when the text is no JSON, not a notebook of nbformat 4, or has a cell that is incomplete
 */
export function parseNotebook(text: string, path: string): Notebook {
  let notebook: Partial<Notebook> | null;
  try {
    notebook = JSON.parse(text.replace(/^\uFEFF/, '')) as Partial<Notebook> | null;
  } catch (error) {
    throw new NotebookFormatError(`${path} is not a notebook: it is not JSON (${(error as Error).message}).`);
  }
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new NotebookFormatError(
      `${path} is not a notebook of nbformat 4: open it in JupyterLab and save it again.`,
    );
  }
  if (!isTable(notebook.metadata)) {
    throw new NotebookFormatError(
      `${path} is damaged: it has no metadata. Open it in JupyterLab and save it again.`,
    );
  }
  for (const [index, cell] of notebook.cells.entries()) {
    const fault = faultOfCell(cell);
    if (fault !== undefined) {
      throw new NotebookFormatError(
        `${path} is damaged: cell ${index + 1}${cell?.id === undefined ? '' : ` (${cell.id})`} ${fault}. ` +
          'Mend it in a text editor, or take back the last version: git checkout.',
      );
    }
  }
  return notebook as Notebook;
}

/**
 * The required part that a cell lacks, without which other programs cannot read the notebook; undefined if it is
 * complete.
 */
function faultOfCell(cell: Partial<CodeCell | TextCell> | null): string | undefined {
  if (!isTable(cell)) return 'is no cell';
  if (!['code', 'markdown', 'raw'].includes(cell.cell_type ?? '')) {
    return `has the type ${JSON.stringify(cell.cell_type)}, which is neither code, markdown nor raw`;
  }
  if (cell.source === undefined) return 'has no source';
  if (!isMultiline(cell.source)) return 'has a source that is no text';
  if (!isTable(cell.metadata)) return 'has no metadata';
  if (cell.cell_type !== 'code') {
    const { attachments = {} } = cell as Partial<TextCell>;
    const whole = isTable(attachments) && Object.values(attachments).every(isTable);
    return whole ? undefined : 'has attachments without their content';
  }
  if (cell.execution_count !== null && !Number.isInteger(cell.execution_count))
    return 'has no execution count';
  if (!Array.isArray(cell.outputs)) return 'has no list of outputs';
  const broken = cell.outputs.findIndex((output) => !isOutput(output));
  return broken < 0 ? undefined : `has an output, number ${broken + 1}, without its content`;
}

/** What is missing here is read later without a look, so it is looked for once. */
function isOutput(output: unknown): boolean {
  if (!isTable(output)) return false;
  if (output['output_type'] === 'stream') return isMultiline(output['text']);
  if (output['output_type'] === 'error') {
    const { ename, evalue, traceback } = output;
    return (
      [ename, evalue].every((text) => typeof text === 'string') &&
      Array.isArray(traceback) &&
      isMultiline(traceback)
    );
  }
  const kinds: unknown[] = ['display_data', 'execute_result'];
  return kinds.includes(output['output_type']) && isTable(output['data']) && isTable(output['metadata']);
}

/** Whether JSON is an object, and no list. */
function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object without some of its properties. */
function without(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function isMultiline(value: unknown): value is Multiline {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && value.every((line: unknown) => typeof line === 'string'))
  );
}

/** The text of a source or stream in one piece. */
export function joined(text: Multiline): string {
  return typeof text === 'string' ? text : text.join('');
}

/** Line ends of Python's `splitlines`, by which nbformat stores text; they include a lone carriage return. */
const LINE_ENDS = '\n\v\f\x1c\x1d\x1e\x85\u2028\u2029';
const AFTER_LINE_END = new RegExp(`(?<=[${LINE_ENDS}]|\\r(?!\\n))`);

/** The text as nbformat stores it: lines that keep their line ends, so that differences between versions are small. */
export function lines(text: string): string[] {
  return text === '' ? [] : text.split(AFTER_LINE_END);
}

/** Contents of an output or attachment, by MIME type, as nbformat stores them: text in lines, pictures in one piece. */
function storedContents(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => {
      if (!isMultiline(value) || /^application\/(.*\+)?json$/.test(type)) return [type, value];
      const inLines = /^text\/|^application\/javascript$|^image\/svg\+xml$/.test(type);
      return [type, inLines ? lines(joined(value)) : joined(value)];
    }),
  );
}

/** An output as nbformat stores it. */
export function storedOutput(output: Output): Output {
  if (output.output_type === 'stream') return { ...output, text: lines(joined(output.text)) };
  if (output.output_type === 'error') return output;
  return { ...output, data: storedContents(output.data) };
}

/** A cell as nbformat stores it; that a reader trusts it is kept elsewhere. */
function storedCell(cell: CodeCell | TextCell): CodeCell | TextCell {
  const metadata = without(cell.metadata, ['trusted']);
  const source = lines(joined(cell.source));
  if (cell.cell_type === 'code')
    return { ...cell, metadata, source, outputs: cell.outputs.map(storedOutput) };
  if (cell.attachments === undefined) return { ...cell, metadata, source };
  const attachments = Object.entries(cell.attachments).map(([name, contents]) => [
    name,
    storedContents(contents as Record<string, unknown>),
  ]);
  return {
    ...cell,
    metadata,
    source,
    attachments: Object.fromEntries(attachments) as Record<string, unknown>,
  };
}

/**
 * The notebook as Jupyter writes it, byte for byte: reading and writing it with nbformat changes nothing. One-space
 * indentation, keys in the order of their code points, numbers as Python prints them, final line end. Half a surrogate
 * pair, which no file can hold, becomes U+FFFD.
 */
export function serializeNotebook(notebook: Notebook): string {
  const metadata = without(notebook.metadata, ['orig_nbformat', 'orig_nbformat_minor', 'signature']);
  return `${pythonJson({ ...notebook, cells: notebook.cells.map(storedCell), metadata }, '\n')}\n`;
}

/**
 * A value as `json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)` writes it in Python.
 *
 * @param lineStart - line end and indentation of the line that the value starts in
 */
function pythonJson(value: unknown, lineStart: string): string {
  if (typeof value === 'string') return JSON.stringify(wellFormed(value));
  if (typeof value === 'number' && Number.isFinite(value)) return pythonNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return 'null';
  const inner = `${lineStart} `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${value.map((element) => inner + pythonJson(element, inner)).join(',')}${lineStart}]`;
  }
  const members = new Map<string, unknown>();
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.set(wellFormed(key), member);
  }
  if (members.size === 0) return '{}';
  const sorted = [...members].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const texts = sorted.map(([key, member]) => `${inner}${JSON.stringify(key)}: ${pythonJson(member, inner)}`);
  return `{${texts.join(',')}${lineStart}}`;
}

/** Digits as everywhere; an exponent below 0.0001, with two digits at least. */
function pythonNumber(value: number): string {
  const text = value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}
