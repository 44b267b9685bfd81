/**
 * The Walsh–Hadamard transform of blocks, in sequency order: what {@link walshTransform} specifies, in SIMD
 * WebAssembly.
 */
import { BlockLengthError, BlockRunner, checkBlocks, LANES } from './runtime/block-runner';
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import { sequencyOrder, walshTransform } from './reference/walsh';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** A plan: transforms blocks of one length in one precision. Its owner releases it. */
export class WalshTransform<K extends FloatType> {
  private readonly order: Uint32Array;
  private readonly kernel: SimdPlan<K> | undefined;

  /**
   * @param length - samples of a block, N, a power of two, 1 or more
   * @param type - of signal and coefficients
   * @param simd - false for the reference version
   * @throws BlockLengthError when N is not a power of two
   */
  constructor(
    readonly length: number,
    type: K,
    simd: boolean = simdAvailable,
  ) {
    if (!Number.isInteger(Math.log2(length))) {
      throw new BlockLengthError(
        `The length of a Walsh–Hadamard transform must be a power of two, not ${length}.`,
      );
    }
    this.order = sequencyOrder(length);
    // Blocks shorter than a vector are not worth a kernel.
    if (simd && length >= LANES[type])
      this.kernel = kernelMemory.allOrNothing(() => new SimdPlan(length, type, this.order));
  }

  /**
   * X[k] = N^(−1/2)·Σ x[n]·wal(k, n); also its own inverse. log₂N additions a sample.
   *
   * @param signal - whole blocks, one after another; left as they are
   * @param coefficients - receives as many blocks; may be `signal`
   * @throws BlockLengthError
   */
  transform(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    if (this.kernel) {
      this.kernel.runner.run(this.kernel.transform, signal, coefficients);
    } else {
      checkBlocks(signal.length, coefficients.length, this.length);
      walshTransform(signal, this.length, this.order, coefficients);
    }
  }

  release(): void {
    this.kernel?.release();
  }
}

/** Arrays of a plan in the memory of the kernels. */
class SimdPlan<K extends FloatType> {
  readonly runner: BlockRunner<K>;
  readonly transform: (source: number, target: number, groups: number) => void;
  private readonly tables: readonly KernelArray<'uint32' | K>[];

  constructor(length: number, type: K, order: Uint32Array) {
    const kernel = loadKernel('walsh');
    const run = type === 'float32' ? kernel['transformFloat32']! : kernel['transformFloat64']!;
    const orderTable = kernelMemory.copyOf('uint32', order);
    const scratch = kernelMemory.allocate(type, length * LANES[type]);
    this.tables = [orderTable, scratch];
    this.runner = new BlockRunner(type, length);
    this.transform = (source, target, groups) =>
      void run(source, target, groups, length, orderTable.pointer, scratch.pointer);
  }

  release(): void {
    this.runner.release();
    for (const table of this.tables) table.release();
  }
}
