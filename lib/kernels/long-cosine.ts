/**
 * The orthonormal DCT-II of long signals and its inverse, the DCT-III, in SIMD WebAssembly: what
 * `reference/long-cosine.ts` specifies, in double precision to the last bit. Of many short blocks, `cosine.ts` takes
 * one in each lane.
 */
import { checkBlocks } from './runtime/block-runner';
import { ComplexTransformPlan } from './complex-transform-plan';
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import { checkFourierLength, FourierLengthError, separationFactors } from './reference/fourier';
import { forwardRotation, inverseRotation, LongCosineReference } from './reference/long-cosine';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** Samples of short signals that go through the memory of the kernels at once. */
const CHUNK_ELEMENTS = 8192;

/** Transforms signals of one length in one precision. Its owner releases it. */
export class LongCosineTransform<K extends FloatType> {
  private readonly reference: LongCosineReference | undefined;
  private readonly kernel: SimdPlan<K> | undefined;

  /**
   * @param length - samples of a signal, N, 1 or more; fastest when even, with no prime factors but 2, 3 and 5
   * @param type - of signal and coefficients
   * @param simd - false for the reference version
   * @throws FourierLengthError
   * @throws KernelMemoryError
   */
  constructor(
    readonly length: number,
    type: K,
    simd: boolean = simdAvailable,
  ) {
    checkFourierLength(length);
    if (length === 0) throw new FourierLengthError('A cosine transform must have a sample at least.');
    if (simd) this.kernel = kernelMemory.allOrNothing(() => new SimdPlan(length, type));
    else this.reference = new LongCosineReference(length);
  }

  /**
   * X[k] = s(k)·Σ x[n]·cos(π·k·(2n + 1)/(2N)), s(0) = √(1/N) and s(k) = √(2/N) otherwise. Of the order of N·log N
   * operations.
   *
   * @param signal - N samples, or such signals one after another
   * @param coefficients - receives as many; may be `signal`
   * @throws BlockLengthError
   */
  forward(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    const { length, kernel, reference } = this;
    checkBlocks(signal.length, coefficients.length, length);
    if (kernel) return kernel.forward(signal, coefficients);
    runReference((from, to) => reference!.forward(from, to), length, signal, coefficients);
  }

  /**
   * The signal that {@link forward} turns into these coefficients.
   *
   * @throws BlockLengthError
   */
  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    const { length, kernel, reference } = this;
    checkBlocks(coefficients.length, signal.length, length);
    if (kernel) return kernel.inverse(coefficients, signal);
    runReference((from, to) => reference!.inverse(from, to), length, coefficients, signal);
  }

  release(): void {
    this.kernel?.release();
  }
}

/** Arrays of a plan in the memory of the kernels. */
class SimdPlan<K extends FloatType> {
  private readonly complex: ComplexTransformPlan<K>;
  private readonly samples: KernelArray<K>;
  private readonly coefficients: KernelArray<K>;
  private readonly chunk: number;
  private readonly runForward: (count: number) => void;
  private readonly runInverse: (count: number) => void;

  constructor(
    private readonly length: number,
    type: K,
  ) {
    const complex = new ComplexTransformPlan(type, length % 2 === 0 ? length / 2 : length, false);
    this.complex = complex;
    this.chunk = Math.max(1, Math.floor(CHUNK_ELEMENTS / length)) * length;
    this.samples = complex.room(this.chunk);
    this.coefficients = complex.room(this.chunk);
    const tablesOf = ({ cosine, sine }: { cosine: Float64Array; sine: Float64Array }): [number, number] => {
      return [complex.table(type, cosine), complex.table(type, sine)];
    };
    const separation = tablesOf(separationFactors(length, 1));
    const rotation = tablesOf(forwardRotation(length));
    const unrotation = tablesOf(inverseRotation(length));
    const arrays = [complex.pointer, length, this.samples.pointer, this.coefficients.pointer];
    const kernel = loadKernel('long-cosine');
    const suffix = type === 'float32' ? 'Float32' : 'Float64';
    const [forward, inverse] = [kernel[`forward${suffix}`]!, kernel[`inverse${suffix}`]!];
    this.runForward = (count) => void forward(...arrays, count, ...separation, ...rotation);
    this.runInverse = (count) => void inverse(...arrays, count, ...separation, ...unrotation);
  }

  forward(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    this.runChunks(this.runForward, signal, this.samples, this.coefficients, coefficients);
  }

  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    this.runChunks(this.runInverse, coefficients, this.coefficients, this.samples, signal);
  }

  private runChunks(
    run: (count: number) => void,
    from: KernelViews[K],
    given: KernelArray<K>,
    computed: KernelArray<K>,
    to: KernelViews[K],
  ): void {
    const givenView = given.view as Float64Array;
    const computedView = computed.view as Float64Array;
    for (let start = 0; start < from.length; start += this.chunk) {
      const end = Math.min(from.length, start + this.chunk);
      givenView.set((from as Float64Array).subarray(start, end));
      run((end - start) / this.length);
      (to as Float64Array).set(computedView.subarray(0, end - start), start);
    }
  }

  release(): void {
    this.complex.release();
  }
}

function runReference(
  transform: (from: Float64Array, to: Float64Array) => void,
  length: number,
  from: Float32Array | Float64Array,
  to: Float32Array | Float64Array,
): void {
  const result = new Float64Array(length);
  for (let start = 0; start < from.length; start += length) {
    transform(Float64Array.from(from.subarray(start, start + length)), result);
    to.set(result, start);
  }
}
