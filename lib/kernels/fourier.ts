/**
 * Fourier transforms of complex and of real signals of any length, in SIMD WebAssembly: what `reference/fourier.ts`
 * specifies, in double precision to the last bit.
 *
 * A signal of its own goes through SIMD as it stands; of many short blocks, each lane takes one.
 */
import { BlockLengthError, LANES } from './runtime/block-runner';
import { ComplexTransformPlan } from './complex-transform-plan';
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import {
  binsOf,
  checkFourierLength,
  ComplexFourierReference,
  RealFourierReference,
  separationFactors,
} from './reference/fourier';
import { kernelMemory, loadKernel, simdAvailable, type KernelExports } from './runtime/webassembly';

/** Blocks up to this length are taken one per lane: the vectors of longer ones would leave the cache. */
const LONGEST_IN_LANES = 1024;

/** Numbers of a chunk of blocks that go through the memory of the kernels at once. */
const CHUNK_ELEMENTS = 8192;

/** Transforms complex blocks of one length in one precision. Its owner releases it. @internal */
export class ComplexFourierPlan<K extends FloatType> {
  private readonly reference: ComplexFourierReference | undefined;
  private signalPlan: ComplexTransformPlan<K> | undefined;
  private blocksPlan: ComplexTransformPlan<K> | undefined;
  private chunks: BlockChunks<K> | undefined;

  /**
   * @param length - complex values of a block, N, 0 or more; fastest with no prime factors but 2, 3 and 5
   * @param type - of real and imaginary parts
   * @param simd - false for the reference version
   * @throws FourierLengthError
   */
  constructor(
    readonly length: number,
    private readonly type: K,
    simd: boolean = simdAvailable,
  ) {
    checkFourierLength(length);
    if (!simd) this.reference = new ComplexFourierReference(length);
  }

  /**
   * X[k] = Σ x[n]·exp(−2πi·k·n/N) of every block. Of the order of N·log N operations a block.
   *
   * @param re - real parts, whole blocks one after another
   * @param im - imaginary parts, as many
   * @param spectrumRe - receives as many real parts; may be `re`
   * @param spectrumIm - receives as many imaginary parts; may be `im`
   * @throws BlockLengthError
   * @throws KernelMemoryError
   */
  forward(
    re: KernelViews[K],
    im: KernelViews[K],
    spectrumRe: KernelViews[K],
    spectrumIm: KernelViews[K],
  ): void {
    this.run(false, re, im, spectrumRe, spectrumIm);
  }

  /**
   * x[n] = 1/N·Σ X[k]·exp(2πi·k·n/N) of every block.
   *
   * @throws BlockLengthError
   * @throws KernelMemoryError
   */
  inverse(
    spectrumRe: KernelViews[K],
    spectrumIm: KernelViews[K],
    re: KernelViews[K],
    im: KernelViews[K],
  ): void {
    this.run(true, spectrumRe, spectrumIm, re, im);
  }

  private run(
    inverse: boolean,
    re: KernelViews[K],
    im: KernelViews[K],
    toRe: KernelViews[K],
    toIm: KernelViews[K],
  ): void {
    const { length } = this;
    const count = countBlocks(re.length, length);
    for (const array of [im, toRe, toIm]) checkCount(array.length, count, length);
    if (this.reference) {
      runReference(this.reference, inverse, re, im, toRe, toIm);
    } else if (count > 1 && length <= LONGEST_IN_LANES) {
      // The inverse is the transform with real and imaginary parts exchanged.
      if (inverse) this.runBlocks(true, count, im, re, toIm, toRe);
      else this.runBlocks(false, count, re, im, toRe, toIm);
    } else if (inverse) {
      for (let b = 0; b < count; b++) this.runSignal(true, b * length, im, re, toIm, toRe);
    } else {
      for (let b = 0; b < count; b++) this.runSignal(false, b * length, re, im, toRe, toIm);
    }
  }

