/**
 * Compiles the modules that cells import, each once for all kernels. Kept under `.cache/modules`, named by content:
 * JavaScript, and the declarations that cells are checked against.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import { buildSync, version as esbuildVersion, type BuildOptions } from 'esbuild';
import type { Diagnostic } from 'tslab/dist/converter';
import { fetchImported } from '../lib/files/fetched-packages';
import { readKept, writeKept } from '../lib/files/kept-file';
import { ProjectModules, sha256 } from './project-modules';

/** JavaScript of a module. */
export interface ModuleCode {
  /** As a CommonJS module. */
  readonly code: string;
  /** Source map, as JSON. */
  readonly map: string;
}

/**
 * Kept result of modules without errors: one module, or several that import each other in a circle. Paths are from the
 * root.
 */
interface Kept {
  readonly declarations: Readonly<Record<string, string>>;
  /** Other modules that the declarations refer to, sorted. */
  readonly refersTo: readonly string[];
}

interface Compiled extends Kept {
  readonly diagnostics: readonly Diagnostic[];
}

/** A compiled module with the hash that its importers depend on. */
interface Resolved extends Compiled {
  /** SHA-256 of the declarations and of all that they refer to: modules that import them are checked against this. */
  readonly signature: string;
}

/** Strict and with fields as TypeScript makes them; a cell's `require` knows the modules, `import()` would not. */
const CODE_OPTIONS = {
  bundle: false,
  write: false,
  logLevel: 'silent',
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'external',
  sourcesContent: false,
  supported: { 'dynamic-import': false },
  tsconfigRaw: {
    compilerOptions: {
      target: 'ES2022',
      strict: true,
      experimentalDecorators: true,
      useDefineForClassFields: true,
    },
  },
} as const satisfies BuildOptions;

export class ModuleCompiler {
  readonly modules: ProjectModules;
  /** Of the modules as they are now, by absolute path. */
  private readonly resolved = new Map<string, Resolved>();
  /** By a hash of all inputs of the compiler. */
  private readonly compiled = new Map<string, Compiled>();
  /** By a hash of the source. */
  private readonly codes = new Map<string, ModuleCode>();
  /** Of packages: they do not change while a kernel runs. */
  private readonly packageSources = new Map<string, TypeScript.SourceFile>();
  private readonly environment: string;

  /**
   * @param root - absolute path of the project
   * @param typescript - the compiler of the cells
   * @param options - with which it compiles cells
   * @param parsed - a source of a package that was read for cells already
   */
  constructor(
    root: string,
    private readonly typescript: typeof TypeScript,
    private readonly options: TypeScript.CompilerOptions,
    private readonly parsed: (file: string) => TypeScript.SourceFile | undefined = () => undefined,
  ) {
    this.modules = new ProjectModules(root.replaceAll('\\', '/'), (text) =>
      typescript.preProcessFile(text, true, false).importedFiles.map(({ fileName }) => fileName),
    );
    const packages = readFileSync(join(root, 'package-lock.json'), 'utf8');
    // Where the project lies makes no difference.
    const everywhere = { ...options, rootDir: '', outDir: '', typeRoots: [] };
    this.environment = sha256(typescript.version, JSON.stringify(everywhere), packages);
  }

  /**
   * Compiles modules and all that they import, as far as that was not done before.
   *
   * @param paths - absolute; others than modules of the project are ignored
   */
  compile(paths: readonly string[]): void {
    if (this.modules.refresh()) this.resolved.clear();
    // A module is resolved after all that it imports.
    if (paths.every((path) => this.resolved.has(path) || !this.modules.has(path))) return;
    const groups = this.modules.circles(paths);
    const open = groups.filter((group) => !this.resolve(group));
    if (open.length === 0) return;
    // Their types are needed, even where nothing of them is run.
    fetchImported(
      open.flat().flatMap((path) => this.modules.file(path).packages),
      'by modules that a cell imports',
      this.modules.root,
    );
    // What is checked, and what imports it, are seen as sources; the rest as declarations.
    const program = this.program(new Set(open.flat()));
    for (const group of open) {
      // Where declarations have not changed, importers need not be checked again.
      if (!this.resolve(group)) this.check(program, group);
    }
  }

