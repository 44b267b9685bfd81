/**
 * The full wavelet packet decomposition of whole signals and its inverse, in SIMD WebAssembly: what
 * `reference/packets.ts` specifies, in double precision to the last bit.
 */
import type { FloatType, KernelViews } from './runtime/memory';
import { inversePacketTransform, packetOrder, packetTransform, type PacketOrder } from './reference/packets';
import { approximationLengths, checkLevels, type WaveletBorder } from './reference/wavelet';
import { WaveletLengthError } from './wavelet';
import { checkFilters, type WaveletFilters } from './filters/wavelet-filters';
import { WaveletStage, type Phases } from './wavelet-stage';
import { kernelMemory, simdAvailable } from './runtime/webassembly';

export type { PacketOrder } from './reference/packets';

/** There are 2 to this power bands. */
const MOST_LEVELS = 16;

/** Takes signals of any length apart into 2^levels bands of one width, in one precision. Its owner releases it. */
export class WaveletPackets<K extends FloatType> {
  /** Place of each band, in natural order, among the coefficients. */
  private readonly places: Uint32Array;
  private readonly stage: WaveletStage<K> | undefined;

  /**
   * @param filters - of `waveletFilters`, or others of an orthogonal or biorthogonal wavelet
   * @param border - how signals go on beyond their ends
   * @param levels - 1 … 16
   * @param order - of bands
   * @param type - of signal and coefficients
   * @param simd - false for the reference version
   * @throws WaveletFilterError
   * @throws WaveletLevelsError
   * @throws KernelMemoryError
   */
  constructor(
    private readonly filters: WaveletFilters,
    private readonly border: WaveletBorder,
    readonly levels: number,
    order: PacketOrder,
    type: K,
    simd: boolean = simdAvailable,
  ) {
    checkFilters(filters);
    checkLevels(levels, MOST_LEVELS);
    this.places = new Uint32Array(2 ** levels);
    packetOrder(levels, order).forEach((band, place) => (this.places[band] = place));
    if (simd) this.stage = kernelMemory.allOrNothing(() => new WaveletStage(filters, border, type));
  }

  /** Coefficients of each of the 2^levels bands of a signal. */
  bandLength(samples: number): number {
    return this.lengths(samples)[this.levels]!;
  }

  /** Coefficients of a signal: 2^levels bands, one after another. */
  coefficientCount(samples: number): number {
    return this.places.length * this.bandLength(samples);
  }

  /**
   * The coefficients that `WaveletPacket` of PyWavelets gives (modes "periodization" and "symmetric"). As many
   * multiplications and additions a sample as all filters of all levels have taps, halved.
   *
   * @param signal - any number of samples, left as they are
   * @param coefficients - receives the bands, {@link coefficientCount} numbers in all
   * @throws WaveletLengthError when there is not that room
   * @throws KernelMemoryError when the signal is too long; about twice its bytes are needed
   */
  forward(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    const lengths = this.check(signal.length, coefficients.length);
    if (signal.length === 0) return;
    const { stage, filters, border, levels } = this;
    if (!stage) {
      const bands = packetTransform(Float64Array.from(signal as Float64Array), filters, border, lengths);
      const length = lengths[levels]!;
      for (let i = 0; i < this.places.length; i++) {
        this.band(coefficients, length, i).set(bands.subarray(i * length, (i + 1) * length));
      }
      return;
    }
    const inner = lengths.slice(1, levels);
    stage.prepare([...inner, ...inner].flatMap((length) => [Math.ceil(length / 2), Math.ceil(length / 2)]));
    const rows = inner.map((length) => [stage.phases(length), stage.phases(length)] as const);
    // Depth first, so that bands are still in the cache when they are taken apart further.
    const takeApart = (level: number, band: number, from: Phases | KernelViews[K]): void => {
      if (level === levels - 1) {
        const [low, high] = [0, 1].map((i) => this.band(coefficients, lengths[levels]!, 2 * band + i));
        return stage.analyze(from, lengths[level]!, low!, high!);
      }
      const [low, high] = rows[level]!;
      stage.analyze(from, lengths[level]!, low, high);
      takeApart(level + 1, 2 * band, low);
      takeApart(level + 1, 2 * band + 1, high);
    };
    takeApart(0, 0, signal);
  }

  /**
   * The signal that {@link forward} turns into these coefficients.
   *
   * @param signal - receives as many samples as the transformed signal had
   * @throws WaveletLengthError when so many samples do not have that many coefficients
   * @throws KernelMemoryError
   */
  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    const lengths = this.check(signal.length, coefficients.length);
    if (signal.length === 0) return;
    const { stage, filters, border, levels } = this;
    if (!stage) {
      const length = lengths[levels]!;
      const bands = new Float64Array(coefficients.length);
      for (let i = 0; i < this.places.length; i++) {
        bands.set(this.band(coefficients, length, i), i * length);
      }
      signal.set(inversePacketTransform(bands, filters, border, lengths));
      return;
    }
    const inner = lengths.slice(1);
    stage.prepare(inner.flatMap((length) => [length, length]));
    const rows = inner.map((length) => [stage.row(length), stage.row(length)] as const);
    const putTogether = (level: number, band: number, to: number | KernelViews[K]): void => {
      const [low, high] = rows[level]!;
      for (const [i, row] of [low, high].entries()) {
        const part = 2 * band + i;
        if (level === levels - 1) stage.copyBand(this.band(coefficients, lengths[levels]!, part), row);
        else putTogether(level + 1, part, row);
      }
      stage.synthesize(low, high, to, lengths[level]!);
    };
    putTogether(0, 0, signal);
  }

  release(): void {
    this.stage?.release();
  }

  private lengths(samples: number): number[] {
    return approximationLengths(samples, this.filters.decompositionLow.length, this.border, this.levels);
  }

  /** A band, by its natural order. */
  private band(coefficients: KernelViews[K], length: number, band: number): KernelViews[K] {
    const start = this.places[band]! * length;
    return (coefficients as Float64Array).subarray(start, start + length) as KernelViews[K];
  }

  private check(samples: number, coefficients: number): number[] {
    const lengths = this.lengths(samples);
    const expected = this.places.length * lengths[this.levels]!;
    if (coefficients === expected) return lengths;
    throw new WaveletLengthError(
      `${samples} samples have ${expected} coefficients in ${this.places.length} bands, not ${coefficients}.`,
    );
  }
}
