/**
 * The modules of the project that cells import: what they are now, and which of them import which.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileState } from '../lib/files/file-state';

/** A file that cells import, directly or not: a module in TypeScript, or data (JSON, JavaScript). */
export interface ProjectFile {
  /** Empty when it cannot be read. */
  readonly text: string;
  /** SHA-256 of the text. */
  readonly hash: string;
  /** Absolute paths of the files of the project that it imports, sorted. */
  readonly imports: readonly string[];
  /** Relative specifiers that name no file. */
  readonly missing: readonly string[];
  /** Other specifiers: of packages, and of modules of Node. */
  readonly packages: readonly string[];
}

/** A file as last read. */
interface KnownFile extends ProjectFile {
  readonly state: string;
}

/** SHA-256 of texts in a row. */
export function sha256(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}

/** Reads files once, and again when they have changed. */
export class ProjectModules {
  private readonly known = new Map<string, KnownFile>();

  /**
   * @param root - absolute path of the project, with slashes
   * @param specifiersOf - finds what a text imports
   */
  constructor(
    readonly root: string,
    private readonly specifiersOf: (text: string) => readonly string[],
  ) {}

  /** Whether a path is that of a module of the project, in TypeScript. */
  has(path: string): boolean {
    return (
      /(?<!\.d)\.ts$/.test(path) &&
      path.startsWith(`${this.root}/`) &&
      !path.includes('/node_modules/') &&
      (this.known.has(path) || fileState(path) !== '')
    );
  }

  /** The file as it is known; {@link refresh} looks for changes. */
  file(path: string): ProjectFile {
    return this.known.get(path) ?? this.look(path);
  }

  /** Looks for files that were changed, made or removed; true when there were any. */
  refresh(): boolean {
    let changed = false;
    for (const [path, { state, hash, missing }] of [...this.known]) {
      const now = fileState(path);
      if (now === '') {
        // Those that import it name something else now, or nothing.
        this.known.clear();
        return true;
      } else if (now !== state) {
        if (this.look(path).hash !== hash) changed = true;
      } else if (missing.some((specifier) => this.resolve(path, specifier) !== undefined)) {
        this.look(path);
        changed = true;
      }
    }
    return changed;
  }

  /**
   * Absolute paths of the modules of the project that a text imports.
   *
   * @param place - of the text: of a cell, which it is without this, the root
   */
  importedBy(text: string, place = posix.join(this.root, 'cell.ts')): string[] {
    return this.split(place, text).imports.filter((path) => this.has(path));
  }

  /** These modules and all that they import, directly or not, those that are imported first. */
  closure(paths: readonly string[]): string[] {
    return this.circles(paths).flat();
  }

  /**
   * These modules and all that they import, in groups: a group is one module, or several that import each other in
   * a circle. Groups come after all that they import (Tarjan's strongly connected components).
   */
  circles(paths: readonly string[]): string[][] {
    const groups: string[][] = [];
    const order = new Map<string, number>();
    const lowest = new Map<string, number>();
    const open: string[] = [];
    const visit = (path: string): number => {
      const number = order.size;
      order.set(path, number);
      lowest.set(path, number);
      open.push(path);
      for (const imported of this.file(path).imports) {
        if (!this.has(imported)) continue;
        const reached = order.has(imported)
          ? open.includes(imported)
            ? order.get(imported)!
            : number
          : visit(imported);
        lowest.set(path, Math.min(lowest.get(path)!, reached));
      }
      if (lowest.get(path) === number) groups.push(open.splice(open.indexOf(path)).sort());
      return lowest.get(path)!;
    };
    for (const path of paths) if (this.has(path) && !order.has(path)) visit(path);
    return groups;
  }

  /** Path from the root. */
  relative(path: string): string {
    return posix.relative(this.root, path);
  }

  private look(path: string): ProjectFile {
    const state = fileState(path);
    const text = state === '' ? '' : readFileSync(path, 'utf8');
    const parts = path.endsWith('.ts') ? this.split(path, text) : { imports: [], missing: [], packages: [] };
    const file = { state, text, hash: sha256(text), ...parts };
    if (state !== '') this.known.set(path, file);
    return file;
  }

  private split(from: string, text: string): Pick<ProjectFile, 'imports' | 'missing' | 'packages'> {
    const imports = new Set<string>();
    const missing: string[] = [];
    const packages: string[] = [];
    for (const specifier of this.specifiersOf(text)) {
      if (!/^\.\.?(\/|$)/.test(specifier)) {
        packages.push(specifier);
        continue;
      }
      const path = this.resolve(from, specifier);
      if (path === undefined) missing.push(specifier);
      else imports.add(path);
    }
    return { imports: [...imports].sort(), missing, packages };
  }

  private resolve(from: string, specifier: string): string | undefined {
    const path = posix.join(posix.dirname(from), specifier);
    const stem = path.replace(/\.js$/, '');
    return [`${stem}.ts`, `${stem}.tsx`, `${path}/index.ts`, path].find((place) => fileState(place) !== '');
  }
}
