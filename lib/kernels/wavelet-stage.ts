/**
 * One level of a wavelet transform and of its inverse, in SIMD WebAssembly: what the transforms over all levels are
 * made of. Only they use it.
 */
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import { bandLength, indexBeyond, type WaveletBorder } from './reference/wavelet';
import type { WaveletFilters } from './filters/wavelet-filters';
import { kernelMemory, loadKernel, type KernelExports } from './runtime/webassembly';

/** Coefficients of a band that are computed before they are copied out: they stay in the second-level cache. */
const CHUNK_ELEMENTS = 4096;

/** Number of chunks: work arrays through which samples pass while they stay in the first-level cache. */
const CHUNKS = 5;

/** Elements that vectors may reach beyond the last result: four vectors, twice where results are interleaved. */
const OVERHANG = 32;

/** Rows start at multiples of so many elements: a cache line of single precision. */
const ALIGNMENT = 16;

/** How the kernel stores its two results. */
const PLAIN = 0;
const SPLIT_FIRST = 1;
const SPLIT_BOTH = 2;
const INTERLEAVED = 3;

/** Addresses of the even and of the odd samples of a signal. */
export interface Phases {
  readonly even: number;
  readonly odd: number;
}

/** Filters in the memory of the kernels, and room to work in. Its owner releases it. */
export class WaveletStage<K extends FloatType> {
  private readonly taps: number;
  private readonly periodic: number;
  private readonly margin: number;
  private readonly bytes: number;
  private readonly decomposition: KernelArray<K>;
  private readonly reconstruction: KernelArray<K>;
  private readonly filter: KernelExports[string];
  private readonly splitPhases: KernelExports[string];
  private readonly extend: KernelExports[string];
  private readonly repeat: KernelExports[string];
  /** Chunks, then rows with space for their borders. */
  private room: KernelArray<K>;
  /** Where each chunk starts in it, and where the first row does. */
  private readonly chunkStarts: number[];
  private next = 0;

  /** @throws KernelMemoryError */
  constructor(
    filters: WaveletFilters,
    private readonly border: WaveletBorder,
    private readonly type: K,
  ) {
    const { decompositionLow, decompositionHigh, reconstructionLow, reconstructionHigh } = filters;
    this.taps = decompositionLow.length;
    this.periodic = border === 'periodic' ? 1 : 0;
    this.margin = Math.ceil((this.taps / 2 + 1) / ALIGNMENT) * ALIGNMENT;
    this.bytes = type === 'float32' ? 4 : 8;
    // In the order in which the kernel takes them.
    const analysis = new Float64Array(2 * this.taps);
    const synthesis = new Float64Array(2 * this.taps);
    for (let j = 0; j < this.taps; j += 2) {
      analysis.set([decompositionLow[j]!, decompositionHigh[j]!], 2 * j);
      analysis.set([decompositionLow[j + 1]!, decompositionHigh[j + 1]!], 2 * j + 2);
      synthesis.set([reconstructionLow[j]!, reconstructionLow[j + 1]!], 2 * j);
      synthesis.set([reconstructionHigh[j]!, reconstructionHigh[j + 1]!], 2 * j + 2);
    }
    this.decomposition = kernelMemory.copyOf(type, analysis);
    this.reconstruction = kernelMemory.copyOf(type, synthesis);
    this.room = kernelMemory.allocate(type, 0);
    const chunk = this.rowElements(2 * (CHUNK_ELEMENTS + this.taps));
    this.chunkStarts = Array.from({ length: CHUNKS + 1 }, (_, which) => this.margin + which * chunk);
    const kernel = loadKernel('wavelet-stage');
    const suffix = type === 'float32' ? 'Float32' : 'Float64';
    this.filter = kernel[`filter${suffix}`]!;
    this.splitPhases = kernel[`split${suffix}`]!;
    this.extend = kernel[`extend${suffix}`]!;
    this.repeat = kernel[`repeat${suffix}`]!;
  }

  /**
   * Allocates rows, each with its borders. Earlier contents are lost.
   *
   * @param lengths - elements of each row
   * @throws KernelMemoryError
   */
  prepare(lengths: readonly number[]): void {
    const chunks = this.chunkStarts[CHUNKS]! - this.margin;
    const needed = lengths.reduce((sum, length) => sum + this.rowElements(length), chunks);
    if (needed > this.room.length) {
      const room = kernelMemory.allocate(this.type, needed);
      room.view.fill(0);
      this.room.release();
      this.room = room;
    }
    this.next = chunks;
  }

  /** Address of the first element of the next row. */
  row(length: number): number {
    const start = this.next + this.margin;
    this.next += this.rowElements(length);
    return this.addressOf(start);
  }

  /** Rows for the even and the odd samples of a signal. */
  phases(length: number): Phases {
    const half = Math.ceil(length / 2);
    return { even: this.row(half), odd: this.row(half) };
  }

  /** Copies a band to a row, with its extension beyond both ends. */
  copyBand(band: KernelViews[K], row: number): void {
    const start = (row - this.room.pointer) / this.bytes;
    (this.room.view as Float64Array).set(band as Float64Array, start);
    this.goOn(row, band.length);
  }

