/**
 * Declarations of the cells of a notebook, and the dependencies between them.
 */
import ts from 'typescript';
import type { CellModule, CellProgram } from '../check/cell-program';

/** Something cannot be moved into the library as it is. */
export class ExtractionError extends Error {
  override readonly name = 'ExtractionError';
}

/** Statements of one cell that declare a name together: a function with its overloads, constants of one statement. */
export interface Unit {
  readonly names: readonly string[];
  readonly kind: 'function' | 'class' | 'type' | 'constant' | 'variable';
  readonly cell: CellModule;
  /** Absolute path of the cell as a module. */
  readonly file: string;
  readonly statements: readonly ts.Statement[];
}

/** A name that a cell imports. */
export interface ImportedName {
  /** As it is called in the cell. */
  readonly local: string;
  /** As its module calls it; `*` for the whole of it. */
  readonly imported: string;
  readonly specifier: string;
  /** Whether only its type is used. */
  readonly typeOnly: boolean;
}

/** Units and all their dependencies. */
export interface Closure {
  /** In the order of the notebook. */
  readonly units: readonly Unit[];
  readonly imports: readonly ImportedName[];
}

/** Globals whose values differ from run to run, so that values computed from them are not constants. */
const CHANGING = new Set(['Date', 'performance', 'process', 'crypto', 'console', 'fetch', 'globalThis']);

/** Declarations of the cells of one notebook. */
export class NotebookUnits {
  private readonly checker: ts.TypeChecker;
  private readonly files: readonly string[];
  private readonly units = new Map<string, Unit[]>();

  constructor(private readonly cells: CellProgram) {
    this.checker = cells.program.getTypeChecker();
    this.files = [...cells.modules.keys()];
    for (const file of this.files) this.units.set(file, this.unitsOf(file));
  }

  /** The unit of the last cell that declares a name. */
  declaring(name: string): Unit | undefined {
    for (const file of [...this.files].reverse()) {
      const unit = this.units.get(file)!.find(({ names }) => names.includes(name));
      if (unit) return unit;
    }
    return undefined;
  }

  /** All that a cell declares. */
  inCell(cell: CellModule): readonly Unit[] {
    const file = this.files.find((candidate) => this.cells.modules.get(candidate) === cell);
    return file === undefined ? [] : this.units.get(file)!;
  }

  get all(): readonly Unit[] {
    return this.files.flatMap((file) => this.units.get(file)!);
  }

  /** The cells in which a name of a unit is used, but for the unit itself and these others. */
  usersOf(unit: Unit, without: ReadonlySet<Unit>): CellModule[] {
    return this.files
      .filter((file) => {
        const source = this.sourceOf(file);
        return source.statements.some((statement) => {
          if (isSynthetic(statement, source, this.cells.modules.get(file)!)) return false;
          const own = this.units.get(file)!.find(({ statements }) => statements.includes(statement));
          if (own && (own === unit || without.has(own))) return false;
          return identifiersIn(statement).some((identifier) => this.unitOf(identifier, file) === unit);
        });
      })
      .map((file) => this.cells.modules.get(file)!);
  }

  /**
   * The units with everything that they use of the notebook.
   *
   * @throws ExtractionError when that includes a variable
   */
  closure(roots: readonly Unit[]): Closure {
    const found = new Set<Unit>();
    const imports = new Map<string, ImportedName>();
    const visit = (unit: Unit, usedBy: Unit | undefined): void => {
      if (found.has(unit)) return;
      if (unit.kind === 'variable') throw variableError(unit, usedBy);
      found.add(unit);
      for (const statement of unit.statements) {
        for (const identifier of identifiersIn(statement)) {
          const needed = this.unitOf(identifier, unit.file);
          if (needed) visit(needed, unit);
          const imported = this.importOf(identifier, unit.file);
          if (!imported) continue;
          const known = imports.get(imported.local);
          const typeOnly = imported.typeOnly && (known?.typeOnly ?? true);
          imports.set(imported.local, { ...imported, typeOnly });
        }
      }
    };
    for (const root of roots) visit(root, undefined);
    return { units: this.all.filter((unit) => found.has(unit)), imports: [...imports.values()] };
  }

  private sourceOf(file: string): ts.SourceFile {
    return this.cells.program.getSourceFile(file)!;
  }

  private unitsOf(file: string): Unit[] {
    const cell = this.cells.modules.get(file)!;
    const source = this.sourceOf(file);
    const units: { names: string[]; kind: Unit['kind']; statements: ts.Statement[] }[] = [];
    for (const statement of source.statements) {
      if (isSynthetic(statement, source, cell)) continue;
      const names = declaredNames(statement);
      const kind = this.kindOf(statement);
      if (names.length === 0 || kind === undefined) continue;
      const same = units.find((unit) => unit.names.some((name) => names.includes(name)));
      if (same) same.statements.push(statement);
      else units.push({ names, kind, statements: [statement] });
    }
    return units.map((unit) => ({ ...unit, cell, file }));
  }

  private kindOf(statement: ts.Statement): Unit['kind'] | undefined {
    if (ts.isFunctionDeclaration(statement)) return 'function';
    if (ts.isClassDeclaration(statement)) return 'class';
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return 'type';
    if (ts.isEnumDeclaration(statement)) return 'constant';
    if (!ts.isVariableStatement(statement)) return undefined;
    const { declarationList } = statement;
    const constant =
      (declarationList.flags & ts.NodeFlags.Const) !== 0 &&
      declarationList.declarations.every(
        ({ name, initializer }) => ts.isIdentifier(name) && initializer && this.isConstant(initializer),
      );
    return constant ? 'constant' : 'variable';
  }

