/**
 * Bundles the npm package: the codec of `lib` as ES modules that need nothing, with declarations.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import ts from 'typescript';
import { projectRoot } from '../../lib/files/project-root';
import { compileKernels } from '../../lib/kernels/runtime/webassembly';
import { kernelsOf } from '../../lib/measuring/code-fingerprint';
import { PackageBuildError } from './package-build-error';

const SOURCE = 'packages/neurobasis-codec';

/** The modules that a user imports. */
const ENTRIES = ['index', 'zarrita'] as const;

/** Modules whose types users see. */
const DECLARED = [...ENTRIES, 'types', 'zarr-types'] as const;

/** What `lib` has and a package has not: the compiler of kernels, files, Node; and what learned bases alone need. */
const STAND_INS: readonly (readonly [filter: RegExp, module: string])[] = [
  [/\/runtime\/webassembly$|^\.\/webassembly$/, 'kernels'],
  [/\/model-store$/, 'models'],
  [/^node:zlib$/, 'zlib'],
  [/^ml-matrix$/, 'matrix'],
];

function path(...parts: readonly string[]): string {
  return join(projectRoot(), SOURCE, ...parts);
}

/** Puts the stand-ins of the package in the place of what browsers do not have. */
export function standInsOf(): Plugin {
  return {
    name: 'stand-ins',
    setup(bundler) {
      for (const [filter, module] of STAND_INS) {
        bundler.onResolve({ filter }, () => ({ path: path('src/stand-ins', `${module}.ts`) }));
      }
      bundler.onResolve({ filter: /^node:/ }, ({ path: wanted, importer }) => {
        throw new PackageBuildError(`${importer} needs ${wanted}, which browsers do not have.`);
      });
    },
  };
}

/**
 * The kernels of a bundle, packed, as the stand-in of their loader takes them.
 *
 * @param inputs - modules of the bundle; none for a first bundle, which tells them
 */
export function embeddedKernels(inputs: readonly string[]): Record<string, string> {
  const kernels = kernelsOf(inputs).sort();
  const compiled = kernels.length === 0 ? [] : compileKernels(kernels).slice(0, kernels.length);
  const places: Record<string, [number, number]> = {};
  let end = 0;
  compiled.forEach(({ length }, i) => {
    places[kernels[i]!] = [end, end + length];
    end += length;
  });
  const packed = deflateRawSync(Buffer.concat(compiled), { level: 9 }).toString('base64');
  return { EMBEDDED_KERNELS: JSON.stringify(packed), KERNEL_PLACES: JSON.stringify(places) };
}

/** A package of esbuild's with the constants that are put in. */
async function bundle(define: Record<string, string>): Promise<Awaited<ReturnType<typeof build>>> {
  return build({
    absWorkingDir: projectRoot(),
    entryPoints: ENTRIES.map((name) => path('src', `${name}.ts`)),
    outdir: 'package',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'es2022',
    define: { 'process.env': '{}', ...define },
    write: false,
    metafile: true,
    logLevel: 'silent',
    chunkNames: 'codec',
    plugins: [standInsOf()],
  });
}

/** Types of a module, for users. */
function declarationOf(module: string): string {
  const file = path('src', `${module}.ts`);
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
    fileName: file,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: false },
  });
  const [first] = diagnostics;
  if (first) {
    throw new PackageBuildError(`${file}: ${ts.flattenDiagnosticMessageText(first.messageText, '\n')}`);
  }
  return outputText.replace(/from '(\.\/[a-z-]+)'/g, "from '$1.js'");
}

/**
 * Writes the package into a folder. The same sources give the same bytes.
 *
 * @param folder - absolute path; what was there is replaced
 * @param say - told what was made
 * @throws PackageBuildError
 */
export async function buildCodecPackage(folder: string, say: (message: string) => void): Promise<void> {
  const { metafile } = await bundle(embeddedKernels([]));
  const { outputFiles } = await bundle(embeddedKernels(Object.keys(metafile!.inputs)));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (const { path: output, contents } of outputFiles!) {
    writeFileSync(join(folder, output.slice(output.lastIndexOf('/') + 1)), contents);
    bytes += contents.length;
  }
  for (const module of DECLARED) writeFileSync(join(folder, `${module}.d.ts`), declarationOf(module));
  for (const file of ['package.json', 'README.md']) copyFileSync(path(file), join(folder, file));
  copyFileSync(join(projectRoot(), 'LICENSE'), join(folder, 'LICENSE'));
  say(`${folder}: ${bytes} bytes of code, kernels included`);
}
