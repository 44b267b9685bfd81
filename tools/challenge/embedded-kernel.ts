/**
 * Stands in for `lib/kernels/runtime/webassembly.ts` in the programs of the challenge, which carry their kernels with them.
 */
import { engine } from '../../lib/kernels/runtime/engine';
import { KernelMemory } from '../../lib/kernels/runtime/memory';
import type { KernelExports } from '../../lib/kernels/runtime/webassembly';

/** The compiled kernels by name, from the loader that {@link buildChallenge} writes. */
declare const embeddedKernels: Readonly<Record<string, Uint8Array>>;

export const simdAvailable: boolean = Object.values(embeddedKernels).every((kernel) =>
  engine.validate(kernel),
);

export const kernelMemory = new KernelMemory();

const functions = new Map<string, KernelExports>();

/** The functions of a kernel. */
export function loadKernel(name: string): KernelExports {
  let loaded = functions.get(name);
  if (!loaded) {
    const module = new engine.Module(embeddedKernels[name]!);
    loaded = new engine.Instance(module, { env: { memory: kernelMemory.engineMemory } })
      .exports as KernelExports;
    functions.set(name, loaded);
  }
  return loaded;
}
