/**
 * `docs/api.md`: what the modules export that cells import, each in one line with one example, from the descriptions in
 * the sources and from the calls in the notebooks.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { joined, readNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { listNotebooks } from '../reproduce/notebook-file';
import { projectModules } from '../uses/exports';

/** Folders whose exports are listed, in this order. */
const API_FOLDERS: readonly string[] = [
  'lib/study',
  'lib/measuring',
  'lib/results',
  'lib/figures',
  'lib/metrics',
];

/** Modules that run in the reader's browser; cells do not import them. */
const LEFT_OUT: readonly string[] = ['lib/figures/page/'];

/** From the root of the project. */
export const API_FILE = 'docs/api.md';

/** Longest example and longest value of a constant that are shown. */
const LONGEST_EXAMPLE = 200;
const LONGEST_VALUE = 60;

/** One thing that a module exports. */
interface Entry {
  readonly name: string;
  /** `meanSquaredError(original, decoded)`, `class Corpus`, `RATE`. */
  readonly heading: string;
  readonly description: string;
  readonly isType: boolean;
  /** The `@example` of the source, or the value of a constant. */
  readonly example?: string | undefined;
  /** The call by the names of its parameters. */
  readonly call?: string | undefined;
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The first sentence of a description; of `{@link X}` the name as code. */
function firstSentence(text: string): string {
  const whole = oneLine(text.split(/\n\s*\n/)[0]!).replace(/\{@link ([^}|\s]+)[^}]*\}/g, '`$1`');
  const end = /^.*?(?<!\b[A-Z]|e\.g|i\.e|cf|al|Trans|Proc)[.?!](?=\s+[^a-z\s])/.exec(whole)?.[0] ?? whole;
  return end.replace(/[.:]$/, '');
}

function descriptionOf(node: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(docs[docs.length - 1]?.comment);
  return text === undefined ? '' : firstSentence(text);
}

function exampleOf(node: ts.Node): string | undefined {
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === 'example');
  return tag && ts.getTextOfJSDocComment(tag.comment)?.trim();
}

function namesOf(parameters: readonly ts.ParameterDeclaration[]): string {
  return parameters
    .map(({ name, dotDotDotToken }) => {
      const text = ts.isIdentifier(name) ? name.text : 'options';
      return dotDotDotToken ? `...${text}` : text;
    })
    .join(', ');
}

/** Exports of a module under their own names. */
function entriesOf(source: ts.SourceFile): Entry[] {
  const found: Entry[] = [];
  for (const statement of source.statements) {
    const isExported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) continue;
    // One comment may stand for several statements, with no empty line between them.
    const shared = /\n\s*\n/.test(source.text.slice(statement.getFullStart(), statement.getStart(source)))
      ? undefined
      : found[found.length - 1]?.description;
    const description = descriptionOf(statement) || (shared ?? '');
    const example = exampleOf(statement);
    if (ts.isFunctionDeclaration(statement) && statement.name) {
      // Of several signatures the first one stands for all.
      const name = statement.name.text;
      if (found.some((entry) => entry.name === name)) continue;
      const call = `${name}(${namesOf(statement.parameters)})`;
      found.push({ name, heading: call, description, isType: false, example, call });
    } else if (ts.isClassDeclaration(statement) && statement.name) {
      const name = statement.name.text;
      const constructor = statement.members.find(ts.isConstructorDeclaration);
      const call = `new ${name}(${namesOf(constructor?.parameters ?? [])})`;
      const isError = name.endsWith('Error');
      found.push({
        name,
        heading: isError ? name : call,
        description,
        isType: isError,
        example,
        call,
      });
    } else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (!ts.isIdentifier(name)) continue;
        const value = initializer === undefined ? '' : oneLine(initializer.getText(source));
        const shown = value !== '' && value.length <= LONGEST_VALUE ? `${name.text} = ${value}` : undefined;
        found.push({
          name: name.text,
          heading: name.text,
          description,
          isType: false,
          example: example ?? shown,
        });
      }
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      found.push({ name: statement.name.text, heading: statement.name.text, description, isType: true });
    }
  }
  return found;
}

