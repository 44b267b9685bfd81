/**
 * Orthogonal wavelets: a signal as a coarse approximation and the details that each halving of the resolution removes
 * (I. Daubechies, "Orthonormal bases of compactly supported wavelets", Communications on Pure and Applied Mathematics
 * 41, 1988; S. Mallat, "A theory for multiresolution signal decomposition", IEEE Transactions on Pattern Analysis and
 * Machine Intelligence 11, 1989).
 */
import { WaveletTransform, type WaveletBorder } from '../../kernels/wavelet';
import { ORTHONORMAL_MEYER_LOWPASS } from '../../kernels/filters/wavelet-coefficients';
import {
  orthogonalFilters,
  waveletFilters,
  waveletNames,
  type WaveletFilters,
} from '../../kernels/filters/wavelet-filters';
import { allowedParameter } from '../basis';
import { FilterBank } from '../parts/filter-bank';
import { kept } from '../../kernels/runtime/kept';

/**
 * Names of the wavelets: db1 (Haar's) … db20, sym2 … sym20, coif1 … coif5 and dmey. Positions in this list are part of
 * the format: append only.
 */
export const ORTHOGONAL_WAVELETS: readonly string[] = waveletNames.filter((name) =>
  /^(db|sym|coif|dmey)/.test(name),
);

/** Numbers of levels that a transform can have: the coarsest coefficients are up to 52 ms apart. */
export const WAVELET_LEVELS: readonly number[] = Array.from({ length: 10 }, (_, i) => i + 1);

/** Extension of a signal beyond its ends: periodic, or mirrored. */
export const WAVELET_BORDERS: readonly WaveletBorder[] = ['periodic', 'symmetric'];

const transformFor = kept(
  (wavelet: string, levels: number, border: WaveletBorder) =>
    new WaveletTransform(filtersOf(wavelet), border, levels, 'float64'),
);

/** The published filter of dmey is orthonormal to 0.002 only; the basis has the orthonormal one nearest to it. */
function filtersOf(wavelet: string): WaveletFilters {
  return wavelet === 'dmey' ? orthogonalFilters(ORTHONORMAL_MEYER_LOWPASS) : waveletFilters(wavelet);
}

/**
 * The last approximation and the details of all levels, from the coarsest to the finest.
 *
 * A recording that is too short gets fewer levels, so that every level keeps coefficients that do not depend on the
 * ends: with filters of T taps, J levels need (T − 1)·2^J samples. One level always remains.
 *
 * With periodic borders the first and last sample are neighbors. There are as many coefficients as samples, plus one
 * for each level with an odd number of inputs, whose last one is repeated. With symmetric borders the extension has no
 * jump, but each level adds T − 2 or T − 1 coefficients, and those at the ends are not orthonormal.
 */
export class WaveletBasis extends FilterBank {
  readonly id: string;
  readonly orthonormal: boolean;

  /**
   * @param wavelet - one of {@link ORTHOGONAL_WAVELETS}
   * @param levels - 1…10
   * @param border - one of {@link WAVELET_BORDERS}
   * @throws BasisParameterError
   */
  constructor(
    readonly wavelet: string,
    levels: number,
    readonly border: WaveletBorder,
  ) {
    allowedParameter('orthogonal wavelet', wavelet, ORTHOGONAL_WAVELETS);
    allowedParameter('number of levels of a wavelet transform', levels, WAVELET_LEVELS);
    allowedParameter('border of a wavelet transform', border, WAVELET_BORDERS);
    super(filtersOf(wavelet), levels);
    this.id = `dwt-${wavelet}-${levels}-${border}`;
    this.orthonormal = border === 'periodic';
  }

  protected transformWith(levels: number): WaveletTransform<'float64'> {
    return transformFor(this.wavelet, levels, this.border);
  }
}
