/**
 * A first test of a moved function: a call from the notebook, with the value that it has there.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import * as prettier from 'prettier';
import ts from 'typescript';
import { runNotebook } from '../../kernel/notebook-process';
import { joined, serializeNotebook, type CodeCell } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { cellProgram, type CellModule } from '../check/cell-program';
import { withImports } from './imports';

/** What marks the line that a run prints about a call. */
const MARK = '@extract ';

/** Longest text of arguments and value in a test. */
const LONGEST = 2000;

/** Arguments and value of a call, as source text. */
interface RecordedCall {
  readonly arguments: readonly string[];
  readonly value: string;
  readonly waits: boolean;
}

/** Path of the test of a module, from the root of the project: `lib/a/b.ts` → `tests/a/b.test.ts`. */
export function testPath(module: string): string {
  return module.replace(/^lib\//, 'tests/').replace(/\.ts$/, '.test.ts');
}

/**
 * The test file of a module with a case for each function that the notebook calls with values that fit into a test.
 *
 * @param notebookPath - absolute; as it is before the change
 * @param names - of functions that were moved
 * @returns undefined when there is no such call, or the cases are there already
 */
export async function withFirstCases(
  notebookPath: string,
  module: string,
  names: readonly string[],
): Promise<string | undefined> {
  const path = testPath(module);
  const file = join(projectRoot(), path);
  const existing = existsSync(file) ? readFileSync(file, 'utf8') : '';
  let text = existing;
  for (const name of names) {
    const title = `${name} gives what it gave in ${basename(notebookPath)}`;
    if (text.includes(title)) continue;
    const call = await recordedCall(notebookPath, name);
    if (!call) continue;
    const specifier = posix.relative(dirname(path), module.replace(/\.ts$/, ''));
    const imports = [
      { local: 'assert', imported: 'default', specifier: 'node:assert/strict', typeOnly: false },
      { local: 'test', imported: 'test', specifier: 'node:test', typeOnly: false },
      { local: name, imported: name, specifier, typeOnly: false },
    ];
    const waits = call.waits ? 'await ' : '';
    const body = `test('${title}', ${call.waits ? 'async ' : ''}() => {
      assert.deepEqual(${waits}${name}(${call.arguments.join(', ')}), ${call.value});
    });`;
    text = withImports(`${text.trimEnd()}\n\n${body}\n`.trimStart(), imports, "'");
  }
  if (text === existing) return undefined;
  const config = await prettier.resolveConfig(file);
  return prettier.format(text, { ...config, filepath: file });
}

/** The first call at the top level of a cell whose arguments and value can be written down. */
async function recordedCall(notebookPath: string, name: string): Promise<RecordedCall | undefined> {
  const { program, modules } = cellProgram([notebookPath]);
  for (const [file, cell] of modules) {
    const source = program.getSourceFile(file)!;
    for (const statement of source.statements) {
      const { line } = source.getLineAndCharacterOfPosition(statement.getStart(source));
      if (line < 1 || line > cell.lines) continue;
      for (const call of callsIn(statement, name)) {
        const recorded = await record(source, cell, statement, call, [...modules.values()]);
        if (recorded) return recorded;
      }
    }
  }
  return undefined;
}

/** Calls that run when the statement does, once. */
function callsIn(statement: ts.Statement, name: string): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isIterationStatement(node, false)) return;
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name) {
      if (!node.arguments.some(ts.isSpreadElement)) calls.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return calls;
}

/** Runs what the call needs of the notebook, and the call. */
async function record(
  source: ts.SourceFile,
  cell: CellModule,
  statement: ts.Statement,
  call: ts.CallExpression,
  cells: readonly CellModule[],
): Promise<RecordedCall | undefined> {
  const shift = cell.text.indexOf('\n') + 1;
  const before = source.text.slice(shift, statement.getStart(source));
  const argumentTexts = call.arguments.map((argument) => argument.getText(source));
  const waits = ts.isAwaitExpression(call.parent);
  const last = `${before}\nconsole.log(${JSON.stringify(MARK)} + JSON.stringify([[${argumentTexts.join(', ')}], ${
    waits ? 'await ' : ''
  }${call.getText(source)}], ${WRITE}));`;
  const needed = neededCells(last, cell, cells);
  const folder = mkdtempSync(join(tmpdir(), 'extract-'));
  try {
    const path = join(folder, 'call.ipynb');
    const texts = [...needed.map(sourceOf), last];
    writeFileSync(
      path,
      serializeNotebook({ cells: texts.map(codeCell), metadata: {}, nbformat: 4, nbformat_minor: 5 }),
    );
    const { notebook, failure } = await runNotebook(path);
    if (failure) return undefined;
    const line = (notebook.cells.at(-1) as CodeCell).outputs
      .flatMap((output) => (output.output_type === 'stream' ? joined(output.text).split('\n') : []))
      .find((text) => text.startsWith(MARK));
    if (line === undefined) return undefined;
    const [given, value] = JSON.parse(line.slice(MARK.length)) as [unknown[], unknown];
    const written = given.map(writtenValue);
    const result = writtenValue(value);
    if (result === undefined || written.some((text) => text === undefined)) return undefined;
    if (written.join().length + result.length > LONGEST) return undefined;
    return { arguments: written as string[], value: result, waits };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Turns what JSON has no word for into objects that {@link writtenValue} knows. */
const WRITE = `(_key: string, value: unknown): unknown => {
  if (ArrayBuffer.isView(value)) return { $typed: value.constructor.name, values: Array.from(value as Float64Array) };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return { $number: Object.is(value, -0) ? "-0" : String(value) };
  if (value === undefined || typeof value === "function" || typeof value === "symbol" || typeof value === "bigint" ||
    (typeof value === "object" && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype))
    return { $unknown: true };
  return value;
}`;

/** The source text of a value; undefined when it has none. */
function writtenValue(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) {
    const items = value.map(writtenValue);
    return items.includes(undefined) ? undefined : `[${items.join(', ')}]`;
  }
  if ('$unknown' in value) return undefined;
  if ('$number' in value) return value.$number as string;
  if ('$typed' in value) {
    const items = (value as unknown as { values: unknown[] }).values.map(writtenValue);
    return `${value.$typed as string}.of(${items.join(', ')})`;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, writtenValue(item)] as const);
  if (entries.some(([, item]) => item === undefined)) return undefined;
  return `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${item}`).join(', ')} }`;
}

/** Earlier cells that declare what a text uses, what those use, and so on. */
function neededCells(text: string, cell: CellModule, cells: readonly CellModule[]): CellModule[] {
  const needed = new Set<CellModule>();
  const visit = (source: string, from: CellModule): void => {
    const names = new Set(source.match(/[A-Za-z_$][\w$]*/g) ?? []);
    const earlier = cells.slice(0, cells.indexOf(from)).reverse();
    for (const name of names) {
      const declaring = earlier.find((candidate) => candidate.names.includes(name));
      if (!declaring || needed.has(declaring)) continue;
      needed.add(declaring);
      visit(sourceOf(declaring), declaring);
    }
  };
  visit(text, cell);
  return cells.filter((candidate) => needed.has(candidate));
}

/** The source of a cell, without the lines that were added. */
function sourceOf(cell: CellModule): string {
  return cell.text
    .split('\n')
    .slice(1, 1 + cell.lines)
    .join('\n');
}

function codeCell(source: string): CodeCell {
  return { cell_type: 'code', metadata: {}, source, execution_count: null, outputs: [] };
}
