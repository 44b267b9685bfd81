/**
 * Learned orthogonal wavelets: the filters of a lattice whose angles were learned from other recordings
 * (`lib/learning/wavelets/lattice-wavelet.ts`), in place of Daubechies'.
 */
import { latticeLowpass } from '../../kernels/lattice';
import { WaveletTransform } from '../../kernels/wavelet';
import { orthogonalFilters, type WaveletFilters } from '../../kernels/filters/wavelet-filters';
import type { ModelArrays } from '../../models/model';
import { kept } from '../../kernels/runtime/kept';
import { allowedParameter } from '../basis';
import { FilterBank, filterBankCost } from '../parts/filter-bank';
import { LearnedBasis } from '../learned';

/** Taps that a learned orthogonal wavelet can have: two for each angle. */
export const LATTICE_TAPS: readonly number[] = Array.from({ length: 16 }, (_, i) => 2 * (i + 1));

/** Numbers of levels that a learned wavelet can have. */
export const LEARNED_WAVELET_LEVELS: readonly number[] = Array.from({ length: 10 }, (_, i) => i + 1);

/** The filters given by the rotation angles of a model. */
export function latticeFilters(arrays: ModelArrays): WaveletFilters {
  return orthogonalFilters(latticeLowpass(arrays['rotations']!));
}

/** The transform of {@link WaveletBasis} with periodic borders, by the filters of a lattice. */
export class LatticeBasis extends LearnedBasis {
  /**
   * @param taps - taps of the filters, one of {@link LATTICE_TAPS}
   * @param levels - 1…10
   * @throws BasisParameterError
   */
  constructor(
    readonly taps: number,
    readonly levels: number,
  ) {
    allowedParameter('number of taps of a learned wavelet', taps, LATTICE_TAPS);
    allowedParameter('number of levels of a learned wavelet', levels, LEARNED_WAVELET_LEVELS);
    const id = `lattice-${taps}-${levels}`;
    const facts = { id, arrays: { rotations: taps }, ...filterBankCost(taps, levels), losslessStep: 24 };
    super(facts, ({ arrays, sha256 }) => {
      return new LatticeFilterBank(`${id}/${sha256}`, latticeFilters(arrays), levels);
    });
  }
}

/** The filter bank of one model, with periodic borders. */
class LatticeFilterBank extends FilterBank {
  protected readonly transformWith = kept(
    (levels: number) => new WaveletTransform(this.filters, 'periodic', levels, 'float64'),
  );

  constructor(
    readonly id: string,
    filters: WaveletFilters,
    levels: number,
  ) {
    super(filters, levels);
  }
}
