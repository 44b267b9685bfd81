/**
 * Makes the programs of the challenge: single files for Node, and files with Node inside.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { fetchPackages } from '../../lib/files/fetched-packages';
import { kernelBinaries } from '../../lib/kernels/runtime/webassembly';
import { projectRoot } from '../../lib/files/project-root';

export const PROGRAMS = ['encode', 'decode'] as const;
export type Program = (typeof PROGRAMS)[number];

/** A program could not be built. */
export class ChallengeBuildError extends Error {
  override readonly name = 'ChallengeBuildError';
}

const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The kernel loader of the project compiles kernels and looks for them in a cache; a program has neither. */
const withEmbeddedKernel: Plugin = {
  name: 'embedded-kernel',
  setup(bundler) {
    bundler.onResolve({ filter: /\/webassembly$/ }, () => ({
      path: join(projectRoot(), 'tools/challenge/embedded-kernel.ts'),
    }));
  },
};

async function bundle(program: Program): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(projectRoot(), 'tools/challenge', `${program}.ts`)],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
    plugins: [withEmbeddedKernel],
  });
  return outputFiles[0]!.contents;
}

/** The kernels that a program carries: of Neuralink's codes, and of channels of any digitizer. */
const KERNELS = ['lossless-coder', 'channel-coder'] as const;

/**
 * Bytes as text, four in five digits of base 85: a sixteenth shorter than base 64. Digit d is the character 40 + d, but for
 * a tilde in the place of the backslash.
 */
function textOf(bytes: Uint8Array): string {
  const whole = Buffer.alloc(4 * Math.ceil(bytes.length / 4));
  whole.set(bytes);
  let text = '';
  for (let at = 0; at < whole.length; at += 4) {
    let digits = '';
    for (let value = whole.readUInt32BE(at), i = 0; i < 5; i++, value = Math.floor(value / 85)) {
      digits = (value % 85 === 52 ? '~' : String.fromCharCode(40 + (value % 85))) + digits;
    }
    text += digits;
  }
  return text;
}

/** A script that unpacks the kernels and the program, and runs it. */
function selfUnpacking(code: Uint8Array, kernels: readonly Uint8Array[]): string {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  };
  const packed = brotliCompressSync(Buffer.concat([...kernels, code]), { params });
  let end = 0;
  const embedded = kernels.map((kernel, i) => {
    const start = end;
    end += kernel.length;
    return `"${KERNELS[i]}":b.subarray(${start},${end})`;
  });
  return (
    '#!/usr/bin/env node\n' +
    `const s="${textOf(packed)}",p=Buffer.alloc(s.length/5*4);` +
    'for(let i=0,n=0;i<s.length;i++){const c=s.charCodeAt(i);n=n*85+(c>125?52:c-40);' +
    'if(i%5>3){p.writeUInt32BE(n,(i-4)/5*4);n=0}}' +
    `const b=require("zlib").brotliDecompressSync(p.subarray(0,${packed.length}));` +
    `new Function("require","embeddedKernels",b.toString("utf8",${end}))(require,{${embedded.join()}})\n`
  );
}

/**
 * Writes both programs into a folder. The same sources give the same bytes.
 *
 * @param folder - absolute path; made if it is not there
 * @param say - told what was made
 */
export async function buildChallenge(folder: string, say: (message: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const kernels = kernelBinaries(KERNELS);
  for (const program of PROGRAMS) {
    const path = join(folder, program);
    const script = selfUnpacking(await bundle(program), kernels);
    writeFileSync(path, script);
    chmodSync(path, 0o755);
    say(`${path}: ${script.length} bytes`);
  }
}

/**
 * Writes both programs a second time, as Node single-executable applications beside the first: `encode-standalone`
 * and `decode-standalone`, each a copy of this Node with the program in it.
 *
 * @throws ChallengeBuildError when Node or postject refuses
 */
export function buildStandalone(folder: string, say: (message: string) => void): void {
  fetchPackages(['postject'], 'to put the programs into a copy of Node');
  const postject = createRequire(__filename).resolve('postject/dist/cli.js');
  const scratch = mkdtempSync(join(tmpdir(), 'neurobasis-challenge-'));
  try {
    for (const program of PROGRAMS) {
      const blob = join(scratch, `${program}.blob`);
      const configuration = join(scratch, `${program}.json`);
      const main = join(folder, program);
      writeFileSync(
        configuration,
        JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true }),
      );
      run(process.execPath, ['--experimental-sea-config', configuration]);
      const path = join(folder, `${program}-standalone`);
      copyFileSync(process.execPath, path);
      chmodSync(path, 0o755);
      run(process.execPath, [postject, path, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE]);
      say(`${path}: a copy of Node ${process.versions.node} with the program in it`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new ChallengeBuildError(`${args.join(' ')} failed:\n${stderr}${stdout}`.trim());
}
