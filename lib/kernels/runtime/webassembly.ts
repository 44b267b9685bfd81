/**
 * Loads the kernels in `assembly/`: AssemblyScript, compiled to SIMD WebAssembly by the commands before they start, and
 * again whenever a source has changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readKept, writeKept } from '../../files/kept-file';
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

/** A source of `assembly/` and all its imports, by path from the project root, sorted. */
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

/** SHA-256 over the inputs of a kernel's compilation: sources, compiler and options. */
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
  return join(projectRoot(), '.cache/kernels', `${name}-${hashKernel(name).slice(0, 16)}.kernel`);
}

/** Most bytes that the compiler prints: many times more than all kernels have. */
const MOST_OUTPUT = 64 * 2 ** 20;

/**
 * Compiles kernels, all in one process.
 *
 * @param names - of files in `assembly/`, without extension
 * @returns WebAssembly, in the order of the names
 * @throws KernelBuildError with the messages of the compiler
 */
function compileKernels(names: readonly string[]): Uint8Array[] {
  const commands = names.map((name) => [`${FOLDER}/${name}.ts`, ...FLAGS]);
  const script = join(projectRoot(), FOLDER, 'compile.mjs');
  const run = spawnSync(process.execPath, [script, JSON.stringify(commands)], {
    cwd: projectRoot(),
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT,
  });
  if (run.error) throw new KernelBuildError(`The compiler of the kernels did not run: ${run.error.message}`);
  if (run.status !== 0) throw new KernelBuildError(`${run.stderr}${run.stdout}`.trim());
  return run.stdout.split('\n').map((line) => Buffer.from(line, 'base64'));
}

/** Names of all kernels. */
export function kernelNames(): string[] {
  return readdirSync(join(projectRoot(), FOLDER))
    .filter((file) => file.endsWith('.ts') && isKernel(file))
    .map((file) => basename(file, '.ts'));
}

/**
 * Compiles the kernels that are not compiled yet, or whose files are damaged, all in one process. Commands call it
 * before they start threads and notebooks, which would each compile for themselves, one kernel after another.
 *
 * @param names - of the kernels that are wanted
 * @param say - told when something starts that takes a while
 * @throws KernelBuildError
 * @throws KeptFileError when they cannot be written
 */
export function prepareKernels(
  say: (message: string) => void,
  names: readonly string[] = kernelNames(),
): void {
  if (!simdAvailable) return;
  const missing = names.filter((name) => readKept(compiledPath(name)) === undefined);
  if (missing.length === 0) return;
  say(`Compiling ${missing.length} kernels (once) …`);
  const compiled = compileKernels(missing);
  for (const [i, name] of missing.entries()) writeKept(compiledPath(name), compiled[i]!);
}

/**
 * Kernels, for programs that carry them: from where they are kept, and compiled where they are not.
 *
 * @returns WebAssembly, in the order of the names
 * @throws KernelBuildError
 * @throws KeptFileError when they cannot be written
 */
export function kernelBinaries(names: readonly string[]): Uint8Array[] {
  prepareKernels(() => {}, names);
  return names.map((name) => readKept(compiledPath(name)) ?? compileKernels([name])[0]!);
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
 * @throws KeptFileError when it had to be compiled and cannot be written
 */
export function loadKernel(name: string): KernelExports {
  let functions = loaded.get(name);
  if (functions === undefined) {
    const module = new engine.Module(kernelBinaries([name])[0]!);
    const imports = { env: { memory: kernelMemory.engineMemory } };
    functions = new engine.Instance(module, imports).exports as KernelExports;
    loaded.set(name, functions);
  }
  return functions;
}
