/**
 * Compiles the WebAssembly module of the packages: the kernels of `lib` and, around them, `packages/assembly`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LEARNED } from '../../lib/codecs/lossless/learned-constants';
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

/**
 * The compiled module. The same sources give the same bytes.
 *
 * @throws PackageBuildError with the messages of the compiler
 */
export function compileModule(): Uint8Array {
  const script = join(projectRoot(), 'tools', 'build-packages', 'compile.mjs');
  const run = spawnSync(process.execPath, [script, ENTRY, CONSTANTS], {
    cwd: projectRoot(),
    input: constants(),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (run.status === 0) return Buffer.from(run.stdout, 'base64');
  throw new PackageBuildError(`codec.wasm does not compile:\n${run.error?.message ?? run.stderr}`);
}
