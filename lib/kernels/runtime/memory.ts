/**
 * The memory that WebAssembly kernels compute in, and who owns what in it.
 *
 * One memory serves all kernels of a thread. A caller allocates an array, owns it, and releases it; nothing is
 * released behind its back. Allocation is first fit over a list of free stretches that is kept sorted and merged
 * (D. E. Knuth, The Art of Computer Programming, vol. 1, §2.5, algorithms A and B), so arrays may be released in
 * any order, and a sweep that releases what it allocates runs in constant memory.
 */

import { engine, type EngineMemory } from './engine';

/** Kinds of elements, and the typed arrays that show them. */
export interface KernelViews {
  float32: Float32Array;
  float64: Float64Array;
  int16: Int16Array;
  int32: Int32Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
}
export type ElementType = keyof KernelViews;

/** The two precisions that every kernel of real numbers comes in. */
export type FloatType = 'float32' | 'float64';

const VIEWS: {
  readonly [K in ElementType]: {
    new (buffer: ArrayBuffer, offset: number, length: number): KernelViews[K];
    readonly BYTES_PER_ELEMENT: number;
  };
} = {
  float32: Float32Array,
  float64: Float64Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
};

const PAGE_BYTES = 65536;

/** Every array starts on a cache line. */
const ALIGNMENT = 64;

/** The first stretch stays empty, so that no array has address 0. */
const FIRST_ADDRESS = 1024;

/** More than the longest recording takes in any kernel, far less than would hide a leak. */
const DEFAULT_LIMIT = 2 ** 30;

/** The memory of the kernels has no room left: a plan or an array is too large, or arrays were not released. */
export class KernelMemoryError extends Error {
  override readonly name = 'KernelMemoryError';
}

/** An array was used after its release, or with kernels of another memory. */
export class KernelArrayError extends Error {
  override readonly name = 'KernelArrayError';
}

/** A typed array in the memory of the kernels. Its owner calls {@link release} once. */
export class KernelArray<K extends ElementType> {
  private released = false;
  private shown: KernelViews[K] | undefined;

  /** Use {@link KernelMemory.allocate}. */
  constructor(
    private readonly memory: KernelMemory,
    readonly type: K,
    private readonly address: number,
    readonly length: number,
  ) {}

  /** Address of the first element, for calls of kernels. @throws KernelArrayError after release */
  get pointer(): number {
    if (this.released) {
      throw new KernelArrayError(`This ${this.type} array of ${this.length} elements was already released.`);
    }
    return this.address;
  }

  /**
   * The elements themselves, not a copy. An allocation may move the memory: take the view again after one.
   *
   * @throws KernelArrayError after release
   */
  get view(): KernelViews[K] {
    const { pointer, memory } = this;
    if (this.shown?.buffer !== memory.buffer) {
      this.shown = new VIEWS[this.type](memory.buffer, pointer, this.length);
    }
    return this.shown;
  }

  /** Gives the memory back. @throws KernelArrayError when it was already given back */
  release(): void {
    this.memory.free(this.pointer);
    this.released = true;
    this.shown = undefined;
  }
}

/** An array, where it ends, and how many were allocated before it. */
interface AllocatedStretch {
  readonly end: number;
  readonly number: number;
  readonly array: { release(): void };
}

/** An arena with explicit ownership over one WebAssembly memory. */
export class KernelMemory {
  /** Imports of the kernels. */
  readonly engineMemory: EngineMemory;
  /** Free stretches by address, no two of them adjacent. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** Allocated blocks by their start, in the order of allocation. */
  private readonly allocated = new Map<number, AllocatedStretch>();
  private allocations = 0;
  private size = PAGE_BYTES;

  /** @param limitBytes - the memory never grows beyond; at most 4 GB */
  constructor(readonly limitBytes: number = DEFAULT_LIMIT) {
    this.engineMemory = new engine.Memory({ initial: 1, maximum: 65536 });
    this.starts.push(FIRST_ADDRESS);
    this.ends.push(this.size);
  }

  get buffer(): ArrayBuffer {
    return this.engineMemory.buffer;
  }

