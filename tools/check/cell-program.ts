/**
 * The cells of notebooks as modules that import from each other, for the type checker.
 */
import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import ts from 'typescript';
import { joined, parseNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { compilerHost, type Overlay } from './compiler-host';

/** A cell as a module of its own. */
export interface CellModule {
  readonly notebook: string;
  /** Its number when the notebook is run from the top, from 1. */
  readonly cell: number;
  /** Its position among all cells of the notebook, from 0. */
  readonly index: number;
  readonly id: string | undefined;
  /**
   * The source, after a first line that imports the declarations of earlier cells and before a last line with the
   * exports.
   */
  readonly text: string;
  readonly lines: number;
  /** Names that its statements declare. */
  readonly names: readonly string[];
}

/** Cells that are checked together. */
export interface CellProgram {
  readonly program: ts.Program;
  /** By absolute path, in the order of notebooks and cells. */
  readonly modules: ReadonlyMap<string, CellModule>;
}

/**
 * Makes modules of cells: each imports, in a line before its first, what earlier cells declare.
 *
 * @param notebookPaths - absolute
 * @throws NotebookFormatError when a file is not a notebook
 */
export function cellProgram(notebookPaths: readonly string[], overlay: Overlay = new Map()): CellProgram {
  const modules = new Map<string, CellModule>();
  for (const [index, path] of notebookPaths.entries()) addModules(modules, index, path, overlay);
  const options = cellOptions();
  const texts = new Map([...overlay, ...[...modules].map(([file, { text }]) => [file, text] as const)]);
  const host = compilerHost(options, texts);
  return { program: ts.createProgram([...modules.keys()], options, host), modules };
}

/** The compiler's options for cells: those of the project, but that not everything has to be used. */
export function cellOptions(): ts.CompilerOptions {
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

function addModules(modules: Map<string, CellModule>, index: number, path: string, overlay: Overlay): void {
  const root = projectRoot();
  /** Module that declares a name last. */
  const declaredIn = new Map<string, string>();
  let number = 0;
  const { cells } = parseNotebook(overlay.get(path) ?? readFileSync(path, 'utf8'), path);
  for (const [position, cell] of cells.entries()) {
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
      index: position,
      id: cell.id,
      text: `${inherited.join(' ')}\n${source}\nexport { ${own.join(', ')} };\n`,
      lines: source.split('\n').length,
      names: own,
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
