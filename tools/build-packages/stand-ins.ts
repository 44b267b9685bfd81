/**
 * What bundles of `lib` for browsers have in the place of files, Node, and the compiler of kernels.
 */
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Plugin } from 'esbuild';
import { projectRoot } from '../../lib/files/project-root';
import { kernelBinary, prepareKernels } from '../../lib/kernels/runtime/webassembly';
import { kernelsOf } from '../../lib/measuring/code-fingerprint';
import { PackageBuildError } from './package-build-error';

const FOLDER = 'packages/neurobasis-codec/src/stand-ins';

/** What `lib` has and a package has not: the compiler of kernels, files, Node; and what learned bases alone need. */
const STAND_INS: readonly (readonly [filter: RegExp, module: string])[] = [
  [/\/runtime\/webassembly$|^\.\/webassembly$/, 'kernels'],
  [/\/models\/model(-store)?$|^\.\/model(-store)?$/, 'models'],
  [/^node:zlib$/, 'zlib'],
  [/^ml-matrix$/, 'matrix'],
];

/** Puts the stand-ins of the package in the place of what browsers do not have. */
export function standInsOf(): Plugin {
  return {
    name: 'stand-ins',
    setup(bundler) {
      for (const [filter, module] of STAND_INS) {
        bundler.onResolve({ filter }, () => ({ path: join(projectRoot(), FOLDER, `${module}.ts`) }));
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
  // All that are missing in one process.
  prepareKernels(() => {}, kernels);
  const compiled = kernels.map(kernelBinary);
  const places: Record<string, [number, number]> = {};
  let end = 0;
  compiled.forEach(({ length }, i) => {
    places[kernels[i]!] = [end, end + length];
    end += length;
  });
  const packed = deflateRawSync(Buffer.concat(compiled), { level: 9 }).toString('base64');
  return { EMBEDDED_KERNELS: JSON.stringify(packed), KERNEL_PLACES: JSON.stringify(places) };
}
