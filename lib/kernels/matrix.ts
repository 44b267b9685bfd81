/**
 * Products of matrices as large as the data, in SIMD WebAssembly: what `reference/matrix.ts` specifies, but for the
 * order of additions. Matrices are stored row by row.
 */
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import { addOuterProducts, multiplyMatrices } from './reference/matrix';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** Elements of a row of a tile, the tile's rows, and the depth of a panel, as the kernel has them. */
const TILE_WIDTH: Readonly<Record<FloatType, number>> = { float32: 8, float64: 4 };
const TILE_ROWS = 4;
const PANEL_DEPTH = 256;
const PANEL_HEIGHT = 64;

/** Elements of rows that are copied at a time. */
const CHUNK_ELEMENTS = 2 ** 17;

/** Matrices whose sizes do not fit together. */
export class MatrixSizeError extends RangeError {
  override readonly name = 'MatrixSizeError';
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** Rows that are worked on at a time. */
function rowsPerChunk(elementsOfRow: number): number {
  return roundUp(Math.max(1, CHUNK_ELEMENTS / elementsOfRow), PANEL_DEPTH);
}

/**
 * Multiplies matrices by one matrix: of a change of basis, or of the projection on k vectors, which are its columns.
 * Its owner releases it.
 */
export class MatrixMultiplication<K extends FloatType> {
  private readonly kernel: MultiplicationKernel<K> | undefined;

  /**
   * @param right - `inner` × `columns`; copied
   * @param inner - 1 or more
   * @param columns - 1 or more
   * @param simd - false for the reference version
   * @throws MatrixSizeError when `right` has another number of elements
   * @throws KernelMemoryError
   */
  constructor(
    private readonly right: KernelViews[K],
    readonly inner: number,
    readonly columns: number,
    type: K,
    simd: boolean = simdAvailable,
  ) {
    if (right.length !== inner * columns || !(inner > 0 && columns > 0)) {
      throw new MatrixSizeError(`A matrix of ${inner} × ${columns} cannot have ${right.length} elements.`);
    }
    if (simd)
      this.kernel = kernelMemory.allOrNothing(() => new MultiplicationKernel(right, inner, columns, type));
    else this.right = right.slice() as KernelViews[K];
  }

  /**
   * product = left · right. M · `inner` · `columns` multiply–adds.
   *
   * @param left - M × `inner`
   * @param product - receives M × `columns`
   * @throws MatrixSizeError when the two do not have equally many whole rows
   */
  multiply(left: KernelViews[K], product: KernelViews[K]): void {
    const { inner, columns } = this;
    const rows = left.length / inner;
    if (!Number.isInteger(rows) || product.length !== rows * columns) {
      throw new MatrixSizeError(
        `${left.length} and ${product.length} elements are not equally many rows of ${inner} and of ${columns}.`,
      );
    }
    if (this.kernel) this.kernel.multiply(left, product);
    else multiplyMatrices(left, this.right, inner, columns, product);
  }

  release(): void {
    this.kernel?.release();
  }
}

/** left · right, once. @param right - `inner` × `columns` */
export function matrixProduct(
  left: Float64Array,
  right: Float64Array,
  inner: number,
  columns: number,
): Float64Array {
  const multiplication = new MatrixMultiplication(right, inner, columns, 'float64');
  try {
    const product = new Float64Array((left.length / inner) * columns);
    multiplication.multiply(left, product);
    return product;
  } finally {
    multiplication.release();
  }
}

/** Columns for rows. @param matrix - `rows` × `columns` */
export function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  let i = 0;
  // Eight rows at a time: what is written fills a line of the cache.
  for (; i + 8 <= rows; i += 8) {
    for (let j = 0, at = i, from = i * columns; j < columns; j++, at += rows, from++) {
      result[at] = matrix[from]!;
      result[at + 1] = matrix[from + columns]!;
      result[at + 2] = matrix[from + 2 * columns]!;
      result[at + 3] = matrix[from + 3 * columns]!;
      result[at + 4] = matrix[from + 4 * columns]!;
      result[at + 5] = matrix[from + 5 * columns]!;
      result[at + 6] = matrix[from + 6 * columns]!;
      result[at + 7] = matrix[from + 7 * columns]!;
    }
  }
  for (; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j]!;
  }
  return result;
}

/** Arrays of a multiplication in the memory of the kernels. */
class MultiplicationKernel<K extends FloatType> {
  private readonly run: (...numbers: number[]) => number;
  private readonly chunk: number;
  private readonly paddedColumns: number;
  private readonly panels: KernelArray<K>;
  private readonly scratch: KernelArray<K>;
  private readonly left: KernelArray<K>;
  private readonly product: KernelArray<K>;

