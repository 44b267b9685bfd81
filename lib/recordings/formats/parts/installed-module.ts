import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { build } from 'esbuild';
import { fetchPackages } from '../../../files/fetched-packages';
import { projectRoot } from '../../../files/project-root';

/**
 * Packages that are ES modules only. They are loaded when a file of their format is opened, so that nothing else waits
 * for them, and by ways that work in a command, in a bundle and in the notebook kernel, which turns every import into
 * "require": that refuses packages that offer "import" alone.
 */

const bundled = new Map<string, Promise<unknown>>();

/**
 * A file of a package and all that it imports, bundled; takes some tenths of a second, once. The package is fetched
 * when it is not installed.
 *
 * @param path - below `node_modules`: `"zarrita/dist/src/index.js"`
 * @param purpose - what needs it: `"to read a Zarr folder"`
 */
export function bundledModule<T>(path: string, purpose: string): Promise<T> {
  const kept = bundled.get(path) ?? bundle(path, purpose);
  bundled.set(path, kept);
  return kept as Promise<T>;
}

const scripts = new Map<string, Promise<string>>();

/**
 * A script of this project for a thread, bundled with a package that it imports; takes some tenths of a second, once.
 *
 * @param entry - path from the project root
 * @param name - of the package, which is fetched when it is not installed
 * @param purpose - what needs it: `"to read an HDF5 file"`
 */
export function bundledScript(entry: string, name: string, purpose: string): Promise<string> {
  const kept = scripts.get(entry) ?? bundleText(join(projectRoot(), entry), name, purpose);
  scripts.set(entry, kept);
  return kept;
}

const texts = new Map<string, Promise<string>>();

/**
 * A file of a package as {@link bundledModule} gives it, but with a state of its own, which it shares with no other: for a
 * library that an error leaves unusable. Takes some milliseconds.
 */
export async function newModule<T>(path: string, purpose: string): Promise<T> {
  const kept = texts.get(path) ?? textOf(path, purpose);
  texts.set(path, kept);
  return evaluated(await kept) as T;
}

async function bundle(path: string, purpose: string): Promise<unknown> {
  return evaluated(await textOf(path, purpose));
}

function textOf(path: string, purpose: string): Promise<string> {
  return bundleText(join(projectRoot(), 'node_modules', path), path.split('/')[0]!, purpose);
}

function evaluated(text: string): unknown {
  const module = { exports: {} };
  const run = runInThisContext(`(function (require, module, exports) {${text}\n})`) as (
    ...parts: unknown[]
  ) => void;
  run(projectRequire(), module, module.exports);
  return module.exports;
}

async function bundleText(entry: string, name: string, purpose: string): Promise<string> {
  fetchPackages([name], purpose);
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    write: false,
    logLevel: 'silent',
    // Built-in modules are required: what a script runs may not import.
    supported: { 'dynamic-import': false },
    // Code for other systems asks for its own address; here it is that of the entry.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(entry).href) },
  });
  return result.outputFiles[0]!.text;
}

function projectRequire(): NodeJS.Require {
  return createRequire(join(projectRoot(), 'package.json'));
}