  /**
   * Declarations of a module.
   *
   * @param path - absolute
   * @returns undefined when there is no such module
   */
  declarations(path: string): string | undefined {
    if (!this.modules.has(path)) return undefined;
    if (!this.resolved.has(path)) this.compile([path]);
    return this.resolved.get(path)?.declarations[this.modules.relative(path)];
  }

  /** Errors of modules and of all their imports. */
  diagnostics(paths: readonly string[]): Diagnostic[] {
    const found = this.modules.closure(paths).flatMap((path) => this.resolved.get(path)?.diagnostics ?? []);
    return [...new Set(found)];
  }

  /** JavaScript of modules and of all their imports, data among them, by absolute path. */
  code(paths: readonly string[]): Map<string, ModuleCode> {
    const closure = this.modules.closure(paths);
    const keys = new Map(closure.map((path) => [path, this.codeKey(path)]));
    for (const key of keys.values()) {
      if (this.codes.has(key)) continue;
      const kept = readKept(this.place(key));
      if (kept) this.codes.set(key, JSON.parse(kept.toString()) as ModuleCode);
    }
    this.translate([...keys].filter(([, key]) => !this.codes.has(key)));
    const data = closure.flatMap((path) => this.modules.file(path).imports.filter(isData));
    return new Map([
      ...data.map((path): [string, ModuleCode] => [
        path,
        { code: `module.exports = ${this.modules.file(path).text};`, map: '' },
      ]),
      ...[...keys].map(([path, key]): [string, ModuleCode] => [path, this.codes.get(key)!]),
    ]);
  }

  private codeKey(path: string): string {
    return sha256(
      esbuildVersion,
      JSON.stringify(CODE_OPTIONS),
      withDirectExports.toString(),
      this.modules.relative(path),
      this.modules.file(path).hash,
    );
  }

  /** All at once: the translator takes longer to start than to work. */
  private translate(missing: readonly (readonly [path: string, key: string])[]): void {
    if (missing.length === 0) return;
    const { outputFiles } = buildSync({
      ...CODE_OPTIONS,
      absWorkingDir: this.modules.root,
      entryPoints: missing.map(([path]) => this.modules.relative(path)),
      outbase: '.',
      outdir: '.cache/modules',
    });
    const texts = new Map(
      outputFiles.map(({ path, text }) => [this.modules.relative(path.replaceAll('\\', '/')), text]),
    );
    for (const [path, key] of missing) {
      const name = `.cache/modules/${this.modules.relative(path).replace(/\.ts$/, '.js')}`;
      const made = {
        code: withDirectExports(texts.get(name) ?? ''),
        map: texts.get(`${name}.map`) ?? '',
      };
      this.codes.set(key, made);
      writeKept(this.place(key), JSON.stringify(made));
    }
  }

  private place(key: string): string {
    return join(this.modules.root, '.cache', 'modules', key.slice(0, 32));
  }

  /** Names all that the declarations of a group depend on; undefined while those of an import are not known. */
  private key(group: readonly string[]): string | undefined {
    const parts = [this.environment];
    for (const path of group) {
      const { hash, imports, missing } = this.modules.file(path);
      parts.push(this.modules.relative(path), hash, ...missing);
      for (const imported of imports) {
        if (group.includes(imported)) continue;
        const known = this.modules.has(imported)
          ? this.resolved.get(imported)?.signature
          : this.modules.file(imported).hash;
        if (known === undefined) return undefined;
        parts.push(this.modules.relative(imported), known);
      }
    }
    return sha256(...parts);
  }

  /** Takes the kept result of a group of modules; false when there is none and the group has to be checked. */
  private resolve(group: readonly string[]): boolean {
    if (group.every((path) => this.resolved.has(path))) return true;
    const key = this.key(group);
    if (key === undefined) return false;
    let known = this.compiled.get(key);
    if (!known) {
      const kept = readKept(this.place(key));
      if (!kept) return false;
      known = { ...(JSON.parse(kept.toString()) as Kept), diagnostics: [] };
    }
    this.accept(group, key, known);
    return true;
  }

  private accept(group: readonly string[], key: string, compiled: Compiled): void {
    this.compiled.set(key, compiled);
    const parts = group.map((path) => compiled.declarations[this.modules.relative(path)] ?? '');
    for (const name of compiled.refersTo) {
      parts.push(name, this.resolved.get(`${this.modules.root}/${name}`)?.signature ?? '');
    }
    const signature = sha256(...parts);
    for (const path of group) this.resolved.set(path, { ...compiled, signature });
  }

