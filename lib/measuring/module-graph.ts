/**
 * Which modules of the project import which, as esbuild sees them: types import nothing. The imports of a file are
 * kept under `.cache/code` with the hash of its text, so that esbuild reads only files that have changed; it takes 0.1 to
 * 0.2 CPU seconds for all modules behind a codec, and is asked for them at every sweep.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, version as esbuildVersion, type BuildOptions } from 'esbuild';
import { fileState } from '../files/file-state';
import { readKept, keepIfPossible } from '../files/kept-file';
import { projectRoot } from '../files/project-root';

/** Options of all bundles of the project's own code; npm packages stay outside. */
export function bundleOptions(): BuildOptions {
  return {
    absWorkingDir: projectRoot(),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    write: false,
    logLevel: 'silent',
  };
}

/** An entry that imports all the modules and keeps all their exports. */
export function entryOf(modules: readonly string[]): BuildOptions {
  const contents = modules
    .map((module, i) => `export * as m${i} from ${JSON.stringify(`./${module}`)};`)
    .join('\n');
  return { stdin: { contents, resolveDir: projectRoot(), sourcefile: ENTRY, loader: 'ts' } };
}

const ENTRY = 'entry.ts';

/** SHA-256 of texts in a row. */
export function sha256(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/** A module, or a JSON file, with what it imports. */
export interface GraphFile {
  /** SHA-256 of path and text. */
  readonly text: string;
  /** Files of the project that it imports, by their paths from the project root. */
  readonly imports: readonly string[];
  /** Paths by which it imports packages and modules of Node: `"mathjs"`, `"node:fs"`. */
  readonly externals: readonly string[];
}

/** What {@link GraphFile} is made by: another version or configuration may see other imports. */
function layout(): string {
  return sha256('module graph 1', esbuildVersion, readFileSync(join(projectRoot(), 'tsconfig.json'), 'utf8'));
}

function keptPath(): string {
  return join(projectRoot(), '.cache', 'code', 'imports');
}

/** Milliseconds in which two writes of a file can leave it with the same times. */
const CLOCK_TICK = 100;

/** Texts of files as they were last read. */
const texts = new Map<string, { readonly state: string; readonly hash: string }>();

/** Imports by path; undefined before they were read from the disk. */
let known: Map<string, GraphFile> | undefined;

/** SHA-256 of path and text of a file; empty when there is none. */
function textHash(path: string): string {
  const file = join(projectRoot(), path);
  const state = fileState(file);
  const read = texts.get(file);
  if (read?.state === state) return read.hash;
  if (state === '') return '';
  const hash = sha256(path, readFileSync(file, 'utf8'));
  // One that was written just now may be written again without another state.
  if (Number(state.slice(0, state.indexOf(','))) < Date.now() - CLOCK_TICK) texts.set(file, { state, hash });
  else texts.delete(file);
  return hash;
}

function readKnown(): Map<string, GraphFile> {
  const kept = readKept(keptPath());
  const found = kept && (JSON.parse(kept.toString()) as { layout: string; files: Record<string, GraphFile> });
  return new Map(found?.layout === layout() ? Object.entries(found.files) : []);
}

/**
 * Modules and all that they import.
 *
 * @param modules - paths from the project root: `"lib/bases/blocks/cosine.ts"`
 * @param without - modules that are left out with everything that only they import
 * @returns by path from the project root, sorted
 */
export async function moduleGraph(
  modules: readonly string[],
  without: readonly string[] = [],
): Promise<ReadonlyMap<string, GraphFile>> {
  known ??= readKnown();
  const walked = walk(modules, without, known);
  if (walked) return walked;
  const found = await importsBehind(modules);
  for (const [path, file] of found) known.set(path, file);
  // Of files that are there no more, nothing need be kept.
  const files = Object.fromEntries([...known].filter(([path]) => textHash(path) !== '').sort());
  keepIfPossible(keptPath(), JSON.stringify({ layout: layout(), files }));
  // A file that is edited at this moment is not known yet: what esbuild has just seen counts.
  return walk(modules, without, found, false)!;
}

/**
 * @param checked - whether files must be as they were when their imports were found
 * @returns undefined when imports of a file are not known
 */
function walk(
  modules: readonly string[],
  without: readonly string[],
  imports: ReadonlyMap<string, GraphFile>,
  checked = true,
): Map<string, GraphFile> | undefined {
  const found = new Map<string, GraphFile>();
  const open = [...modules];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path) || without.includes(path)) continue;
    const file = imports.get(path);
    if (file === undefined || (checked && file.text !== textHash(path))) return undefined;
    found.set(path, file);
    open.push(...file.imports);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Imports of modules and of all that they import, found by esbuild. */
async function importsBehind(modules: readonly string[]): Promise<Map<string, GraphFile>> {
  const { metafile } = await build({
    ...bundleOptions(),
    ...entryOf(modules),
    metafile: true,
    treeShaking: false,
  });
  const inputs = Object.entries(metafile!.inputs).filter(([path]) => path !== ENTRY);
  return new Map(
    inputs.map(([path, { imports }]) => [
      path,
      {
        text: textHash(path),
        imports: imports.flatMap((one) => (one.external ? [] : [one.path])),
        externals: [...new Set(imports.flatMap((one) => (one.external ? [one.path] : [])))],
      },
    ]),
  );
}