  private runSignal(
    inverse: boolean,
    start: number,
    re: KernelViews[K],
    im: KernelViews[K],
    toRe: KernelViews[K],
    toIm: KernelViews[K],
  ): void {
    const { length } = this;
    this.signalPlan ??= kernelMemory.allOrNothing(() => new ComplexTransformPlan(this.type, length, false));
    const plan = this.signalPlan;
    (plan.re.view as Float64Array).set((re as Float64Array).subarray(start, start + length));
    (plan.im.view as Float64Array).set((im as Float64Array).subarray(start, start + length));
    const moved = kernelFunction('complexSignal', this.type)(plan.pointer, inverse ? 1 : 0);
    const result = plan.resultViews(moved);
    (toRe as Float64Array).set((result.re as Float64Array).subarray(0, length), start);
    (toIm as Float64Array).set((result.im as Float64Array).subarray(0, length), start);
  }

  private runBlocks(
    inverse: boolean,
    count: number,
    re: KernelViews[K],
    im: KernelViews[K],
    toRe: KernelViews[K],
    toIm: KernelViews[K],
  ): void {
    const { length } = this;
    this.blocksPlan ??= kernelMemory.allOrNothing(() => new ComplexTransformPlan(this.type, length, true));
    this.chunks ??= kernelMemory.allOrNothing(
      () => new BlockChunks(this.type, [length, length, length, length]),
    );
    const transform = kernelFunction('complexBlocks', this.type);
    const { pointer } = this.blocksPlan;
    this.chunks.run(count, [re, im], [toRe, toIm], (addresses, groups) => {
      transform(pointer, inverse ? 1 : 0, ...addresses, groups);
    });
  }

  release(): void {
    this.signalPlan?.release();
    this.blocksPlan?.release();
    this.chunks?.release();
  }
}

/** Transforms real blocks of one length in one precision. Its owner releases it. */
export class RealFourierPlan<K extends FloatType> {
  /** Values of the spectrum of a block: k = 0 … ⌊N/2⌋. */
  readonly bins: number;
  private readonly reference: RealFourierReference | undefined;
  private signalPlan: RealPlan<K> | undefined;
  private blocksPlan: RealPlan<K> | undefined;
  private chunks: BlockChunks<K> | undefined;
  private inverseChunks: BlockChunks<K> | undefined;

  /**
   * @param length - samples of a block, N, 0 or more; fastest when even, with no prime factors but 2, 3 and 5
   * @param type - of signal and spectrum
   * @param simd - false for the reference version
   * @throws FourierLengthError
   */
  constructor(
    readonly length: number,
    private readonly type: K,
    simd: boolean = simdAvailable,
  ) {
    checkFourierLength(length);
    this.bins = binsOf(length);
    if (!simd) this.reference = new RealFourierReference(length);
  }

  /**
   * X[k] = Σ x[n]·exp(−2πi·k·n/N), k = 0 … ⌊N/2⌋, of every block: `numpy.fft.rfft`.
   *
   * @param signal - whole blocks, one after another
   * @param re - receives {@link bins} real parts for each block
   * @param im - receives as many imaginary parts
   * @throws BlockLengthError
   * @throws KernelMemoryError
   */
  forward(signal: KernelViews[K], re: KernelViews[K], im: KernelViews[K]): void {
    const { length, bins, type } = this;
    const count = countBlocks(signal.length, length);
    for (const array of [re, im]) checkCount(array.length, count, bins);
    if (this.reference) {
      realReference(this.reference, signal, re, im);
    } else if (count > 1 && length <= LONGEST_IN_LANES) {
      const plan = this.planForBlocks();
      this.chunks ??= kernelMemory.allOrNothing(() => new BlockChunks(type, [length, bins, bins]));
      const transform = kernelFunction('realBlocks', type);
      this.chunks.run(count, [signal], [re, im], (addresses, groups) => {
        transform(plan.complex.pointer, length, ...addresses, groups, ...plan.halves);
      });
    } else {
      for (let b = 0; b < count; b++) this.runSignal(b, signal, re, im);
    }
  }