  /** A program in which some modules are seen as sources and the rest as declarations. */
  private program(sources: ReadonlySet<string>): TypeScript.Program {
    const { typescript } = this;
    const host = typescript.createCompilerHost(this.options);
    const { fileExists, getSourceFile } = host;
    const sourceOf = (file: string): string => file.replace(/\.d\.ts$/, '.ts');
    const isDeclaration = (file: string): boolean =>
      file.endsWith('.d.ts') && this.modules.has(sourceOf(file));
    host.fileExists = (file) =>
      isDeclaration(file)
        ? !sources.has(sourceOf(file))
        : this.modules.has(file)
          ? sources.has(file)
          : fileExists(file);
    host.getSourceFile = (file, target, ...rest) => {
      const text = isDeclaration(file)
        ? this.resolved.get(sourceOf(file))?.declarations[this.modules.relative(sourceOf(file))]
        : this.modules.has(file)
          ? this.modules.file(file).text
          : undefined;
      if (text !== undefined) return typescript.createSourceFile(file, text, target);
      if (!file.includes('/node_modules/')) return getSourceFile(file, target, ...rest);
      const known =
        this.packageSources.get(file) ?? this.parsed(file) ?? getSourceFile(file, target, ...rest);
      if (known) this.packageSources.set(file, known);
      return known;
    };
    return typescript.createProgram([...sources], this.options, host);
  }

  private check(program: TypeScript.Program, group: readonly string[]): void {
    const declarations: Record<string, string> = {};
    const refersTo = new Set<string>();
    const diagnostics: Diagnostic[] = [];
    for (const path of group) {
      const source = program.getSourceFile(path)!;
      const emitted = emitDeclarations(program, source, (text) => {
        declarations[this.modules.relative(path)] = text;
        for (const named of this.modules.importedBy(text, path)) {
          if (!group.includes(named)) refersTo.add(this.modules.relative(named));
        }
      });
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
        ...emitted.filter(({ file }) => file === source),
      ];
      diagnostics.push(...found.map((diagnostic) => this.describe(source, diagnostic)));
    }
    const key = this.key(group)!;
    const kept: Kept = { declarations, refersTo: [...refersTo].sort() };
    this.accept(group, key, { ...kept, diagnostics });
    // Errors are not cached: they are rare, and no other group builds on them.
    if (diagnostics.length === 0) writeKept(this.place(key), JSON.stringify(kept));
  }

  private describe(source: TypeScript.SourceFile, found: TypeScript.Diagnostic): Diagnostic {
    const at = (offset: number): Diagnostic['start'] => ({
      offset,
      ...source.getLineAndCharacterOfPosition(offset),
    });
    const start = found.start ?? 0;
    return {
      start: at(start),
      end: at(start + (found.length ?? 0)),
      messageText: this.typescript.flattenDiagnosticMessageText(found.messageText, '\n'),
      category: found.category,
      code: found.code,
      fileName: this.modules.relative(source.fileName),
    };
  }
}

/**
 * Exports are the object on which esbuild defines them. It would hand out a copy that asks the original by a name in a
 * variable, which engines cannot make a direct access of: in inner loops an imported constant took as long as the rest.
 * Only this line changes, so source maps stay true.
 */
function withDirectExports(code: string): string {
  return code.replace(
    /^module\.exports = __toCommonJS\((\w+)\);$/m,
    'module.exports = __defProp($1, "__esModule", { value: true });',
  );
}

/** Whether a path is that of data. */
function isData(path: string): boolean {
  return path.endsWith('.json');
}

/**
 * Writes the declarations of a module, even when something is wrong with it; the types do not know of that.
 *
 * @returns what cannot be declared
 */
function emitDeclarations(
  program: TypeScript.Program,
  source: TypeScript.SourceFile,
  write: (text: string) => void,
): readonly TypeScript.Diagnostic[] {
  const emit = program.emit as (
    ...args: [...Parameters<TypeScript.Program['emit']>, forced: boolean]
  ) => TypeScript.EmitResult;
  return emit(source, (_file, text) => write(text), undefined, true, undefined, true).diagnostics;
}
