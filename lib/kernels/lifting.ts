/**
 * Wavelet transforms of whole signals by lifting, and the reversible one of integers, in SIMD WebAssembly: what
 * `reference/lifting.ts` specifies, in double precision and in integers to the last bit.
 */
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import {
  LIFTING_STEPS,
  liftingBands,
  liftIntegerLevel,
  liftLevel,
  unliftIntegerLevel,
  unliftLevel,
  type LiftingWavelet,
} from './reference/lifting';
import { checkLevels, MOST_LEVELS, type WaveletBand } from './reference/wavelet';
import { WaveletLengthError } from './wavelet';
import { kernelMemory, loadKernel, simdAvailable, type KernelExports } from './runtime/webassembly';

export type { LiftingWavelet } from './reference/lifting';

/** Numbers that can be lifted; `'int32'` comes back exactly. */
export type LiftingType = FloatType | 'int32';

/** A wavelet that has no reversible form for integers. */
export class LiftingTypeError extends TypeError {
  override readonly name = 'LiftingTypeError';
}

/** Transforms signals of any length, of one type of numbers. Its owner releases it. */
export class LiftingTransform<K extends LiftingType> {
  private readonly kernel: SimdPlan<K> | undefined;

  /**
   * @param wavelet - `'5/3'` only for integers
   * @param levels - 1 … 40
   * @param type - of signal and coefficients
   * @param simd - false for the reference version
   * @throws LiftingTypeError
   * @throws WaveletLevelsError
   * @throws KernelMemoryError
   */
  constructor(
    private readonly wavelet: LiftingWavelet,
    readonly levels: number,
    private readonly type: K,
    simd: boolean = simdAvailable,
  ) {
    checkLevels(levels, MOST_LEVELS);
    if (type === 'int32' && wavelet !== '5/3') {
      throw new LiftingTypeError(`Integers are lifted by the 5/3 wavelet, not by ${wavelet}.`);
    }
    if (simd) this.kernel = kernelMemory.allOrNothing(() => new SimdPlan(wavelet, type));
  }

  /** The last approximation, then details from the coarsest to the finest: as many coefficients as samples. */
  bands(samples: number): WaveletBand[] {
    return liftingBands(samples, this.levels);
  }

  /**
   * Signals go on beyond their ends as mirrored at the first and at the last sample; one of a single sample is its own
   * approximation. 5/3 takes 4 additions and 2 multiplications for two samples of a level, 9/7 twice as many.
   *
   * @param signal - any number of samples
   * @param coefficients - receives as many, as in {@link bands}; may be `signal`
   * @throws WaveletLengthError when there is not that room
   * @throws KernelMemoryError when the signal is too long; about three times its bytes are needed
   */
  forward(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    const approximations = this.check(signal.length, coefficients.length);
    if (this.kernel) return this.kernel.forward(signal, coefficients, approximations);
    this.runReference(signal, coefficients, approximations.slice(0, -1), liftLevel, liftIntegerLevel);
  }

  /**
   * The signal that {@link forward} turns into these coefficients.
   *
   * @param signal - receives the samples; may be `coefficients`
   * @throws WaveletLengthError when the arrays are not equally long
   * @throws KernelMemoryError
   */
  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    const approximations = this.check(signal.length, coefficients.length);
    if (this.kernel) return this.kernel.inverse(coefficients, signal, approximations);
    const levels = approximations.slice(0, -1).reverse();
    this.runReference(coefficients, signal, levels, unliftLevel, unliftIntegerLevel);
  }

  release(): void {
    this.kernel?.release();
  }

  private runReference(
    from: KernelViews[K],
    to: KernelViews[K],
    lengths: readonly number[],
    level: typeof liftLevel,
    integerLevel: typeof liftIntegerLevel,
  ): void {
    if (this.type === 'int32') {
      const work = Int32Array.from(from as Int32Array);
      for (const length of lengths) integerLevel(work.subarray(0, length));
      to.set(work);
    } else {
      const work = Float64Array.from(from as Float64Array);
      for (const length of lengths) level(work.subarray(0, length), LIFTING_STEPS[this.wavelet]);
      to.set(work);
    }
  }

  /** Lengths of the signal and of the approximation of each level. */
  private check(samples: number, coefficients: number): number[] {
    if (samples !== coefficients) {
      throw new WaveletLengthError(`${samples} samples have as many coefficients, not ${coefficients}.`);
    }
    const lengths = [samples];
    for (let level = 1; level <= this.levels; level++) lengths.push(Math.ceil(lengths[level - 1]! / 2));
    return lengths;
  }
}

