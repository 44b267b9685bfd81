/**
 * The part of the engine's WebAssembly interface that is used here: neither the types of Node nor those of the
 * notebook kernel declare it.
 */

/** Linear memory, in pages of 64 KB. */
export interface EngineMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages at the end; arrays on the old buffer become empty. */
  grow(pages: number): number;
}

interface Engine {
  readonly Memory: new (size: { initial: number; maximum: number }) => EngineMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: EngineMemory } },
  ) => { readonly exports: object };
  validate(bytes: Uint8Array): boolean;
}

export const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
