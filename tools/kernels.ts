/**
 * Compiles the kernels that a command needs before it starts threads and notebooks, which would each compile them.
 */
import { loadKernel, simdAvailable } from '../lib/kernels/runtime/webassembly';
import { partsOfCode } from '../lib/measuring/code-fingerprint';

/** What codes: the kernels of all bases and of the coder are behind it. */
const CODEC_MODULES = ['lib/codecs/codec-from-id.ts'];

/** Compiles the kernels of the codecs, those that are not compiled yet. @throws KernelBuildError */
export async function prepareCodecKernels(): Promise<void> {
  if (!simdAvailable) return;
  const { modules } = await partsOfCode(CODEC_MODULES);
  for (const file of Object.keys(modules)) {
    const name = /^lib\/kernels\/assembly\/([a-z0-9-]+)\.ts$/.exec(file)?.[1];
    // What has no wrapper is a part of other kernels.
    if (name !== undefined && `lib/kernels/${name}.ts` in modules) loadKernel(name);
  }
}
