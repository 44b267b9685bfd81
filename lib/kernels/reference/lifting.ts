/**
 * Wavelet transforms by lifting in plain TypeScript: the specification of the kernel, and the version for engines without
 * SIMD. Odd samples are predicted from their even neighbors, and what is left of them updates the even ones; every such
 * step is undone by its opposite (I. Daubechies and W. Sweldens, "Factoring wavelet transforms into lifting steps",
 * Journal of Fourier Analysis and Applications 4, 1998).
 *
 * Signals go on beyond their ends as mirrored at the first and at the last sample, neither of them repeated; so there
 * are as many coefficients as samples.
 */
import type { WaveletBand } from './wavelet';

/** The wavelets of Cohen, Daubechies and Feauveau by the lengths of their analysis filters. */
export type LiftingWavelet = '5/3' | '9/7';

/** A level of a transform as steps that are easily undone. */
export interface LiftingSteps {
  /**
   * Odd samples get the first, times the sum of both neighbors; then even ones the second; and so on in turn.
   * An even number of factors.
   */
  readonly factors: readonly number[];
  /** At last even samples are multiplied by this and odd ones divided by it. */
  readonly scale: number;
}

/** 5/3 is bior2.2 of PyWavelets and 9/7 its bior4.4: constants come out √2 times as large, as of orthogonal wavelets. */
export const LIFTING_STEPS: Readonly<Record<LiftingWavelet, LiftingSteps>> = {
  '5/3': { factors: [-1 / 2, 1 / 4], scale: Math.sqrt(2) },
  '9/7': {
    factors: [-1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971],
    scale: 1.149604398860241,
  },
};

/** The last approximation, then details from the coarsest to the finest: as many coefficients as samples. */
export function liftingBands(samples: number, levels: number): WaveletBand[] {
  const bands: WaveletBand[] = [];
  let rest = samples;
  for (let level = 0; level < levels; level++) {
    const length = Math.floor(rest / 2);
    rest -= length;
    bands.unshift({ offset: rest, length });
  }
  return [{ offset: 0, length: rest }, ...bands];
}

/**
 * One level, in place: the approximation, half of the coefficients rounded up, and then the detail. A single sample stays
 * as it is.
 */
export function liftLevel(signal: Float64Array, { factors, scale }: LiftingSteps): void {
  if (signal.length < 2) return;
  factors.forEach((factor, i) => lift(signal, 1 - (i % 2), factor));
  const evens = Math.ceil(signal.length / 2);
  const samples = signal.slice();
  for (let n = 0; n < signal.length; n += 2) signal[n / 2] = samples[n]! * scale;
  for (let n = 1; n < signal.length; n += 2) signal[evens + (n - 1) / 2] = samples[n]! * (1 / scale);
}

/** Undoes {@link liftLevel}. */
export function unliftLevel(coefficients: Float64Array, { factors, scale }: LiftingSteps): void {
  if (coefficients.length < 2) return;
  const evens = Math.ceil(coefficients.length / 2);
  const bands = coefficients.slice();
  for (let n = 0; n < coefficients.length; n += 2) coefficients[n] = bands[n / 2]! * (1 / scale);
  for (let n = 1; n < coefficients.length; n += 2) coefficients[n] = bands[evens + (n - 1) / 2]! * scale;
  for (let i = factors.length - 1; i >= 0; i--) lift(coefficients, 1 - (i % 2), -factors[i]!);
}

/** Adds to every other sample, from `first` on, a multiple of the sum of its neighbors. */
function lift(signal: Float64Array, first: number, factor: number): void {
  const last = signal.length - 1;
  for (let n = first; n <= last; n += 2) {
    signal[n]! += factor * (signal[n > 0 ? n - 1 : 1]! + signal[n < last ? n + 1 : last - 1]!);
  }
}

/**
 * One level of the 5/3 transform of integers, in place: that of {@link liftLevel} before it scales, what is added rounded
 * to integers (ITU-T T.800, JPEG 2000, Annex F). Sums may wrap around, in both directions alike.
 */
export function liftIntegerLevel(signal: Int32Array): void {
  if (signal.length < 2) return;
  predictIntegers(signal, -1);
  updateIntegers(signal, 1);
  const evens = Math.ceil(signal.length / 2);
  const samples = signal.slice();
  for (let n = 0; n < signal.length; n++) signal[n % 2 === 0 ? n / 2 : evens + (n - 1) / 2] = samples[n]!;
}

/** Undoes {@link liftIntegerLevel}. */
export function unliftIntegerLevel(coefficients: Int32Array): void {
  if (coefficients.length < 2) return;
  const evens = Math.ceil(coefficients.length / 2);
  const bands = coefficients.slice();
  for (let n = 0; n < bands.length; n++) coefficients[n] = bands[n % 2 === 0 ? n / 2 : evens + (n - 1) / 2]!;
  updateIntegers(coefficients, -1);
  predictIntegers(coefficients, 1);
}

function predictIntegers(signal: Int32Array, sign: number): void {
  const last = signal.length - 1;
  for (let n = 1; n <= last; n += 2) {
    signal[n]! += sign * ((signal[n - 1]! + signal[n < last ? n + 1 : last - 1]!) >> 1);
  }
}

function updateIntegers(signal: Int32Array, sign: number): void {
  const last = signal.length - 1;
  for (let n = 0; n <= last; n += 2) {
    signal[n]! += sign * ((signal[n > 0 ? n - 1 : 1]! + signal[n < last ? n + 1 : last - 1]! + 2) >> 2);
  }
}
