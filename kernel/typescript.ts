/**
 * Adjusts the TypeScript that tslab compiles with, before tslab loads it; import this file first.
 *
 * tslab has no options for what a notebook over a growing library needs, so it is handed a view of its compiler
 * in which cells are checked strictly and against the declarations of the modules that they import, variables of
 * earlier cells can be named wherever a name can stand, source maps are kept, long messages stay in one piece, and
 * changed files are looked for when a cell runs instead of being announced by the file system in between.
 */
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import { separateNamesFromVariables } from './earlier-variables';
import { ModuleCompiler } from './module-compiler';
import { fileState } from '../lib/files/file-state';
import { sha256 } from './project-modules';
import { rememberSourceMaps } from './stack';

const load = createRequire(createRequire(__filename).resolve('tslab/package.json'));
const path = load.resolve('@tslab/typescript-for-tslab');
/** The compiler of the cells. */
export const typescript = load(path) as typeof TypeScript;

/** Version of the compiler of the cells. */
export const cellTypeScriptVersion: string = typescript.version;

/** Code of the message "Cannot find module". */
export const CANNOT_FIND_MODULE = 2307;

type CreateHost = (
  files: readonly string[],
  options: TypeScript.CompilerOptions,
  system: TypeScript.System,
  createProgram: TypeScript.CreateProgram<TypeScript.BuilderProgram> | null,
  ...rest: unknown[]
) => TypeScript.WatchCompilerHostOfFilesAndCompilerOptions<TypeScript.BuilderProgram>;
type CreateProgram = (
  host: ReturnType<CreateHost>,
) => TypeScript.WatchOfFilesAndCompilerOptions<TypeScript.BuilderProgram>;
type Diagnose = (
  program: TypeScript.Program,
  files: TypeScript.SourceFile[],
) => readonly TypeScript.Diagnostic[];

/** Functions that tslab calls, with the types that they have in fact. */
interface Compiler {
  createWatchCompilerHost: CreateHost;
  createWatchProgram: CreateProgram;
  getPreEmitDiagnosticsOfFiles: Diagnose;
}
const compiler = typescript as unknown as Compiler;

/** Of the project that cells import from; made with the first compiler of cells, for all that follow. */
let modules: ModuleCompiler | undefined;

/** The cell that was compiled last, with all that it sees. */
let cells: TypeScript.Program | undefined;

/** The compiler of the modules that cells import. A converter of tslab must have been made before. */
export function moduleCompiler(): ModuleCompiler {
  if (!modules) throw new Error('no converter of tslab was made yet');
  return modules;
}

