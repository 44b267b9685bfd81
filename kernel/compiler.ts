import { CANNOT_FIND_MODULE, announceChangedFiles, waitsAtTopLevel } from './typescript';
import { dirname, join, relative } from 'node:path';
import {
  createConverter,
  type CompletionInfo,
  type Converter,
  type ConvertResult,
  type Diagnostic,
  type SideOutput,
} from 'tslab/dist/converter';
import { nameScript } from './stack';

/**
 * tslab's converter, which compiles cells and the modules of the project that they import, with reloading that
 * works: when a module has changed, everything that imports it, directly or not, is run anew with it, and nothing
 * else is. New files are found when a cell asks for them.
 */
export class CellCompiler implements Converter {
  /** Number of the cell to compile next; errors in its code are reported under this number. */
  cell = 0;
  /** What was wrong with the cell compiled last. */
  diagnostics: readonly Diagnostic[] = [];

  private converter = createConverter();
  /** Code of every module that was handed out, by the path of its output. */
  private readonly modules = new Map<string, string>();

  /** @param root - absolute path of the project, which must be the working directory */
  constructor(private readonly root: string) {}

  convert(previousDeclarations: string, source: string): ConvertResult {
    announceChangedFiles();
    let result = this.attempt((converter) => converter.convert(previousDeclarations, source));
    // The compiler remembers where it found nothing; only a new one looks again.
    if (result.diagnostics.some(({ code }) => code === CANNOT_FIND_MODULE)) {
      this.renew();
      result = this.converter.convert(previousDeclarations, source);
    }
    this.diagnostics = result.diagnostics;
    if (!result.output) return result;
    const name = `neurobasis-cell-${this.cell}`;
    // tslab puts a line of its own before the cell.
    nameScript(result.output, { name, label: `cell ${this.cell}`, extraLines: 1 });
    return {
      ...result,
      output: `${result.output}\n//# sourceURL=${name}`,
      // tslab overlooks some forms.
      hasToplevelAwait: waitsAtTopLevel(source),
      sideOutputs: this.outdated(result.sideOutputs ?? []),
    };
  }

  inspect(...request: Parameters<Converter['inspect']>): ReturnType<Converter['inspect']> {
    announceChangedFiles();
    return this.attempt((converter) => converter.inspect(...request));
  }

  complete(...request: Parameters<Converter['complete']>): CompletionInfo {
    announceChangedFiles();
    return this.attempt((converter) => converter.complete(...request));
  }

  addModule(...request: Parameters<Converter['addModule']>): Diagnostic[] {
    return this.converter.addModule(...request);
  }

  close(): void {
    this.converter.close();
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
      if (this.modules.get(path) === data) continue;
      this.modules.set(path, data);
      const source = path.replace(/\.js$/, '.ts');
      nameScript(data, { name: path, label: relative(this.root, source), extraLines: 0 });
      paths.add(path);
    }
    // A set that grows while it is walked: importers of importers are reached too.
    for (const changed of paths) {
      for (const [path, data] of this.modules)
        if (importedPaths(path, data).includes(changed)) paths.add(path);
    }
    return [...paths].map((path) => ({ path, data: this.modules.get(path) ?? '' }));
  }
}

/** Outputs of the project's modules that the output of a module requires. */
function importedPaths(path: string, code: string): string[] {
  return [...code.matchAll(/\brequire\("(\.[^"]*)"\)/g)].map(([, specifier]) => {
    const target = join(dirname(path), specifier ?? '');
    return target.endsWith('.js') ? target : `${target}.js`;
  });
}
