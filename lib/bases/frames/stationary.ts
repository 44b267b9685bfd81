/**
 * Stationary wavelets: wavelets at every sample or every few samples, not only on the grid of their level, so that a
 * spike has the same coefficients wherever it lies (G. P. Nason and B. W. Silverman, "The stationary wavelet transform
 * and some statistical applications", Lecture Notes in Statistics 103, 1995).
 */
import { atom } from '../atoms';
import { allowedParameter, powersOfTwo, type CoefficientLayout, type Subband } from '../basis';
import { ATOM_PRICES, Dictionary, PursuitBasis, type AtomSet, type Waveform } from '../parts/pursuit';
import { ORTHOGONAL_WAVELETS, WaveletBasis } from '../wavelets/wavelet';
import { kept } from '../../kernels/runtime/kept';

/** Numbers of levels. */
export const STATIONARY_LEVELS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** Numbers of wavelets in place of each one of the orthogonal transform. */
export const SHIFTS: readonly number[] = powersOfTwo(1, 8);

/** Wavelets of all levels at the same number of shifts within 2^level samples, at least one sample apart. */
class ShiftedWavelets implements AtomSet {
  private readonly levels: number;
  /** One level. */
  private readonly split: WaveletBasis;
  private readonly waveforms: readonly Waveform[];

  constructor(
    basis: WaveletBasis,
    private readonly shifts: number,
  ) {
    const { wavelet, levels } = basis;
    const taps = basis.filters.decompositionLow.length;
    this.levels = levels;
    this.split = new WaveletBasis(wavelet, 1, 'periodic');
    this.waveforms = Array.from({ length: levels }, (_, b) => {
      const level = levels - b;
      const spacing = 2 ** level;
      const values = atom(new WaveletBasis(wavelet, level, 'periodic'), 2 * taps * spacing, 1, taps);
      const start = -(taps / 2 - 1) * (spacing - 1);
      const from = taps * spacing + start;
      return { values: values.slice(from, from + (taps - 1) * (spacing - 1) + 1), start };
    });
  }

  /** Subbands from the coarsest level to the finest. */
  layout(length: number): CoefficientLayout {
    let offset = 0;
    const subbands: Subband[] = [];
    for (let level = this.levels; level > 0; level--) {
      const timeStep = this.timeStep(level);
      const count = Math.ceil(length / timeStep);
      subbands.push({ offset, length: count, timeStep });
      offset += count;
    }
    return { signalLength: length, coefficientCount: offset, hop: this.timeStep(this.levels), subbands };
  }

  correlate(signal: Float64Array): Float64Array {
    const { coefficientCount, subbands } = this.layout(signal.length);
    const correlations = new Float64Array(coefficientCount);
    const spacing = 2 ** this.levels;
    // Approximations on the grid of the basis, from the signal to the coarsest level.
    const approximations: Float64Array[] = [new Float64Array(Math.ceil(signal.length / spacing) * spacing)];
    approximations[0]!.set(signal);
    while (approximations.length < this.levels) {
      approximations.push(halves(this.split, approximations[approximations.length - 1]!).approximation);
    }
    subbands.forEach(({ offset, length, timeStep }, b) => {
      const depth = this.levels - b - Math.log2(timeStep);
      const details = detailsEverywhere(this.split, approximations[Math.log2(timeStep)]!, depth);
      correlations.set(details.subarray(0, length), offset);
    });
    return correlations;
  }

  add(values: Float64Array, length: number): Float64Array {
    const sum = new Float64Array(length);
    this.layout(length).subbands.forEach(({ offset, length: count, timeStep }, b) => {
      const { values: waveform, start } = this.waveforms[b]!;
      for (let t = 0; t < count; t++) {
        const value = values[offset + t]!;
        if (value === 0) continue;
        let at = (t * timeStep + start) % length;
        if (at < 0) at += length;
        for (let i = 0; i < waveform.length; i++) {
          sum[at]! += value * waveform[i]!;
          if (++at === length) at = 0;
        }
      }
    });
    return sum;
  }

  waveform(subband: number): Waveform {
    return this.waveforms[subband]!;
  }

  private timeStep(level: number): number {
    return Math.max(1, 2 ** level / this.shifts);
  }
}

/** One level of a wavelet transform of an even number of samples. */
function halves(
  split: WaveletBasis,
  samples: Float64Array,
): { readonly approximation: Float64Array; readonly detail: Float64Array } {
  const { values } = split.analyze(samples);
  const half = samples.length / 2;
  return { approximation: values.subarray(0, half), detail: values.subarray(half) };
}

/** Details `depth` levels further down, one for each sample. */
function detailsEverywhere(split: WaveletBasis, samples: Float64Array, depth: number): Float64Array {
  const details = new Float64Array(samples.length);
  const moved = samples.slice();
  for (const move of [0, 1]) {
    if (move === 1) {
      moved.copyWithin(0, 1);
      moved[moved.length - 1] = samples[0]!;
    }
    const { approximation, detail } = halves(split, moved);
    const found = depth === 1 ? detail : detailsEverywhere(split, approximation, depth - 1);
    for (let t = 0; t < found.length; t++) details[2 * t + move] = found[t]!;
  }
  return details;
}

const dictionaryFor = kept((wavelet: string, levels: number, shifts: number) => {
  const basis = new WaveletBasis(wavelet, levels, 'periodic');
  const taps = basis.filters.decompositionLow.length;
  return new Dictionary(basis, new ShiftedWavelets(basis, shifts), 2 ** levels, taps);
});

/** Orthogonal wavelets for the whole signal, and shifted wavelets where they save bits. */
export class StationaryBasis extends PursuitBasis {
  /**
   * @param wavelet - one of `ORTHOGONAL_WAVELETS`
   * @param levels - one of {@link STATIONARY_LEVELS}
   * @param shifts - number of positions within 2^level samples, one of {@link SHIFTS}; 2^levels means every sample
   * @param price - assumed bits for the position of a shifted wavelet, one of `ATOM_PRICES`
   * @throws BasisParameterError
   */
  constructor(wavelet: string, levels: number, shifts: number, price: number) {
    allowedParameter('wavelet of stationary wavelets', wavelet, ORTHOGONAL_WAVELETS);
    allowedParameter('number of levels of stationary wavelets', levels, STATIONARY_LEVELS);
    allowedParameter(
      `shifts of wavelets of ${levels} levels`,
      shifts,
      SHIFTS.filter((s) => s <= 2 ** levels),
    );
    allowedParameter('price of an atom in bits', price, ATOM_PRICES);
    const dictionary = dictionaryFor(wavelet, levels, shifts);
    const basis = new WaveletBasis(wavelet, levels, 'periodic');
    // The basis forward and inverse; for each level, at each of its atoms, two shifts of every level above.
    let work = 3 * basis.multiplyAddsPerSample;
    const taps = basis.filters.decompositionLow.length;
    for (let level = 1; level <= levels; level++) {
      const timeStep = Math.max(1, 2 ** level / shifts);
      work += (2 * taps * (level - Math.log2(timeStep))) / timeStep;
    }
    super({
      id: `stationary-${wavelet}-${levels}-${shifts}-${price}`,
      dictionary,
      price,
      delay: basis.delay,
      multiplyAddsPerSample: work,
      losslessStep: 24,
    });
  }
}
