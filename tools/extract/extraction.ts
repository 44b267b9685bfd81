/**
 * Moves declarations of a notebook into modules of the library. All changed files are type-checked before the first is
 * written.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as prettier from 'prettier';
import ts from 'typescript';
import { joined, lines, parseNotebook, serializeNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { cellProgram, type CellModule } from '../check/cell-program';
import { checkCells, formatCellProblem } from '../check/cells';
import { compilerHost } from '../check/compiler-host';
import { projectOptions, withWrittenTypes } from './annotations';
import { cellSpecifier, specifierFrom, withImports } from './imports';
import { applyEdits, type TextEdit } from './text-edits';
import { declaredNames, ExtractionError, NotebookUnits, type Closure, type Unit } from './units';

/** Declarations to move, and their target. */
export interface Request {
  /** Name of a declaration, or the id or number of a cell all of whose declarations are meant. */
  readonly declaration?: string;
  readonly cell?: string;
  /** Path from the root of the project: `"lib/bases/threshold.ts"`. */
  readonly module: string;
}

/** Texts of files after the change, by absolute path. */
export type Changes = ReadonlyMap<string, string>;

/** Changes of an extraction. */
export interface Extraction {
  readonly changes: Changes;
  /** Names that were moved, by module. */
  readonly moved: ReadonlyMap<string, readonly string[]>;
}

/** `// @extract lib/bases/threshold.ts` */
const DIRECTIVE = /^[ \t]*\/\/[ \t]*@extract[ \t]+(\S+)[ \t]*\r?\n?/gm;

/**
 * Plans moves; writes nothing.
 *
 * @param notebookPath - absolute
 * @param requests - undefined for the directives in the cells
 * @throws ExtractionError when something cannot be moved, or the result would not type-check
 */
export async function planExtraction(
  notebookPath: string,
  requests: readonly Request[] | undefined,
): Promise<Extraction> {
  const changes = new Map<string, string>();
  const moved = new Map<string, string[]>();
  const before = new Set(checkCells([notebookPath]).map((problem) => problem.message));
  const pending = requests ?? directiveRequests(notebookPath, readFileSync(notebookPath, 'utf8'));
  for (const request of pending) {
    const names = await move(notebookPath, request, changes);
    if (names.length > 0) moved.set(request.module, [...(moved.get(request.module) ?? []), ...names]);
  }
  if (changes.size > 0) checkTypes(notebookPath, changes, before);
  return { changes, moved };
}

/**
 * Moves that directives in cells ask for: a directive above a declaration moves it, one at the start of a cell moves
 * the whole cell.
 */
function directiveRequests(notebookPath: string, text: string): Request[] {
  const requests: Request[] = [];
  parseNotebook(text, notebookPath).cells.forEach((cell, index) => {
    if (cell.cell_type !== 'code') return;
    const source = joined(cell.source);
    for (const match of source.matchAll(DIRECTIVE)) {
      const module = match[1]!;
      const rest = source.slice(match.index + match[0].length);
      const starts = source.slice(0, match.index).trim() === '';
      const [statement] = ts.createSourceFile('rest.ts', rest, ts.ScriptTarget.Latest).statements;
      const [declaration] = statement ? declaredNames(statement) : [];
      if (!starts && declaration !== undefined) requests.push({ declaration, cell: `#${index}`, module });
      else requests.push({ cell: `#${index}`, module });
    }
  });
  return requests;
}

