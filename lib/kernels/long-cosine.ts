/**
 * The orthonormal DCT-II of long signals and its inverse, the DCT-III, in SIMD WebAssembly: what
 * `reference/long-cosine.ts` specifies, in double precision to the last bit. Of many short blocks, `cosine.ts` takes
 * one in each lane.
 */
import { checkBlocks } from './block-runner';
import { ComplexTransformPlan } from './complex-transform-plan';
import type { FloatType, KernelArray, KernelViews } from './memory';
import { checkFourierLength, FourierLengthError, separationFactors } from './reference/fourier';
import { forwardRotation, inverseRotation, LongCosineReference } from './reference/long-cosine';
import { loadKernel, simdAvailable } from './webassembly';

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
    if (simd) this.kernel = new SimdPlan(length, type);
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
    for (let start = 0; start < signal.length; start += length) {
      if (kernel) kernel.forward(signal, coefficients, start);
      else runReference((from, to) => reference!.forward(from, to), length, signal, coefficients, start);
    }
  }

  /**
   * The signal that {@link forward} turns into these coefficients.
   *
   * @throws BlockLengthError
   */
  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    const { length, kernel, reference } = this;
    checkBlocks(coefficients.length, signal.length, length);
    for (let start = 0; start < signal.length; start += length) {
      if (kernel) kernel.inverse(coefficients, signal, start);
      else runReference((from, to) => reference!.inverse(from, to), length, coefficients, signal, start);
    }
  }

  release(): void {
    this.kernel?.release();
  }
}

/** What a plan holds in the memory of the kernels. */
class SimdPlan<K extends FloatType> {
  private readonly complex: ComplexTransformPlan<K>;
  private readonly samples: KernelArray<K>;
  private readonly coefficients: KernelArray<K>;
  private readonly runForward: () => void;
  private readonly runInverse: () => void;

  constructor(
    private readonly length: number,
    type: K,
  ) {
    const complex = new ComplexTransformPlan(type, length % 2 === 0 ? length / 2 : length, false);
    this.complex = complex;
    this.samples = complex.room(length);
    this.coefficients = complex.room(length);
    const tablesOf = ({ cosine, sine }: { cosine: Float64Array; sine: Float64Array }): number[] => {
      return [complex.table(type, cosine), complex.table(type, sine)];
    };
    const separation = tablesOf(separationFactors(length, 1));
    const arrays = [complex.pointer, length, this.samples.pointer, this.coefficients.pointer, ...separation];
    const forwardArguments = [...arrays, ...tablesOf(forwardRotation(length))];
    const inverseArguments = [...arrays, ...tablesOf(inverseRotation(length))];
    const kernel = loadKernel('long-cosine');
    const suffix = type === 'float32' ? 'Float32' : 'Float64';
    const [forward, inverse] = [kernel[`forward${suffix}`]!, kernel[`inverse${suffix}`]!];
    this.runForward = () => void forward(...forwardArguments);
    this.runInverse = () => void inverse(...inverseArguments);
  }

  forward(signal: KernelViews[K], coefficients: KernelViews[K], start: number): void {
    const given = (signal as Float64Array).subarray(start, start + this.length);
    (this.samples.view as Float64Array).set(given);
    this.runForward();
    (coefficients as Float64Array).set(this.coefficients.view as Float64Array, start);
  }

  inverse(coefficients: KernelViews[K], signal: KernelViews[K], start: number): void {
    const given = (coefficients as Float64Array).subarray(start, start + this.length);
    (this.coefficients.view as Float64Array).set(given);
    this.runInverse();
    (signal as Float64Array).set(this.samples.view as Float64Array, start);
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
  start: number,
): void {
  const result = new Float64Array(length);
  transform(Float64Array.from(from.subarray(start, start + length)), result);
  to.set(result, start);
}
