/**
 * Loads the kernels in `assembly/`: AssemblyScript, compiled to SIMD WebAssembly by the commands before they start, and
 * again whenever a source has changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { projectRoot } from '../../files/project-root';
import { warnOnce } from '../../files/warnings';
import { engine } from './engine';
import { KernelMemory } from './memory';

const FOLDER = 'lib/kernels/assembly';

/** No run-time library and no checks: a kernel sees addresses and numbers only. */
const FLAGS = [
  ['--optimizeLevel', '3'],
  ['--shrinkLevel', '0'],
  ['--noAssert'],
  ['--runtime', 'stub'],
  ['--importMemory'],
  ['--enable', 'simd'],
  ['--use', 'abort='],
].flat();

/** A kernel could not be compiled. */
export class KernelBuildError extends Error {
  override readonly name = 'KernelBuildError';
}

/** Functions of a kernel: numbers in, a number or nothing out. */
export type KernelExports = Readonly<Record<string, (...numbers: number[]) => number>>;

/** An empty function whose body holds one SIMD instruction: engines without SIMD call it invalid. */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/**
 * Whether SIMD WebAssembly can run here. Where it cannot, or where the variable `NEUROBASIS_SIMD` is `off`, the
 * reference versions are used in its place.
 */
export const simdAvailable: boolean = process.env['NEUROBASIS_SIMD'] !== 'off' && engine.validate(SIMD_PROBE);

if (!simdAvailable && process.env['NEUROBASIS_SIMD'] !== 'off') {
  warnOnce(
    'This Node runs no SIMD WebAssembly, so everything is computed ten times slower: use another one.',
  );
}

/** A source of `assembly/` and all that it imports, by path from the project root, sorted. */
export function kernelSources(name: string): string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(join(projectRoot(), file), 'utf8');
    for (const [, imported] of text.matchAll(/from '\.\/([a-z0-9-]+)'/g)) visit(`${FOLDER}/${imported}.ts`);
  };
  visit(`${FOLDER}/${name}.ts`);
  return [...found].sort();
}

/** SHA-256 of what a kernel is compiled from: sources, compiler and its options. */
export function hashKernel(name: string): string {
  const compiler = readFileSync(join(projectRoot(), 'node_modules/assemblyscript/package.json'), 'utf8');
  const { version } = JSON.parse(compiler) as { version: string };
  const hash = createHash('sha256').update(JSON.stringify([version, FLAGS]));
  for (const file of kernelSources(name)) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(projectRoot(), file)));
  }
  return hash.digest('hex');
}

/** Where a kernel is kept, compiled. */
function compiledPath(name: string): string {
  return join(projectRoot(), '.cache/kernels', `${name}-${hashKernel(name).slice(0, 16)}.wasm`);
}

/**
 * Compiles kernels, all in one process.
 *
 * @param outputs - path of the `.wasm` file by name of the file in `assembly/`, without extension
 * @throws KernelBuildError with the messages of the compiler
 */
export function compileKernels(outputs: Readonly<Record<string, string>>): void {
  const parts = Object.entries(outputs).map(([name, output]) => {
    mkdirSync(dirname(output), { recursive: true });
    return { source: `${FOLDER}/${name}.ts`, output, partial: `${output}.${randomUUID()}.part` };
  });
  const commands = parts.map(({ source, partial }) => [source, '--outFile', partial, ...FLAGS]);
  const script = join(projectRoot(), FOLDER, 'compile.mjs');
  const run = spawnSync(process.execPath, [script, JSON.stringify(commands)], {
    cwd: projectRoot(),
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new KernelBuildError(`${run.stderr}${run.stdout}`.trim());
  for (const { output, partial } of parts) renameSync(partial, output);
}

/**
 * Compiles the kernels that are not compiled yet. Commands call it before they start threads and notebooks, which
 * would each compile for themselves.
 *
 * @param say - told when something starts that takes a while
 * @throws KernelBuildError
 */
export function prepareKernels(say: (message: string) => void): void {
  if (!simdAvailable) return;
  const missing: Record<string, string> = {};
  for (const file of readdirSync(join(projectRoot(), FOLDER))) {
    const name = basename(file, '.ts');
    if (!file.endsWith('.ts') || !isKernel(file)) continue;
    const path = compiledPath(name);
    if (!existsSync(path)) missing[name] = path;
  }
  const names = Object.keys(missing);
  if (names.length === 0) return;
  say(`Compiling ${names.length} kernels (once) …`);
  compileKernels(missing);
}

/** A kernel has a wrapper of the same name beside it; other files of the folder are parts of kernels. */
function isKernel(file: string): boolean {
  return existsSync(join(projectRoot(), dirname(FOLDER), file));
}

/** The memory that all kernels of this thread share. */
export const kernelMemory = new KernelMemory();

const loaded = new Map<string, KernelExports>();

/**
 * The functions that a kernel exports, ready to be called on arrays of {@link kernelMemory}.
 *
 * @param name - of a file in `assembly/`, without extension
 * @throws KernelBuildError when it does not compile
 */
export function loadKernel(name: string): KernelExports {
  let functions = loaded.get(name);
  if (functions === undefined) {
    const path = compiledPath(name);
    if (!existsSync(path)) compileKernels({ [name]: path });
    const module = new engine.Module(readFileSync(path));
    const imports = { env: { memory: kernelMemory.engineMemory } };
    functions = new engine.Instance(module, imports).exports as KernelExports;
    loaded.set(name, functions);
  }
  return functions;
}
