/**
 * Orthogonal wavelets: a signal as a coarse approximation and the details that each halving of the resolution takes away
 * (I. Daubechies, "Orthonormal bases of compactly supported wavelets", Communications on Pure and Applied Mathematics 41,
 * 1988; S. Mallat, "A theory for multiresolution signal decomposition", IEEE Transactions on Pattern Analysis and Machine
 * Intelligence 11, 1989).
 */
import { WaveletTransform, type WaveletBorder } from '../../kernels/wavelet';
import { ORTHONORMAL_MEYER_LOWPASS } from '../../kernels/filters/wavelet-coefficients';
import {
  orthogonalFilters,
  waveletFilters,
  waveletNames,
  type WaveletFilters,
} from '../../kernels/filters/wavelet-filters';
import { allowedParameter, type Basis, type CoefficientLayout, type Coefficients } from '../basis';

/**
 * Names of the wavelets: db1 (Haar's) … db20, sym2 … sym20, coif1 … coif5 and dmey. Places in this list are part of the
 * format.
 */
export const ORTHOGONAL_WAVELETS: readonly string[] = waveletNames.filter((name) =>
  /^(db|sym|coif|dmey)/.test(name),
);

/** Numbers of levels that a transform can have: the coarsest coefficients are up to 52 ms apart. */
export const WAVELET_LEVELS: readonly number[] = Array.from({ length: 10 }, (_, i) => i + 1);

/** How a signal goes on beyond its ends: from the beginning again, or as in a mirror. */
export const WAVELET_BORDERS: readonly WaveletBorder[] = ['periodic', 'symmetric'];

/** Kept as long as the thread lives: bases come and go with every recording. */
const transforms = new Map<string, WaveletTransform<'float64'>>();

function transformFor(wavelet: string, levels: number, border: WaveletBorder): WaveletTransform<'float64'> {
  const key = `${wavelet}-${levels}-${border}`;
  let transform = transforms.get(key);
  if (transform === undefined) {
    transform = new WaveletTransform(filtersOf(wavelet), border, levels, 'float64');
    transforms.set(key, transform);
  }
  return transform;
}

/** The published filter of dmey is orthonormal to 0.002 only; the basis has the orthonormal one nearest to it. */
function filtersOf(wavelet: string): WaveletFilters {
  return wavelet === 'dmey' ? orthogonalFilters(ORTHONORMAL_MEYER_LOWPASS) : waveletFilters(wavelet);
}

/**
 * The last approximation and the details of all levels, from the coarsest to the finest.
 *
 * A recording too short for the levels has fewer: as many as leave coefficients that do not feel its ends, so with
 * filters of T taps J levels need (T − 1)·2^J samples; one level is always left.
 *
 * With periodic borders there are as many coefficients as samples, and one more for each level that has an odd number to
 * halve; the last sample, which is then repeated, and the first are neighbors. With symmetric borders nothing jumps, but
 * each level adds T − 2 or T − 1 coefficients, and those at the ends are not orthonormal.
 */
export class WaveletBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = false;
  readonly losslessStep = 24;
  readonly orthonormal: boolean;
  /** The filters of every level. */
  readonly filters: WaveletFilters;

  /**
   * @param wavelet - one of {@link ORTHOGONAL_WAVELETS}
   * @param levels - 1…10
   * @param border - one of {@link WAVELET_BORDERS}
   * @throws BasisParameterError
   */
  constructor(
    readonly wavelet: string,
    readonly levels: number,
    readonly border: WaveletBorder,
  ) {
    allowedParameter('orthogonal wavelet', wavelet, ORTHOGONAL_WAVELETS);
    allowedParameter('number of levels of a wavelet transform', levels, WAVELET_LEVELS);
    allowedParameter('border of a wavelet transform', border, WAVELET_BORDERS);
    this.id = `dwt-${wavelet}-${levels}-${border}`;
    this.filters = filtersOf(wavelet);
    const taps = this.filters.decompositionLow.length;
    this.orthonormal = border === 'periodic';
    // The filters of all levels together, less the sample itself. Periodic borders let some coefficients at the
    // beginning wait for the end of the recording, which a real-time encoder would mirror instead.
    this.delay = (taps - 1) * (2 ** levels - 1);
    // All levels together take twice as long as the first, less what the approximation saves.
    this.multiplyAddsPerSample = 2 * taps * (1 - 2 ** -levels);
  }

  layout(length: number): CoefficientLayout {
    const transform = this.transformOf(length);
    const { levels } = transform;
    return {
      signalLength: length,
      coefficientCount: transform.coefficientCount(length),
      hop: 2 ** levels,
      subbands: transform
        .bands(length)
        .map((band, b) => ({ ...band, timeStep: 2 ** (levels + 1 - Math.max(1, b)) })),
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

  /** The transform of signals of this length: of fewer levels, where the signal is too short for all. */
  private transformOf(length: number): WaveletTransform<'float64'> {
    const taps = this.filters.decompositionLow.length;
    let { levels } = this;
    while (levels > 1 && (taps - 1) * 2 ** levels > length) levels--;
    return transformFor(this.wavelet, levels, this.border);
  }
}