  constructor(
    right: KernelViews[K],
    private readonly inner: number,
    private readonly columns: number,
    type: K,
  ) {
    const kernel = loadKernel('matrix');
    const suffix = type === 'float32' ? 'Float32' : 'Float64';
    this.run = kernel[`multiply${suffix}`]!;
    this.paddedColumns = roundUp(columns, TILE_WIDTH[type]);
    this.chunk = rowsPerChunk(inner + this.paddedColumns);
    this.panels = kernelMemory.allocate(type, inner * this.paddedColumns);
    this.scratch = kernelMemory.allocate(type, PANEL_HEIGHT * PANEL_DEPTH);
    this.left = kernelMemory.allocate(type, this.chunk * inner);
    this.product = kernelMemory.allocate(type, this.chunk * this.paddedColumns);
    const given = kernelMemory.copyOf(type, right);
    kernel[`packRight${suffix}`]!(given.pointer, inner, columns, this.panels.pointer);
    given.release();
  }

  multiply(left: KernelViews[K], product: KernelViews[K]): void {
    const { inner, columns, paddedColumns, chunk } = this;
    const rows = left.length / inner;
    const given = this.left.view as Float64Array;
    const computed = this.product.view as Float64Array;
    for (let first = 0; first < rows; first += chunk) {
      const count = Math.min(chunk, rows - first);
      given.set((left as Float64Array).subarray(first * inner, (first + count) * inner));
      const { panels, scratch } = this;
      this.run(
        this.left.pointer,
        count,
        inner,
        panels.pointer,
        columns,
        this.product.pointer,
        scratch.pointer,
      );
      const target = product as Float64Array;
      if (columns === paddedColumns) {
        target.set(computed.subarray(0, count * columns), first * columns);
        continue;
      }
      for (let i = 0; i < count; i++) {
        const row = computed.subarray(i * paddedColumns, i * paddedColumns + columns);
        target.set(row, (first + i) * columns);
      }
    }
  }

  release(): void {
    for (const array of [this.panels, this.scratch, this.left, this.product]) array.release();
  }
}

/** Accumulates Σ x·xᵀ over vectors x, the sum in a covariance. The owner must release it. */
export class OuterProductSum<K extends FloatType> {
  private readonly total: Float64Array;
  private readonly kernel: OuterProductKernel<K> | undefined;

  /**
   * @param size - elements of a vector, 1 or more
   * @param simd - false for the reference version
   * @throws KernelMemoryError
   */
  constructor(
    readonly size: number,
    type: K,
    simd: boolean = simdAvailable,
  ) {
    this.total = new Float64Array(simd ? 0 : size * size);
    if (simd) this.kernel = kernelMemory.allOrNothing(() => new OuterProductKernel(size, type));
  }

  /**
   * Adds the outer products of vectors. `size`²/2 multiply–adds each.
   *
   * @param rows - vectors, one after another
   * @throws MatrixSizeError when they are not whole vectors
   */
  add(rows: KernelViews[K]): void {
    if (rows.length % this.size !== 0) {
      throw new MatrixSizeError(`${rows.length} elements are no whole vectors of ${this.size}.`);
    }
    if (this.kernel) this.kernel.add(rows);
    else addOuterProducts(rows, this.size, this.total);
  }

  /** The sum so far, `size` × `size`, symmetric to the last bit. */
  sum(): Float64Array {
    return this.kernel ? this.kernel.sum() : this.total.slice();
  }

  release(): void {
    this.kernel?.release();
  }
}

/** Arrays of a sum in the memory of the kernels. */
class OuterProductKernel<K extends FloatType> {
  private readonly run: (...numbers: number[]) => number;
  private readonly padded: number;
  private readonly chunk: number;
  private readonly rows: KernelArray<K>;
  private readonly panels: KernelArray<K>;
  private readonly total: KernelArray<K>;

  constructor(
    private readonly size: number,
    type: K,
  ) {
    const kernel = loadKernel('matrix');
    this.run = kernel[type === 'float32' ? 'addOuterProductsFloat32' : 'addOuterProductsFloat64']!;
    this.padded = roundUp(size, Math.max(TILE_WIDTH[type], TILE_ROWS));
    this.chunk = rowsPerChunk(size);
    this.rows = kernelMemory.allocate(type, this.chunk * size);
    this.panels = kernelMemory.allocate(type, PANEL_DEPTH * this.padded);
    this.total = kernelMemory.allocate(type, this.padded * this.padded);
    this.total.view.fill(0);
  }

  add(rows: KernelViews[K]): void {
    const { size, chunk } = this;
    const count = rows.length / size;
    for (let first = 0; first < count; first += chunk) {
      const taken = Math.min(chunk, count - first);
      this.rows.view.set((rows as Float64Array).subarray(first * size, (first + taken) * size));
      this.run(this.rows.pointer, taken, size, this.total.pointer, this.panels.pointer);
    }
  }

  sum(): Float64Array {
    const { size, padded } = this;
    const computed = this.total.view;
    const result = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = i; j < size; j++) {
        const value = computed[i * padded + j]!;
        result[i * size + j] = value;
        result[j * size + i] = value;
      }
    }
    return result;
  }

  release(): void {
    for (const array of [this.rows, this.panels, this.total]) array.release();
  }
}
