/**
 * Declarations of earlier cells. tslab forgets every name of a cell that throws; here the names stay that had a value
 * before the throw, as in notebooks of other languages.
 */
import { typescript as ts } from './typescript';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import type { CompletionInfo, Converter, ConvertResult, Diagnostic } from 'tslab/dist/converter';
import { isDeclarationError, withoutExports, withTypesToDeclare } from './cell-source';

/** One name of a text of declarations. */
interface Declared {
  readonly name: string;
  /** Its own declaration, or one that it shares with nothing else. */
  readonly text: string;
  /** Whether it has a value when the cell has run: imports, which may be of types, interfaces and types have none. */
  readonly hasValue: boolean;
}

/** An import of a module of the project, with its names. */
export interface LiveImport {
  /** `import { f } from './lib/g';` */
  readonly text: string;
  readonly specifier: string;
  readonly names: readonly string[];
}

/** A converter that keeps declarations itself, and takes the cells that {@link withoutExports} describes. */
export class KeptDeclarations implements Converter {
  private kept = '';
  /** Of the cell that was compiled last and not yet settled. */
  private pending: { readonly declarations: string; readonly own: ReadonlySet<string> } | undefined;
  /** Values that the names of the cell had before it ran. */
  private readonly valuesBefore = new Map<string, unknown>();

  /**
   * @param converter - compiles
   * @param values - the variables of all cells, by their names
   * @param onModules - told the outputs (`….js`) of modules that a cell imports, directly or not, when they are compiled
   */
  constructor(
    private readonly converter: Converter,
    private readonly values: () => Record<string, unknown>,
    private readonly onModules: (outputs: readonly string[]) => void,
  ) {}

  convert(_previous: string, cell: string): ConvertResult {
    const source = withoutExports(cell);
    let result = this.converter.convert(this.kept, source);
    const { diagnostics } = result;
    const wrong = diagnostics.filter((diagnostic) => !isDeclarationError(diagnostic));
    if (diagnostics.length > 0 && wrong.length === 0)
      result = this.converter.convert(this.kept, withTypesToDeclare(source, diagnostics));
    this.onModules((result.sideOutputs ?? []).map(({ path }) => path));
    this.pending = undefined;
    this.valuesBefore.clear();
    if (result.diagnostics.length === 0) {
      const own = new Set(declaredNames(source));
      this.pending = { declarations: result.declOutput ?? '', own };
      const values = this.values();
      for (const name of own) this.valuesBefore.set(name, values[name]);
    }
    return result;
  }

  /**
   * Takes over the declarations of the cell compiled last.
   *
   * @param threw - whether the cell ended early: names that have no value yet keep their former declaration
   */
  settle(threw: boolean): void {
    const { pending } = this;
    this.pending = undefined;
    if (!pending) return;
    if (!threw) {
      this.kept = pending.declarations;
      return;
    }
    const values = this.values();
    const missed = ({ name, hasValue }: Declared): boolean =>
      hasValue && pending.own.has(name) && values[name] === undefined;
    const all = namesOf(pending.declarations);
    const lost = new Set(all.filter(missed).map(({ name }) => name));
    const before = namesOf(this.kept).filter(({ name }) => lost.has(name));
    for (const { name } of before) values[name] = this.valuesBefore.get(name);
    this.kept = [...all.filter((declared) => !missed(declared)), ...before]
      .map(({ text }) => `${text}\n`)
      .join('');
  }

  /** The imports of the project's modules that cells so far have made, and no later cell has replaced. */
  imports(): LiveImport[] {
    return ts
      .createSourceFile('declarations.d.ts', this.kept, ts.ScriptTarget.Latest)
      .statements.flatMap((statement) => {
        if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
        const specifier = statement.moduleSpecifier.text;
        if (!specifier.startsWith('.')) return [];
        const text = this.kept.slice(statement.pos, statement.end).trim();
        return [{ text, specifier, names: importedNames(statement).map(({ name }) => name) }];
      });
  }

  inspect(_previous: string, ...request: [src: string, position: number]): ReturnType<Converter['inspect']> {
    return this.converter.inspect(this.kept, ...request);
  }

  complete(_previous: string, ...request: [src: string, position: number]): CompletionInfo {
    return this.converter.complete(this.kept, ...request);
  }

  addModule(...request: Parameters<Converter['addModule']>): Diagnostic[] {
    return this.converter.addModule(...request);
  }

  close(): void {
    this.converter.close();
  }
}

/** Names of a pattern: `a`, `{ a, b: [c] }`. */
function boundNames(name: TypeScript.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/** Names that a cell declares or imports. */
export function ownNames(source: string): string[] {
  const { statements } = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, true);
  const imported = statements.filter(ts.isImportDeclaration).flatMap(importedNames);
  return [...declaredNames(source), ...imported.map(({ name }) => name)];
}

/** Names that have a value when the cell has run, without imports. */
function declaredNames(source: string): string[] {
  return ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest).statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
    const named =
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement);
    return named && statement.name ? [statement.name.text] : [];
  });
}

/** Names of an import, each with an import of its own. */
function importedNames({ importClause, moduleSpecifier }: TypeScript.ImportDeclaration): Declared[] {
  const from = ts.isStringLiteral(moduleSpecifier) ? JSON.stringify(moduleSpecifier.text) : '""';
  const declared = (name: string, what: string): Declared => ({
    name,
    text: `import ${importClause?.isTypeOnly ? 'type ' : ''}${what} from ${from};`,
    hasValue: false,
  });
  const { name, namedBindings } = importClause ?? {};
  const all = name ? [declared(name.text, name.text)] : [];
  if (namedBindings && ts.isNamespaceImport(namedBindings))
    all.push(declared(namedBindings.name.text, `* as ${namedBindings.name.text}`));
  if (namedBindings && ts.isNamedImports(namedBindings)) {
    for (const { name: local, propertyName, isTypeOnly } of namedBindings.elements) {
      const as = propertyName ? `${propertyName.text} as ${local.text}` : local.text;
      all.push(declared(local.text, `{ ${isTypeOnly ? 'type ' : ''}${as} }`));
    }
  }
  return all;
}

/** The names that a text of declarations declares, each with a declaration of its own. */
function namesOf(declarations: string): Declared[] {
  const file = ts.createSourceFile('declarations.d.ts', declarations, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement): Declared[] => {
    if (ts.isImportDeclaration(statement)) return importedNames(statement);
    if (ts.isVariableStatement(statement)) {
      const { flags, declarations: list } = statement.declarationList;
      const keyword = flags & ts.NodeFlags.Const ? 'const' : flags & ts.NodeFlags.Let ? 'let' : 'var';
      return list.map((declaration) => ({
        name: declaration.name.getText(),
        text: `declare ${keyword} ${declaration.getText()};`,
        hasValue: true,
      }));
    }
    const text = statement.getText();
    if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    )
      return [{ name: statement.name?.text ?? '', text, hasValue: true }];
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
      return [{ name: statement.name.text, text, hasValue: false }];
    return [{ name: '', text, hasValue: false }];
  });
}
