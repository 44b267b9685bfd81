/**
 * The discrete wavelet transform of whole signals over several levels and its inverse, in SIMD WebAssembly: what
 * `reference/wavelet.ts` specifies, in double precision to the last bit.
 */
import type { FloatType, KernelViews } from './runtime/memory';
import {
  approximationLengths,
  checkLevels,
  inverseWaveletTransform,
  MOST_LEVELS,
  waveletBands,
  waveletTransform,
  type WaveletBand,
  type WaveletBorder,
} from './reference/wavelet';
import { checkFilters, type WaveletFilters } from './filters/wavelet-filters';
import { WaveletStage, type Phases } from './wavelet-stage';
import { kernelMemory, simdAvailable } from './runtime/webassembly';

export { maximumLevels, WaveletLevelsError, type WaveletBand, type WaveletBorder } from './reference/wavelet';

/** An array is not as long as the coefficients of a signal are. */
export class WaveletLengthError extends RangeError {
  override readonly name = 'WaveletLengthError';
}

/** Transforms signals of any length in one precision. Its owner releases it. */
export class WaveletTransform<K extends FloatType> {
  private readonly taps: number;
  private readonly stage: WaveletStage<K> | undefined;

  /**
   * @param filters - of `waveletFilters`, or others of an orthogonal or biorthogonal wavelet
   * @param border - how signals go on beyond their ends
   * @param levels - 1 … 40; above `maximumLevels` the coarsest bands are mostly border
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
    type: K,
    simd: boolean = simdAvailable,
  ) {
    checkFilters(filters);
    checkLevels(levels, MOST_LEVELS);
    this.taps = filters.decompositionLow.length;
    if (simd) this.stage = kernelMemory.allOrNothing(() => new WaveletStage(filters, border, type));
  }

  /** The last approximation, then details from the coarsest to the finest, one after another. */
  bands(samples: number): WaveletBand[] {
    return waveletBands(samples, this.taps, this.border, this.levels);
  }

  /** Coefficients of a signal: with periodic borders as many as samples, and at most one more for each level. */
  coefficientCount(samples: number): number {
    const last = this.bands(samples).pop()!;
    return last.offset + last.length;
  }

  /**
   * The coefficients that `wavedec` of PyWavelets gives (modes "periodization" and "symmetric"). About as many
   * multiplications and additions a sample as all filters of a level have taps.
   *
   * @param signal - any number of samples, left as they are
   * @param coefficients - receives them as in {@link bands}, {@link coefficientCount} in all
   * @throws WaveletLengthError when there is not that room
   * @throws KernelMemoryError when the signal is too long; about its bytes are needed
   */
  forward(signal: KernelViews[K], coefficients: KernelViews[K]): void {
    const bands = this.check(signal.length, coefficients.length);
    if (signal.length === 0) return;
    const { stage, filters, border, taps, levels } = this;
    if (!stage) {
      const result = new Float64Array(coefficients.length);
      waveletTransform(Float64Array.from(signal as Float64Array), filters, border, bands, result);
      coefficients.set(result);
      return;
    }
    const lengths = approximationLengths(signal.length, taps, border, levels);
    // Where filters are long, approximations grow from level to level.
    const longest = Math.max(...lengths.slice(1));
    const half = Math.ceil(longest / 2);
    stage.prepare([half, half, half, half]);
    let approximation: Phases | KernelViews[K] = signal;
    let [next, other] = [stage.phases(longest), stage.phases(longest)];
    for (let level = 1; level <= levels; level++) {
      const length = lengths[level - 1]!;
      const detail = part(coefficients, bands[levels + 1 - level]!);
      if (level === levels) {
        stage.analyze(approximation, length, part(coefficients, bands[0]!), detail);
      } else {
        stage.analyze(approximation, length, next, detail);
        approximation = next;
        [next, other] = [other, next];
      }
    }
  }

  /**
   * The signal that {@link forward} turns into these coefficients.
   *
   * @param signal - receives as many samples as the transformed signal had
   * @throws WaveletLengthError when so many samples do not have that many coefficients
   * @throws KernelMemoryError
   */
  inverse(coefficients: KernelViews[K], signal: KernelViews[K]): void {
    const bands = this.check(signal.length, coefficients.length);
    if (signal.length === 0) return;
    const { stage, filters, border, levels } = this;
    if (!stage) {
      const result = new Float64Array(signal.length);
      inverseWaveletTransform(
        Float64Array.from(coefficients as Float64Array),
        bands,
        filters,
        border,
        result,
      );
      signal.set(result);
      return;
    }
    const longest = Math.max(...bands.map(({ length }) => length));
    stage.prepare([longest, longest, longest]);
    let approximation = stage.row(longest);
    let other = stage.row(longest);
    const detail = stage.row(longest);
    stage.copyBand(part(coefficients, bands[0]!), approximation);
    for (let b = 1; b <= levels; b++) {
      stage.copyBand(part(coefficients, bands[b]!), detail);
      if (b === levels) {
        stage.synthesize(approximation, detail, signal, signal.length);
      } else {
        stage.synthesize(approximation, detail, other, bands[b + 1]!.length);
        [approximation, other] = [other, approximation];
      }
    }
  }

  release(): void {
    this.stage?.release();
  }

  private check(samples: number, coefficients: number): WaveletBand[] {
    const bands = this.bands(samples);
    const last = bands[bands.length - 1]!;
    if (coefficients === last.offset + last.length) return bands;
    throw new WaveletLengthError(
      `${samples} samples have ${last.offset + last.length} coefficients in ${this.levels} levels, not ${coefficients}.`,
    );
  }
}

function part<K extends FloatType>(coefficients: KernelViews[K], band: WaveletBand): KernelViews[K] {
  const { offset, length } = band;
  return (coefficients as Float64Array).subarray(offset, offset + length) as KernelViews[K];
}
