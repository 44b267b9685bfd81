/**
 * The dead-zone quantizer and its inverse in SIMD WebAssembly: what `reference/quantizer.ts` specifies, to the last
 * bit.
 */
import type { KernelArray } from './runtime/memory';
import {
  quantizeCoefficients,
  reconstructCoefficients,
  type Quantization,
  type Reconstruction,
} from './reference/quantizer';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** Coefficients that are worked on at a time; even: they go through the kernel two by two. */
const CHUNK = 8192;

/** A step that is none, or arrays of different lengths. */
export class QuantizerError extends RangeError {
  override readonly name = 'QuantizerError';
}

/** A plan; its owner releases it. */
export class DeadZoneQuantizer {
  private readonly kernel: QuantizerKernel | undefined;

  /**
   * @param quantization - how coefficients become integers
   * @param simd - false for the reference version
   * @throws KernelMemoryError
   */
  constructor(
    private readonly quantization: Quantization,
    simd: boolean = simdAvailable,
  ) {
    if (simd) this.kernel = kernelMemory.allOrNothing(() => new QuantizerKernel());
  }

  /**
   * Coefficients become integers.
   *
   * @param step - distance of the cells, in the unit of the coefficients, above 0
   * @param quantized - receives as many
   * @throws QuantizerError
   */
  quantize(coefficients: Float64Array, step: number, quantized: Int32Array): void {
    check(coefficients.length, quantized.length, step);
    if (this.kernel) this.kernel.quantize(coefficients, step, this.quantization, quantized);
    else quantizeCoefficients(coefficients, step, this.quantization, quantized);
  }

  /**
   * Integers become coefficients.
   *
   * @param coefficients - receives as many
   * @throws QuantizerError
   */
  reconstruct(quantized: Int32Array, reconstruction: Reconstruction, coefficients: Float64Array): void {
    check(coefficients.length, quantized.length, reconstruction.step);
    if (this.kernel) this.kernel.reconstruct(quantized, reconstruction, coefficients);
    else reconstructCoefficients(quantized, reconstruction, coefficients);
  }

  release(): void {
    this.kernel?.release();
  }
}

function check(coefficients: number, integers: number, step: number): void {
  if (!(step > 0)) throw new QuantizerError(`The step must be above 0, not ${step}.`);
  if (coefficients === integers) return;
  throw new QuantizerError(
    `There must be as many integers as coefficients, not ${integers} and ${coefficients}.`,
  );
}

/** Arrays of a quantizer in the memory of the kernels. */
class QuantizerKernel {
  private readonly toIntegers: (...numbers: number[]) => number;
  private readonly toCoefficients: (...numbers: number[]) => number;
  private readonly coefficients: KernelArray<'float64'>;
  private readonly integers: KernelArray<'int32'>;

  constructor() {
    const kernel = loadKernel('quantizer');
    this.toIntegers = kernel['quantize']!;
    this.toCoefficients = kernel['reconstruct']!;
    this.coefficients = kernelMemory.allocate('float64', CHUNK);
    this.integers = kernelMemory.allocate('int32', CHUNK);
  }

  quantize(
    coefficients: Float64Array,
    step: number,
    { bias, maxMagnitude }: Quantization,
    quantized: Int32Array,
  ): void {
    const { toIntegers, integers } = this;
    const given = this.coefficients;
    for (let start = 0; start < coefficients.length; start += CHUNK) {
      const part = coefficients.subarray(start, start + CHUNK);
      given.view.set(part);
      toIntegers(given.pointer, evenOf(part.length), 1 / step, bias, maxMagnitude, integers.pointer);
      quantized.set(integers.view.subarray(0, part.length), start);
    }
  }

  reconstruct(quantized: Int32Array, { step, one, more }: Reconstruction, coefficients: Float64Array): void {
    const { toCoefficients, integers } = this;
    const found = this.coefficients;
    for (let start = 0; start < quantized.length; start += CHUNK) {
      const part = quantized.subarray(start, start + CHUNK);
      integers.view.set(part);
      toCoefficients(integers.pointer, evenOf(part.length), step, one, more, found.pointer);
      coefficients.set(found.view.subarray(0, part.length), start);
    }
  }

  release(): void {
    this.coefficients.release();
    this.integers.release();
  }
}

/** The number, or one more where it is odd: a lane that nobody reads has a partner. */
function evenOf(count: number): number {
  return count + (count % 2);
}
