/**
 * Modules of `lib/` that a cell can import, read from the folders as they are now, and their exports.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Diagnostic } from 'tslab/dist/converter';

/** A module that cells can import. */
export interface LibModule {
  /** `"./lib/figures/charts/waveforms"`. */
  readonly specifier: string;
  readonly exports: readonly string[];
}

/** Folders of code that does not run under Node. */
const ELSEWHERE = /(^|[\\/])(page|assembly)[\\/]/;

const EXPORTED =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let|enum|interface|type)\s+([\w$]+)/gm;

const read = new Map<string, { readonly modified: number; readonly exports: readonly string[] }>();

/** @param root - absolute path of the project */
export function libModules(root: string): LibModule[] {
  return readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !ELSEWHERE.test(file))
    .sort()
    .map((file) => ({
      specifier: `./lib/${file.replaceAll('\\', '/').replace(/\.ts$/, '')}`,
      exports: exportsOf(join(root, 'lib', file)),
    }));
}

function exportsOf(path: string): readonly string[] {
  const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const before = read.get(path);
  if (before?.modified === modified) return before.exports;
  const text = modified === 0 ? '' : readFileSync(path, 'utf8');
  const exports = [...new Set(Array.from(text.matchAll(EXPORTED), ([, name]) => name!))];
  read.set(path, { modified, exports });
  return exports;
}

/** `import { f } from './lib/g';` for each module that exports the name. */
export function importLines(root: string, name: string): string[] {
  return libModules(root)
    .filter(({ exports }) => exports.includes(name))
    .map(({ specifier }) => importLine(name, specifier));
}

/** The statement that imports a name. */
export function importLine(name: string, specifier: string): string {
  return `import { ${name} } from '${specifier}';`;
}

const CANNOT_FIND_MODULE = 2307;
const CANNOT_FIND_NAME = [2304, 2503, 2552, 18004];
const NO_EXPORTED_MEMBER = [2305, 2614, 2724];

/**
 * Advice after an error: the module that was probably meant, or the import that a name needs. Undefined where `lib/`
 * has neither.
 *
 * @param root - absolute path of the project
 * @param diagnostic - of a cell
 */
export function adviceOn(root: string, { code, messageText }: Diagnostic): string | undefined {
  const quoted = [...messageText.matchAll(/'"?([^'"]+)"?'/g)].map(([, text]) => text!);
  if (code === CANNOT_FIND_MODULE) {
    const meant = closestModule(root, quoted[0] ?? '');
    return meant && `Did you mean '${meant}'?`;
  }
  const name = CANNOT_FIND_NAME.includes(code)
    ? quoted[0]
    : NO_EXPORTED_MEMBER.includes(code)
      ? quoted[1]
      : undefined;
  const found = name === undefined ? [] : importLines(root, name);
  return found.length === 0 ? undefined : `lib has it: ${found.join(' or ')}`;
}

/**
 * The module whose name is closest: one of the same name in another folder first, then one that differs by a third of
 * its letters at most.
 */
function closestModule(root: string, specifier: string): string | undefined {
  const wanted = basename(specifier).replace(/\.[jt]s$/, '');
  let best: { readonly specifier: string; readonly distance: number } | undefined;
  for (const { specifier: candidate } of libModules(root)) {
    const own = editDistance(wanted, basename(candidate));
    if (own > Math.max(1, wanted.length / 3)) continue;
    const distance = 1000 * own + editDistance(specifier, candidate);
    if (!best || distance < best.distance) best = { specifier: candidate, distance };
  }
  return best?.specifier;
}

/** Fewest letters to insert, delete or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