  /**
   * The signal that {@link forward} turns into this spectrum: `numpy.fft.irfft`. Imaginary parts of X[0], and of
   * X[N/2] where N is even, are taken as 0.
   *
   * @throws BlockLengthError
   * @throws KernelMemoryError
   */
  inverse(re: KernelViews[K], im: KernelViews[K], signal: KernelViews[K]): void {
    const { length, bins, type } = this;
    const count = countBlocks(signal.length, length);
    for (const array of [re, im]) checkCount(array.length, count, bins);
    if (this.reference) {
      realReferenceInverse(this.reference, re, im, signal);
    } else if (count > 1 && length <= LONGEST_IN_LANES) {
      const plan = this.planForBlocks();
      this.inverseChunks ??= kernelMemory.allOrNothing(() => new BlockChunks(type, [bins, bins, length]));
      const transform = kernelFunction('realBlocksInverse', type);
      this.inverseChunks.run(count, [re, im], [signal], (addresses, groups) => {
        transform(plan.complex.pointer, length, ...addresses, groups, ...plan.parts);
      });
    } else {
      for (let b = 0; b < count; b++) this.runSignalInverse(b, re, im, signal);
    }
  }

  private planForBlocks(): RealPlan<K> {
    this.blocksPlan ??= kernelMemory.allOrNothing(() => new RealPlan(this.type, this.length, true));
    return this.blocksPlan;
  }

  private planForSignal(): RealPlan<K> {
    this.signalPlan ??= kernelMemory.allOrNothing(() => new RealPlan(this.type, this.length, false));
    return this.signalPlan;
  }

  private runSignal(block: number, signal: KernelViews[K], re: KernelViews[K], im: KernelViews[K]): void {
    const { length, bins } = this;
    const { complex, samples, halves } = this.planForSignal();
    const given = (signal as Float64Array).subarray(block * length, (block + 1) * length);
    (samples.view as Float64Array).set(given);
    const transform = kernelFunction('realSignal', this.type);
    const result = complex.resultViews(transform(complex.pointer, length, samples.pointer, ...halves));
    (re as Float64Array).set((result.re as Float64Array).subarray(0, bins), block * bins);
    (im as Float64Array).set((result.im as Float64Array).subarray(0, bins), block * bins);
  }

  private runSignalInverse(
    block: number,
    re: KernelViews[K],
    im: KernelViews[K],
    signal: KernelViews[K],
  ): void {
    const { length, bins } = this;
    const { complex, samples, parts } = this.planForSignal();
    const [start, end] = [block * bins, (block + 1) * bins];
    (complex.re.view as Float64Array).set((re as Float64Array).subarray(start, end));
    (complex.im.view as Float64Array).set((im as Float64Array).subarray(start, end));
    kernelFunction('realSignalInverse', this.type)(complex.pointer, length, samples.pointer, ...parts);
    (signal as Float64Array).set((samples.view as Float64Array).subarray(0, length), block * length);
  }

  release(): void {
    this.signalPlan?.release();
    this.blocksPlan?.release();
    this.chunks?.release();
    this.inverseChunks?.release();
  }
}

/** Arrays of the transform of real blocks in the memory of the kernels. */
class RealPlan<K extends FloatType> {
  readonly complex: ComplexTransformPlan<K>;
  /** One signal. */
  readonly samples: KernelArray<K>;
  /** Addresses of cosines and sines, for the transform and for its inverse. */
  readonly halves: readonly [number, number];
  readonly parts: readonly [number, number];

  constructor(type: K, length: number, inLanes: boolean) {
    const complex = new ComplexTransformPlan(type, length % 2 === 0 ? length / 2 : length, inLanes);
    const tablesOf = (scale: number): readonly [number, number] => {
      const { cosine, sine } = separationFactors(length, scale);
      return [complex.table(type, cosine), complex.table(type, sine)];
    };
    this.complex = complex;
    this.samples = complex.room(inLanes ? 0 : length);
    this.halves = tablesOf(0.5);
    this.parts = tablesOf(1 / length);
  }

  release(): void {
    this.complex.release();
  }
}

/** Arrays in the memory of the kernels, through which blocks of several arrays go. Its owner releases it. */
class BlockChunks<K extends FloatType> {
  private readonly arrays: readonly KernelArray<K>[];
  private readonly blocksPerChunk: number;

