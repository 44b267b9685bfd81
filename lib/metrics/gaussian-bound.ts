/**
 * The stationary Gaussian bound: the best that any codec could do if recordings were stationary Gaussian
 * processes with their measured spectra.
 *
 * Reverse water-filling: a distortion level is poured over the spectra of all recordings. Where the spectrum
 * lies above the level, the distortion is the level and the rate is ½·log2(spectrum / level); elsewhere
 * nothing is coded and the distortion is the spectrum itself (T. M. Cover and J. A. Thomas, Elements of
 * Information Theory, 2nd ed., §10.3; T. Berger, Rate Distortion Theory, 1971, §4.5). One level for all
 * recordings gives the least total distortion at a total rate. Real codecs can be better where recordings are
 * not stationary or not Gaussian, as in spikes and drift.
 */

import { peakSignalToNoiseRatio, signalToNoiseRatio } from './distortion';
import type { Spectrum } from './spectrum';

/** The spectrum of a recording and its weight. */
export interface RecordingSpectrum {
  readonly spectrum: Spectrum;
  /** Number of samples of the recording. */
  readonly samples: number;
}

/** One point of the bound. */
export interface BoundPoint {
  /** Distortion level, codes² per sample. */
  readonly level: number;
  /** Mean over all samples of the corpus. */
  readonly bitsPerSample: number;
  /** 16 bits over the bits per sample, headers left out. Infinity when nothing needs to be coded. */
  readonly compressionRatio: number;
  /** Mean squared error over all samples of the corpus, codes². */
  readonly mse: number;
  /** dB. */
  readonly psnr: number;
  /** dB, for each recording in the order given: variance (the integral of the spectrum) over its own distortion. */
  readonly snr: Float64Array;
}

/** Bits of a sample in the WAV files that the compression ratio refers to. */
const WAV_BITS = 16;

/** Share of the frequency axis covered by a bin; the bins at both ends are half as wide as the others. */
function binShare({ density }: Spectrum, bin: number): number {
  const last = density.length - 1;
  return (bin === 0 || bin === last ? 0.5 : 1) / last;
}

/**
 * Variance of white noise whose spectrum is everywhere as high as this bin, codes² per sample. At both ends
 * of the axis there are no negative frequencies to add, so one-sided densities are halved there.
 */
function binVariance({ density, frequencyStep }: Spectrum, bin: number): number {
  const last = density.length - 1;
  return density[bin]! * frequencyStep * last * (bin === 0 || bin === last ? 2 : 1);
}

/**
 * The point of the bound at one distortion level.
 *
 * @param recordings - spectra of ADC codes and sample counts
 * @param level - codes² per sample, above 0
 */
export function gaussianBoundAtLevel(recordings: readonly RecordingSpectrum[], level: number): BoundPoint {
  let samples = 0;
  let bits = 0;
  let squaredError = 0;
  const snr = new Float64Array(recordings.length);
  recordings.forEach((recording, index) => {
    const last = recording.spectrum.density.length - 1;
    let power = 0;
    let distortion = 0;
    let rate = 0;
    for (let k = 0; k <= last; k++) {
      const share = binShare(recording.spectrum, k);
      const variance = binVariance(recording.spectrum, k);
      power += share * variance;
      if (variance > level) {
        distortion += share * level;
        rate += (share * Math.log2(variance / level)) / 2;
      } else distortion += share * variance;
    }
    samples += recording.samples;
    bits += rate * recording.samples;
    squaredError += distortion * recording.samples;
    snr[index] = signalToNoiseRatio(power, distortion);
  });
  const bitsPerSample = samples === 0 ? 0 : bits / samples;
  const mse = samples === 0 ? 0 : squaredError / samples;
  return {
    level,
    bitsPerSample,
    compressionRatio: WAV_BITS / bitsPerSample,
    mse,
    psnr: peakSignalToNoiseRatio(mse),
    snr,
  };
}

/**
 * The bound at given compression ratios.
 *
 * @param recordings - spectra of ADC codes and sample counts
 * @param compressionRatios - above 0
 * @returns one point for each ratio, met to within 10⁻⁹; Infinity when the recordings have no power at all
 */
export function gaussianBound(
  recordings: readonly RecordingSpectrum[],
  compressionRatios: readonly number[],
): BoundPoint[] {
  const pooled = poolVariances(recordings);
  return compressionRatios.map((compressionRatio) =>
    gaussianBoundAtLevel(recordings, levelForRate(pooled, WAV_BITS / compressionRatio)),
  );
}

/** The spectra of all recordings as one long list. */
interface PooledVariances {
  /** Natural logarithms of the variances, codes² per sample; those that are 0 are left out. */
  readonly logarithms: Float64Array;
  /** Share of the corpus's degrees of freedom of each variance. */
  readonly shares: Float64Array;
}

function poolVariances(recordings: readonly RecordingSpectrum[]): PooledVariances {
  let bins = 0;
  let samples = 0;
  for (const recording of recordings) {
    bins += recording.spectrum.density.length;
    samples += recording.samples;
  }
  const logarithms = new Float64Array(bins);
  const shares = new Float64Array(bins);
  let count = 0;
  for (const recording of recordings) {
    const { density } = recording.spectrum;
    for (let k = 0; k < density.length; k++) {
      const variance = binVariance(recording.spectrum, k);
      if (variance === 0) continue;
      logarithms[count] = Math.log(variance);
      shares[count] = (binShare(recording.spectrum, k) * recording.samples) / samples;
      count++;
    }
  }
  return { logarithms: logarithms.subarray(0, count), shares: shares.subarray(0, count) };
}

/**
 * The distortion level whose rate is this many bits a sample. The rate is a convex function of the logarithm
 * of the level, made of straight pieces, so Newton's method approaches the solution from below and ends
 * exactly on it.
 */
function levelForRate({ logarithms, shares }: PooledVariances, bitsPerSample: number): number {
  if (logarithms.length === 0) return Number.MIN_VALUE;
  const wantedNats = bitsPerSample * Math.LN2;
  let level = -Infinity;
  for (;;) {
    let nats = 0;
    let active = 0;
    for (let i = 0; i < logarithms.length; i++) {
      const logarithm = logarithms[i]!;
      if (logarithm > level) {
        nats += shares[i]! * logarithm;
        active += shares[i]!;
      }
    }
    // Of the active bins alone: Σ share·(logarithm − level) / 2 = wanted.
    const next = (nats - 2 * wantedNats) / active;
    if (!(next > level)) return Math.exp(level);
    level = next;
  }
}
