/**
 * Eigenvalues and eigenvectors of symmetric matrices, in SIMD WebAssembly: what `reference/eigen-symmetric.ts`
 * specifies, but for the order of additions; sorted, and with signs that do not depend on the way there.
 */
import type { KernelArray } from './runtime/memory';
import { decomposeSymmetric } from './reference/eigen-symmetric';
import { kernelMemory, loadKernel, simdAvailable, type KernelExports } from './runtime/webassembly';

/** Elements of a cache line. */
const LINE = 8;

/** A matrix that cannot be decomposed. */
export class EigenError extends RangeError {
  override readonly name = 'EigenError';
}

/** matrix = Σ value · vector · vectorᵀ. */
export interface EigenDecomposition {
  /** From the largest to the smallest. */
  readonly values: Float64Array;
  /**
   * One vector in each row, in the order of the values: orthonormal, and each with its component of largest
   * magnitude (the first of those) positive.
   */
  readonly vectors: Float64Array;
}

/** A plan for matrices of one size. Its owner releases it. */
export class SymmetricEigensolver {
  private readonly kernel: EigenKernel | undefined;

  /**
   * @param size - rows of a matrix, 1 or more
   * @param simd - false for the reference version
   * @throws EigenError when there are no rows
   * @throws KernelMemoryError
   */
  constructor(
    readonly size: number,
    simd: boolean = simdAvailable,
  ) {
    if (!(Number.isInteger(size) && size > 0)) {
      throw new EigenError(`A matrix to decompose must have 1, 2, 3 … rows, not ${size}.`);
    }
    if (simd) this.kernel = new EigenKernel(size);
  }

  /**
   * Decomposes a matrix. About 5·`size`³ multiply–adds; errors are a few roundings of the largest eigenvalue.
   *
   * @param matrix - `size` × `size`; only the diagonal and the elements right of it are read
   * @throws EigenError when there are not as many elements, or some are not finite
   */
  decompose(matrix: Float64Array): EigenDecomposition {
    const { size } = this;
    if (matrix.length !== size * size) {
      throw new EigenError(`${matrix.length} elements are no matrix of ${size} × ${size}.`);
    }
    const symmetric = new Float64Array(size * size);
    let largest = 0;
    for (let i = 0; i < size; i++) {
      for (let j = i; j < size; j++) {
        const value = matrix[i * size + j]!;
        if (!Number.isFinite(value))
          throw new EigenError(`The element in row ${i}, column ${j} is ${value}.`);
        largest = Math.max(largest, Math.abs(value));
        symmetric[i * size + j] = value;
        symmetric[j * size + i] = value;
      }
    }
    // By a power of two, which rounds nothing: squares neither overflow nor vanish.
    const exponent = largest > 0 ? Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest)))) : 0;
    const scale = 2 ** exponent;
    for (let i = 0; i < symmetric.length; i++) symmetric[i] = symmetric[i]! / scale;
    const values = new Float64Array(size);
    const vectors = new Float64Array(size * size);
    const converged = this.kernel
      ? this.kernel.decompose(symmetric, values, vectors)
      : decomposeSymmetric(symmetric, size, values, vectors);
    if (!converged) throw new EigenError(`The eigenvalues of this matrix of ${size} rows do not converge.`);
    for (let i = 0; i < size; i++) values[i] = values[i]! * scale;
    return inOrder(values, vectors);
  }

  release(): void {
    this.kernel?.release();
  }
}

function inOrder(values: Float64Array, vectors: Float64Array): EigenDecomposition {
  const size = values.length;
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => {
    const vector = vectors.subarray(from * size, (from + 1) * size);
    let peak = 0;
    for (let j = 1; j < size; j++) if (Math.abs(vector[j]!) > Math.abs(vector[peak]!)) peak = j;
    const sign = vector[peak]! < 0 ? -1 : 1;
    for (let j = 0; j < size; j++) sorted[to * size + j] = sign * vector[j]!;
  });
  return { values: Float64Array.from(order, (from) => values[from]!), vectors: sorted };
}

/** Arrays of a plan in the memory of the kernels. */
class EigenKernel {
  private readonly kernel: KernelExports;
  /** Elements from one row to the next. */
  private readonly stride: number;
  private readonly matrix: KernelArray<'float64'>;
  private readonly vectors: KernelArray<'float64'>;
  private readonly diagonal: KernelArray<'float64'>;
  private readonly beside: KernelArray<'float64'>;
  private readonly factors: KernelArray<'float64'>;
  private readonly row: KernelArray<'float64'>;
  private readonly products: KernelArray<'float64'>;
  private readonly angles: KernelArray<'float64'>;

  constructor(private readonly size: number) {
    this.kernel = loadKernel('eigen-symmetric');
    const lines = Math.ceil(size / LINE);
    this.stride = LINE * (lines + 1 - (lines % 2));
    const allocate = (length: number): KernelArray<'float64'> => kernelMemory.allocate('float64', length);
    this.matrix = allocate(size * this.stride);
    this.vectors = allocate(size * this.stride);
    this.diagonal = allocate(size);
    this.beside = allocate(size);
    this.factors = allocate(size);
    this.row = allocate(this.stride);
    this.products = allocate(this.stride);
    this.angles = allocate(2 * size);
  }

  decompose(symmetric: Float64Array, values: Float64Array, vectors: Float64Array): boolean {
    const { size, stride, kernel, matrix, diagonal, beside, factors } = this;
    const given = matrix.view;
    given.fill(0);
    for (let i = 0; i < size; i++) given.set(symmetric.subarray(i * size, (i + 1) * size), i * stride);
    const bytes = stride * Float64Array.BYTES_PER_ELEMENT;
    kernel['tridiagonalize']!(
      matrix.pointer,
      size,
      bytes,
      diagonal.pointer,
      beside.pointer,
      factors.pointer,
      this.row.pointer,
      this.products.pointer,
    );
    const found = this.vectors;
    kernel['accumulateReflections']!(matrix.pointer, size, bytes, factors.pointer, found.pointer);
    const { angles } = this;
    const fault = kernel['diagonalize']!(
      diagonal.pointer,
      beside.pointer,
      size,
      found.pointer,
      bytes,
      angles.pointer,
    );
    values.set(diagonal.view);
    for (let i = 0; i < size; i++) {
      vectors.set(found.view.subarray(i * stride, i * stride + size), i * size);
    }
    return fault === 0;
  }

  release(): void {
    const { matrix, vectors, diagonal, beside, factors, row, products, angles } = this;
    for (const array of [matrix, vectors, diagonal, beside, factors, row, products, angles]) array.release();
  }
}
