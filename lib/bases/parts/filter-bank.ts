/**
 * Wavelet transforms by an orthogonal filter bank, with Daubechies' or learned filters.
 */
import type { WaveletFilters } from '../../kernels/filters/wavelet-filters';
import type { WaveletTransform } from '../../kernels/wavelet';
import type { Basis, CoefficientLayout, Coefficients } from '../basis';
import { levelSubbands } from './wavelet-layout';

/** The last approximation and the details of all levels, from the coarsest to the finest. */
export abstract class FilterBank implements Basis {
  abstract readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep = 24;

  /**
   * @param filters - filters of every level
   * @param levels - 1…10; a recording too short for them has fewer, see {@link WaveletBasis}
   */
  constructor(
    readonly filters: WaveletFilters,
    readonly levels: number,
  ) {
    const { delay, multiplyAddsPerSample } = filterBankCost(filters.decompositionLow.length, levels);
    this.delay = delay;
    this.multiplyAddsPerSample = multiplyAddsPerSample;
  }

  layout(length: number): CoefficientLayout {
    const transform = this.transformOf(length);
    return {
      signalLength: length,
      coefficientCount: transform.coefficientCount(length),
      hop: 2 ** transform.levels,
      subbands: levelSubbands(transform.bands(length), transform.levels),
    };
  }

  analyze(signal: Float64Array): Coefficients {
    const layout = this.layout(signal.length);
    const values = new Float64Array(layout.coefficientCount);
    this.transformOf(signal.length).forward(signal, values);
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const signal = new Float64Array(layout.signalLength);
    this.transformOf(signal.length).inverse(values, signal);
    return signal;
  }

  /** The transform of this many levels, made once. */
  protected abstract transformWith(levels: number): WaveletTransform<'float64'>;

  /** The transform for signals of this length; it has fewer levels if the signal is too short for all. */
  private transformOf(length: number): WaveletTransform<'float64'> {
    const taps = this.filters.decompositionLow.length;
    let { levels } = this;
    while (levels > 1 && (taps - 1) * 2 ** levels > length) levels--;
    return this.transformWith(levels);
  }
}

/** Delay in samples, and multiply–adds per sample, of a filter bank with this many taps. */
export function filterBankCost(
  taps: number,
  levels: number,
): { readonly delay: number; readonly multiplyAddsPerSample: number } {
  return {
    // Combined length of the filters of all levels, less the sample itself. With periodic borders some first
    // coefficients wait for the end of the recording; that is not counted, since a real-time encoder would mirror
    // instead.
    delay: (taps - 1) * (2 ** levels - 1),
    // Each level costs half of the one before: 2·(1 − 2^−levels) times the first.
    multiplyAddsPerSample: 2 * taps * (1 - 2 ** -levels),
  };
}