  /** @param lengths - of a block of each array, those that are given first */
  constructor(
    private readonly type: K,
    private readonly lengths: readonly number[],
  ) {
    const group = Math.max(...lengths) * LANES[type];
    this.blocksPerChunk = Math.max(1, Math.floor(CHUNK_ELEMENTS / group)) * LANES[type];
    this.arrays = lengths.map((length) => {
      const array = kernelMemory.allocate(type, length * this.blocksPerChunk);
      array.view.fill(0);
      return array;
    });
  }

  /** Runs a kernel, told addresses of all arrays and the number of groups, over as many blocks. */
  run(
    count: number,
    given: readonly KernelViews[K][],
    received: readonly KernelViews[K][],
    kernel: (addresses: readonly number[], groups: number) => void,
  ): void {
    const { arrays, lengths, blocksPerChunk } = this;
    const addresses = arrays.map((array) => array.pointer);
    const views = arrays.map((array) => array.view as Float64Array);
    for (let first = 0; first < count; first += blocksPerChunk) {
      const end = Math.min(count, first + blocksPerChunk);
      given.forEach((array, i) => {
        const length = lengths[i]!;
        // What is left of an earlier chunk behind the last block fills the lanes that have none.
        views[i]!.set((array as Float64Array).subarray(first * length, end * length));
      });
      kernel(addresses, Math.ceil((end - first) / LANES[this.type]));
      received.forEach((array, j) => {
        const length = lengths[given.length + j]!;
        const computed = views[given.length + j]!.subarray(0, (end - first) * length);
        (array as Float64Array).set(computed, first * length);
      });
    }
  }

  release(): void {
    for (const array of this.arrays) array.release();
  }
}

function kernelFunction(name: string, type: FloatType): KernelExports[string] {
  return loadKernel('fourier')[`${name}${type === 'float32' ? 'Float32' : 'Float64'}`]!;
}

/** @throws BlockLengthError when the elements are no whole blocks */
function countBlocks(elements: number, length: number): number {
  if (length === 0 && elements === 0) return 0;
  if (elements % length === 0) return elements / length;
  throw new BlockLengthError(`${elements} elements are no whole blocks of ${length}.`);
}

/** @throws BlockLengthError when the elements are not as many blocks */
function checkCount(elements: number, count: number, length: number): void {
  if (elements === count * length) return;
  throw new BlockLengthError(
    `An array for ${count} blocks of ${length} must have ${count * length} elements, not ${elements}.`,
  );
}

type Numbers = Float32Array | Float64Array;

function runReference(
  reference: ComplexFourierReference,
  inverse: boolean,
  re: Numbers,
  im: Numbers,
  toRe: Numbers,
  toIm: Numbers,
): void {
  const { length } = reference;
  for (let start = 0; start < re.length; start += length) {
    const blockRe = Float64Array.from(re.subarray(start, start + length));
    const blockIm = Float64Array.from(im.subarray(start, start + length));
    if (inverse) reference.inverse(blockRe, blockIm);
    else reference.transform(blockRe, blockIm);
    toRe.set(blockRe, start);
    toIm.set(blockIm, start);
  }
}

function realReference(reference: RealFourierReference, signal: Numbers, re: Numbers, im: Numbers): void {
  const { length } = reference;
  const bins = binsOf(length);
  const blockRe = new Float64Array(bins);
  const blockIm = new Float64Array(bins);
  for (let b = 0; b * length < signal.length; b++) {
    reference.transform(signal.subarray(b * length, (b + 1) * length), blockRe, blockIm);
    re.set(blockRe, b * bins);
    im.set(blockIm, b * bins);
  }
}

function realReferenceInverse(
  reference: RealFourierReference,
  re: Numbers,
  im: Numbers,
  signal: Numbers,
): void {
  const { length } = reference;
  const bins = binsOf(length);
  const block = new Float64Array(length);
  for (let b = 0; b * length < signal.length; b++) {
    reference.inverse(re.subarray(b * bins, (b + 1) * bins), im.subarray(b * bins, (b + 1) * bins), block);
    signal.set(block, b * length);
  }
}
