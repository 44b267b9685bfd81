/**
 * The DCT-IV of many blocks, and the lapped transform that is made of it, the MDCT, in SIMD WebAssembly: what
 * `reference/lapped.ts` specifies, in double precision to the last bit.
 */
import { BlockLengthError, BlockRunner, checkBlocks, LANES } from './runtime/block-runner';
import { ComplexTransformPlan } from './complex-transform-plan';
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import {
  checkEvenLength,
  foldFactors,
  FourthCosineReference,
  fourthFactors,
  LappedReference,
  type LappedWindow,
} from './reference/lapped';
import { kernelMemory, loadKernel, simdAvailable, type KernelExports } from './runtime/webassembly';

export type { LappedWindow } from './reference/lapped';

/** Numbers of a chunk of blocks that go through the memory of the kernels at once. */
const CHUNK_ELEMENTS = 8192;

/** The DCT-IV of blocks of one length in one precision. Its owner releases it. */
export class FourthCosineTransform<K extends FloatType> {
  private readonly reference: FourthCosineReference | undefined;
  private readonly kernel: FourthKernel<K> | undefined;
  private readonly runner: BlockRunner<K> | undefined;

  /**
   * @param length - samples of a block, N, even; fastest with no prime factors but 2, 3 and 5
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
    checkEvenLength(length);
    if (simd) {
      [this.kernel, this.runner] = kernelMemory.allOrNothing(() => [
        new FourthKernel(length, type, 1),
        new BlockRunner(type, length),
      ]);
    } else {
      this.reference = new FourthCosineReference(length);
    }
  }

  /**
   * X[k] = √(2/N)·Σ x[n]·cos(π·(2n + 1)·(2k + 1)/(4N)) of every block; also its own inverse. Of the order of N·log N
   * operations a block.
   *
   * @param signal - whole blocks, one after another
   * @param coefficients - receives as many blocks; may be `signal`
   * @throws BlockLengthError
   */
  transform(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    const { length, kernel, reference } = this;
    if (kernel) {
      const run = (source: number, target: number, groups: number): void =>
        kernel.run(source, target, groups, false, false);
      return this.runner!.run(run, signal, coefficients);
    }
    checkBlocks(signal.length, coefficients.length, length);
    for (let start = 0; start < signal.length; start += length) {
      const block = Float64Array.from((signal as Float64Array).subarray(start, start + length));
      reference!.transform(block);
      coefficients.set(block, start);
    }
  }

  release(): void {
    this.kernel?.release();
    this.runner?.release();
  }
}

/** The DCT-IV of groups of blocks that lie in the memory of the kernels. */
class FourthKernel<K extends FloatType> {
  /** Plan of the complex transform. Releasing it also releases everything allocated through it. */
  readonly complex: ComplexTransformPlan<K>;
  private readonly before: number;
  private readonly after: number;
  private readonly values: KernelArray<K>;
  private readonly kernel: KernelExports[string];

  /** @param sign - 1, or −1 for the transform of blocks times −1 */
  constructor(
    private readonly length: number,
    type: K,
    sign: 1 | -1,
  ) {
    this.complex = new ComplexTransformPlan(type, length / 2, true);
    const { cosine, sine } = fourthFactors(length);
    const factors = new Float64Array(length);
    factors.set(cosine);
    factors.set(sine, length / 2);
    this.after = this.complex.table(type, factors);
    this.before = this.complex.table(
      type,
      factors.map((value) => sign * value),
    );
    this.values = this.complex.room(length * LANES[type]);
    this.kernel = loadKernel('lapped')[type === 'float32' ? 'fourthFloat32' : 'fourthFloat64']!;
  }

  run(
    source: number,
    target: number,
    groups: number,
    reversedSource: boolean,
    reversedTarget: boolean,
  ): void {
    const { complex, length, before, after, values } = this;
    const blocks = [complex.pointer, length, source, target, groups];
    this.kernel(...blocks, before, after, Number(reversedSource), Number(reversedTarget), values.pointer);
  }

  release(): void {
    this.complex.release();
  }
}

/** The lapped transform (MDCT) of signals of any length, in one precision. Its owner releases it. */
export class LappedTransform<K extends FloatType> {
  private readonly reference: LappedReference | undefined;
  private readonly kernel: LappedKernel<K> | undefined;

  /**
   * @param hop - samples from one frame to the next, and coefficients of a frame, M, even; a frame has 2M samples
   * @param window - of a frame
   * @param type - of signal and coefficients
   * @param simd - false for the reference version
   * @throws FourierLengthError when M is not even
   * @throws KernelMemoryError
   */
  constructor(
    readonly hop: number,
    window: LappedWindow,
    type: K,
    simd: boolean = simdAvailable,
  ) {
    checkEvenLength(hop);
    if (simd) this.kernel = kernelMemory.allOrNothing(() => new LappedKernel(hop, window, type));
    else this.reference = new LappedReference(hop, window);
  }

  /** Coefficients of a signal: those of a frame for each M samples, the last of which may be fewer. */
  coefficientCount(samples: number): number {
    return Math.ceil(samples / this.hop) * this.hop;
  }

  /**
   * X_t[k] = √(2/M)·Σ w[n]·x[t·M − M/2 + n]·cos(π/M·(n + ½ + M/2)·(k + ½)), n = 0 … 2M − 1: frame t has block t, of M
   * samples, in its middle. The first and the last frame have windows that are 1 in the outer half of their block and 0
   * outside, so that the transform is orthonormal, borders included. After the signal, zeros complete the last block.
   *
   * @param signal - any number of samples
   * @param coefficients - receives X_t[k] at t·M + k, {@link coefficientCount} in all; may be `signal` where the
   *   samples are whole blocks
   * @throws BlockLengthError when there is not that room
   */
  forward(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    this.check(signal, coefficients);
    if (this.kernel) return this.kernel.forward(signal, coefficients);
    const result = new Float64Array(coefficients.length);
    this.reference!.forward(signal, result);
    coefficients.set(result);
  }