/** @returns the names that were moved; none when all of them are in the module already */
async function move(notebookPath: string, request: Request, changes: Map<string, string>): Promise<string[]> {
  const module = checkedModule(request.module);
  const file = join(projectRoot(), module);
  const notebookText = changes.get(notebookPath) ?? readFileSync(notebookPath, 'utf8');
  const program = cellProgram([notebookPath], new Map(changes).set(notebookPath, notebookText));
  const units = new NotebookUnits(program);
  const roots = rootsOf(request, units, [...program.modules.values()]);
  if (roots.length === 0) {
    if (importsFrom(notebookText, notebookPath, module, request.declaration)) return [];
    throw notFound(request, units);
  }
  const closure = units.closure(roots);
  const names = closure.units.flatMap((unit) => unit.names);
  const existing = changes.get(file) ?? (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  refuseTaken(names, module, existing);
  changes.set(file, await moduleText(file, module, existing, closure, changes));
  changes.set(
    notebookPath,
    notebookAfter(notebookText, notebookPath, module, closure, new Set(roots), units),
  );
  return names;
}

function checkedModule(module: string): string {
  const path = relative(projectRoot(), join(projectRoot(), module)).replaceAll('\\', '/');
  if (path.startsWith('lib/') && path.endsWith('.ts') && !path.endsWith('.d.ts')) return path;
  throw new ExtractionError(
    `Functions move to modules of lib/, such as lib/bases/threshold.ts, not to ${module}.`,
  );
}

function rootsOf(
  { declaration, cell }: Request,
  units: NotebookUnits,
  cells: readonly CellModule[],
): readonly Unit[] {
  const chosen =
    cell === undefined
      ? undefined
      : cells.find((one) => one.id === cell || `#${one.index}` === cell || String(one.cell) === cell);
  if (cell !== undefined && !chosen)
    throw new ExtractionError(`There is no code cell ${cell} in this notebook.`);
  if (declaration === undefined)
    return chosen ? units.inCell(chosen).filter(({ kind }) => kind !== 'variable') : [];
  if (chosen) return units.inCell(chosen).filter(({ names }) => names.includes(declaration));
  const unit = units.declaring(declaration);
  return unit ? [unit] : [];
}

function notFound({ declaration }: Request, units: NotebookUnits): ExtractionError {
  const known = [
    ...new Set(units.all.filter(({ kind }) => kind !== 'variable').flatMap(({ names }) => names)),
  ];
  return new ExtractionError(
    `No cell declares ${declaration ?? 'a function, class, type or constant'}. ` +
      (known.length > 0
        ? `The notebook declares ${known.join(', ')}.`
        : 'The notebook declares nothing that can be moved.'),
  );
}

/** Whether a cell imports a name, or anything, from a module: then it was moved before. */
function importsFrom(notebookText: string, path: string, module: string, name: string | undefined): boolean {
  return parseNotebook(notebookText, path).cells.some((cell) => {
    if (cell.cell_type !== 'code') return false;
    const source = ts.createSourceFile('cell.ts', joined(cell.source), ts.ScriptTarget.Latest, true);
    return source.statements.some(
      (statement) =>
        ts.isImportDeclaration(statement) &&
        (statement.moduleSpecifier as ts.StringLiteral).text === cellSpecifier(module) &&
        (name === undefined || new RegExp(`\\b${name}\\b`).test(statement.getText(source))),
    );
  });
}

function refuseTaken(names: readonly string[], module: string, existing: string | undefined): void {
  if (existing === undefined) return;
  const source = ts.createSourceFile(module, existing, ts.ScriptTarget.Latest, true);
  const taken = new Set(source.statements.flatMap(declaredNames));
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const clause = statement.importClause;
      if (clause?.name) taken.add(clause.name.text);
      const bindings = clause?.namedBindings;
      if (bindings && ts.isNamedImports(bindings))
        for (const { name } of bindings.elements) taken.add(name.text);
    }
  }
  const rival = names.find((name) => taken.has(name));
  if (rival === undefined) return;
  throw new ExtractionError(`${module} has a ${rival} already: give the one in the notebook another name.`);
}

/** The module with the units at its end, formatted, with written types. */
async function moduleText(
  file: string,
  module: string,
  existing: string | undefined,
  { units, imports }: Closure,
  changes: Changes,
): Promise<string> {
  const own = cellSpecifier(module);
  const wanted = imports
    .filter(({ specifier }) => specifier !== own)
    .map((one) => ({ ...one, specifier: specifierFrom(module, one.specifier) }));
  const declarations = units.map((unit) => unit.statements.map(exported).join('\n'));
  const body = `${existing === undefined ? '' : `${existing.trimEnd()}\n\n`}${declarations.join('\n\n')}\n`;
  const names = units.flatMap((unit) => unit.names);
  const typed = withWrittenTypes(file, names, new Map(changes).set(file, withImports(body, wanted, "'")));
  const config = await prettier.resolveConfig(file);
  return prettier.format(typed, { ...config, filepath: file });
}

