/**
 * Stands in for `lib/kernels/runtime/webassembly.ts`: the package carries the compiled kernels of `lib`.
 */
import { inflateSync } from 'fflate';
import { engine } from '../../../../lib/kernels/runtime/engine';
import { KernelMemory } from '../../../../lib/kernels/runtime/memory';
import type { KernelExports } from '../../../../lib/kernels/runtime/webassembly';

/** The kernels one after another, as raw deflate data in base64; the build puts them in. */
declare const EMBEDDED_KERNELS: string;
/** Name of each kernel, and where it lies among the unpacked bytes. */
declare const KERNEL_PLACES: Readonly<Record<string, readonly [start: number, end: number]>>;

let unpacked: Uint8Array | undefined;

function bytesOf(name: string): Uint8Array {
  unpacked ??= inflateSync(Uint8Array.from(atob(EMBEDDED_KERNELS), (letter) => letter.charCodeAt(0)));
  const [start, end] = KERNEL_PLACES[name]!;
  return unpacked.subarray(start, end);
}

/** Whether SIMD WebAssembly runs here; without it the plain versions compute the same. */
export const simdAvailable: boolean =
  engine !== undefined && Object.keys(KERNEL_PLACES).every((name) => engine.validate(bytesOf(name)));

export const kernelMemory = new KernelMemory();

const loaded = new Map<string, KernelExports>();

/** The functions of a kernel. */
export function loadKernel(name: string): KernelExports {
  let functions = loaded.get(name);
  if (functions === undefined) {
    const module = new engine.Module(bytesOf(name));
    functions = new engine.Instance(module, { env: { memory: kernelMemory.engineMemory } })
      .exports as KernelExports;
    loaded.set(name, functions);
  }
  return functions;
}