  /** Whether an expression has the same value whenever and wherever it is computed, as far as can be seen. */
  private isConstant(node: ts.Node): boolean {
    if (ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isClassExpression(node)) return true;
    if (ts.isAwaitExpression(node) || ts.isTypeNode(node)) return ts.isTypeNode(node);
    if (ts.isIdentifier(node) && CHANGING.has(node.text)) return false;
    if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') return false;
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      let callee: ts.Expression = node.expression;
      while (ts.isPropertyAccessExpression(callee)) callee = callee.expression;
      if (ts.isIdentifier(callee) && !this.isGlobal(callee)) return false;
    }
    return ts.forEachChild(node, (child) => (this.isConstant(child) ? undefined : true)) === undefined;
  }

  /** Whether an identifier comes from the language and not from this project or a package. */
  private isGlobal(identifier: ts.Identifier): boolean {
    const declarations = this.checker.getSymbolAtLocation(identifier)?.declarations ?? [];
    return declarations.some((declaration) =>
      this.cells.program.isSourceFileDefaultLibrary(declaration.getSourceFile()),
    );
  }

  /** The unit that an identifier in a cell refers to, in this cell or an earlier one. */
  private unitOf(identifier: ts.Identifier, file: string): Unit | undefined {
    const place = this.topLevelPlace(identifier, file);
    return place && this.units.get(place.file)!.find(({ names }) => names.includes(place.name));
  }

  /** The import that an identifier in a cell refers to, in this cell or an earlier one. */
  private importOf(identifier: ts.Identifier, file: string): ImportedName | undefined {
    const place = this.topLevelPlace(identifier, file);
    if (!place) return undefined;
    for (const statement of this.sourceOf(place.file).statements) {
      if (
        !ts.isImportDeclaration(statement) ||
        isSynthetic(statement, statement.getSourceFile(), this.cells.modules.get(place.file)!)
      )
        continue;
      const imported = importedAs(statement, place.name);
      if (imported === undefined) continue;
      const { text: specifier } = statement.moduleSpecifier as ts.StringLiteral;
      return { local: place.name, imported, specifier, typeOnly: this.isTypeUse(identifier) };
    }
    return undefined;
  }

  /** The cell whose top level declares or imports what an identifier refers to; undefined for locals and globals. */
  private topLevelPlace(identifier: ts.Identifier, file: string): { file: string; name: string } | undefined {
    const { parent } = identifier;
    const symbol =
      parent && ts.isShorthandPropertyAssignment(parent)
        ? this.checker.getShorthandAssignmentValueSymbol(parent)
        : this.checker.getSymbolAtLocation(identifier);
    const declaration = symbol?.declarations?.[0];
    if (!declaration || !symbol) return undefined;
    if (declaration.getSourceFile().fileName !== file) return undefined;
    const source = this.sourceOf(file);
    const cell = this.cells.modules.get(file)!;
    const statement = source.statements.find(
      ({ pos, end }) => declaration.pos >= pos && declaration.end <= end,
    );
    if (!statement) return undefined;
    const name = identifier.text;
    if (isSynthetic(statement, source, cell)) {
      const earlier = this.files
        .slice(0, this.files.indexOf(file))
        .reverse()
        .find((candidate) => this.cells.modules.get(candidate)!.names.includes(name));
      return earlier === undefined ? undefined : { file: earlier, name };
    }
    const isTopLevel = ts.isImportDeclaration(statement)
      ? importedAs(statement, name) !== undefined
      : declaredNames(statement).includes(name) && isDeclarationOf(declaration, statement);
    return isTopLevel ? { file, name } : undefined;
  }

  private isTypeUse(identifier: ts.Identifier): boolean {
    let symbol = this.checker.getSymbolAtLocation(identifier);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
    if (symbol && !(symbol.flags & ts.SymbolFlags.Value)) return true;
    return ts.isPartOfTypeNode(identifier) || ts.isTypeQueryNode(identifier.parent);
  }
}

/** Whether the lines before and after the source of a cell hold a statement. */
function isSynthetic(statement: ts.Statement, source: ts.SourceFile, cell: CellModule): boolean {
  const { line } = source.getLineAndCharacterOfPosition(statement.getStart(source));
  return line < 1 || line > cell.lines;
}

function isDeclarationOf(declaration: ts.Declaration, statement: ts.Statement): boolean {
  if ((declaration as ts.Node) === statement) return true;
  if (!ts.isVariableStatement(statement)) return false;
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
    node = node.parent;
  return statement.declarationList.declarations.some((one) => one === node);
}

/** Name that an import has in the module it comes from. */
function importedAs({ importClause }: ts.ImportDeclaration, name: string): string | undefined {
  if (importClause?.name?.text === name) return 'default';
  const bindings = importClause?.namedBindings;
  if (!bindings) return undefined;
  if (ts.isNamespaceImport(bindings)) return bindings.name.text === name ? '*' : undefined;
  const element = bindings.elements.find((one) => one.name.text === name);
  return element && (element.propertyName ?? element.name).text;
}

/** Names that a statement declares; those of imports are none. */
export function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  }
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  ) {
    return statement.name ? [statement.name.text] : [];
  }
  return [];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function identifiersIn(node: ts.Node): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child)) found.push(child);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

function variableError(unit: Unit, usedBy: Unit | undefined): ExtractionError {
  const name = unit.names.join(', ');
  const place = `cell ${unit.cell.cell}`;
  if (!usedBy) {
    return new ExtractionError(
      `${name} of ${place} is a variable of the notebook, with a value that the cell computes: only functions, ` +
        'classes, types and constants can be moved.',
    );
  }
  return new ExtractionError(
    `${usedBy.names[0]} uses ${name}, a variable of ${place}: make it a parameter of ${usedBy.names[0]}.`,
  );
}
