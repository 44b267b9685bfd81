/**
 * Compiles the kernels that a command needs before it starts threads and notebooks, which would each compile them.
 */
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { partsOfCode } from '../lib/measuring/code-fingerprint';

/** What codes: the kernels of all bases and of the coder are behind it. */
const CODEC_MODULES = ['lib/codecs/codec-from-id.ts'];

/**
 * Compiles the kernels of the codecs, those that are not compiled yet.
 *
 * @param modules - others whose kernels are wanted too, as paths from the project root
 * @throws KernelBuildError
 * @throws KeptFileError
 */
export async function prepareCodecKernels(modules: readonly string[] = []): Promise<void> {
  const { kernels } = await partsOfCode([...CODEC_MODULES, ...modules]);
  prepareKernels((message) => console.error(message), kernels);
}
