/**
 * Learned orthogonal wavelets: the filters of a lattice whose angles were learned from other recordings
 * (`lib/learning/wavelets/lattice-wavelet.ts`), in place of Daubechies'.
 */
import { latticeLowpass } from '../../kernels/lattice';
import { WaveletTransform } from '../../kernels/wavelet';
import { orthogonalFilters, type WaveletFilters } from '../../kernels/filters/wavelet-filters';
import type { ModelArrays } from '../../models/model';
import { allowedParameter, type Basis, type CoefficientLayout, type Coefficients } from '../basis';
import { LearnedBasis } from '../learned';

/** Taps that a learned orthogonal wavelet can have: two for each angle. */
export const LATTICE_TAPS: readonly number[] = Array.from({ length: 16 }, (_, i) => 2 * (i + 1));

/** Numbers of levels that a learned wavelet can have. */
export const LEARNED_WAVELET_LEVELS: readonly number[] = Array.from({ length: 10 }, (_, i) => i + 1);

/** The filters that the rotations of a model stand for. */
export function latticeFilters(arrays: ModelArrays): WaveletFilters {
  return orthogonalFilters(latticeLowpass(arrays['rotations']!));
}

/** The transform of {@link WaveletBasis} with periodic borders, by the filters of a lattice. */
export class LatticeBasis extends LearnedBasis {
  /**
   * @param taps - of the filters, one of {@link LATTICE_TAPS}
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
    const delay = (taps - 1) * (2 ** levels - 1);
    const multiplyAddsPerSample = 2 * taps * (1 - 2 ** -levels);
    const facts = { id, delay, multiplyAddsPerSample, losslessStep: 24 };
    super(facts, ({ arrays, sha256 }) => {
      return new FilterBankBasis(`${id}/${sha256}`, latticeFilters(arrays), levels, facts);
    });
  }
}

/** Orthogonal filters of one's own, periodic borders. */
class FilterBankBasis implements Basis {
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = false;
  readonly losslessStep: number;
  /** By their number of levels; kept as long as the model is. */
  private readonly transforms = new Map<number, WaveletTransform<'float64'>>();

  constructor(
    readonly id: string,
    private readonly filters: WaveletFilters,
    private readonly levels: number,
    facts: { readonly delay: number; readonly multiplyAddsPerSample: number; readonly losslessStep: number },
  ) {
    this.delay = facts.delay;
    this.multiplyAddsPerSample = facts.multiplyAddsPerSample;
    this.losslessStep = facts.losslessStep;
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
    let transform = this.transforms.get(levels);
    if (transform === undefined) {
      transform = new WaveletTransform(this.filters, 'periodic', levels, 'float64');
      this.transforms.set(levels, transform);
    }
    return transform;
  }
}