/** A statement with its comments, exported. */
function exported(statement: ts.Statement): string {
  const source = statement.getSourceFile();
  const start = statement.getStart(source);
  const comments = source.text
    .slice(commentStart(statement), start)
    .replace(DIRECTIVE, '')
    .replaceAll('\r\n', '\n');
  const text = source.text.slice(start, statement.end).replaceAll('\r\n', '\n');
  return `${comments}${/^export\b/.test(text) ? '' : 'export '}${text}`;
}

/** Where the comments that belong to a statement start: those that no empty line separates from it. */
function commentStart(statement: ts.Statement): number {
  const { text } = statement.getSourceFile();
  let start = statement.getStart();
  const ranges = ts.getLeadingCommentRanges(text, statement.pos) ?? [];
  for (const range of [...ranges].reverse()) {
    if (
      /\n[ \t]*\r?\n/.test(text.slice(range.end, start)) ||
      text.slice(range.pos, range.end).includes('@module')
    )
      break;
    start = range.pos;
  }
  return start;
}

/** The notebook with imports where the units were. */
function notebookAfter(
  text: string,
  path: string,
  module: string,
  { units: movedUnits }: Closure,
  roots: ReadonlySet<Unit>,
  units: NotebookUnits,
): string {
  const notebook = parseNotebook(text, path);
  const moved = new Set(movedUnits);
  const cells = [...notebook.cells];
  for (const cell of new Set(movedUnits.map((unit) => unit.cell))) {
    const here = movedUnits.filter((unit) => unit.cell === cell);
    const stored = cells[cell.index]!;
    const source = joined(stored.source);
    const windows = source.includes('\r\n');
    // The module of a cell has one line more, at its start.
    const shift = cell.text.indexOf('\n') + 1;
    const edits = here.flatMap((unit) =>
      unit.statements.map((statement): TextEdit => {
        const end = statement.end - shift;
        const blank = /^[ \t]*(\r?\n)?([ \t]*\r?\n)?/.exec(source.slice(end))![0].length;
        return { start: commentStart(statement) - shift, end: end + blank, text: '' };
      }),
    );
    const rest = applyEdits(source, edits).replace(DIRECTIVE, '').replaceAll('\r\n', '\n');
    const needed = here.filter((unit) => roots.has(unit) || units.usersOf(unit, moved).length > 0);
    const imports = needed.flatMap((unit) =>
      unit.names.map((name) => ({
        local: name,
        imported: name,
        specifier: cellSpecifier(module),
        typeOnly: unit.kind === 'type',
      })),
    );
    const after = withImports(rest, imports, '"').replace(/\s+$/, '');
    cells[cell.index] = { ...stored, source: lines(windows ? after.replaceAll('\n', '\r\n') : after) };
  }
  return serializeNotebook({ ...notebook, cells });
}

/** @throws ExtractionError naming the type errors of the result */
function checkTypes(notebookPath: string, changes: Changes, before: ReadonlySet<string>): void {
  const files = [...changes.keys()].filter((file) => file.endsWith('.ts'));
  const options = projectOptions();
  const program = ts.createProgram(files, options, compilerHost(options, changes));
  const problems = files.flatMap((file) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start, messageText }) => {
        const { line } = source.getLineAndCharacterOfPosition(start ?? 0);
        return `${relative(projectRoot(), file)}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      },
    );
  });
  const inCells = checkCells([notebookPath], changes).filter(({ message }) => !before.has(message));
  const all = [...problems, ...inCells.map(formatCellProblem)];
  if (all.length === 0) return;
  throw new ExtractionError(
    `Nothing was changed, because the result would not type-check:\n${all.join('\n')}`,
  );
}
