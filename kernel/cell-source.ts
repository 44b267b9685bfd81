/**
 * Cells that are right but that tslab cannot compile: it exports all names of a cell and writes a declaration of each
 * for the cells after it.
 */
import { typescript as ts } from './typescript';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import type { Diagnostic } from 'tslab/dist/converter';

/** A replacement of a stretch of the source. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function edited(source: string, edits: readonly Edit[]): string {
  let text = source;
  for (const { from, to, text: replacement } of [...edits].sort((a, b) => b.from - a.from))
    text = text.slice(0, from) + replacement + text.slice(to);
  return text;
}

function parse(source: string): TypeScript.SourceFile {
  return ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, true);
}

/** Blanks of the same length: positions after them stay. */
function blanks(source: string, from: number, to: number): Edit {
  return { from, to, text: source.slice(from, to).replace(/[^\r\n]/g, ' ') };
}

/**
 * Removes exports from a cell into which code of a module was pasted: `export function f` becomes a function, `export {
 * f }` goes, `export { f } from './g'` becomes an import. Blanks keep every position, so errors point to the right
 * column.
 */
export function withoutExports(source: string): string {
  if (!/\bexport\b/.test(source)) return source;
  const edits: Edit[] = [];
  for (const statement of parse(source).statements) {
    if (ts.isExportDeclaration(statement)) {
      const start = statement.getStart();
      if (!statement.moduleSpecifier) edits.push(blanks(source, start, statement.end));
      else if (statement.exportClause) edits.push({ from: start, to: start + 6, text: 'import' });
      continue;
    }
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) continue;
    for (const modifier of modifiers) {
      if (modifier.kind === ts.SyntaxKind.ExportKeyword)
        edits.push(blanks(source, modifier.getStart(), modifier.end));
    }
  }
  return edited(source, edits);
}

/** Messages of the compiler that are about the declaration of a name alone, beside those from 4000 to 4103. */
const OTHER_DECLARATION_ERRORS = new Set([2527, 2742, 4118, 5088, 7056]);

/** Whether an error says only that the type of a name cannot be written down; the code itself is right. */
export function isDeclarationError({ code, fileName }: Diagnostic): boolean {
  return fileName === undefined && ((code >= 4000 && code <= 4103) || OTHER_DECLARATION_ERRORS.has(code));
}

/**
 * Adds a type to each name whose inferred type cannot be written down: the type of the module for `await import('…')`,
 * a class for a class expression, else `any`. Only types are added.
 *
 * @param errors - see {@link isDeclarationError}
 */
export function withTypesToDeclare(source: string, errors: readonly Diagnostic[]): string {
  const file = parse(source);
  const edits = new Map<TypeScript.Node, Edit>();
  for (const { start } of errors) {
    const statement = file.statements.find(({ pos, end }) => pos <= start.offset && start.offset < end);
    if (!statement) continue;
    if (ts.isVariableStatement(statement)) {
      const { declarations } = statement.declarationList;
      const declaration = declarations.find(({ end }) => start.offset < end) ?? declarations[0];
      if (declaration && !declaration.type) edits.set(declaration, editOfVariable(statement, declaration));
    } else if (ts.isFunctionDeclaration(statement) && statement.body && !statement.type) {
      const end = source.lastIndexOf(')', statement.body.getStart()) + 1;
      edits.set(statement, { from: end, to: end, text: ': any' });
    } else if (ts.isClassDeclaration(statement) && statement.name) {
      const start = statement.getStart();
      edits.set(statement, { from: start, to: start, text: `const ${statement.name.text}: any = ` });
    }
  }
  return edited(source, [...edits.values()]);
}

function editOfVariable(
  statement: TypeScript.VariableStatement,
  { name, initializer }: TypeScript.VariableDeclaration,
): Edit {
  const { flags, declarations } = statement.declarationList;
  if (
    initializer &&
    ts.isClassExpression(initializer) &&
    !initializer.name &&
    !initializer.modifiers &&
    ts.isIdentifier(name) &&
    flags & ts.NodeFlags.Const &&
    declarations.length === 1
  ) {
    const from = statement.getStart();
    const to = initializer.getStart() + 'class'.length;
    return { from, to, text: `class ${name.text}`.padEnd(to - from) };
  }
  return { from: name.end, to: name.end, text: `: ${importedType(initializer) ?? 'any'}` };
}

/** `typeof import("fs")` for `await import("fs")`. */
function importedType(initializer: TypeScript.Expression | undefined): string | undefined {
  if (!initializer || !ts.isAwaitExpression(initializer)) return undefined;
  const call = initializer.expression;
  if (!ts.isCallExpression(call) || call.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
  const [module] = call.arguments;
  return module && ts.isStringLiteral(module) ? `typeof import(${module.getText()})` : undefined;
}
