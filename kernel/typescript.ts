/**
 * Adjusts the TypeScript that tslab compiles with, before tslab loads it; import this file first.
 *
 * tslab has no options for what a notebook over a growing library needs, so it is handed a view of its compiler
 * in which cells are checked strictly, variables of earlier cells can be named wherever a name can stand, source
 * maps are kept, long messages stay in one piece, and changed files are looked for when a cell runs instead of
 * being announced by the file system in between.
 */
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, relative } from 'node:path';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import { rememberConversions } from './converted-modules';
import { separateNamesFromVariables } from './earlier-variables';
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
  ...rest: unknown[]
) => TypeScript.WatchCompilerHostOfFilesAndCompilerOptions<TypeScript.BuilderProgram>;
type CreateProgram = (
  host: ReturnType<CreateHost>,
) => TypeScript.WatchOfFilesAndCompilerOptions<TypeScript.BuilderProgram>;
type Diagnose = (
  program: TypeScript.Program,
  files: TypeScript.SourceFile[],
) => readonly TypeScript.Diagnostic[];

/** Functions that tslab calls but whose types say otherwise, or nothing. */
interface Compiler {
  createWatchCompilerHost: CreateHost;
  createWatchProgram: CreateProgram;
  getPreEmitDiagnosticsOfFiles: Diagnose;
}
const compiler = typescript as unknown as Compiler;

const transpile = rememberConversions(typescript.version, (code, options) =>
  typescript.transpileModule(code, options),
);

let modulesChecked = true;

/**
 * Leaves the modules that cells import unchecked, which saves seconds: for runs whose modules `npm run check` checks.
 * Cells are checked still.
 */
export function leaveModulesUnchecked(): void {
  modulesChecked = false;
}

const adjusted = {
  createWatchCompilerHost: (files, options, ...rest) =>
    // Only the types of Node are ambient; those of a package come with its import.
    compiler.createWatchCompilerHost(
      files,
      { ...options, strict: true, noImplicitOverride: true, inlineSourceMap: true, types: ['node'] },
      ...rest,
    ),

  // tslab hands over the transformers that it applies after the compiler's own; this one must come before those.
  createWatchProgram(host) {
    const report = host.afterProgramCreate;
    host.afterProgramCreate = (builder) => {
      const emit = builder.emit;
      const before = [separateNamesFromVariables(typescript, builder.getProgram().getTypeChecker())];
      builder.emit = (file, write, token, declarationsOnly, transformers) => {
        if (modulesChecked || !file || !write || !existsSync(file.fileName)) {
          return emit(file, write, token, declarationsOnly, { ...transformers, before });
        }
        // The compiler's own way checks a module before it writes it.
        const options = builder.getCompilerOptions();
        const name = join(options.outDir ?? '', relative(process.cwd(), file.fileName)).replace(
          /\.ts$/,
          '.js',
        );
        const request = { fileName: file.fileName, compilerOptions: { ...options, isolatedModules: true } };
        write(name, transpile(file.text, request).outputText, false);
        return { emitSkipped: false, diagnostics: [] };
      };
      report?.(builder);
    };
    return compiler.createWatchProgram(host);
  },

  // tslab takes a chain of messages apart and then forgets which file it was about. The cell comes first.
  getPreEmitDiagnosticsOfFiles: (program, files) =>
    compiler
      .getPreEmitDiagnosticsOfFiles(program, modulesChecked ? files : files.slice(0, 1))
      .map((diagnostic) => ({
        ...diagnostic,
        messageText: typescript.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
      })),

  // The second of tslab's two steps, from ES modules to CommonJS.
  transpileModule(code, options) {
    const inlineMap = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(code);
    if (!inlineMap?.[1]) return typescript.transpileModule(code, options);
    const result = transpile(code.slice(0, inlineMap.index), {
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

/** Names the content of a file without reading it; empty when there is no file. */
function fileState(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? [stats.mtimeMs, stats.ctimeMs, stats.size, stats.ino].join() : '';
}

// Packages do not change while a kernel runs, and a package.json concerns how modules are found, not what they say.
function isSource(file: string): boolean {
  return !file.includes('/node_modules/') && basename(file) !== 'package.json';
}

typescript.sys.watchFile = (file, callback) => {
  if (!isSource(file)) return { close() {} };
  const watched: WatchedFile = { callback, state: fileState(file) };
  watchedFiles.set(file, watched);
  return {
    close() {
      if (watchedFiles.get(file) === watched) watchedFiles.delete(file);
    },
  };
};
typescript.sys.watchDirectory = () => ({ close() {} });

/** Tells tslab's compiler which of its source files were changed, replaced or removed since it last was told. */
export function announceChangedFiles(): void {
  for (const [file, watched] of [...watchedFiles]) {
    const state = fileState(file);
    if (state === watched.state) continue;
    const { Changed, Created, Deleted } = typescript.FileWatcherEventKind;
    const kind = state === '' ? Deleted : watched.state === '' ? Created : Changed;
    watched.state = state;
    watched.callback(file, kind);
  }
}
