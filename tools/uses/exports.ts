/**
 * Exports of the project's modules and their importers: read from the syntax, without types.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { joined, readNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';

/** Something that a module exports. */
export interface Export {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** False for types and interfaces, which need no importer: they name what functions take and give. */
  readonly isValue: boolean;
  /**
   * Whether its comment has the tag `@internal` (exported for the tests of its module) or `@public` (for cells of
   * readers).
   */
  readonly isTagged: boolean;
}

/** A place that imports from a module. */
export interface Use {
  /** `lib/catalog/catalog.ts`, `notebooks/02-cosine.ipynb (02-04)`. */
  readonly place: string;
  /** Line of the import in the module, or in the cell; from 1. */
  readonly line: number;
  /** Names as they are exported; `*` for all of them. */
  readonly names: readonly string[];
}

/** Folders with modules; kernels in assembly are loaded by name, not imported. */
const FOLDERS = ['lib', 'kernel', 'tools', 'tests', 'bench', 'packages'];
const LOADED_BY_NAME = join('lib', 'kernels', 'assembly');

/** All modules of the project, by path from its root, sorted. */
export function projectModules(): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    if (folder === LOADED_BY_NAME) return;
    for (const entry of readdirSync(join(projectRoot(), folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/(?<!\.d)\.ts$/.test(entry.name)) found.push(path);
    }
  };
  for (const folder of FOLDERS) if (existsSync(join(projectRoot(), folder))) visit(folder);
  return found.sort();
}

/** Exports of a module, in the order of its lines. */
export function exportsOf(module: string): Export[] {
  const source = parse(module, readFileSync(join(projectRoot(), module), 'utf8'));
  const found: Export[] = [];
  const add = (name: ts.Node & { readonly text: string }, isValue: boolean): void => {
    const { line } = source.getLineAndCharacterOfPosition(name.getStart(source));
    found.push({ name: name.text, line: line + 1, isValue, isTagged: isTagged(name) });
  };
  for (const statement of source.statements) {
    if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const { name, isTypeOnly } of statement.exportClause.elements) {
        add(name, !isTypeOnly && !statement.isTypeOnly);
      }
    }
    if (!ts.canHaveModifiers(statement) || !isExported(statement)) continue;
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations)
        if (ts.isIdentifier(name)) add(name, true);
    } else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    ) {
      if (statement.name) add(statement.name, true);
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      add(statement.name, false);
    }
  }
  return found;
}

/** Whether the documentation of the statement that a name is declared by has the tag `@internal` or `@public`. */
function isTagged(name: ts.Node): boolean {
  return ts.getJSDocTags(name.parent).some(({ tagName }) => ['internal', 'public'].includes(tagName.text));
}

function isExported(statement: ts.HasModifiers): boolean {
  return (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

/** Importers of each export, by module. */
export function collectUses(): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  const add = (place: string, folder: string, text: string): void => {
    for (const { module, line, names } of importsOf(parse(place, text), folder)) {
      uses.set(module, [...(uses.get(module) ?? []), { place, line, names }]);
    }
  };
  for (const module of projectModules()) {
    add(module, dirname(module), readFileSync(join(projectRoot(), module), 'utf8'));
  }
  const notebooks = join(projectRoot(), 'notebooks');
  const names = existsSync(notebooks)
    ? readdirSync(notebooks, { recursive: true, encoding: 'utf8' }).sort()
    : [];
  for (const name of names) {
    // JupyterLab keeps copies of notebooks in folders of this name.
    if (!name.endsWith('.ipynb') || name.split(sep).includes('.ipynb_checkpoints')) continue;
    readNotebook(join(notebooks, name)).cells.forEach((cell, index) => {
      // Cells import from the root of the project.
      if (cell.cell_type === 'code') add(`notebooks/${name} (${cell.id ?? index})`, '.', joined(cell.source));
    });
  }
  return uses;
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
}

/** A module of the project that a text imports from, and the names that it takes of it. */
interface Imported extends Omit<Use, 'place'> {
  readonly module: string;
}

function importsOf(source: ts.SourceFile, folder: string): Imported[] {
  const found: Imported[] = [];
  const add = (specifier: ts.Node | undefined, names: string[]): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith('.')) return;
    const module = relative('.', join(folder, specifier.text)).replace(/(\.ts)?$/, '.ts');
    if (!existsSync(join(projectRoot(), module))) return;
    const { line } = source.getLineAndCharacterOfPosition(specifier.getStart(source));
    found.push({ module, line: line + 1, names });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, namesOfImport(node.importClause));
    } else if (ts.isExportDeclaration(node)) {
      const clause = node.exportClause;
      const names =
        clause && ts.isNamedExports(clause)
          ? clause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
          : ['*'];
      add(node.moduleSpecifier, names);
    } else if (ts.isImportTypeNode(node)) {
      const name = node.qualifier && (ts.isIdentifier(node.qualifier) ? node.qualifier.text : '*');
      if (ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, [name ?? '*']);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], ['*']);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function namesOfImport(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  if (!bindings) return clause?.name ? ['default'] : ['*'];
  if (ts.isNamespaceImport(bindings)) return ['*'];
  return bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

/**
 * Functions, classes and constants of `lib/` that nothing but tests imports and that are not used in their own module
 * either. Errors are exported for those who catch them; what carries the tag `@internal` is the part of a module that
 * its tests look at, `@public` what cells of one's own call.
 */
export function findUnusedExports(): string[] {
  const uses = collectUses();
  return projectModules()
    .filter((module) => module.startsWith('lib'))
    .flatMap((module) => {
      const users = (uses.get(module) ?? []).filter(({ place }) => !place.startsWith('tests'));
      const names = new Set(users.flatMap((use) => use.names));
      if (names.has('*')) return [];
      const mentions = countIdentifiers(parse(module, readFileSync(join(projectRoot(), module), 'utf8')));
      return exportsOf(module)
        .filter(
          ({ name, isValue, isTagged }) =>
            isValue && !isTagged && !names.has(name) && !name.endsWith('Error'),
        )
        .filter(({ name }) => mentions.get(name) === 1)
        .map(({ name, line }) => `${module}:${line} exports ${name}, which nothing but tests uses`);
    });
}

function countIdentifiers(source: ts.SourceFile): Map<string, number> {
  const counts = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) counts.set(node.text, (counts.get(node.text) ?? 0) + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return counts;
}
