/**
 * Writes inferred types into exports: a reader of a library sees what goes in and out.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { projectRoot } from '../../lib/files/project-root';
import type { Overlay } from '../check/compiler-host';
import { applyEdits, type TextEdit } from './text-edits';
import { ExtractionError } from './units';

/** The compiler of the cells does not know what buffer a typed array has. */
const BUFFER = /(?<=Array)<ArrayBuffer(Like)?>/g;

/** Source files parsed once for all modules. */
const registry = ts.createDocumentRegistry();

/** Fixes of one declaration each; more than a module has. */
const MOST_FIXES = 200;

/**
 * A module whose exported functions, classes and constants have written types wherever another module could not see
 * them without inference (TypeScript's `isolatedDeclarations`).
 *
 * @param file - absolute path of the module
 * @param names - of what is to be annotated; the rest of the module is left as it is
 * @param overlay - holds the text of the module, and of others that are not yet written
 * @throws ExtractionError when a type cannot be written
 */
export function withWrittenTypes(file: string, names: readonly string[], overlay: Overlay): string {
  let text = overlay.get(file)!;
  let version = 0;
  const options: ts.CompilerOptions = { ...projectOptions(), declaration: true, isolatedDeclarations: true };
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : '0'),
    getScriptSnapshot: (name) => {
      const content = name === file ? text : (overlay.get(name) ?? ts.sys.readFile(name));
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: projectRoot,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || overlay.has(name) || ts.sys.fileExists(name),
    readFile: (name) => overlay.get(name) ?? ts.sys.readFile(name),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
  const service = ts.createLanguageService(host, registry);
  try {
    for (let fixes = 0; fixes < MOST_FIXES; fixes++) {
      const program = service.getProgram()!;
      const source = program.getSourceFile(file)!;
      const missing = program
        .getDeclarationDiagnostics(source)
        .find(
          ({ code, start }) => code >= 9005 && code <= 9039 && names.includes(nameAt(source, start ?? 0)),
        );
      if (!missing) return applyEdits(text, plainAnnotations(source, program.getTypeChecker(), names));
      const start = missing.start ?? 0;
      const fix = service
        .getCodeFixesAtPosition(file, start, start + (missing.length ?? 0), [missing.code], {}, {})
        .find(({ fixName }) => fixName === 'add-annotation');
      const changes = fix?.changes.find(({ fileName }) => fileName === file)?.textChanges;
      if (!changes) {
        throw new ExtractionError(
          `The type of ${nameAt(source, start)} cannot be written by itself: write it in the cell ` +
            `(${ts.flattenDiagnosticMessageText(missing.messageText, ' ')})`,
        );
      }
      text = applyEdits(
        text,
        changes.map(({ span, newText }) => ({
          start: span.start,
          end: span.start + span.length,
          text: newText.replace(BUFFER, ''),
        })),
      );
      version++;
    }
    throw new ExtractionError(
      'The types of the module do not come to an end: write some of them in the cell.',
    );
  } finally {
    service.dispose();
  }
}

/** Types that the compiler lets pass unwritten because they are plain to see: `return 1`, `scale = 2`. */
function plainAnnotations(
  source: ts.SourceFile,
  checker: ts.TypeChecker,
  names: readonly string[],
): TextEdit[] {
  const edits: TextEdit[] = [];
  const annotate = (node: ts.SignatureDeclaration): void => {
    for (const { name, type, initializer, dotDotDotToken } of node.parameters) {
      if (type || !initializer || dotDotDotToken) continue;
      edits.push({
        start: name.end,
        end: name.end,
        text: `: ${typeText(checker.getTypeAtLocation(name), name)}`,
      });
    }
    const signature = checker.getSignatureFromDeclaration(node);
    const place = source.text.indexOf(')', node.parameters.end) + 1;
    if (node.type || !signature || place === 0) return;
    edits.push({ start: place, end: place, text: `: ${typeText(signature.getReturnType(), node)}` });
  };
  const typeText = (type: ts.Type, node: ts.Node): string =>
    checker.typeToString(type, node, ts.TypeFormatFlags.NoTruncation).replace(BUFFER, '');
  for (const statement of source.statements.filter((one) =>
    names.includes(nameAt(source, one.getStart(source))),
  )) {
    if (ts.isFunctionDeclaration(statement)) {
      const symbol = statement.name && checker.getSymbolAtLocation(statement.name);
      // The implementation of overloads is nobody's to call.
      if (symbol?.declarations?.length === 1) annotate(statement);
    } else if (ts.isVariableStatement(statement)) {
      for (const { initializer, type } of statement.declarationList.declarations) {
        if (
          !type &&
          initializer &&
          (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
        ) {
          if (source.text.slice(initializer.getStart(source), initializer.parameters.end).includes('('))
            annotate(initializer);
        }
      }
    } else if (ts.isClassDeclaration(statement)) {
      for (const member of statement.members) if (ts.isMethodDeclaration(member)) annotate(member);
    }
  }
  return edits;
}

/** Options of the project's own compiler. */
export function projectOptions(): ts.CompilerOptions {
  const file = join(projectRoot(), 'tsconfig.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, projectRoot()).options;
}

/** The name declared by the statement at a position. */
function nameAt(source: ts.SourceFile, place: number): string {
  const statement = source.statements.find(({ pos, end }) => place >= pos && place < end);
  if (!statement) return '';
  if (ts.isVariableStatement(statement)) {
    const declaration = statement.declarationList.declarations.find(
      ({ pos, end }) => place >= pos && place < end,
    );
    return declaration && ts.isIdentifier(declaration.name) ? declaration.name.text : '';
  }
  return (statement as ts.FunctionDeclaration).name?.text ?? '';
}