  /**
   * The signal that {@link forward} turns into these coefficients, by overlap and addition of frames.
   *
   * @param signal - receives as many samples as the transformed signal had; may be `coefficients`
   * @throws BlockLengthError when so many samples do not have that many coefficients
   */
  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    this.check(signal, coefficients);
    if (this.kernel) return this.kernel.inverse(coefficients, signal);
    const result = new Float64Array(signal.length);
    this.reference!.inverse(coefficients, result);
    signal.set(result);
  }

  private check(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    const count = this.coefficientCount(signal.length);
    if (coefficients.length === count) return;
    throw new BlockLengthError(
      `${signal.length} samples have ${count} coefficients in frames of ${this.hop}, not ${coefficients.length}.`,
    );
  }

  release(): void {
    this.kernel?.release();
  }
}

/** Arrays of a lapped transform in the memory of the kernels. */
class LappedKernel<K extends FloatType> {
  private readonly fourth: FourthKernel<K>;
  private readonly lanes: number;
  private readonly blocksPerChunk: number;
  /** Half a block, the blocks of a chunk, and half a block. */
  private readonly samples: KernelArray<K>;
  private readonly coefficients: KernelArray<K>;
  private readonly bytes: number;
  private readonly fold: KernelExports[string];
  private readonly cosine: number;
  private readonly sine: number;
  private readonly minusSine: number;

  constructor(
    private readonly hop: number,
    window: LappedWindow,
    type: K,
  ) {
    this.fourth = new FourthKernel(hop, type, -1);
    const { complex } = this.fourth;
    this.lanes = LANES[type];
    this.blocksPerChunk = Math.max(1, Math.floor(CHUNK_ELEMENTS / (hop * this.lanes))) * this.lanes;
    this.samples = complex.room((this.blocksPerChunk + 1) * hop);
    this.coefficients = complex.room(this.blocksPerChunk * hop);
    this.bytes = type === 'float32' ? 4 : 8;
    this.fold = loadKernel('lapped')[type === 'float32' ? 'foldFloat32' : 'foldFloat64']!;
    const { cosine, sine } = foldFactors(window, hop);
    this.cosine = complex.table(type, cosine);
    this.sine = complex.table(type, sine);
    this.minusSine = complex.table(
      type,
      sine.map((value) => -value),
    );
  }

  forward(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    const { hop, samples, blocksPerChunk } = this;
    const blocks = coefficients.length / hop;
    const given = samples.view as Float64Array;
    const computed = this.coefficients.view as Float64Array;
    const half = hop / 2;
    // The half block before a chunk, whose coefficients may have overwritten it.
    const kept = given.slice(0, half);
    for (let first = 0; first < blocks; first += blocksPerChunk) {
      const end = Math.min(blocks, first + blocksPerChunk);
      const taken = (signal as Float64Array).subarray(first * hop, Math.min(signal.length, end * hop + half));
      given.set(kept);
      given.set(taken, half);
      given.fill(0, half + taken.length, half + (end - first) * hop + half);
      if (end < blocks) kept.set(given.subarray((end - first) * hop, half + (end - first) * hop));
      this.foldBorders(first, end, blocks, true);
      const source = samples.pointer + half * this.bytes;
      this.runFourth(source, this.coefficients.pointer, end - first, true);
      (coefficients as Float64Array).set(computed.subarray(0, (end - first) * hop), first * hop);
    }
  }

  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    const { hop, samples, blocksPerChunk } = this;
    const blocks = coefficients.length / hop;
    const given = this.coefficients.view as Float64Array;
    const computed = samples.view as Float64Array;
    const half = hop / 2;
    for (let first = 0; first < blocks; first += blocksPerChunk) {
      const end = Math.min(blocks, first + blocksPerChunk);
      // Half a block waits for the chunk that follows.
      computed.copyWithin(0, blocksPerChunk * hop, blocksPerChunk * hop + half);
      given.set((coefficients as Float64Array).subarray(first * hop, end * hop));
      const target = samples.pointer + half * this.bytes;
      this.runFourth(this.coefficients.pointer, target, end - first, false);
      this.foldBorders(first, end, blocks, false);
      const start = first === 0 ? 0 : first * hop - half;
      const stop = end === blocks ? signal.length : end * hop - half;
      const place = start - first * hop + half;
      if (stop > start) {
        (signal as Float64Array).set(computed.subarray(place, place + stop - start), start);
      }
    }
  }

  private runFourth(source: number, target: number, blocks: number, forth: boolean): void {
    this.fourth.run(source, target, Math.ceil(blocks / this.lanes), forth, !forth);
  }

  /**
   * Folds around the borders between blocks of a chunk, and around that at its start, and that at its end where the
   * block behind it is there too: forth.
   */
  private foldBorders(first: number, end: number, blocks: number, forth: boolean): void {
    const { hop, bytes, cosine, sine, minusSine } = this;
    const from = first === 0 ? 1 : first;
    const to = forth && end < blocks ? end : end - 1;
    const border = this.samples.pointer + (hop / 2 + (from - first) * hop) * bytes;
    if (to >= from) this.fold(border, to - from + 1, hop, cosine, forth ? sine : minusSine);
  }

  release(): void {
    this.fourth.release();
  }
}
