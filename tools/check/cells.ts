import { basename, join, relative } from 'node:path';
import ts from 'typescript';
import { joined, readNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/project-root';

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

/** A cell as a module of its own. */
interface CellModule {
  readonly notebook: string;
  readonly cell: number;
  readonly id: string | undefined;
  /** The source between a first line, which imports what earlier cells declare, and a last one with the exports. */
  readonly text: string;
  readonly lines: number;
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
export async function checkCells(notebookPaths: readonly string[]): Promise<CellProblem[]> {
  const modules = new Map<string, CellModule>();
  for (const [index, path] of notebookPaths.entries()) addModules(modules, index, path);

  const options = cellOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => modules.has(file) || fileExists(file);
  host.readFile = (file) => modules.get(file)?.text ?? readFile(file);
  host.getSourceFile = (file, target) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, target, true);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
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

function cellOptions(): ts.CompilerOptions {
  const file = join(projectRoot(), 'tsconfig.json');
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile) as {
    config: unknown;
    error?: ts.Diagnostic;
  };
  if (error) throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(error.messageText, '\n')}`);
  return {
    ...ts.parseJsonConfigFileContent(config, ts.sys, projectRoot()).options,
    // The last cells of a notebook use nothing of what they declare, and the kernel compiles with all types known.
    noUnusedLocals: false,
    noUnusedParameters: false,
    isolatedModules: false,
    resolveJsonModule: true,
  };
}

function addModules(modules: Map<string, CellModule>, index: number, path: string): void {
  const root = projectRoot();
  /** Module that declares a name last. */
  const declaredIn = new Map<string, string>();
  let number = 0;
  for (const cell of readNotebook(path).cells) {
    const source = joined(cell.source);
    if (cell.cell_type !== 'code' || source.trim() === '') continue;
    number++;
    // In the root, because that is where cells import from.
    const name = `__notebook_${index}_${basename(path, '.ipynb')}_cell_${number}`;
    const own = topLevelNames(source);
    const inherited = [...declaredIn]
      .filter(([declared]) => !own.includes(declared))
      .map(([declared, module]) => `import { ${declared} } from './${module}';`);
    modules.set(join(root, `${name}.ts`).replaceAll('\\', '/'), {
      notebook: relative(root, path),
      cell: number,
      id: cell.id,
      text: `${inherited.join(' ')}\n${source}\nexport { ${own.join(', ')} };\n`,
      lines: source.split('\n').length,
    });
    for (const declared of own) declaredIn.set(declared, name);
  }
}

/** Names that the statements of a cell declare: variables, functions, classes, types and imports. */
function topLevelNames(source: string): string[] {
  const names = new Set<string>();
  const add = (name: ts.BindingName | undefined): void => {
    if (!name) return;
    if (ts.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name);
  };
  for (const statement of ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest).statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) add(name);
    } else if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {};
      add(name);
      if (namedBindings && ts.isNamespaceImport(namedBindings)) add(namedBindings.name);
      if (namedBindings && ts.isNamedImports(namedBindings))
        for (const element of namedBindings.elements) add(element.name);
    } else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    ) {
      add(statement.name);
    }
  }
  return [...names];
}

/** Whether what stands here was declared by an earlier cell with `let` or `var`, and so may be assigned to. */
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
  // What comes from a module of lib is not the notebook's to change.
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
