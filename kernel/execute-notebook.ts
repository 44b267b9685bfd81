import { Session, type CellError, type CellOutput } from './session';
import { dirname } from 'node:path';
import { kernelSpec, languageInfo } from './kernel-info';
import {
  joined,
  lines,
  readNotebook,
  storedOutput,
  type CodeCell,
  type Notebook,
  type Output,
} from './notebook';

/** A code cell that is about to run. */
export interface CellStart {
  /** Position among the code cells that run, from 0, and how many they are. */
  readonly index: number;
  readonly total: number;
  /** First line of its source that is not empty. */
  readonly firstLine: string;
}

/** Where and why a notebook failed. */
export interface NotebookFailure {
  /** Position of the cell among all cells, from 0. */
  readonly cellIndex: number;
  /** The cell's number in the brackets beside it, which the stack uses too. */
  readonly executionCount: number;
  readonly cellId?: string | undefined;
  /** Line of the cell's source, from 1, and its text. */
  readonly line?: number | undefined;
  readonly sourceLine?: string | undefined;
  /** Of the error. */
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** An executed notebook. */
export interface NotebookRun {
  /** With the outputs of this run; the cells after a failure have none. */
  readonly notebook: Notebook;
  readonly failure?: NotebookFailure | undefined;
}

/**
 * Runs the code cells of a notebook in order, in this process, without Jupyter: through the compiler and executor
 * of the kernel, and with the outputs that Jupyter would store. The same cells give the same bytes: cells are
 * counted from 1, nothing depends on the time, and progress leaves no output.
 *
 * The working directory becomes the project. There can be one notebook in a process; {@link runNotebook} starts
 * a process for each.
 *
 * @throws NotebookFormatError when the file is not a notebook
 */
export async function executeNotebook(
  path: string,
  options: { readonly onCell?: (cell: CellStart) => void } = {},
): Promise<NotebookRun> {
  const stored = readNotebook(path);
  const cells: Notebook['cells'] = stored.cells.map((cell) => {
    const source = lines(joined(cell.source));
    return cell.cell_type === 'code'
      ? { ...cell, source, execution_count: null, outputs: [] }
      : { ...cell, source };
  });
  const notebook: Notebook = {
    ...stored,
    cells,
    metadata: { ...stored.metadata, kernelspec: kernelSpec, language_info: languageInfo },
  };
  const running = cells.filter(
    (cell): cell is CodeCell => cell.cell_type === 'code' && joined(cell.source).trim() !== '',
  );

  const streams = { stdout: process.stdout.write, stderr: process.stderr.write };
  const session = new Session(dirname(__dirname));
  const fail = (error: unknown): void => session.fail(error);
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
  const displays: Displays = new Map();
  try {
    for (const [index, cell] of running.entries()) {
      const source = joined(cell.source);
      const firstLine = source.split('\n').find((line) => line.trim() !== '') ?? '';
      options.onCell?.({ index, total: running.length, firstLine });
      cell.execution_count = index + 1;
      const error = await session.execute(source, index + 1, collector(cell, displays));
      if (error) return { notebook, failure: describeFailure(cells.indexOf(cell), cell, error) };
    }
    return { notebook };
  } finally {
    process.off('uncaughtException', fail).off('unhandledRejection', fail);
    process.stdout.write = streams.stdout;
    process.stderr.write = streams.stderr;
    session.close();
    for (const cell of running) cell.outputs = cell.outputs.map(storedOutput);
  }
}

type Display = Extract<Output, { output_type: 'display_data' }>;
/** Outputs that can be updated, by display id. */
type Displays = Map<string, Display[]>;

/** Appends to the outputs of a cell. */
function collector(cell: CodeCell, displays: Displays): CellOutput {
  return {
    stream(name, text) {
      const last = cell.outputs.at(-1);
      if (last?.output_type === 'stream' && last.name === name) last.text = joined(last.text) + text;
      else cell.outputs.push({ output_type: 'stream', name, text });
    },
    display({ data, metadata, transient }, update) {
      const id = transient?.display_id;
      // A copy, because the cell may go on changing its object.
      const content = JSON.parse(JSON.stringify({ data, metadata })) as Pick<Display, 'data' | 'metadata'>;
      if (update) {
        for (const output of displays.get(id ?? '') ?? []) Object.assign(output, content);
        return;
      }
      const output: Display = { output_type: 'display_data', ...content };
      cell.outputs.push(output);
      if (id !== undefined) displays.set(id, [...(displays.get(id) ?? []), output]);
    },
    result(text) {
      cell.outputs.push({
        output_type: 'execute_result',
        data: { 'text/plain': text },
        metadata: {},
        execution_count: cell.execution_count ?? 0,
      });
    },
  };
}

function describeFailure(cellIndex: number, cell: CodeCell, error: CellError): NotebookFailure {
  cell.outputs.push({
    output_type: 'error',
    ename: error.name,
    evalue: error.message,
    traceback: error.traceback,
  });
  return {
    cellIndex,
    executionCount: cell.execution_count ?? 0,
    cellId: cell.id,
    line: error.line,
    sourceLine: error.line === undefined ? undefined : joined(cell.source).split('\n')[error.line - 1],
    name: error.name,
    message: error.message,
    stack: error.traceback.join('\n'),
  };
}
