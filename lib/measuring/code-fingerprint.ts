/**
 * Fingerprints of code, which change only with what the code computes: comments, types and formatting do not
 * count.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform } from 'esbuild';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { hashKernel, kernelSources } from '../kernels/runtime/webassembly';
import { lockedVersion } from '../files/fetched-packages';
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

/**
 * Reduces code to what is executed. Names are not shortened: esbuild chooses short names by the letters of
 * the whole text, so a change of a type would change them.
 */
const PLAIN = { minifyWhitespace: true, minifySyntax: true, legalComments: 'none' } as const;

/** An entry that imports all the modules and keeps all their exports. */
function entryOf(modules: readonly string[]): BuildOptions {
  const contents = modules
    .map((module, i) => `export * as m${i} from ${JSON.stringify(`./${module}`)};`)
    .join('\n');
  return { stdin: { contents, resolveDir: projectRoot(), sourcefile: 'entry.ts', loader: 'ts' } };
}

/** `"name@version"` of the npm packages that a bundle imports, sorted. */
function packagesOf(metafile: Metafile): string[] {
  const names = new Set<string>();
  for (const output of Object.values(metafile.outputs)) {
    for (const imported of output.imports) {
      if (!imported.external || imported.path.startsWith('node:')) continue;
      const parts = imported.path.split('/');
      names.add(parts.slice(0, imported.path.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return [...names].sort().flatMap((name) => {
    // Not of what is installed: what is fetched later would change the hash. Modules of Node are in no lockfile.
    const version = lockedVersion(name);
    return version === undefined ? [] : [`${name}@${version}`];
  });
}

/**
 * Names of the kernels that bundled modules load: `lib/kernels/walsh.ts` loads
 * `lib/kernels/assembly/walsh.ts`.
 */
export function kernelsOf(metafile: Metafile): string[] {
  return Object.keys(metafile.inputs).flatMap((file) => {
    const name = /^lib\/kernels\/([a-z0-9-]+)\.ts$/.exec(file)?.[1];
    return name !== undefined && existsSync(join(projectRoot(), 'lib/kernels/assembly', `${name}.ts`))
      ? [name]
      : [];
  });
}

function sha256(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
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

/**
 * SHA-256 over the modules with all their imports: their minified bundle, the kernels that they load, and the
 * versions of the npm packages that they import.
 *
 * @param modules - paths from the project root: `"lib/bases/blocks/cosine.ts"`
 * @param without - modules that are left out with everything that only they import (paths from the project
 *   root, with extension)
 */
export async function hashCode(modules: readonly string[], without: readonly string[] = []): Promise<string> {
  const result = await build({
    ...bundleOptions(),
    ...entryOf(modules),
    ...PLAIN,
    metafile: true,
    plugins: [leaveOut(without)],
  });
  const metafile = result.metafile!;
  return sha256(
    result.outputFiles![0]!.text,
    ...packagesOf(metafile),
    ...kernelsOf(metafile).sort().map(hashKernel),
  );
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

const hashOfModule = new Map<string, string>();

/**
 * The modules and all their imports, one by one, so that the part that changed can be named.
 *
 * @param without - modules that are left out with everything that only they import
 */
export async function partsOfCode(
  modules: readonly string[],
  without: readonly string[] = [],
): Promise<CodeParts> {
  const result = await build({
    ...bundleOptions(),
    ...entryOf(modules),
    metafile: true,
    treeShaking: false,
    plugins: [leaveOut(without)],
  });
  const files = Object.keys(result.metafile!.inputs)
    .filter((file) => file !== 'entry.ts' && !file.startsWith(`${LEFT_OUT}:`))
    .sort();
  const hashes = await Promise.all(
    files.map(async (file): Promise<[string, string]> => {
      const text = readFileSync(join(projectRoot(), file), 'utf8');
      const textHash = sha256(file, text);
      let hash = hashOfModule.get(textHash);
      if (hash === undefined) {
        const loader = file.endsWith('.ts') ? 'ts' : file.endsWith('.json') ? 'json' : 'js';
        const { code } = await transform(text, { loader, ...PLAIN });
        hash = sha256(code);
        hashOfModule.set(textHash, hash);
      }
      return [file, hash];
    }),
  );
  // Kernels are hashed with their comments: leaving those out would take the kernel compiler, which needs
  // seconds.
  const kernels = kernelsOf(result.metafile!).sort();
  for (const file of new Set(kernels.flatMap(kernelSources))) {
    hashes.push([file, sha256(readFileSync(join(projectRoot(), file), 'utf8'))]);
  }
  return { modules: Object.fromEntries(hashes.sort()), packages: packagesOf(result.metafile!), kernels };
}