const adjusted = {
  createWatchCompilerHost(files, options, system, _createProgram, ...rest) {
    // Only the types of Node are ambient; those of a package come with its import.
    const strict = { ...options, strict: true, noImplicitOverride: true, types: ['node'] };
    modules ??= new ModuleCompiler(process.cwd(), typescript, strict, (file) => cells?.getSourceFile(file));
    // A builder that keeps no state of its own: it would look for all references of all declarations after every cell.
    const create = typescript.createAbstractBuilder;
    return compiler.createWatchCompilerHost(
      files,
      { ...strict, inlineSourceMap: true },
      system,
      create,
      ...rest,
    );
  },

  // tslab hands over the transformers that it applies after the compiler's own; this one must come before those.
  createWatchProgram(host) {
    const report = host.afterProgramCreate;
    host.afterProgramCreate = (builder) => {
      cells = builder.getProgram();
      const emit = builder.emit;
      builder.getAllDependencies = (file) => sourcesBehind(builder.getProgram(), file);
      const before = [separateNamesFromVariables(typescript, builder.getProgram().getTypeChecker())];
      builder.emit = (file, write, token, declarationsOnly, transformers) =>
        emit(file, write, token, declarationsOnly, { ...transformers, before });
      report?.(builder);
    };
    return compiler.createWatchProgram(host);
  },

  // tslab takes a chain of messages apart and then forgets which file it was about.
  getPreEmitDiagnosticsOfFiles: (program, files) =>
    compiler.getPreEmitDiagnosticsOfFiles(program, files).map((diagnostic) => ({
      ...diagnostic,
      messageText: typescript.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
    })),

  // The second of tslab's two steps, from ES modules to CommonJS.
  transpileModule(code, options) {
    const inlineMap = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(code);
    if (!inlineMap?.[1]) return typescript.transpileModule(code, options);
    const result = typescript.transpileModule(code.slice(0, inlineMap.index), {
      ...options,
      // As in an ES module, which is what the sources are.
      compilerOptions: {
        ...options.compilerOptions,
        sourceMap: true,
        noImplicitUseStrict: false,
        alwaysStrict: true,
      },
    });
    const outputText = result.outputText.replace(/\/\/# sourceMappingURL=\S+\s*$/, '');
    rememberSourceMaps(outputText, [
      result.sourceMapText ?? '',
      Buffer.from(inlineMap[1], 'base64').toString(),
    ]);
    return { ...result, outputText };
  },
} satisfies Compiler & { transpileModule: typeof TypeScript.transpileModule };

if (load.cache[load.resolve('./dist/converter')]) {
  throw new Error('tslab was loaded before kernel/typescript.ts: import that file first');
}
// The properties of the compiler itself cannot be replaced, but a copy of it can take its place.
const view = Object.create(null) as Record<string, unknown>;
for (const [key, value] of Object.entries({ ...typescript, ...adjusted })) view[key] = value;
const module = load.cache[path];
if (!module) throw new Error(`${path} was not loaded as a CommonJS module`);
module.exports = view;

/** Sources that a source imports, directly or not, itself among them; what declarations refer to is left out. */
function sourcesBehind(program: TypeScript.Program, source: TypeScript.SourceFile): string[] {
  const checker = program.getTypeChecker();
  const found = new Set([source]);
  // A set that grows while it is walked.
  for (const file of found) {
    // Not in the compiler's types: the names of what a file imports, in any of its forms.
    const { imports = [] } = file as { readonly imports?: readonly TypeScript.StringLiteralLike[] };
    for (const name of imports) {
      for (const declaration of checker.getSymbolAtLocation(name)?.declarations ?? []) {
        const imported = declaration.getSourceFile();
        if (!imported.isDeclarationFile) found.add(imported);
      }
    }
  }
  return [...found].map(({ fileName }) => fileName);
}

/** Whether a cell waits outside of all its functions, in any of the forms that has: `await x`, `await (x)`, `for await`. */
export function waitsAtTopLevel(source: string): boolean {
  const isWait = (node: TypeScript.Node): boolean =>
    typescript.isAwaitExpression(node) ||
    (typescript.isForOfStatement(node) && node.awaitModifier !== undefined);
  const search = (node: TypeScript.Node): boolean =>
    isWait(node) ||
    (!typescript.isFunctionLike(node) &&
      typescript.forEachChild(node, (child) => search(child) || undefined) === true);
  // As a module: in a script `await (x)` would be the call of a function.
  return search(
    typescript.createSourceFile('cell.ts', `${source}\nexport {};`, typescript.ScriptTarget.Latest),
  );
}

interface WatchedFile {
  readonly callback: TypeScript.FileWatcherCallback;
  state: string;
}

const watchedFiles = new Map<string, WatchedFile>();

/** The module that a path ending in `.d.ts` gives the declarations of. */
function declaredModule(file: string): string | undefined {
  const source = file.replace(/\.d\.ts$/, '.ts');
  return source !== file && modules?.modules.has(source) ? source : undefined;
}

// Of a module of the project, cells are shown its declarations in place of its source.
const { fileExists, readFile } = typescript.sys;
typescript.sys.fileExists = (file) =>
  declaredModule(file) !== undefined || (!modules?.modules.has(file) && fileExists(file));
typescript.sys.readFile = (file, encoding) => {
  const source = declaredModule(file);
  if (source !== undefined) return modules?.declarations(source);
  const text = readFile(file, encoding);
  return withoutDescriptions && TYPES_OF_NODE.test(file) && text !== undefined ? undescribed(text) : text;
};

const TYPES_OF_NODE = /\/node_modules\/@types\/node\/.*\.d\.ts$/;

let withoutDescriptions = false;

/**
 * From now on the types of Node are read without their descriptions, two thirds of their text: a quarter of the time in
 * which a process that runs notebooks is ready. For one in which nobody asks what a function does.
 */
export function leaveOutDescriptions(): void {
  withoutDescriptions = true;
}

/** Declarations without the comments that describe them. No text in the types of Node looks like one, which is tested. */
export function undescribed(declarations: string): string {
  return declarations.replace(/\/\*\*[^]*?\*\//g, '');
}

/** Names what a watched file holds; empty when there is no file. */
function contentState(file: string): string {
  const source = declaredModule(file);
  return source === undefined ? fileState(file) : sha256(modules?.declarations(source) ?? '');
}

// Packages do not change while a kernel runs, and a package.json concerns how modules are found, not what they say.
function isSource(file: string): boolean {
  return !file.includes('/node_modules/') && basename(file) !== 'package.json';
}

typescript.sys.watchFile = (file, callback) => {
  if (!isSource(file)) return { close() {} };
  const watched: WatchedFile = { callback, state: contentState(file) };
  watchedFiles.set(file, watched);
  return {
    close() {
      if (watchedFiles.get(file) === watched) watchedFiles.delete(file);
    },
  };
};
typescript.sys.watchDirectory = () => ({ close() {} });

/**
 * Compiles the modules that cells import, as far as they have changed, and tells tslab's compiler which of its files
 * are no longer what they were when it last was told.
 *
 * @param imported - absolute paths of modules that are wanted beside those that are known
 */
export function announceChangedFiles(imported: readonly string[]): void {
  const known = [...watchedFiles.keys()].flatMap((file) => declaredModule(file) ?? []);
  modules?.compile([...imported, ...known]);
  for (const [file, watched] of [...watchedFiles]) {
    const state = contentState(file);
    if (state === watched.state) continue;
    const { Changed, Created, Deleted } = typescript.FileWatcherEventKind;
    const kind = state === '' ? Deleted : watched.state === '' ? Created : Changed;
    watched.state = state;
    watched.callback(file, kind);
  }
}
