/**
 * Filters of whole signals in SIMD WebAssembly: with a finite impulse response, as `reference/filters.ts` specifies
 * it, and zero-phase ones of second-order sections, as {@link ZeroPhaseFilter} does.
 */
import { FilterDesignError, ZeroPhaseFilter, type SecondOrderSection } from './iir';
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import { convolveSignal } from './reference/filters';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** Outputs that are computed at a time: with their signal they stay in the cache. */
const CHUNK = 8192;

/** Sections that the kernel takes through a signal together. */
const GROUP = 4;

/** Numbers of a section: five coefficients, two of its memory; each once for each of two lanes. */
const SECTION_NUMBERS = 7;
const LANES = 2;

/** A section that changes nothing. */
const IDENTITY_SECTION: SecondOrderSection = { b0: 1, b1: 0, b2: 0, a1: 0, a2: 0 };

/** A signal and an output that do not fit together. */
export class FilterLengthError extends RangeError {
  override readonly name = 'FilterLengthError';
}

/**
 * Part of a convolution to return: all of it, with both ends, or its middle, as long as the longer of signal and
 * response, as NumPy's `convolve` names and cuts them.
 */
export type ConvolutionPart = 'full' | 'same';

/** A plan for one finite impulse response. Its owner releases it. */
export class FirFilter<K extends FloatType> {
  private readonly taps: KernelViews[K];
  private readonly kernel: ConvolutionKernel<K> | undefined;

  /**
   * @param taps - h[0], h[1], …, one or more; copied
   * @param type - of taps, signal and output
   * @param part - of the convolution that is wanted
   * @param simd - false for the reference version
   * @throws FilterDesignError when there are no taps
   * @throws KernelMemoryError
   */
  constructor(
    taps: KernelViews[K],
    type: K,
    readonly part: ConvolutionPart,
    simd: boolean = simdAvailable,
  ) {
    if (taps.length === 0) throw new FilterDesignError('A filter needs at least one tap.');
    this.taps = taps.slice() as KernelViews[K];
    if (simd) this.kernel = kernelMemory.allOrNothing(() => new ConvolutionKernel(this.taps, type));
  }

  /** Samples of the output for a signal of so many; none for none. */
  outputLength(signalLength: number): number {
    const tapCount = this.taps.length;
    if (signalLength === 0) return 0;
    return this.part === 'full' ? signalLength + tapCount - 1 : Math.max(signalLength, tapCount);
  }

  /**
   * y[n] = Σ h[k]·x[n − k], with zeros before and behind the signal. One multiply–add for each tap and output.
   *
   * @param signal - any number of samples; left as they are
   * @param output - receives {@link outputLength} samples; not `signal`
   * @throws FilterLengthError when the output has another number of samples
   */
  apply(signal: KernelViews[K], output: KernelViews[K]): void {
    const expected = this.outputLength(signal.length);
    if (output.length !== expected) {
      throw new FilterLengthError(
        `The output of ${this.taps.length} taps (${this.part}) for ${signal.length} samples has ${expected}, ` +
          `not ${output.length} samples.`,
      );
    }
    const shorter = Math.min(signal.length, this.taps.length);
    const first = this.part === 'full' ? 0 : Math.floor((shorter - 1) / 2);
    if (this.kernel) this.kernel.convolve(signal, first, output);
    else convolveSignal(signal, this.taps, first, output);
  }

  release(): void {
    this.kernel?.release();
  }
}

/** Arrays of a finite response in the memory of the kernels. */
class ConvolutionKernel<K extends FloatType> {
  private readonly run: (...numbers: number[]) => number;
  private readonly history: number;
  private readonly taps: KernelArray<K>;
  /** As many samples as there are taps, less one, before the chunk. */
  private readonly signal: KernelArray<K>;
  private readonly output: KernelArray<K>;

  constructor(taps: KernelViews[K], type: K) {
    this.run = loadKernel('filters')[type === 'float32' ? 'convolveFloat32' : 'convolveFloat64']!;
    this.history = taps.length - 1;
    this.taps = kernelMemory.copyOf(type, taps);
    this.signal = kernelMemory.allocate(type, this.history + CHUNK);
    this.output = kernelMemory.allocate(type, CHUNK);
  }

  convolve(signal: KernelViews[K], first: number, output: KernelViews[K]): void {
    const { history, taps } = this;
    const given = this.signal.view as Float64Array;
    const computed = this.output.view as Float64Array;
    const bytesPerElement = computed.BYTES_PER_ELEMENT;
    const step = 64 / bytesPerElement;
    for (let start = 0; start < output.length; start += CHUNK) {
      const count = Math.min(CHUNK, output.length - start);
      const rounded = Math.ceil(count / step) * step;
      const from = first + start - history;
      const before = Math.min(Math.max(0, -from), history + rounded);
      const part = (signal as Float64Array).subarray(
        Math.max(0, from),
        Math.max(0, from + history + rounded),
      );
      given.fill(0, 0, before);
      given.set(part, before);
      given.fill(0, before + part.length, history + rounded);
      this.run(
        this.signal.pointer + history * bytesPerElement,
        taps.pointer,
        taps.length,
        this.output.pointer,
        rounded * bytesPerElement,
      );
      (output as Float64Array).set(computed.subarray(0, count), start);
    }
  }

