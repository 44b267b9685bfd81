/**
 * Comparison of learned orthogonal wavelets with their starts: functions, frequency responses, and distance
 * moved.
 */
import { latticeFilters } from '../bases/wavelets/lattice';
import { WaveletTransform } from '../kernels/wavelet';
import { orthogonalFilters, waveletFilters } from '../kernels/filters/wavelet-filters';
import { latticeAngles } from '../learning/wavelets/lattice-angles';
import type { Model } from '../models/model';
import { filterSelectivity } from './07-filter-selectivity';
import { modelsOf } from '../study/model-cost';
import { unitEnergy } from '../study/spike-and-noise';

/** Number of levels of the cascade that draws functions. */
const CASCADE_LEVELS = 4;

/** Scaling function and wavelet of a filter pair. */
export interface WaveletFunctions {
  readonly scaling: Float64Array;
  readonly wavelet: Float64Array;
}

/** The learned lowpass reconstruction filter of a model of `lattice`. */
export function learnedLowpass({ arrays }: Model): Float64Array {
  return latticeFilters(arrays).reconstructionLow;
}

/**
 * Functions of one coefficient of the fourth level: close to the limit functions, of unit energy, without the
 * zeros around them.
 */
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
 * @param frequency - frequency in cycles per sample
 */
export function filterGain(taps: ArrayLike<number>, frequency: number): number {
  let [re, im] = [0, 0];
  for (let n = 0; n < taps.length; n++) {
    re += taps[n]! * Math.cos(2 * Math.PI * frequency * n);
    im -= taps[n]! * Math.sin(2 * Math.PI * frequency * n);
  }
  return 10 * Math.log10(Math.max(re * re + im * im, 1e-12));
}

/**
 * Root-mean-square difference of the angles of two lattices, degrees; differences of half turns are ignored,
 * since they only change signs.
 */
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

/** Distance that a wavelet moved in learning, and its gain. */
export interface WaveletMove {
  readonly basis: string;
  readonly fold: number;
  /** The start with the lowest final rate. */
  readonly start: string;
  /** Reduction of the estimated rate from that of the start, %. */
  readonly gain: number;
  /** {@link angleDistance} to Daubechies' wavelet, to the symlet, and to the model of the other fold. */
  readonly fromDaubechies: number;
  readonly fromSymlet: number;
  readonly fromOtherFold: number;
  /** Norm of the difference between its taps and those of the symlet; both have norm 1. */
  readonly tapsFromSymlet: number;
  /** Gain of the highpass filter at frequency 0, dB. It is −∞ for a vanishing moment; here −120 at least. */
  readonly highpassOfConstants: number;
  /** Leakage (see `filterSelectivity`) of the wavelet and of the symlet. */
  readonly leakage: number;
  readonly delaySpread: number;
  readonly symletLeakage: number;
  readonly symletDelaySpread: number;
}

/**
 * Distance that learning has moved a lattice wavelet from its start.
 *
 * @param basis - id of a basis of the family `lattice`: `"lattice-26-8"`
 * @returns one result for the model of each fold
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
