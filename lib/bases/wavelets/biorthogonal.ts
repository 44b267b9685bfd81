/**
 * Biorthogonal wavelets: analysis and synthesis use different wavelets, and in return both can be symmetric (A. Cohen,
 * I. Daubechies and J.-C. Feauveau, "Biorthogonal bases of compactly supported wavelets", Communications on Pure and
 * Applied Mathematics 45, 1992).
 */
import { LiftingTransform } from '../../kernels/lifting';
import { WaveletTransform, type WaveletBand } from '../../kernels/wavelet';
import { waveletFilters, waveletNames } from '../../kernels/filters/wavelet-filters';
import { allowedParameter, type Basis, type CoefficientLayout, type Coefficients } from '../basis';
import { kept } from '../../kernels/runtime/kept';

/** Wavelets that are computed by lifting. */
const LIFTED = { 'cdf5.3': '5/3', 'cdf9.7': '9/7' } as const;

/** Multiply–adds of one level of lifting, for two samples. */
const LIFTING_WORK = { '5/3': 4, '9/7': 8 };

/** Samples that one approximation coefficient of the first level depends on. */
const LIFTING_TAPS = { '5/3': 5, '9/7': 9 };

/**
 * Names of the wavelets: cdf5.3 and cdf9.7, which are lifted, and those that PyWavelets calls bior1.1 … bior6.8
 * (splines in synthesis) and rbio1.1 … rbio6.8 (splines in analysis). Positions in this list are part of the format:
 * append only.
 */
export const BIORTHOGONAL_WAVELETS: readonly string[] = [
  ...Object.keys(LIFTED),
  ...waveletNames.filter((name) => /^(bior|rbio)/.test(name)),
];

/** Numbers of levels that a transform can have: the coarsest coefficients are up to 52 ms apart. */
export const BIORTHOGONAL_LEVELS: readonly number[] = Array.from({ length: 10 }, (_, i) => i + 1);

/** Longest function of one coefficient, in units of 2^levels samples. */
const LONGEST_FUNCTION = 32;

/** Transform and norms of a wavelet, kept for the life of the thread, because bases are rebuilt for every recording. */
interface Plan {
  readonly transform: LiftingTransform<'float64'> | WaveletTransform<'float64'>;
  /** The reversible transform of integers, for wavelets that have one. */
  readonly reversible: LiftingTransform<'int32'> | undefined;
  /** For each subband the norm of the function that a coefficient of 1 adds to the signal. */
  readonly norms: readonly number[];
  readonly taps: number;
  readonly multiplyAddsPerSample: number;
}

const planFor = kept(makePlan);

function makePlan(wavelet: string, levels: number): Plan {
  // Each level costs half of the one before; the multiplication by norms adds one.
  const work = (ofLevel: number): number => (1 - 2 ** -levels) * ofLevel + 1;
  if (wavelet in LIFTED) {
    const lifted = LIFTED[wavelet as keyof typeof LIFTED];
    const transform = new LiftingTransform(lifted, levels, 'float64');
    return {
      transform,
      reversible: lifted === '5/3' ? new LiftingTransform(lifted, levels, 'int32') : undefined,
      norms: normsOf(transform),
      taps: LIFTING_TAPS[lifted],
      multiplyAddsPerSample: work(LIFTING_WORK[lifted]),
    };
  }
  const filters = waveletFilters(wavelet);
  const transform = new WaveletTransform(filters, 'symmetric', levels, 'float64');
  const [low, high] = [filters.decompositionLow, filters.decompositionHigh].map(
    (filter) => filter.filter((tap) => tap !== 0).length,
  ) as [number, number];
  return {
    transform,
    reversible: undefined,
    norms: normsOf(transform),
    taps: Math.max(low, high),
    multiplyAddsPerSample: work(low + high),
  };
}

