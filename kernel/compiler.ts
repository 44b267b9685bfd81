import { CANNOT_FIND_MODULE, announceChangedFiles, moduleCompiler, waitsAtTopLevel } from './typescript';
import { dirname, join, relative } from 'node:path';
import {
  createConverter,
  type CompletionInfo,
  type Converter,
  type ConvertResult,
  type Diagnostic,
  type SideOutput,
} from 'tslab/dist/converter';
import { startClock } from '../lib/files/time-spent';
import { nameScript, rememberSourceMaps } from './stack';

/** A converter that a session has left, for the next one: making it takes half a second. */
let idle: Converter | undefined;

function takeConverter(): Converter {
  const converter = idle ?? createConverter();
  idle = undefined;
  return converter;
}

/**
 * Compiles modules and their imports ahead of sessions: results are kept on disk, for other processes too.
 *
 * @param root - absolute path of the project, which must be the working directory
 * @param paths - of modules, from the root
 */
export function prepareModules(root: string, paths: readonly string[]): void {
  idle = takeConverter();
  const compiler = moduleCompiler();
  const absolute = paths.map((path) => `${root.replaceAll('\\', '/')}/${path}`);
  compiler.compile(absolute);
  // The declarations of one with an error may be wrong, too.
  if (compiler.diagnostics(absolute).length === 0) compiler.code(absolute);
}

/**
 * tslab's converter, which compiles cells and the modules of the project that they import, with reloading that
 * works: when a module has changed, everything that imports it, directly or not, is run anew with it, and nothing
 * else is. New files are found when a cell asks for them.
 */
export class CellCompiler implements Converter {
  /** Number of the cell to compile next; errors in its code are reported under this number. */
  cell = 0;
  /** Errors of the cell compiled last. */
  diagnostics: readonly Diagnostic[] = [];

  private converter = takeConverter();
  /** Whether the converter knows of something that only this session has. */
  private personal = false;
  /** Code of every module that was handed out, by the path of its output, and the outputs that it requires. */
  private readonly modules = new Map<
    string,
    { readonly code: string; readonly requires: readonly string[] }
  >();

  /** @param root - absolute path of the project, which must be the working directory */
  constructor(private readonly root: string) {}

  convert(previousDeclarations: string, source: string): ConvertResult {
    const stop = startClock('compiling');
    try {
      return this.compile(previousDeclarations, source);
    } finally {
      stop();
    }
  }

  private compile(previousDeclarations: string, source: string): ConvertResult {
    const imported = this.lookForChanges(previousDeclarations, source);
    let result = this.attempt((converter) => converter.convert(previousDeclarations, source));
    // The compiler remembers where it found nothing; only a new one looks again.
    if (result.diagnostics.some(({ code }) => code === CANNOT_FIND_MODULE)) {
      this.renew();
      result = this.converter.convert(previousDeclarations, source);
    }
    // Errors of a module may cause those of the cell, but the cell's own are listed first.
    const diagnostics = [...result.diagnostics, ...moduleCompiler().diagnostics(imported)];
    this.diagnostics = diagnostics;
    if (!result.output || diagnostics.length > 0) return { diagnostics };
    // tslab hands out a module that it compiles itself once only.
    if (result.sideOutputs) this.personal = true;
    const name = `neurobasis-cell-${this.cell}`;
    // tslab puts a line of its own before the cell.
    nameScript(result.output, { name, label: `cell ${this.cell}`, extraLines: 1 });
    return {
      ...result,
      output: `${result.output}\n//# sourceURL=${name}`,
      // tslab overlooks some forms.
      hasToplevelAwait: waitsAtTopLevel(source),
      sideOutputs: this.outdated([...(result.sideOutputs ?? []), ...this.required(imported)]),
    };
  }

  inspect(...request: Parameters<Converter['inspect']>): ReturnType<Converter['inspect']> {
    this.lookForChanges(request[0], request[1]);
    return this.attempt((converter) => converter.inspect(...request));
  }

  complete(...request: Parameters<Converter['complete']>): CompletionInfo {
    this.lookForChanges(request[0], request[1]);
    return this.attempt((converter) => converter.complete(...request));
  }

  addModule(...request: Parameters<Converter['addModule']>): Diagnostic[] {
    this.personal = true;
    return this.converter.addModule(...request);
  }

  close(): void {
    if (this.personal) this.converter.close();
    else idle = this.converter;
  }

  /** @returns the modules of the project that the cell imports itself */
  private lookForChanges(previousDeclarations: string, source: string): string[] {
    const { modules } = moduleCompiler();
    const imported = modules.importedBy(source);
    announceChangedFiles([...imported, ...modules.importedBy(previousDeclarations)]);
    return imported;
  }

  /** JavaScript of modules and of all their imports, data among them: edited data run their modules anew. */
  private required(modules: readonly string[]): SideOutput[] {
    return [...moduleCompiler().code(modules)].map(([source, { code, map }]) => {
      const path = source.replace(/\.ts$/, '.js');
      if (map !== '' && this.modules.get(path)?.code !== code) rememberSourceMaps(code, [map]);
      return { path, data: code };
    });
  }

  /** One failure inside the compiler must not spoil the rest of the session: it gets a fresh one and tries again. */
  private attempt<Result>(task: (converter: Converter) => Result): Result {
    try {
      return task(this.converter);
    } catch {
      this.renew();
      return task(this.converter);
    }
  }

  private renew(): void {
    this.converter.close();
    this.converter = createConverter();
  }

  /** Which modules must be run anew now that these were compiled: those with new code, and all that import them. */
  private outdated(compiled: readonly SideOutput[]): SideOutput[] {
    const paths = new Set<string>();
    for (const { path, data } of compiled) {
      if (this.modules.get(path)?.code === data) continue;
      this.modules.set(path, { code: data, requires: requiredPaths(path, data) });
      const source = path.replace(/\.js$/, '.ts');
      nameScript(data, { name: path, label: relative(this.root, source), extraLines: 0 });
      paths.add(path);
    }
    // A set that grows while it is walked: importers of importers are reached too.
    for (const changed of paths) {
      for (const [path, { requires }] of this.modules) if (requires.includes(changed)) paths.add(path);
    }
    return [...paths].map((path) => ({ path, data: this.modules.get(path)?.code ?? '' }));
  }
}

/** Outputs of the project's modules that the output of a module requires. */
function requiredPaths(path: string, code: string): string[] {
  return [...code.matchAll(/\brequire\("(\.[^"]*)"\)/g)].map(([, specifier]) => {
    const target = join(dirname(path), specifier ?? '');
    return /\.js(on)?$/.test(target) ? target : `${target}.js`;
  });
}