  release(): void {
    for (const array of [this.taps, this.signal, this.output]) array.release();
  }
}

/**
 * Filters signals forward and backward with second-order sections, two signals side by side: what
 * {@link ZeroPhaseFilter} gives for each, to the last bit, in double precision whatever that of the signals. A plan;
 * its owner releases it. Its working memory grows to the longest signal.
 */
export class ZeroPhaseSections {
  private readonly reference: ZeroPhaseFilter;
  private readonly kernel: SectionsKernel | undefined;

  /**
   * @param sections - the cascade, at least one section
   * @param simd - false for the reference version
   * @throws FilterDesignError when there are no sections
   * @throws KernelMemoryError
   */
  constructor(sections: readonly SecondOrderSection[], simd: boolean = simdAvailable) {
    this.reference = new ZeroPhaseFilter(sections);
    if (simd) this.kernel = kernelMemory.allOrNothing(() => new SectionsKernel(sections));
  }

  /**
   * Filters signals of equal length.
   *
   * @param signals - one after another; left as they are
   * @param length - samples of a signal, 1 or more
   * @param output - receives as many signals; may be `signals`
   * @throws FilterLengthError when the arrays are not equally many whole signals
   * @throws KernelMemoryError
   */
  apply<A extends Float32Array | Float64Array>(signals: A, length: number, output: A): void {
    if (signals.length !== output.length || !(length > 0) || signals.length % length !== 0) {
      throw new FilterLengthError(
        `Signals and output must be equally many whole signals of ${length} samples, not ${signals.length} and ` +
          `${output.length} samples.`,
      );
    }
    for (let start = 0; start < signals.length;) {
      const pair = signals.subarray(start, start + LANES * length);
      const target = output.subarray(start, start + LANES * length);
      if (this.kernel) {
        this.kernel.apply(pair, length, target);
        start += LANES * length;
      } else {
        const filtered = Float64Array.from(pair.subarray(0, length));
        this.reference.apply(filtered, filtered);
        target.set(filtered);
        start += length;
      }
    }
  }

  release(): void {
    this.kernel?.release();
  }
}

/** Samples that `scipy.signal.sosfiltfilt` extends a signal by at each end, where it is long enough. */
function extensionOf(sections: readonly SecondOrderSection[]): number {
  const withoutB2 = sections.filter((section) => section.b2 === 0).length;
  const withoutA2 = sections.filter((section) => section.a2 === 0).length;
  return 3 * (2 * sections.length + 1 - Math.min(withoutB2, withoutA2));
}

/** Coefficients and memory of groups of sections, as the kernel takes them. */
function sectionTable(sections: readonly SecondOrderSection[]): Float64Array {
  const count = Math.ceil(sections.length / GROUP) * GROUP;
  // The constant that reaches the section when the input of the cascade is 1.
  let constant = 1;
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) {
    const { b0, b1, b2, a1, a2 } = sections[i] ?? IDENTITY_SECTION;
    const output = (constant * (b0 + b1 + b2)) / (1 + a1 + a2);
    const state = [output - b0 * constant, b2 * constant - a2 * output];
    constant = output;
    for (const value of [b0, b1, b2, a1, a2, ...state]) numbers.push(value, value);
  }
  return Float64Array.from(numbers);
}

/** Arrays of a cascade in the memory of the kernels. */
class SectionsKernel {
  private readonly run: (...numbers: number[]) => number;
  private readonly extension: number;
  private readonly sections: KernelArray<'float64'>;
  private readonly groups: number;
  private signals: KernelArray<'float64'>;
  private work: KernelArray<'float64'>;

  constructor(sections: readonly SecondOrderSection[]) {
    this.run = loadKernel('filters')['filterZeroPhase']!;
    this.extension = extensionOf(sections);
    const table = sectionTable(sections);
    this.groups = table.length / (GROUP * SECTION_NUMBERS * LANES);
    this.sections = kernelMemory.copyOf('float64', table);
    this.signals = kernelMemory.allocate('float64', 0);
    this.work = kernelMemory.allocate('float64', 0);
  }

  /** @param pair - one signal or two */
  apply(pair: Float32Array | Float64Array, length: number, output: Float32Array | Float64Array): void {
    if (this.signals.length < LANES * length) this.makeRoom(length);
    const { signals, sections, groups, work } = this;
    signals.view.set(pair);
    // A single signal fills both lanes; the results of the second are not read.
    if (pair.length === length) signals.view.copyWithin(length, 0, length);
    this.run(
      signals.pointer,
      signals.pointer + length * Float64Array.BYTES_PER_ELEMENT,
      length,
      Math.min(this.extension, length - 1),
      sections.pointer,
      groups,
      work.pointer,
    );
    output.set(signals.view.subarray(0, pair.length));
  }

  release(): void {
    for (const array of [this.sections, this.signals, this.work]) array.release();
  }

  private makeRoom(length: number): void {
    const grown = kernelMemory.allOrNothing(() => ({
      signals: kernelMemory.allocate('float64', LANES * length),
      work: kernelMemory.allocate('float64', LANES * (length + 2 * this.extension)),
    }));
    for (const array of [this.signals, this.work]) array.release();
    ({ signals: this.signals, work: this.work } = grown);
  }
}
