/**
 * Stands in for `lib/kernels/runtime/webassembly.ts` in the programs of the challenge, which carry their one kernel with them.
 */
import { engine } from '../../lib/kernels/runtime/engine';
import { KernelMemory } from '../../lib/kernels/runtime/memory';
import type { KernelExports } from '../../lib/kernels/runtime/webassembly';

/** The compiled kernel, from the loader that {@link buildChallenge} writes. */
declare const embeddedKernel: Uint8Array;

export const simdAvailable: boolean = engine.validate(embeddedKernel);

export const kernelMemory = new KernelMemory();

let functions: KernelExports | undefined;

/** The functions of the one kernel that there is. */
export function loadKernel(): KernelExports {
  functions ??= new engine.Instance(new engine.Module(embeddedKernel), {
    env: { memory: kernelMemory.engineMemory },
  }).exports as KernelExports;
  return functions;
}
