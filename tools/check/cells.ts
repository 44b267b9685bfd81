import ts from 'typescript';
import { cellProgram, type CellModule } from './cell-program';
import type { Overlay } from './compiler-host';

/** Something that the type checker has against a cell. */
export interface CellProblem {
  /** Path of the notebook, relative to the project. */
  readonly notebook: string;
  /** The cell's number when the notebook is run from the top, from 1. */
  readonly cell: number;
  readonly id: string | undefined;
  /** In the cell, from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `notebooks/00-recordings.ipynb:cell 3 (a1b2):4:7 Type 'string' is not …` */
export function formatCellProblem({ notebook, cell, id, line, column, message }: CellProblem): string {
  return `${notebook}:cell ${cell}${id === undefined ? '' : ` (${id})`}:${line}:${column} ${message}`;
}

/** Assignment to something that was imported: allowed here, because the import stands for an earlier cell. */
const ASSIGNS_TO_IMPORT = 2632;

/**
 * Checks the types of all cells of some notebooks, as strictly as those of `lib/`, in the order of the cells.
 * A cell sees what earlier cells declare at their top level and may declare it again; `await` is allowed at the
 * top level, and nothing has to be used. The modules that cells import are not checked themselves.
 *
 * @throws NotebookFormatError when a file is not a notebook
 */
export function checkCells(notebookPaths: readonly string[], overlay?: Overlay): CellProblem[] {
  const { program, modules } = cellProgram(notebookPaths, overlay);
  const problems: CellProblem[] = [];
  for (const [file, module] of modules) {
    const source = program.getSourceFile(file);
    if (!source) throw new Error(`${file} is missing from the program`);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    for (const diagnostic of found) {
      const start = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
      // The added lines can be wrong only as a consequence of something that is reported anyway.
      if (start.line < 1 || start.line > module.lines) continue;
      if (
        diagnostic.code === ASSIGNS_TO_IMPORT &&
        declaredVariable(program, modules, source, diagnostic.start ?? 0)
      )
        continue;
      problems.push({
        notebook: module.notebook,
        cell: module.cell,
        id: module.id,
        line: start.line,
        column: start.character + 1,
        message: `error TS${diagnostic.code}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`,
      });
    }
  }
  return problems;
}

/** Whether an earlier cell declared this name with `let` or `var`, so that it may be assigned to. */
function declaredVariable(
  program: ts.Program,
  cellFiles: ReadonlyMap<string, CellModule>,
  source: ts.SourceFile,
  position: number,
): boolean {
  const checker = program.getTypeChecker();
  const found = nodeAt(source, position);
  let symbol = found && checker.getSymbolAtLocation(found);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return false;
  // A notebook may not assign to imports from lib.
  if (!cellFiles.has(declaration.getSourceFile().fileName)) return false;
  return !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const);
}

function nodeAt(parent: ts.Node, position: number): ts.Node | undefined {
  return ts.forEachChild(parent, (child) =>
    position < child.getStart(parent.getSourceFile()) || position >= child.end
      ? undefined
      : (nodeAt(child, position) ?? child),
  );
}