/** Norms of the functions of each subband, away from the ends of the signal. */
function normsOf(transform: Plan['transform']): number[] {
  const signal = new Float64Array(LONGEST_FUNCTION * 2 ** transform.levels);
  const bands = transform.bands(signal.length);
  const coefficients = new Float64Array(countOf(bands));
  return bands.map(({ offset, length }) => {
    const middle = offset + (length >> 1);
    coefficients[middle] = 1;
    transform.inverse(coefficients, signal);
    coefficients[middle] = 0;
    let energy = 0;
    for (let n = 0; n < signal.length; n++) energy += signal[n]! * signal[n]!;
    return Math.sqrt(energy);
  });
}

function countOf(bands: readonly WaveletBand[]): number {
  const last = bands[bands.length - 1]!;
  return last.offset + last.length;
}

/**
 * The last approximation and the details of all levels, from the coarsest to the finest. The signal is mirrored at its
 * ends. For cdf5.3 and cdf9.7 the mirror does not repeat the last sample, and there are as many coefficients as
 * samples; for the others it does, and there are a few more.
 *
 * The functions are not orthonormal. Each coefficient is multiplied by the norm of its function, so that an error of a
 * coefficient has the same energy in the signal in every subband, and one step serves all subbands.
 *
 * At step 1 cdf5.3 uses the reversible transform: the signal must be integers, coefficients are integers, and norms are
 * not applied.
 */
export class BiorthogonalBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers: boolean;
  readonly losslessStep?: number;
  readonly orthonormal = false;
  private readonly plan: Plan;

  /**
   * @param wavelet - one of {@link BIORTHOGONAL_WAVELETS}
   * @param levels - 1…10
   * @throws BasisParameterError
   */
  constructor(
    readonly wavelet: string,
    readonly levels: number,
  ) {
    allowedParameter('biorthogonal wavelet', wavelet, BIORTHOGONAL_WAVELETS);
    allowedParameter('number of levels of a wavelet transform', levels, BIORTHOGONAL_LEVELS);
    this.id = `biorthogonal-${wavelet}-${levels}`;
    this.plan = planFor(wavelet, levels);
    // Combined length of the longest filter of all levels, less the sample itself.
    this.delay = (this.plan.taps - 1) * (2 ** levels - 1);
    this.multiplyAddsPerSample = this.plan.multiplyAddsPerSample;
    this.exactInIntegers = this.plan.reversible !== undefined;
    if (!this.exactInIntegers) this.losslessStep = 32;
  }

  layout(length: number): CoefficientLayout {
    const bands = this.plan.transform.bands(length);
    return {
      signalLength: length,
      coefficientCount: countOf(bands),
      hop: 2 ** this.levels,
      subbands: bands.map((band, b) => ({ ...band, timeStep: 2 ** (this.levels + 1 - Math.max(1, b)) })),
    };
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const layout = this.layout(signal.length);
    const { transform, reversible, norms } = this.plan;
    if (reversible && step === 1) {
      const integers = new Int32Array(layout.coefficientCount);
      reversible.forward(Int32Array.from(signal), integers);
      return { values: Float64Array.from(integers), layout };
    }
    const values = new Float64Array(layout.coefficientCount);
    transform.forward(signal, values);
    layout.subbands.forEach(({ offset, length }, b) => {
      const norm = norms[b]!;
      for (let i = offset; i < offset + length; i++) values[i]! *= norm;
    });
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients, step: number): Float64Array {
    const { transform, reversible, norms } = this.plan;
    if (reversible && step === 1) {
      const integers = new Int32Array(layout.signalLength);
      reversible.inverse(Int32Array.from(values), integers);
      return Float64Array.from(integers);
    }
    const coefficients = new Float64Array(values.length);
    layout.subbands.forEach(({ offset, length }, b) => {
      const norm = norms[b]!;
      for (let i = offset; i < offset + length; i++) coefficients[i] = values[i]! / norm;
    });
    const signal = new Float64Array(layout.signalLength);
    transform.inverse(coefficients, signal);
    return signal;
  }
}
