/**
 * Fingerprints of code, which change only with what the code computes: comments, types and formatting do not
 * count.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform, version as esbuildVersion } from 'esbuild';
import type { Metafile, Plugin } from 'esbuild';
import { hashKernel, kernelSources } from '../kernels/runtime/webassembly';
import { lockedVersion } from '../files/fetched-packages';
import { readKept, keepIfPossible } from '../files/kept-file';
import { projectRoot } from '../files/project-root';
import { bundleOptions, entryOf, moduleGraph, sha256, type GraphFile } from './module-graph';

/**
 * Reduces code to what is executed. Names are not shortened: esbuild chooses short names by the letters of
 * the whole text, so a change of a type would change them.
 */
const PLAIN = { minifyWhitespace: true, minifySyntax: true, legalComments: 'none' } as const;

/** Paths by which a bundle imports packages and modules of Node. */
function externalsOf(metafile: Metafile): string[] {
  return Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  );
}

/** `"name@version"` of the npm packages among imports, sorted. */
function packagesOf(externals: Iterable<string>): string[] {
  const names = new Set<string>();
  for (const path of externals) {
    if (path.startsWith('node:')) continue;
    const parts = path.split('/');
    names.add(parts.slice(0, path.startsWith('@') ? 2 : 1).join('/'));
  }
  return [...names].sort().flatMap((name) => {
    // Not of what is installed: what is fetched later would change the hash. Modules of Node are in no lockfile.
    const version = lockedVersion(name);
    return version === undefined ? [] : [`${name}@${version}`];
  });
}

/**
 * Names of the kernels that modules load: `lib/kernels/walsh.ts` loads `lib/kernels/assembly/walsh.ts`.
 *
 * @param modules - paths from the project root
 */
export function kernelsOf(modules: Iterable<string>): string[] {
  return [...modules].flatMap((file) => {
    const name = /^lib\/kernels\/([a-z0-9-]+)\.ts$/.exec(file)?.[1];
    return name !== undefined && existsSync(join(projectRoot(), 'lib/kernels/assembly', `${name}.ts`))
      ? [name]
      : [];
  });
}

/** Namespace of modules that are left out of a bundle. */
const LEFT_OUT = 'left-out';

/**
 * Replaces these modules by nothing. Their paths stay out of the bundle too, so that moving a module changes
 * no hash.
 */
function leaveOut(modules: readonly string[]): Plugin {
  const leftOut = new Set(modules.map((module) => join(projectRoot(), module)));
  return {
    name: LEFT_OUT,
    setup(builder) {
      builder.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const at = [...leftOut].indexOf(join(resolveDir, path.replace(/(\.ts)?$/, '.ts')));
        return at < 0 ? undefined : { path: String(at), namespace: LEFT_OUT };
      });
      builder.onLoad({ filter: /./, namespace: LEFT_OUT }, () => ({
        contents: 'module.exports = {};',
        loader: 'js',
      }));
    },
  };
}

/** Everything that a bundle is made from, as one hash: texts of modules, kernels, packages, and the bundler. */
export function hashOfGraph(graph: ReadonlyMap<string, GraphFile>): string {
  const configuration = readFileSync(join(projectRoot(), 'tsconfig.json'), 'utf8');
  const externals = [...graph.values()].flatMap((file) => file.externals);
  return sha256(
    esbuildVersion,
    configuration,
    JSON.stringify([...graph].map(([path, { text }]) => [path, text])),
    ...packagesOf(externals),
    ...kernelsOf(graph.keys()).sort().map(hashKernel),
  );
}

/**
 * SHA-256 over the modules with all their imports: their minified bundle, the kernels that they load, and the
 * versions of the npm packages that they import. The hash is kept under `.cache/code`, by the texts of all of them.
 *
 * @param modules - paths from the project root: `"lib/bases/blocks/cosine.ts"`
 * @param without - modules that are left out with everything that only they import (paths from the project
 *   root, with extension)
 */
export async function hashCode(modules: readonly string[], without: readonly string[] = []): Promise<string> {
  const graph = await moduleGraph(modules, without);
  const key = sha256('hash of code 1', hashOfGraph(graph), JSON.stringify([modules, without]));
  const place = join(projectRoot(), '.cache', 'code', key.slice(0, 32));
  const kept = readKept(place);
  if (kept) return kept.toString();
  const { metafile, outputFiles } = await build({
    ...bundleOptions(),
    ...entryOf(modules),
    ...PLAIN,
    metafile: true,
    plugins: [leaveOut(without)],
  });
  const hash = sha256(
    outputFiles![0]!.text,
    ...packagesOf(externalsOf(metafile!)),
    ...kernelsOf(Object.keys(metafile!.inputs)).sort().map(hashKernel),
  );
  // An edit while esbuild read would be kept under the texts from before.
  if (hashOfGraph(await moduleGraph(modules, without)) === hashOfGraph(graph)) {
    keepIfPossible(place, hash);
  }
  return hash;
}

/** Parts of a set of modules. */
export interface CodeParts {
  /**
   * SHA-256 of each module of the project, by its path from the project root; comments and types do not
   * count.
   */
  readonly modules: Readonly<Record<string, string>>;
  /** `"name@version"` of the npm packages that they import, sorted. */
  readonly packages: readonly string[];
  /** Names of the kernels that they load, sorted. */
  readonly kernels: readonly string[];
}

/** Hashes of modules without comments and types, by path and text. */
let hashOfModule: Map<string, string> | undefined;

function keptHashes(): string {
  return join(
    projectRoot(),
    '.cache',
    'code',
    `modules-${sha256(esbuildVersion, JSON.stringify(PLAIN)).slice(0, 16)}`,
  );
}

/** SHA-256 of what is executed of each module, by the path of the module. */
async function hashModules(graph: ReadonlyMap<string, GraphFile>): Promise<[string, string][]> {
  hashOfModule ??= new Map(JSON.parse(readKept(keptHashes())?.toString() ?? '[]') as [string, string][]);
  const hashes = hashOfModule;
  const missing = [...graph].filter(([, { text }]) => !hashes.has(text));
  await Promise.all(
    missing.map(async ([file, { text }]) => {
      const loader = file.endsWith('.ts') ? 'ts' : file.endsWith('.json') ? 'json' : 'js';
      const { code } = await transform(readFileSync(join(projectRoot(), file), 'utf8'), { loader, ...PLAIN });
      hashes.set(text, sha256(code));
    }),
  );
  if (missing.length > 0) keepIfPossible(keptHashes(), JSON.stringify([...hashes].slice(-MOST_HASHES)));
  return [...graph].map(([file, { text }]) => [file, hashes.get(text)!]);
}

/** Most modules whose hashes are kept: some states of all modules, so that the file does not grow with each edit. */
const MOST_HASHES = 2000;

/**
 * The modules and all their imports, one by one, so that the part that changed can be named.
 *
 * @param without - modules that are left out with everything that only they import
 */
export async function partsOfCode(
  modules: readonly string[],
  without: readonly string[] = [],
): Promise<CodeParts> {
  const graph = await moduleGraph(modules, without);
  const hashes = await hashModules(graph);
  // Kernels are hashed with their comments: leaving those out would take the kernel compiler, which needs
  // seconds.
  const kernels = kernelsOf(graph.keys()).sort();
  for (const file of new Set(kernels.flatMap(kernelSources))) {
    hashes.push([file, sha256(readFileSync(join(projectRoot(), file), 'utf8'))]);
  }
  const externals = [...graph.values()].flatMap((file) => file.externals);
  return { modules: Object.fromEntries(hashes.sort()), packages: packagesOf(externals), kernels };
}
