/**
 * What the complex Fourier transform, which the kernels of the Fourier family share, holds in the memory of the
 * kernels: its factors, and the arrays it works in.
 */
import { LANES } from './runtime/block-runner';
import type { ElementType, FloatType, KernelArray, KernelViews } from './runtime/memory';
import { chirpOf, radicesOf, stageFactors } from './reference/fourier';
import { kernelMemory } from './runtime/webassembly';

/**
 * Elements behind the last value of an array. A last vector may reach beyond it; and arrays of a power of two right
 * behind each other would have their values share a few lines of the cache: 17 lines between them make long transforms
 * a tenth to a fifth faster.
 */
const SPACING: Readonly<Record<FloatType, number>> = { float32: 272, float64: 136 };

/** A plan for one length, 1 or more, in one precision. Its owner releases it. */
export class ComplexTransformPlan<K extends FloatType> {
  /** The values of one signal, or of a group of blocks, real and imaginary parts, and as much room again. */
  readonly re: KernelArray<K>;
  readonly im: KernelArray<K>;
  readonly workRe: KernelArray<K>;
  readonly workIm: KernelArray<K>;
  private readonly words: KernelArray<'uint32'>;
  private readonly tables: KernelArray<ElementType>[] = [];

  /**
   * @param length - complex values of a block
   * @param inLanes - whether every SIMD lane takes a block, or all of them one signal
   * @throws KernelMemoryError
   */
  constructor(
    private readonly type: K,
    readonly length: number,
    inLanes: boolean,
  ) {
    const smooth = radicesOf(length);
    const chirp = smooth ? undefined : chirpOf(length);
    const size = chirp?.size ?? length;
    const radices = smooth ?? radicesOf(size)!;
    const factors = stageFactors(size, radices);
    const columns = size / 4;
    // Columns of the first stage are too short for a vector, so many go together, with their factors in tables.
    const sorted = !inLanes && radices[0] === 4 && columns >= LANES[type];
    if (sorted) factors.set(inTables(factors.subarray(0, 6 * columns), columns));
    // Real transforms have a value more than pairs.
    const room = Math.max(size, length + 1) * (inLanes ? LANES[type] : 1) + SPACING[type];
    [this.re, this.im, this.workRe, this.workIm] = [0, 1, 2, 3].map(() => {
      const array = kernelMemory.allocate(type, room);
      array.view.fill(0);
      return array;
    }) as [KernelArray<K>, KernelArray<K>, KernelArray<K>, KernelArray<K>];
    const factorTable = this.table(type, factors);
    const words = [
      length,
      size,
      this.table('uint32', [...radices, 0]),
      factorTable,
      sorted ? factorTable : 0,
      ...(chirp ? [chirp.re, chirp.im, chirp.spectrumRe, chirp.spectrumIm] : []).map((values) =>
        this.table(type, values),
      ),
      ...(chirp ? [] : [0, 0, 0, 0]),
      inLanes ? 1 : 0,
      ...[this.re, this.im, this.workRe, this.workIm].map((array) => array.pointer),
    ];
    this.words = kernelMemory.copyOf('uint32', words);
  }

  /** For calls of kernels. */
  get pointer(): number {
    return this.words.pointer;
  }

  /**
   * The arrays where a transform left its result.
   *
   * @param moved - what the kernel returned: 1 for the work arrays
   */
  resultViews(moved: number): { readonly re: KernelViews[K]; readonly im: KernelViews[K] } {
    if (moved === 1) return { re: this.workRe.view, im: this.workIm.view };
    return { re: this.re.view, im: this.im.view };
  }

  /** Address of a table of numbers that is released with the plan. */
  table(type: ElementType, values: ArrayLike<number>): number {
    const array = kernelMemory.copyOf(type, values);
    this.tables.push(array);
    return array.pointer;
  }

  /** Address of room for as many numbers, cleared, that is released with the plan. */
  room(length: number): KernelArray<K> {
    const array = kernelMemory.allocate(this.type, length);
    array.view.fill(0);
    this.tables.push(array as KernelArray<ElementType>);
    return array;
  }

  release(): void {
    for (const array of [this.re, this.im, this.workRe, this.workIm, this.words, ...this.tables]) {
      array.release();
    }
  }
}

/** From 3 complex factors for each column to 6 tables of a number for each column. */
function inTables(factors: Float64Array, columns: number): Float64Array {
  return Float64Array.from({ length: 6 * columns }, (_, i) => {
    return factors[6 * (i % columns) + Math.floor(i / columns)]!;
  });
}