/** Arrays of a plan in the memory of the kernels. */
class SimdPlan<K extends LiftingType> {
  private readonly factors: KernelArray<K>;
  private readonly inverseFactors: KernelArray<K>;
  private readonly steps: number;
  private readonly scale: number;
  private readonly analyze: KernelExports[string];
  private readonly synthesize: KernelExports[string];
  private signal: KernelArray<K>;
  private coefficients: KernelArray<K>;
  /** Even samples, then odd ones, with an element before and behind each. */
  private phases: KernelArray<K>;

  constructor(
    wavelet: LiftingWavelet,
    private readonly type: K,
  ) {
    const kernel = loadKernel('lifting');
    const suffix = type === 'int32' ? 'Int32' : type === 'float32' ? 'Float32' : 'Float64';
    this.analyze = kernel[`analyze${suffix}`]!;
    this.synthesize = kernel[`synthesize${suffix}`]!;
    const { factors, scale } = LIFTING_STEPS[wavelet];
    this.steps = factors.length;
    this.scale = scale;
    this.factors = kernelMemory.copyOf(type, factors);
    this.inverseFactors = kernelMemory.copyOf(type, factors.map((factor) => -factor).reverse());
    [this.signal, this.coefficients, this.phases] = this.room(0);
  }

  forward(from: KernelViews[K], to: KernelViews[K], lengths: readonly number[]): void {
    this.prepare(from.length);
    const { signal, coefficients, factors, steps, scale } = this;
    const { even, odd, bytes } = this.addresses();
    signal.view.set(from as Float64Array & Int32Array);
    for (const [level, length] of lengths.slice(0, -1).entries()) {
      if (length < 2) break;
      const detail = coefficients.pointer + lengths[level + 1]! * bytes;
      this.analyze(signal.pointer, length, even, odd, detail, factors.pointer, steps, scale, 1 / scale);
    }
    const last = lengths[lengths.length - 1]!;
    const details = coefficients.view.subarray(last, from.length);
    to.set(signal.view.subarray(0, last) as Float64Array & Int32Array);
    to.set(details as Float64Array & Int32Array, last);
  }

  inverse(from: KernelViews[K], to: KernelViews[K], lengths: readonly number[]): void {
    this.prepare(from.length);
    const { signal, coefficients, inverseFactors, steps, scale } = this;
    const { even, odd, bytes } = this.addresses();
    const last = lengths[lengths.length - 1]!;
    coefficients.view.set(from as Float64Array & Int32Array);
    signal.view.set(from.subarray(0, last) as Float64Array & Int32Array);
    for (let level = lengths.length - 2; level >= 0; level--) {
      const length = lengths[level]!;
      if (length < 2) continue;
      const detail = coefficients.pointer + lengths[level + 1]! * bytes;
      const factors = inverseFactors.pointer;
      this.synthesize(signal.pointer, length, even, odd, detail, factors, steps, 1 / scale, scale);
    }
    to.set(signal.view.subarray(0, from.length) as Float64Array & Int32Array);
  }

  release(): void {
    for (const array of [this.factors, this.inverseFactors, this.signal, this.coefficients, this.phases]) {
      array.release();
    }
  }

  /** Room for the longest signal so far. */
  private prepare(length: number): void {
    if (length <= this.signal.length) return;
    const grown = kernelMemory.allOrNothing(() => this.room(length));
    for (const array of [this.signal, this.coefficients, this.phases]) array.release();
    [this.signal, this.coefficients, this.phases] = grown;
  }

  private room(length: number): [KernelArray<K>, KernelArray<K>, KernelArray<K>] {
    return [
      kernelMemory.allocate(this.type, length),
      kernelMemory.allocate(this.type, length),
      kernelMemory.allocate(this.type, 2 * (Math.ceil(length / 2) + 2)),
    ];
  }

  private addresses(): { even: number; odd: number; bytes: number } {
    const bytes = this.type === 'float64' ? 8 : 4;
    const even = this.phases.pointer + bytes;
    return { even, odd: even + (this.phases.length / 2) * bytes, bytes };
  }
}
