/**
 * Adds import statements to a module or a cell; those that are there stay as they are.
 */
import { dirname, posix } from 'node:path';
import ts from 'typescript';
import { applyEdits, type TextEdit } from './text-edits';
import { ExtractionError, type ImportedName } from './units';

/** The specifier by which a module of `lib/` imports what a cell, which imports from the root, calls `specifier`. */
export function specifierFrom(module: string, specifier: string): string {
  if (specifier === 'tslab') {
    throw new ExtractionError('lib/ knows nothing of Jupyter: what uses tslab has to stay in the notebook.');
  }
  if (!specifier.startsWith('.')) return specifier;
  const path = posix.relative(dirname(module), posix.normalize(specifier));
  return path.startsWith('.') ? path : `./${path}`;
}

/** The specifier by which a cell imports a module: `./lib/bases/threshold`. */
export function cellSpecifier(module: string): string {
  return `./${module.replace(/\.ts$/, '')}`;
}

interface Statement {
  readonly node: ts.ImportDeclaration;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importStatements(source: ts.SourceFile): Statement[] {
  return source.statements.filter(ts.isImportDeclaration).map((node) => ({
    node,
    specifier: (node.moduleSpecifier as ts.StringLiteral).text,
    typeOnly: node.importClause?.isTypeOnly ?? false,
  }));
}

function written({ local, imported, specifier, typeOnly }: ImportedName, quote: string): string {
  const type = typeOnly ? 'type ' : '';
  const clause =
    imported === 'default'
      ? `${type}${local}`
      : imported === '*'
        ? `${type}* as ${local}`
        : `${type}{ ${imported === local ? local : `${imported} as ${local}`} }`;
  return `import ${clause} from ${quote}${specifier}${quote};`;
}

/**
 * A text with these imports: names join a statement that imports from the same module, others follow the last import.
 *
 * @param text - of a module or a cell
 * @param quote - `'` or `"`
 */
export function withImports(text: string, imports: readonly ImportedName[], quote: string): string {
  let result = text;
  for (const wanted of imports) {
    const source = ts.createSourceFile('module.ts', result, ts.ScriptTarget.Latest, true);
    const statements = importStatements(source);
    if (statements.some(({ node, specifier }) => specifier === wanted.specifier && brings(node, wanted)))
      continue;
    const host = statements.find(
      ({ node, specifier, typeOnly }) =>
        specifier === wanted.specifier &&
        wanted.imported !== 'default' &&
        wanted.imported !== '*' &&
        (!typeOnly || wanted.typeOnly) &&
        node.importClause?.namedBindings !== undefined &&
        ts.isNamedImports(node.importClause.namedBindings),
    );
    result = applyEdits(result, [
      host ? joining(host, wanted) : following(source, statements, wanted, quote),
    ]);
  }
  return result;
}

function brings(node: ts.ImportDeclaration, { local, typeOnly }: ImportedName): boolean {
  const clause = node.importClause;
  if (!clause || (clause.isTypeOnly && !typeOnly)) return false;
  if (clause.name?.text === local) return true;
  const bindings = clause.namedBindings;
  if (!bindings) return false;
  if (ts.isNamespaceImport(bindings)) return bindings.name.text === local;
  return bindings.elements.some(
    (element) => element.name.text === local && (!element.isTypeOnly || typeOnly),
  );
}

function joining(
  { node, typeOnly }: Statement,
  { local, imported, typeOnly: typeWanted }: ImportedName,
): TextEdit {
  const { elements } = node.importClause!.namedBindings as ts.NamedImports;
  const name = imported === local ? local : `${imported} as ${local}`;
  const text = typeWanted && !typeOnly ? `type ${name}` : name;
  const last = elements[elements.length - 1];
  return last
    ? { start: last.end, end: last.end, text: `, ${text}` }
    : { start: elements.pos, end: elements.pos, text: ` ${text} ` };
}

function following(
  source: ts.SourceFile,
  statements: readonly Statement[],
  wanted: ImportedName,
  quote: string,
): TextEdit {
  const line = written(wanted, quote);
  const last = statements[statements.length - 1];
  if (last) return { start: last.node.end, end: last.node.end, text: `\n${line}` };
  // A comment about the whole file comes first; one that touches the first statement belongs to that.
  const { text } = source;
  const [header] = ts.getLeadingCommentRanges(text, 0) ?? [];
  const alone =
    header &&
    (/^[ \t]*\r?\n[ \t]*\r?\n/.test(text.slice(header.end)) || text.slice(header.end).trim() === '');
  const start = alone || (header && text.slice(header.pos, header.end).includes('@module')) ? header.end : 0;
  return {
    start,
    end: start,
    text: start === 0 ? `${line}\n${text.trim() === '' ? '' : '\n'}` : `\n${line}`,
  };
}
