/**
 * Takes blocks from ordinary typed arrays through a kernel and back, in chunks that stay in the cache between
 * the copies.
 */
import type { FloatType, KernelArray, KernelViews } from './memory';
import { kernelMemory } from './webassembly';

/** Elements of a chunk: with its result it fits the second-level cache in either precision. */
const CHUNK_ELEMENTS = 8192;

/** Blocks that a kernel takes side by side, one in each SIMD lane. */
export const LANES: Readonly<Record<FloatType, number>> = { float32: 4, float64: 2 };

/** A kernel that maps blocks to blocks. */
export type BlockKernel = (source: number, target: number, groups: number) => void;

/** Blocks that are not of the length that a plan is for. */
export class BlockLengthError extends RangeError {
  override readonly name = 'BlockLengthError';
}

/** Two arrays in the memory of the kernels, through which blocks of any number go. Its owner releases it. */
export class BlockRunner<K extends FloatType> {
  private readonly groupsPerChunk: number;
  private readonly source: KernelArray<K>;
  private readonly target: KernelArray<K>;

  /**
   * @param type - of both arrays
   * @param length - elements of a block
   * @throws KernelMemoryError
   */
  constructor(
    private readonly type: K,
    private readonly length: number,
  ) {
    const group = length * LANES[type];
    this.groupsPerChunk = Math.max(1, Math.floor(CHUNK_ELEMENTS / group));
    this.source = kernelMemory.allocate(type, this.groupsPerChunk * group);
    this.target = kernelMemory.allocate(type, this.groupsPerChunk * group);
  }

  /**
   * Runs a kernel over all blocks.
   *
   * @param input - blocks one after another
   * @param output - receives as many blocks; may be `input`
   * @throws BlockLengthError when the arrays do not hold whole blocks, or not equally many
   */
  run(kernel: BlockKernel, input: KernelViews[K], output: KernelViews[K]): void {
    const { length, source, target, groupsPerChunk } = this;
    checkBlocks(input.length, output.length, length);
    const group = length * LANES[this.type];
    const sourceView = source.view as Float64Array;
    const targetView = target.view as Float64Array;
    for (let start = 0; start < input.length; start += groupsPerChunk * group) {
      const end = Math.min(input.length, start + groupsPerChunk * group);
      // What is left of an earlier chunk behind the last block fills the lanes that have none.
      sourceView.set((input as Float64Array).subarray(start, end));
      kernel(source.pointer, target.pointer, Math.ceil((end - start) / group));
      (output as Float64Array).set(targetView.subarray(0, end - start), start);
    }
  }

  release(): void {
    this.source.release();
    this.target.release();
  }
}

/** @throws BlockLengthError when the two arrays are not equally many whole blocks */
export function checkBlocks(inputLength: number, outputLength: number, length: number): void {
  if (inputLength % length === 0 && inputLength === outputLength) return;
  throw new BlockLengthError(
    `Input and output must hold equally many whole blocks of ${length} elements, not ${inputLength} and ` +
      `${outputLength} elements.`,
  );
}
