/**
 * Completions that the compiler does not know: paths of modules, and names that no cell has imported yet.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { importLine, libModules } from './lib-modules';

/** Texts that can replace a range of the cell. */
export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly string[];
}

/** Letters after which names of all modules are offered; fewer letters fit too many names. */
const LEAST_LETTERS = 3;

/**
 * Completes a path within an import, or a line that begins with `import` and a name to the whole import.
 *
 * @param root - absolute path of the project
 * @param position - of the cursor, in UTF-16 units
 * @returns undefined where it is for the compiler to complete
 */
export function completeImport(root: string, code: string, position: number): Completion | undefined {
  const before = code.slice(0, position);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const rest = /^[^\n]*/.exec(code.slice(position))?.[0] ?? '';
  const path = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"](\.\.?\/[^'"]*)$/.exec(line)?.[1];
  if (path !== undefined) return completePath(root, path, position, /^[^'"/\s]*/.exec(rest)?.[0].length ?? 0);
  const name = /^\s*import\s+(?:\{\s*)?([\w$]+)$/.exec(line)?.[1];
  if (name === undefined || /\bfrom\b/.test(rest)) return undefined;
  const candidates = libModules(root).flatMap(({ specifier, exports }) =>
    exports
      .filter((exported) => startsWith(exported, name))
      .map((exported) => importLine(exported, specifier)),
  );
  if (candidates.length === 0) return undefined;
  const start = position - line.trimStart().length;
  return { start, end: position + rest.length, candidates };
}

/** Entries of the folder that the path has come to; where none fits, modules of that name in all folders. */
function completePath(root: string, path: string, position: number, after: number): Completion {
  const cut = path.lastIndexOf('/') + 1;
  const typed = path.slice(cut);
  const end = position + after;
  const candidates = entriesOf(join(root, path.slice(0, cut))).filter((entry) => startsWith(entry, typed));
  if (candidates.length > 0) return { start: position - typed.length, end, candidates };
  const elsewhere = libModules(root)
    .map(({ specifier }) => specifier)
    .filter((specifier) => startsWith(basename(specifier), typed));
  return { start: position - path.length, end, candidates: elsewhere };
}

function entriesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .flatMap((entry) => {
      if (entry.isDirectory()) return [`${entry.name}/`];
      return /(?<!\.d)\.ts$/.test(entry.name) ? [entry.name.replace(/\.ts$/, '')] : [];
    })
    .sort();
}

function startsWith(name: string, typed: string): boolean {
  return name.toLowerCase().startsWith(typed.toLowerCase());
}

/**
 * Names that modules export, for a name that is being typed; not for one after a point.
 *
 * @param typed - source up to the cursor
 */
export function exportedNames(root: string, typed: string): string[] {
  const name = /(?<![\w$.'"/])([A-Za-z_$][\w$]*)$/.exec(typed)?.[1] ?? '';
  if (name.length < LEAST_LETTERS) return [];
  const names = libModules(root).flatMap(({ exports }) => exports.filter((other) => startsWith(other, name)));
  return [...new Set(names)].sort();
}