  /**
   * Lowpass and highpass band of a signal.
   *
   * @param signal - an array, or rows, which the borders are written to
   * @param low - rows that receive the lowpass band, or an array
   * @param high - likewise; rows only where `low` is
   */
  analyze(
    signal: Phases | KernelViews[K],
    length: number,
    low: Phases | KernelViews[K],
    high: Phases | KernelViews[K],
  ): void {
    const rows = 'even' in signal ? signal : undefined;
    if (rows) this.extend(rows.even, rows.odd, length, this.periodic, this.taps);
    const shift = this.periodic === 1 ? this.taps / 2 : 1;
    const ahead = Math.floor(shift / 2) * this.bytes;
    const count = bandLength(length, this.taps, this.border);
    const lowRows = 'even' in low ? low : undefined;
    const highRows = 'even' in high ? high : undefined;
    const mode = highRows ? SPLIT_BOTH : lowRows ? SPLIT_FIRST : PLAIN;
    const taps = this.decomposition.pointer;
    const step = rows && highRows ? count : CHUNK_ELEMENTS;
    for (let start = 0; start < count; start += step) {
      const at = start * this.bytes;
      const end = Math.min(count, start + step);
      let even: number;
      let odd: number;
      if (rows) {
        even = rows.even + at + ahead;
        odd = rows.odd + at + ahead;
      } else {
        this.splitPart(signal as KernelViews[K], start, end);
        even = this.chunk(1) + ahead;
        odd = this.chunk(2) + ahead;
      }
      this.filter(
        shift % 2 === 1 ? odd : even,
        shift % 2 === 1 ? even : odd - this.bytes,
        taps,
        this.taps,
        end - start,
        mode,
        lowRows ? lowRows.even + at / 2 : this.chunk(3),
        lowRows ? lowRows.odd + at / 2 : 0,
        highRows ? highRows.even + at / 2 : this.chunk(4),
        highRows ? highRows.odd + at / 2 : 0,
      );
      if (!lowRows) this.copyChunk(3, 0, low as KernelViews[K], start, end);
      if (!highRows) this.copyChunk(4, 0, high as KernelViews[K], start, end);
    }
  }

  /**
   * The signal that has these bands.
   *
   * @param low, high - rows that go on beyond their ends
   * @param signal - a row, which then also goes on beyond its ends, or an array
   * @param length - samples of the signal
   */
  synthesize(low: number, high: number, signal: number | KernelViews[K], length: number): void {
    const shift = this.periodic === 1 ? this.taps / 2 - 1 : this.taps - 2;
    const early = shift % 2;
    const ahead = ((shift - early) / 2) * this.bytes;
    const pairs = Math.ceil((length + early) / 2);
    const filterPairs = (start: number, end: number, target: number): void => {
      const at = ahead + start * this.bytes;
      const taps = this.reconstruction.pointer;
      this.filter(low + at, high + at, taps, this.taps, end - start, INTERLEAVED, target, 0, 0, 0);
    };
    if (typeof signal === 'number') {
      filterPairs(0, pairs, signal - early * this.bytes);
      this.goOn(signal, length);
      return;
    }
    for (let start = 0; start < pairs; start += CHUNK_ELEMENTS) {
      const end = Math.min(pairs, start + CHUNK_ELEMENTS);
      filterPairs(start, end, this.chunk(3));
      const from = Math.max(0, 2 * start - early);
      this.copyChunk(3, from - (2 * start - early), signal, from, Math.min(length, 2 * end - early));
    }
  }

  release(): void {
    for (const array of [this.decomposition, this.reconstruction, this.room]) array.release();
  }

  /** Symmetric borders are in the coefficients already. */
  private goOn(row: number, length: number): void {
    if (this.periodic === 1) this.repeat(row, length, this.taps / 2);
  }

  private rowElements(length: number): number {
    return this.margin + Math.ceil((length + this.margin + OVERHANG) / ALIGNMENT) * ALIGNMENT;
  }

  private addressOf(element: number): number {
    return this.room.pointer + element * this.bytes;
  }

  /** Address of a chunk: 0 for samples, 1 and 2 for even and odd samples, 3 and 4 for bands. */
  private chunk(which: number): number {
    return this.addressOf(this.chunkStarts[which]!);
  }

  /**
   * Writes the samples that coefficients `start` … `end` − 1 are made of to chunks 1 and 2, those of sample 2·start at
   * their beginning.
   */
  private splitPart(signal: KernelViews[K], start: number, end: number): void {
    const view = this.room.view as Float64Array;
    const from = 2 * start - this.taps;
    const to = 2 * end + this.taps;
    const at = this.chunkStarts[0]! - from;
    const first = Math.max(0, from);
    view.set((signal as Float64Array).subarray(first, Math.min(to, signal.length)), at + first);
    for (let i = from; i < 0; i++) view[at + i] = signal[indexBeyond(i, signal.length, this.border)]!;
    for (let i = Math.max(from, signal.length); i < to; i++) {
      view[at + i] = signal[indexBeyond(i, signal.length, this.border)]!;
    }
    const before = (this.taps / 2) * this.bytes;
    this.splitPhases(this.chunk(0), to - from, this.chunk(1) - before, this.chunk(2) - before);
  }

  /** Copies elements of a chunk to elements `start` … `end` − 1 of an array. */
  private copyChunk(which: number, first: number, to: KernelViews[K], start: number, end: number): void {
    const from = this.chunkStarts[which]! + first;
    (to as Float64Array).set((this.room.view as Float64Array).subarray(from, from + end - start), start);
  }
}
