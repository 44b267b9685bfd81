/**
 * The DCT-II of many blocks and its inverse, in SIMD WebAssembly: what {@link CosineTransform} of `dct.ts` specifies,
 * in double precision to the last bit.
 */
import { BlockRunner, checkBlocks, LANES } from './runtime/block-runner';
import { CosineTransform } from './dct';
import { cosineOfTurn, sineOfTurn } from './exact-trigonometry';
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** Shorter blocks are not worth a kernel. */
const SHORTEST = 8;

/** Elements that are in the memory of the kernels at once: however long a signal is, it takes no more. */
const MOST_ELEMENTS = 2 ** 20;

/** A plan: transforms blocks of one length in one precision. Its owner releases it. */
export class BlockCosineTransform<K extends FloatType> {
  private readonly reference: CosineTransform;
  private readonly kernel: SimdPlan<K> | undefined;

  /**
   * @param length - samples of a block, N, a power of two, 2 or more
   * @param type - of signal and coefficients
   * @param simd - false for the reference version
   * @throws TransformLengthError when N is not a power of two
   */
  constructor(
    readonly length: number,
    private readonly type: K,
    simd: boolean = simdAvailable,
  ) {
    this.reference = new CosineTransform(length);
    if (simd && length >= SHORTEST) this.kernel = kernelMemory.allOrNothing(() => new SimdPlan(length, type));
  }

  /**
   * X[k] = s(k)·Σ x[n]·cos(π·k·(2n + 1)/(2N)) of every block. About 2·log₂N multiply–adds a sample.
   *
   * @param signal - whole blocks, one after another
   * @param coefficients - receives as many blocks; may be `signal`
   * @throws BlockLengthError
   */
  forward(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    const { kernel, length } = this;
    if (kernel) return kernel.runner.run(kernel.forwardBlocks, signal, coefficients);
    checkBlocks(signal.length, coefficients.length, length);
    for (let start = 0; start < signal.length; start += length) {
      const block = Float64Array.from(signal.subarray(start, start + length) as Float64Array);
      const result = new Float64Array(length);
      this.reference.forward(block, 0, result, 0, 1);
      coefficients.set(result, start);
    }
  }

  /**
   * The signal that {@link forward} turns into these coefficients.
   *
   * @throws BlockLengthError
   */
  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    const { kernel, length } = this;
    if (kernel) return kernel.runner.run(kernel.inverseBlocks, coefficients, signal);
    checkBlocks(coefficients.length, signal.length, length);
    for (let start = 0; start < signal.length; start += length) {
      const block = Float64Array.from(coefficients.subarray(start, start + length) as Float64Array);
      const result = new Float64Array(length);
      this.reference.inverse(block, 0, 1, result, 0);
      signal.set(result, start);
    }
  }

  /**
   * As {@link forward}, for blocks that lie in the memory of the kernels: nothing is copied.
   *
   * @param blocks - whole blocks, a multiple of the lanes of them; becomes their coefficients
   * @throws BlockLengthError
   */
  forwardInPlace(blocks: KernelArray<K>): void {
    const group = this.length * LANES[this.type];
    checkBlocks(blocks.length, blocks.length, group);
    if (this.kernel) this.kernel.forwardBlocks(blocks.pointer, blocks.pointer, blocks.length / group);
    else this.forward(blocks.view, blocks.view);
  }

  /**
   * As {@link forward}, for coefficients in subbands.
   *
   * @param signal - B whole blocks, one after another
   * @returns X[k] of block b at k·B + b
   * @throws BlockLengthError
   */
  toSubbands(signal: KernelViews[K]): KernelViews[K] {
    checkBlocks(signal.length, signal.length, this.length);
    if (this.kernel) return this.kernel.toSubbands(signal);
    const result = new Float64Array(signal.length);
    const source = Float64Array.from(signal as Float64Array);
    const blocks = signal.length / this.length;
    for (let b = 0; b < blocks; b++) this.reference.forward(source, b * this.length, result, b, blocks);
    return this.inOwnType(result);
  }

  /**
   * The signal that {@link toSubbands} turns into these coefficients.
   *
   * @throws BlockLengthError
   */
  fromSubbands(coefficients: KernelViews[K]): KernelViews[K] {
    checkBlocks(coefficients.length, coefficients.length, this.length);
    if (this.kernel) return this.kernel.fromSubbands(coefficients);
    const result = new Float64Array(coefficients.length);
    const source = Float64Array.from(coefficients as Float64Array);
    const blocks = coefficients.length / this.length;
    for (let b = 0; b < blocks; b++) this.reference.inverse(source, b, blocks, result, b * this.length);
    return this.inOwnType(result);
  }

  release(): void {
    this.kernel?.release();
  }

  private inOwnType(values: Float64Array): KernelViews[K] {
    return (this.type === 'float32' ? Float32Array.from(values) : values) as KernelViews[K];
  }
}

