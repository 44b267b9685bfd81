/**
 * The stationary Gaussian bound: the best that any codec could do if recordings were stationary Gaussian
 * processes with their measured spectra.
 *
 * Reverse water-filling: a distortion level is poured over the spectra of all recordings; where the spectrum lies
 * above it, the level is the distortion and the rate ½·log2(spectrum / level), elsewhere nothing is coded and the
 * spectrum itself is the distortion (T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed.,
 * §10.3; T. Berger, Rate Distortion Theory, 1971, §4.5). One level for all recordings gives the least total
 * distortion at a total rate. Real codecs can be better where recordings are not stationary or not Gaussian:
 * spikes, drift.
 *
 * Spectra are estimates, and the mean of their logarithms is too low (`logarithmBias`): the rate takes densities
 * raised by that much, the distortion takes them as they are, as their mean is right. What is left of the bias where
 * the spectrum crosses the level cancels: distortion and rate, weighed by the slope of the bound, have one value and
 * one slope there, from both sides.
 */

import { peakSignalToNoiseRatio, signalToNoiseRatio } from './distortion';
import { roundedError } from './rounded-error';
import { independentSegmentsOf, logarithmBias, type Spectrum } from './spectrum';

/** The spectrum of a recording and its weight. */
export interface RecordingSpectrum {
  readonly spectrum: Spectrum;
  /** Number of samples of the recording. */
  readonly samples: number;
  /**
   * How much an error at each frequency counts, 0…1, as many as there are densities: the power response of a filter
   * that the error is measured through. Everything counts alike without it.
   */
  readonly weights?: Float64Array;
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
  /** The same of a codec that must give back integers: see `roundedError`. */
  readonly rounded: { readonly mse: number; readonly psnr: number; readonly snr: Float64Array };
  /**
   * Standard error of the PSNR in dB at this compression ratio that comes from spectra having been estimated, the
   * recordings given; 0 where they are known.
   */
  readonly standardError: number;
}

/** One recording at a distortion level: totals over its samples. */
export interface RecordingAtLevel {
  readonly bits: number;
  /** codes². */
  readonly squaredError: number;
  /** codes², after rounding to integers. */
  readonly roundedSquaredError: number;
  /** Energy of the recording, codes². */
  readonly energy: number;
  /** Variance of the squared error at a given rate that comes from the spectrum having been estimated, codes⁴. */
  readonly variance: number;
}

/** Bits of a sample in the WAV files that the compression ratio refers to. */
const WAV_BITS = 16;

/**
 * Sum of the squared correlations of a density with all others: that with itself and, under a Hann window, with the
 * next (2/3)² and the one after it (1/6)² on both sides.
 */
const BINS_CORRELATION = 1 + 2 * (4 / 9 + 1 / 36);

/** The share of the frequency axis that a bin stands for: those at both ends are half as wide as the others. */
function binShare({ density }: Spectrum, bin: number): number {
  const last = density.length - 1;
  return (bin === 0 || bin === last ? 0.5 : 1) / last;
}

/**
 * The power that white noise would have whose spectrum is everywhere what it is in this bin, codes² per sample, as
 * much of it as counts. At both ends of the axis there are no negative frequencies to add, so one-sided densities are
 * halved there.
 */
function binVariance(
  { spectrum: { density, frequencyStep }, weights }: RecordingSpectrum,
  bin: number,
): number {
  const last = density.length - 1;
  const weight = weights ? weights[bin]! : 1;
  return density[bin]! * frequencyStep * last * (bin === 0 || bin === last ? 2 : 1) * weight;
}

/** What the densities of a recording are raised by before their logarithms are taken: at both ends, and between. */
function raises(spectrum: Spectrum): { readonly ends: number; readonly inside: number } {
  return { ends: Math.exp(-logarithmBias(spectrum, 0)), inside: Math.exp(-logarithmBias(spectrum, 1)) };
}

/**
 * One recording at a distortion level.
 *
 * @param level - codes² per sample, above 0
 */