  /** Bytes in arrays that are not released. */
  get allocatedBytes(): number {
    let sum = 0;
    for (const [start, { end }] of this.allocated) sum += end - start;
    return sum;
  }

  /** Bytes that the memory has grown to; it never shrinks. */
  get sizeBytes(): number {
    return this.size;
  }

  /**
   * An array that the caller owns; its elements are not cleared. O(number of free stretches).
   *
   * @param length - number of elements, 0 or more
   * @throws KernelMemoryError when there is no room
   */
  allocate<K extends ElementType>(type: K, length: number): KernelArray<K> {
    const bytes = Math.max(1, length) * VIEWS[type].BYTES_PER_ELEMENT;
    const needed = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    let i = this.starts.findIndex((start, at) => this.ends[at]! - start >= needed);
    if (i < 0) {
      this.grow(needed);
      i = this.starts.length - 1;
    }
    const start = this.starts[i]!;
    this.starts[i] = start + needed;
    if (this.starts[i] === this.ends[i]) {
      this.starts.splice(i, 1);
      this.ends.splice(i, 1);
    }
    const array = new KernelArray(this, type, start, length);
    this.allocated.set(start, { end: start + needed, number: this.allocations++, array });
    return array;
  }

  /** An array that holds a copy of `values`; the caller owns it. @throws KernelMemoryError */
  copyOf<K extends ElementType>(type: K, values: ArrayLike<number>): KernelArray<K> {
    const array = this.allocate(type, values.length);
    array.view.set(values);
    return array;
  }

  /**
   * Does what allocates several arrays. When it throws, those that it allocated and has not released are released, so
   * that a plan that finds no room half-way leaves as much as it found.
   *
   * @returns what `work` returns
   */
  allOrNothing<T>(work: () => T): T {
    const first = this.allocations;
    try {
      return work();
    } catch (error) {
      for (const { number, array } of this.allocated.values()) if (number >= first) array.release();
      throw error;
    }
  }

  /** Gives the stretch at an address back; {@link KernelArray.release} calls it. */
  free(start: number): void {
    const stretch = this.allocated.get(start);
    if (!stretch) throw new KernelArrayError(`No array of this memory starts at address ${start}.`);
    const { end } = stretch;
    this.allocated.delete(start);
    let i = this.starts.findIndex((other) => other > start);
    if (i < 0) i = this.starts.length;
    const joinsBefore = i > 0 && this.ends[i - 1] === start;
    const joinsAfter = i < this.starts.length && this.starts[i] === end;
    if (joinsBefore && joinsAfter) {
      this.ends[i - 1] = this.ends[i]!;
      this.starts.splice(i, 1);
      this.ends.splice(i, 1);
    } else if (joinsBefore) {
      this.ends[i - 1] = end;
    } else if (joinsAfter) {
      this.starts[i] = start;
    } else {
      this.starts.splice(i, 0, start);
      this.ends.splice(i, 0, end);
    }
  }

  /** Makes the last free stretch at least `needed` bytes long. */
  private grow(needed: number): void {
    const last = this.ends.length - 1;
    const reachesEnd = last >= 0 && this.ends[last] === this.size;
    const missing = needed - (reachesEnd ? this.size - this.starts[last]! : 0);
    // Grow by at least half, so that many small arrays do not cause many moves.
    const pages = Math.ceil(
      Math.max(missing, Math.min(this.size / 2, this.limitBytes - this.size)) / PAGE_BYTES,
    );
    const grown = this.size + pages * PAGE_BYTES;
    const outOfMemory = (cause?: unknown): KernelMemoryError =>
      new KernelMemoryError(
        `The kernels have no room for ${needed} bytes more: ${this.allocatedBytes} of at most ` +
          `${this.limitBytes} are taken. Work on shorter signals, or release arrays and plans that are done.`,
        { cause },
      );
    if (grown > this.limitBytes) throw outOfMemory();
    try {
      this.engineMemory.grow(pages);
    } catch (error) {
      throw outOfMemory(error);
    }
    if (reachesEnd) {
      this.ends[last] = grown;
    } else {
      this.starts.push(this.size);
      this.ends.push(grown);
    }
    this.size = grown;
  }
}