type GroupKernel = (source: number, target: number, step: number, groups: number) => void;

/** Arrays of a plan in the memory of the kernels. */
class SimdPlan<K extends FloatType> {
  readonly runner: BlockRunner<K>;
  readonly forwardBlocks: (source: number, target: number, groups: number) => void;
  readonly inverseBlocks: (source: number, target: number, groups: number) => void;
  private readonly forward: GroupKernel;
  private readonly inverse: GroupKernel;
  private readonly arrays: readonly KernelArray<'uint32' | K>[];

  constructor(
    private readonly length: number,
    private readonly type: K,
  ) {
    const kernel = loadKernel('cosine');
    const suffix = type === 'float32' ? 'Float32' : 'Float64';
    const run = { forward: kernel[`forward${suffix}`]!, inverse: kernel[`inverse${suffix}`]! };
    const half = length / 2;
    const { reversed, input, output } = vectorOrders(length);
    const tables = {
      input: kernelMemory.copyOf('uint32', input),
      output: kernelMemory.copyOf('uint32', output),
      reversed: kernelMemory.copyOf('uint32', reversed),
      roots: kernelMemory.copyOf(
        type,
        turns(half, (k) => [cosineOfTurn(k, length), -sineOfTurn(k, length)]),
      ),
      rotations: kernelMemory.copyOf(
        type,
        turns(half + 1, (k) => {
          const scale = Math.sqrt((k === 0 ? 1 : 2) / length) / (k === 0 || k === half ? 1 : 2);
          return [scale * cosineOfTurn(k, 4 * length), scale * sineOfTurn(k, 4 * length)];
        }),
      ),
      inverseRotations: kernelMemory.copyOf(
        type,
        turns(half + 1, (k) => {
          const scale = Math.sqrt((k === 0 ? 1 : 2) / length) * length;
          return [cosineOfTurn(k, 4 * length) / scale, sineOfTurn(k, 4 * length) / scale];
        }),
      ),
      values: kernelMemory.allocate(type, length * LANES[type]),
      vectors: kernelMemory.allocate(type, length * LANES[type]),
    };
    this.arrays = Object.values(tables) as KernelArray<'uint32' | K>[];
    this.runner = new BlockRunner(type, length);
    const { roots, rotations, inverseRotations, values, vectors } = tables;
    this.forward = (source, target, step, groups) => {
      const forwardTables = [tables.input, roots, rotations, values, vectors].map((t) => t.pointer);
      run.forward(source, target, step, groups, half, ...forwardTables);
    };
    this.inverse = (source, target, step, groups) => {
      const orders = [tables.reversed, tables.output];
      const inverseTables = [...orders, roots, inverseRotations, values, vectors].map((t) => t.pointer);
      run.inverse(source, step, target, groups, half, ...inverseTables);
    };
    this.forwardBlocks = (source, target, groups) => this.forward(source, target, 0, groups);
    this.inverseBlocks = (source, target, groups) => this.inverse(source, target, 0, groups);
  }

