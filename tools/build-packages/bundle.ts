/**
 * Bundles the npm package: the codec of `lib` as ES modules that need nothing, with declarations.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import { projectRoot } from '../../lib/files/project-root';
import { PackageBuildError } from './package-build-error';
import { embeddedKernels, standInsOf } from './stand-ins';

const SOURCE = 'packages/neurobasis-codec';

/** The modules that a user imports. */
const ENTRIES = ['index', 'zarrita'] as const;

/** Modules whose types users see. */
const DECLARED = [...ENTRIES, 'types', 'zarr-types'] as const;

function path(...parts: readonly string[]): string {
  return join(projectRoot(), SOURCE, ...parts);
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
