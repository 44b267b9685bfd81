/**
 * Filter pairs of wavelets by the names that PyWavelets gives them. Orthogonal ones are computed, by
 * `wavelet-design.ts`; the discrete Meyer wavelet and the biorthogonal ones come from `wavelet-coefficients.ts`.
 */
import { kept } from '../runtime/kept';
import { BIORTHOGONAL_LOWPASS, DISCRETE_MEYER_LOWPASS } from './wavelet-coefficients';
import {
  coifletLowpass,
  daubechiesLowpass,
  MOST_COIFLET_ORDER,
  MOST_MOMENTS,
  symletLowpass,
} from './wavelet-design';

/**
 * The two filters that take a signal apart and the two that put it together again, as impulse responses of one, even
 * length. The lowpass filters add up to √2.
 */
export interface WaveletFilters {
  readonly decompositionLow: Float64Array;
  readonly decompositionHigh: Float64Array;
  readonly reconstructionLow: Float64Array;
  readonly reconstructionHigh: Float64Array;
}

/** A name is not that of a wavelet. */
export class WaveletNameError extends Error {
  override readonly name = 'WaveletNameError';
}

/** Numbers that cannot be the filters of a wavelet. */
export class WaveletFilterError extends RangeError {
  override readonly name = 'WaveletFilterError';
}

/** Function that computes the lowpass reconstruction filter, by the name of the orthogonal wavelet. */
const orthogonalDesigns = new Map<string, () => ArrayLike<number>>([
  ['haar', () => daubechiesLowpass(1)],
  ...designs('db', daubechiesLowpass, 1, MOST_MOMENTS),
  ...designs('sym', symletLowpass, 2, MOST_MOMENTS),
  ...designs('coif', coifletLowpass, 1, MOST_COIFLET_ORDER),
  ['dmey', () => DISCRETE_MEYER_LOWPASS],
]);

/** The lowpass filter of an orthogonal wavelet, computed once, as it takes up to 20 ms. */
const orthogonalLowpass = kept((name: string) => orthogonalDesigns.get(name)!());

/** Names that {@link waveletFilters} knows, family by family. */
export const waveletNames: readonly string[] = [
  ...orthogonalDesigns.keys(),
  ...Object.keys(BIORTHOGONAL_LOWPASS).map((orders) => `bior${orders}`),
  ...Object.keys(BIORTHOGONAL_LOWPASS).map((orders) => `rbio${orders}`),
];

/**
 * The filters of a wavelet, with the signs and delays of PyWavelets.
 *
 * @param name - haar, db1 … db20 (Daubechies), sym2 … sym20 (symlets), coif1 … coif5 (coiflets), dmey (discrete Meyer,
 *   orthogonal to about 0.002 only), bior1.1 … bior6.8 (biorthogonal splines, orders of reconstruction and
 *   decomposition) and rbio1.1 … rbio6.8 (their mirror images)
 * @throws WaveletNameError
 */
export function waveletFilters(name: string): WaveletFilters {
  if (!waveletNames.includes(name)) {
    throw new WaveletNameError(
      `No wavelet is called ${JSON.stringify(name)}. These are known: ${waveletNames.join(', ')}.`,
    );
  }
  const pair = BIORTHOGONAL_LOWPASS[name.slice(4)];
  if (pair && name.startsWith('bior')) return biorthogonalFilters(pair[0], pair[1]);
  if (pair) return biorthogonalFilters([...pair[1]].reverse(), [...pair[0]].reverse());
  return orthogonalFilters(orthogonalLowpass(name));
}

/** Names and designs of a family, order by order. */
function designs(
  family: string,
  design: (order: number) => ArrayLike<number>,
  first: number,
  last: number,
): [string, () => ArrayLike<number>][] {
  return Array.from({ length: last - first + 1 }, (_, i) => [
    `${family}${first + i}`,
    () => design(first + i),
  ]);
}

/**
 * The filters of an orthogonal wavelet: all are its lowpass reconstruction filter, reversed or with alternating signs
 * (quadrature mirror filters).
 *
 * @param reconstructionLow - of even length
 * @throws WaveletFilterError
 */
export function orthogonalFilters(reconstructionLow: ArrayLike<number>): WaveletFilters {
  return biorthogonalFilters(Array.from(reconstructionLow).reverse(), reconstructionLow);
}

/**
 * The filters of a biorthogonal wavelet: the highpass filters are the lowpass ones with alternating signs.
 *
 * @param decompositionLow, reconstructionLow - of one even length; pad with zeros where they are not
 * @throws WaveletFilterError
 */
export function biorthogonalFilters(
  decompositionLow: ArrayLike<number>,
  reconstructionLow: ArrayLike<number>,
): WaveletFilters {
  const filters = {
    decompositionLow: Float64Array.from(decompositionLow),
    decompositionHigh: Float64Array.from(reconstructionLow).map((tap, i) => (i % 2 === 0 ? -tap : tap)),
    reconstructionLow: Float64Array.from(reconstructionLow),
    reconstructionHigh: Float64Array.from(decompositionLow).map((tap, i) => (i % 2 === 0 ? tap : -tap)),
  };
  checkFilters(filters);
  return filters;
}

/** @throws WaveletFilterError when the filters are not of one even length, or not of numbers */
export function checkFilters(filters: WaveletFilters): void {
  const { length } = filters.decompositionLow;
  const taps = [
    filters.decompositionLow,
    filters.decompositionHigh,
    filters.reconstructionLow,
    filters.reconstructionHigh,
  ];
  if (length === 0 || length % 2 !== 0 || taps.some((filter) => filter.length !== length)) {
    throw new WaveletFilterError(
      `The four filters of a wavelet must be of one even length, not of ${taps.map((t) => t.length).join(', ')}. ` +
        'Pad them with zeros.',
    );
  }
  if (taps.some((filter) => !filter.every(Number.isFinite))) {
    throw new WaveletFilterError('A wavelet has filters of finite numbers only.');
  }
}