  toSubbands(signal: KernelViews[K]): KernelViews[K] {
    const { length, type } = this;
    const blocks = signal.length / length;
    const result = emptyArray(type, signal.length) as Float64Array;
    const { most, step, source, target } = this.subbandArrays(blocks);
    const given = source.view as Float64Array;
    const computed = target.view as Float64Array;
    for (let first = 0; first < blocks; first += most) {
      const count = Math.min(most, blocks - first);
      given.set((signal as Float64Array).subarray(first * length, (first + count) * length));
      this.forward(source.pointer, target.pointer, step, Math.ceil(count / LANES[type]));
      for (let k = 0; k < length; k++) {
        result.set(computed.subarray(k * step, k * step + count), k * blocks + first);
      }
    }
    source.release();
    target.release();
    return result as KernelViews[K];
  }

  fromSubbands(coefficients: KernelViews[K]): KernelViews[K] {
    const { length, type } = this;
    const blocks = coefficients.length / length;
    const signal = emptyArray(type, coefficients.length) as Float64Array;
    const { most, step, source, target } = this.subbandArrays(blocks);
    const given = target.view as Float64Array;
    const computed = source.view as Float64Array;
    for (let first = 0; first < blocks; first += most) {
      const count = Math.min(most, blocks - first);
      for (let k = 0; k < length; k++) {
        const from = k * blocks + first;
        given.set((coefficients as Float64Array).subarray(from, from + count), k * step);
      }
      this.inverse(target.pointer, source.pointer, step, Math.ceil(count / LANES[type]));
      signal.set(computed.subarray(0, count * length), first * length);
    }
    source.release();
    target.release();
    return signal as KernelViews[K];
  }

  /**
   * Room for a signal, or as much of it as is transformed at once, and for its coefficients in subbands that start
   * an odd number of vectors apart.
   */
  private subbandArrays(blocks: number): {
    /** Blocks that are transformed at once. */
    most: number;
    step: number;
    source: KernelArray<K>;
    target: KernelArray<K>;
  } {
    const { length, type } = this;
    const lanes = LANES[type];
    const groups = Math.min(Math.ceil(blocks / lanes), Math.max(1, MOST_ELEMENTS / (length * lanes)));
    // A power of two would have all subbands share a few lines of the cache.
    const step = lanes * (groups | 1);
    return kernelMemory.allOrNothing(() => ({
      most: groups * lanes,
      step,
      source: kernelMemory.allocate(type, groups * lanes * length),
      target: kernelMemory.allocate(type, step * length),
    }));
  }

  release(): void {
    this.runner.release();
    for (const array of this.arrays) array.release();
  }
}

function emptyArray<K extends FloatType>(type: K, length: number): KernelViews[K] {
  return (type === 'float32' ? new Float32Array(length) : new Float64Array(length)) as KernelViews[K];
}

/** Pairs of numbers side by side, k = 0 … count − 1. */
function turns(count: number, pairOf: (k: number) => readonly [number, number]): Float64Array {
  const pairs = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) pairs.set(pairOf(k), 2 * k);
  return pairs;
}

/** Places, in bytes, among N/2 complex vectors whose parts are 16 bytes each. */
function vectorOrders(length: number): { reversed: Uint32Array; input: Uint32Array; output: Uint32Array } {
  const half = length / 2;
  const reversed = new Uint32Array(half);
  for (let i = 1; i < half; i++) reversed[i] = (reversed[i >> 1]! >> 1) + (i % 2 === 1 ? half / 2 : 0);
  const input = new Uint32Array(length);
  const output = new Uint32Array(length);
  for (let n = 0; n < length; n++) {
    // Even samples first, then the odd ones from the last on.
    const place = n % 2 === 0 ? n / 2 : length - 1 - (n - 1) / 2;
    input[n] = 32 * reversed[place >> 1]! + 16 * (place & 1);
    output[n] = 32 * (place >> 1) + 16 * (1 - (place & 1));
  }
  return { reversed: reversed.map((place) => 32 * place), input, output };
}
