/**
 * Mean and covariance of any number of blocks, in SIMD WebAssembly: what `reference/covariance.ts` specifies, but for
 * the order of additions. In double precision, whatever that of the blocks.
 */
import type { KernelArray } from './runtime/memory';
import { addShiftedBlocks } from './reference/covariance';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** Blocks that the kernel of outer products works on at a time, and elements of its tiles in a row. */
const PANEL_DEPTH = 256;
const TILE_WIDTH = 4;

/** Blocks that do not fit a covariance, or too few of them. */
export class CovarianceError extends RangeError {
  override readonly name = 'CovarianceError';
}

/** Mean and covariance of a distribution. */
export interface MeanAndCovariance {
  /** Of each sample of a block. */
  readonly mean: Float64Array;
  /** N × N, row by row, symmetric to the last bit; Σ (x − mean)·(x − mean)ᵀ / (B − 1) over B blocks. */
  readonly covariance: Float64Array;
}

/** Accumulates blocks that arrive in parts. Its owner releases it. */
export class CovarianceSum {
  private count = 0;
  private readonly sums: Sums;

  /**
   * @param length - samples of a block, N, 1 or more
   * @param simd - false for the reference version
   * @throws CovarianceError when N is none
   * @throws KernelMemoryError
   */
  constructor(
    readonly length: number,
    simd: boolean = simdAvailable,
  ) {
    if (!(Number.isInteger(length) && length > 0)) {
      throw new CovarianceError(`A block must have 1, 2, 3 … samples, not ${length}.`);
    }
    this.sums = simd ? kernelMemory.allOrNothing(() => new KernelSums(length)) : new ReferenceSums(length);
  }

  /**
   * Adds blocks. N²/2 multiply–adds each.
   *
   * @param blocks - whole blocks, one after another; left as they are
   * @throws CovarianceError when they are not
   */
  add(blocks: Float32Array | Float64Array): void {
    const { length, sums } = this;
    if (blocks.length % length !== 0) {
      throw new CovarianceError(`${blocks.length} elements are no whole blocks of ${length} samples.`);
    }
    const chunk = PANEL_DEPTH * length;
    for (let start = 0; start < blocks.length; start += chunk) {
      const part = blocks.subarray(start, start + chunk);
      if (this.count === 0) sums.setShift(meanOf(part, length));
      sums.add(part);
      this.count += part.length / length;
    }
  }

  /** Of all blocks so far. @throws CovarianceError when there are fewer than two */
  result(): MeanAndCovariance {
    const { length, count } = this;
    if (count < 2) throw new CovarianceError(`A covariance takes two or more blocks, not ${count}.`);
    const { shift, sum, products, stride } = this.sums.read();
    const offset = sum.map((value) => value / count);
    const covariance = new Float64Array(length * length);
    for (let i = 0; i < length; i++) {
      for (let j = i; j < length; j++) {
        const value = (products[i * stride + j]! - offset[i]! * offset[j]! * count) / (count - 1);
        covariance[i * length + j] = value;
        covariance[j * length + i] = value;
      }
    }
    return { mean: offset.map((value, i) => value + shift[i]!), covariance };
  }

  release(): void {
    this.sums.release();
  }
}

/** The mean of few blocks. */
function meanOf(blocks: Float32Array | Float64Array, length: number): Float64Array {
  const mean = new Float64Array(length);
  for (let start = 0; start < blocks.length; start += length) {
    for (let i = 0; i < length; i++) mean[i] = mean[i]! + blocks[start + i]!;
  }
  return mean.map((value) => (value * length) / blocks.length);
}

/** Sums of blocks less a shift, and of their outer products in rows `stride` elements apart. */
interface SumsSoFar {
  readonly shift: Float64Array;
  readonly sum: Float64Array;
  readonly products: Float64Array;
  readonly stride: number;
}

interface Sums {
  setShift(shift: Float64Array): void;
  /** @param blocks - as many as a panel is deep, or fewer */
  add(blocks: Float32Array | Float64Array): void;
  read(): SumsSoFar;
  release(): void;
}

class ReferenceSums implements Sums {
  private shift: Float64Array;
  private readonly sum: Float64Array;
  private readonly products: Float64Array;

  constructor(length: number) {
    this.shift = new Float64Array(length);
    this.sum = new Float64Array(length);
    this.products = new Float64Array(length * length);
  }

  setShift(shift: Float64Array): void {
    this.shift = shift;
  }

  add(blocks: Float32Array | Float64Array): void {
    addShiftedBlocks(Float64Array.from(blocks), this.shift, this.sum, this.products);
  }

  read(): SumsSoFar {
    const { shift, sum, products } = this;
    return { shift, sum, products, stride: shift.length };
  }

  release(): void {
    // It holds nothing in the memory of the kernels.
  }
}

class KernelSums implements Sums {
  private readonly run: (...numbers: number[]) => number;
  private readonly stride: number;
  private readonly blocks: KernelArray<'float64'>;
  private readonly shift: KernelArray<'float64'>;
  private readonly sum: KernelArray<'float64'>;
  private readonly products: KernelArray<'float64'>;
  private readonly panels: KernelArray<'float64'>;

  constructor(private readonly length: number) {
    this.run = loadKernel('covariance')['addBlocks']!;
    this.stride = Math.ceil(length / TILE_WIDTH) * TILE_WIDTH;
    this.blocks = kernelMemory.allocate('float64', PANEL_DEPTH * length);
    this.shift = kernelMemory.allocate('float64', length);
    this.sum = kernelMemory.allocate('float64', length);
    this.products = kernelMemory.allocate('float64', this.stride * this.stride);
    this.panels = kernelMemory.allocate('float64', PANEL_DEPTH * this.stride);
    this.sum.view.fill(0);
    this.products.view.fill(0);
  }

  setShift(shift: Float64Array): void {
    this.shift.view.set(shift);
  }

  add(blocks: Float32Array | Float64Array): void {
    const { length, shift, sum, products, panels } = this;
    this.blocks.view.set(blocks);
    this.run(
      this.blocks.pointer,
      blocks.length / length,
      length,
      shift.pointer,
      sum.pointer,
      products.pointer,
      panels.pointer,
    );
  }

  read(): SumsSoFar {
    const { shift, sum, products, stride } = this;
    return { shift: shift.view.slice(), sum: sum.view.slice(), products: products.view, stride };
  }

  release(): void {
    for (const array of [this.blocks, this.shift, this.sum, this.products, this.panels]) array.release();
  }
}
