/**
 * How learned orthogonal wavelets compare with the ones that they came from: their functions, their frequency responses,
 * and how far they moved.
 */
import { latticeFilters } from '../bases/wavelets/lattice';
import { WaveletTransform } from '../kernels/wavelet';
import { orthogonalFilters, waveletFilters } from '../kernels/filters/wavelet-filters';
import { latticeAngles } from '../learning/wavelets/lattice-angles';
import type { Model } from '../models/model';
import { filterSelectivity } from './07-filter-selectivity';
import { modelsOf } from '../study/model-cost';
import { unitEnergy } from '../study/spike-and-noise';

/** Halvings after which functions are drawn. */
const CASCADE_LEVELS = 4;

/** The scaling function and the wavelet that filters stand for. */
export interface WaveletFunctions {
  readonly scaling: Float64Array;
  readonly wavelet: Float64Array;
}

/** The learned lowpass reconstruction filter of a model of `lattice`. */
export function learnedLowpass({ arrays }: Model): Float64Array {
  return latticeFilters(arrays).reconstructionLow;
}

/** What one coefficient of the fourth level gives: almost the functions of the limit, unit energy, where they are not 0. */
export function waveletFunctions(lowpass: Float64Array): WaveletFunctions {
  const transform = new WaveletTransform(orthogonalFilters(lowpass), 'periodic', CASCADE_LEVELS, 'float64');
  try {
    const length = 4 * lowpass.length * 2 ** CASCADE_LEVELS;
    const functionOf = (band: number): Float64Array => {
      const coefficients = new Float64Array(length);
      const { offset, length: count } = transform.bands(length)[band]!;
      coefficients[offset + (count >> 1)] = 1;
      const signal = new Float64Array(length);
      transform.inverse(coefficients, signal);
      const first = signal.findIndex((value) => Math.abs(value) > 1e-9);
      return unitEnergy(signal.slice(first, first + (lowpass.length - 1) * (2 ** CASCADE_LEVELS - 1) + 1));
    };
    return { scaling: functionOf(0), wavelet: functionOf(1) };
  } finally {
    transform.release();
  }
}

/**
 * Gain of a filter in dB.
 *
 * @param taps - impulse response
 * @param frequency - in cycles per sample
 */
export function filterGain(taps: ArrayLike<number>, frequency: number): number {
  let [re, im] = [0, 0];
  for (let n = 0; n < taps.length; n++) {
    re += taps[n]! * Math.cos(2 * Math.PI * frequency * n);
    im -= taps[n]! * Math.sin(2 * Math.PI * frequency * n);
  }
  return 10 * Math.log10(Math.max(re * re + im * im, 1e-12));
}

/** Root of the mean squared difference of two lattices' angles, degrees; half turns only change signs. */
export function angleDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    const turned = difference - Math.PI * Math.round(difference / Math.PI);
    sum += turned * turned;
  }
  return (180 / Math.PI) * Math.sqrt(sum / a.length);
}

/** The angles of a model's lattice, radians. */
function anglesOf({ arrays }: Model): number[] {
  const rotations = arrays['rotations']!;
  return Array.from({ length: rotations.length / 2 }, (_, i) =>
    Math.atan2(rotations[2 * i + 1]!, rotations[2 * i]!),
  );
}

/** How far a wavelet moved, and what it gained. */
export interface WaveletMove {
  readonly basis: string;
  readonly fold: number;
  /** The wavelet that learning started from and that led furthest down. */
  readonly start: string;
  /** Estimated rate less than that of the start, %. */
  readonly gain: number;
  /** {@link angleDistance} from Daubechies' wavelet, from the symlet, and from the model of the other fold. */
  readonly fromDaubechies: number;
  readonly fromSymlet: number;
  readonly fromOtherFold: number;
  /** Norm of the difference to the taps of the symlet, of norm 1 as those of the wavelet. */
  readonly tapsFromSymlet: number;
  /** Gain of the highpass filter at frequency 0, dB: −∞ where a moment vanishes, here −120 at least. */
  readonly highpassOfConstants: number;
  /** See `filterSelectivity`; of the wavelet and of the symlet. */
  readonly leakage: number;
  readonly delaySpread: number;
  readonly symletLeakage: number;
  readonly symletDelaySpread: number;
}

/**
 * How far learning has moved a lattice wavelet from where it started.
 *
 * @param basis - of the family `lattice`: `"lattice-26-8"`
 * @returns of the model of each fold
 */
export function waveletMoves(basis: string): WaveletMove[] {
  const models = modelsOf(basis);
  return models.map((model, i) => {
    const angles = anglesOf(model);
    const moments = angles.length;
    const [daubechies, symlet] = [`db${moments}`, moments > 1 ? `sym${moments}` : 'db1'].map(
      (name) => waveletFilters(name).reconstructionLow,
    ) as [Float64Array, Float64Array];
    const start = String(model.hyperparameters['start']);
    const values = model.history[start]!;
    const lowpass = learnedLowpass(model);
    const { leakage, delaySpread } = filterSelectivity(lowpass);
    const ofSymlet = filterSelectivity(symlet);
    return {
      basis,
      fold: model.fold,
      start,
      gain: 100 * (1 - values[values.length - 1]! / values[0]!),
      fromDaubechies: angleDistance(angles, latticeAngles(daubechies)),
      fromSymlet: angleDistance(angles, latticeAngles(symlet)),
      fromOtherFold: angleDistance(angles, anglesOf(models[1 - i]!)),
      tapsFromSymlet: Math.sqrt(lowpass.reduce((sum, tap, t) => sum + (tap - symlet[t]!) ** 2, 0)),
      highpassOfConstants: filterGain(
        lowpass.map((tap, t) => (t % 2 === 0 ? tap : -tap)),
        0,
      ),
      leakage,
      delaySpread,
      symletLeakage: ofSymlet.leakage,
      symletDelaySpread: ofSymlet.delaySpread,
    };
  });
}