export function recordingAtLevel(recording: RecordingSpectrum, level: number): RecordingAtLevel {
  const { spectrum, samples, weights } = recording;
  const last = spectrum.density.length - 1;
  const { ends, inside } = raises(spectrum);
  let power = 0;
  let distortion = 0;
  // Without weights: rounding adds to the error at all frequencies.
  let wholeDistortion = 0;
  let weight = 0;
  let rate = 0;
  let scatter = 0;
  for (let k = 0; k <= last; k++) {
    const share = binShare(spectrum, k);
    const variance = binVariance(recording, k);
    const left = Math.min(variance, level);
    power += share * variance;
    distortion += share * left;
    const coded = variance * (k === 0 || k === last ? ends : inside);
    if (coded > level) rate += (share * Math.log2(coded / level)) / 2;
    const weightHere = weights ? weights[k]! : 1;
    weight += share * weightHere;
    wholeDistortion += weightHere > 0 ? (share * left) / weightHere : 0;
    // The slope of the error at a given rate over ln(density), and the variance of that.
    scatter += (share * left) ** 2 / independentSegmentsOf(spectrum, k);
  }
  const added = weight * (roundedError(wholeDistortion) - wholeDistortion);
  return {
    bits: rate * samples,
    squaredError: distortion * samples,
    roundedSquaredError: Math.max(0, distortion + added) * samples,
    energy: power * samples,
    variance: BINS_CORRELATION * scatter * samples ** 2,
  };
}

/**
 * The point of the bound at one distortion level.
 *
 * @param recordings - spectra of codes and sample counts
 * @param level - codes² per sample, above 0
 * @param fullScale - of the PSNR, in codes: that of the corpus
 */
export function gaussianBoundAtLevel(
  recordings: readonly RecordingSpectrum[],
  level: number,
  fullScale: number,
): BoundPoint {
  let samples = 0;
  let bits = 0;
  let squaredError = 0;
  let roundedSquaredError = 0;
  let variance = 0;
  const snr = new Float64Array(recordings.length);
  const roundedSnr = new Float64Array(recordings.length);
  recordings.forEach((recording, index) => {
    const at = recordingAtLevel(recording, level);
    samples += recording.samples;
    bits += at.bits;
    squaredError += at.squaredError;
    roundedSquaredError += at.roundedSquaredError;
    variance += at.variance;
    snr[index] = signalToNoiseRatio(at.energy, at.squaredError);
    roundedSnr[index] = signalToNoiseRatio(at.energy, at.roundedSquaredError);
  });
  const perSample = (sum: number): number => (samples === 0 ? 0 : sum / samples);
  const bitsPerSample = perSample(bits);
  const mse = perSample(squaredError);
  const roundedMse = perSample(roundedSquaredError);
  return {
    level,
    bitsPerSample,
    compressionRatio: WAV_BITS / bitsPerSample,
    mse,
    psnr: peakSignalToNoiseRatio(mse, fullScale),
    snr,
    rounded: { mse: roundedMse, psnr: peakSignalToNoiseRatio(roundedMse, fullScale), snr: roundedSnr },
    standardError: squaredError === 0 ? 0 : ((10 / Math.LN10) * Math.sqrt(variance)) / squaredError,
  };
}

/**
 * The bound at given compression ratios.
 *
 * @param recordings - spectra of ADC codes and sample counts
 * @param compressionRatios - above 0
 * @param fullScale - of the PSNR, in codes: that of the corpus
 * @returns one point for each ratio, met to within 10⁻⁹; Infinity when the recordings have no power at all
 */
export function gaussianBound(
  recordings: readonly RecordingSpectrum[],
  compressionRatios: readonly number[],
  fullScale: number,
): BoundPoint[] {
  const pooled = poolVariances(recordings);
  return compressionRatios.map((compressionRatio) =>
    gaussianBoundAtLevel(recordings, levelForRate(pooled, WAV_BITS / compressionRatio), fullScale),
  );
}

/** The spectra of all recordings as one long list. */
interface PooledVariances {
  /** Natural logarithms of the variances, codes² per sample, freed of their bias; those that are 0 are left out. */
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
    const last = recording.spectrum.density.length - 1;
    const { ends, inside } = raises(recording.spectrum);
    for (let k = 0; k <= last; k++) {
      const variance = binVariance(recording, k) * (k === 0 || k === last ? ends : inside);
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
