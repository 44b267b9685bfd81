/**
 * Compiles the WebAssembly module of the packages: the kernels of `lib` and, around them, `packages/assembly`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEARNED } from '../../lib/codecs/lossless/learned-constants';
import { keepIfPossible, readKept } from '../../lib/files/kept-file';
import { projectRoot } from '../../lib/files/project-root';
import { PackageBuildError } from './package-build-error';

const ENTRY = 'packages/assembly/codec.ts';
/** A source that the build makes. */
const CONSTANTS = 'packages/assembly/constants.ts';

/** The learned constants of the format, as data of the module. */
function constants(): string {
  const data = (name: string, type: string, values: readonly number[]): string =>
    `export const ${name}: usize = memory.data<${type}>([${values.map((value) => literal(value, type)).join(', ')}], 16);\n`;
  const { widths, fixed, priors } = LEARNED;
  return [
    data('WIDTHS', 'u16', widths),
    data('FIXED', 'f64', fixed),
    ...(['fast', 'best'] as const).flatMap((name) => [
      data(`PRIORS_${name.toUpperCase()}`, 'f64', priors[name].weights),
      data(`PRECISIONS_${name.toUpperCase()}`, 'f64', priors[name].precisions),
    ]),
  ].join('');
}

/** The shortest decimal number that stands for a value; the compiler reads the nearest double. */
function literal(value: number, type: string): string {
  const text = String(value);
  return type === 'f64' && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Folders of the sources. */
const FOLDERS = ['packages/assembly', 'lib/kernels/assembly'];

/** SHA-256 over all that the module is made of: sources, compiler, and how it is called. */
function hashModule(script: string, given: string): string {
  const compiler = readFileSync(join(projectRoot(), 'node_modules/assemblyscript/package.json'), 'utf8');
  const { version } = JSON.parse(compiler) as { version: string };
  const hash = createHash('sha256').update(JSON.stringify([version, readFileSync(script, 'utf8'), given]));
  for (const folder of FOLDERS) {
    for (const file of readdirSync(join(projectRoot(), folder)).sort()) {
      hash.update(JSON.stringify([folder, file, readFileSync(join(projectRoot(), folder, file), 'utf8')]));
    }
  }
  return hash.digest('hex');
}

/**
 * The compiled module, kept with the kernels. The same sources give the same bytes.
 *
 * @throws PackageBuildError with the messages of the compiler
 */
export function compileModule(): Uint8Array {
  const script = join(projectRoot(), 'tools', 'build-packages', 'compile.mjs');
  const given = constants();
  const path = join(
    projectRoot(),
    '.cache/kernels',
    `packages-${hashModule(script, given).slice(0, 16)}.kernel`,
  );
  const kept = readKept(path);
  if (kept !== undefined) return kept;
  const run = spawnSync(process.execPath, [script, ENTRY, CONSTANTS], {
    cwd: projectRoot(),
    input: given,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (run.status !== 0) {
    throw new PackageBuildError(`codec.wasm does not compile:\n${run.error?.message ?? run.stderr}`);
  }
  const module = Buffer.from(run.stdout, 'base64');
  keepIfPossible(path, module);
  return module;
}