/** The shortest call of each imported name in the notebooks, by module and name: `lib/measuring/sweep#sweep`. */
function callsInNotebooks(): ReadonlyMap<string, string> {
  const calls = new Map<string, string>();
  const folder = join(projectRoot(), 'notebooks');
  for (const name of existsSync(folder) ? listNotebooks(folder) : []) {
    const modules = new Map<string, string>();
    for (const cell of readNotebook(join(folder, name)).cells) {
      if (cell.cell_type !== 'code') continue;
      const source = parse('cell.ts', joined(cell.source));
      const visit = (node: ts.Node): void => {
        if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
          const bindings = node.importClause?.namedBindings;
          if (bindings && ts.isNamedImports(bindings)) {
            for (const { name: local } of bindings.elements) {
              modules.set(local.text, node.moduleSpecifier.text.replace(/^\.\//, ''));
            }
          }
        }
        if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && ts.isIdentifier(node.expression)) {
          const module = modules.get(node.expression.text);
          if (module !== undefined) {
            const whole = ts.isAwaitExpression(node.parent) ? node.parent : node;
            const text = oneLine(whole.getText(source));
            const key = `${module}#${node.expression.text}`;
            const known = calls.get(key);
            if (text.length <= LONGEST_EXAMPLE && (known === undefined || text.length < known.length)) {
              calls.set(key, text);
            }
          }
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
    }
  }
  return calls;
}

function modulesOfApi(): string[] {
  const modules = projectModules().map((module) => module.replaceAll('\\', '/'));
  return API_FOLDERS.flatMap((folder) =>
    modules.filter(
      (module) => module.startsWith(`${folder}/`) && !LEFT_OUT.some((start) => module.startsWith(start)),
    ),
  );
}

/** The comment at the head of a module, unless it belongs to the first declaration. */
function descriptionOfModule(source: ts.SourceFile): string {
  const comment = /^\/\*\*([^]*?)\*\/\s*\n/.exec(source.text);
  const first = source.statements[0];
  if (!comment || !first || !ts.isImportDeclaration(first)) return '';
  return firstSentence(comment[1]!.replace(/^\s*\* ?/gm, ''));
}

/**
 * The text of `docs/api.md`, and what is exported without a description.
 */
export async function apiReference(): Promise<{
  readonly text: string;
  readonly problems: readonly string[];
}> {
  const calls = callsInNotebooks();
  const problems: string[] = [];
  const lines = [
    '# What cells import',
    '',
    '<!-- Made by npm run format from the descriptions in the sources: change those. -->',
    '',
    `What the modules in ${API_FOLDERS.map((folder) => `\`${folder}\``).join(', ')} export, each in one line with one example: a call from a notebook where there is one, else the call by the names of its parameters. Cells import from the root of the project: \`import { sweep } from './lib/measuring/sweep';\`. Shapes, units, ranges and errors stand in the sources, and Tab and Shift+Tab show them in a cell.`,
  ];
  let folder = '';
  for (const module of modulesOfApi()) {
    const source = parse(module, readFileSync(join(projectRoot(), module), 'utf8'));
    const entries = entriesOf(source);
    if (entries.length === 0) continue;
    const own = API_FOLDERS.find((candidate) => module.startsWith(`${candidate}/`))!;
    if (own !== folder) lines.push('', `## \`${own}\``);
    folder = own;
    const path = module.replace(/\.ts$/, '');
    lines.push('', `### [\`${path.slice(own.length + 1)}\`](../${module})`, '');
    const about = descriptionOfModule(source);
    if (about !== '') lines.push(`${about}.`, '');
    for (const { name, heading, description, isType, example, call } of entries) {
      if (description === '') problems.push(`${module}: ${name} has no description`);
      const shown = example ?? calls.get(`${path}#${name}`) ?? call;
      // The call by the names of its parameters stands at the head already.
      const code = shown === undefined || shown === heading || isType ? '' : exampleText(shown);
      lines.push(`- **\`${heading}\`**: ${description}.${code}`);
    }
  }
  const file = join(projectRoot(), API_FILE);
  const text = await format(`${lines.join('\n')}\n`, { ...(await resolveConfig(file)), filepath: file });
  return { text, problems };
}

function exampleText(example: string): string {
  if (example.includes('\n')) return `\n\n  \`\`\`ts\n  ${example.replaceAll('\n', '\n  ')}\n  \`\`\`\n`;
  // Within two backticks a template may have its own.
  return example.includes('`') ? ` \`\` ${example} \`\`` : ` \`${example}\``;
}

/** Whether `docs/api.md` agrees with the sources. */
export async function findApiProblems(): Promise<string[]> {
  const { text, problems } = await apiReference();
  const file = join(projectRoot(), API_FILE);
  const there = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : '';
  return [
    ...problems,
    ...(there === text ? [] : [`${API_FILE} is not what the sources give: npm run format writes it.`]),
  ];
}
