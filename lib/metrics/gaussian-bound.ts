/**
 * The best that any codec could do if recordings were stationary Gaussian processes with the spectra they have.
 *
 * Reverse water-filling: a distortion level is poured over the spectra of all recordings; where the spectrum lies
 * above it, the level is the distortion and the rate ½·log2(spectrum / level), elsewhere nothing is coded and the
 * spectrum itself is the distortion (T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed.,
 * §10.3; T. Berger, Rate Distortion Theory, 1971, §4.5). One level for all recordings gives the least total
 * distortion at a total rate. Real codecs can be better where recordings are not stationary or not Gaussian:
 * spikes, drift.
 */

import { peakSignalToNoiseRatio, signalToNoiseRatio } from './distortion';
import type { Spectrum } from './spectrum';

/** The spectrum of a recording and how much it counts. */
export interface RecordingSpectrum {
  readonly spectrum: Spectrum;
  /** Number of samples of the recording. */
  readonly samples: number;
}

/** One point of the bound. */
export interface BoundPoint {
  /** Distortion level, codes² per sample. */
  readonly level: number;
  /** Over all samples of the corpus. */
  readonly bitsPerSample: number;
  /** 16 bits over the bits per sample; without any headers. Infinity when nothing needs to be coded. */
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
    const { density, frequencyStep } = recording.spectrum;
    const last = density.length - 1;
    let power = 0;
    let distortion = 0;
    let rate = 0;
    for (let k = 0; k <= last; k++) {
      // The bins at both ends are half as wide, and only their half of the axis is real, so that one-sided
      // densities there are half of the others'.
      const atEnd = k === 0 || k === last;
      const share = (atEnd ? 0.5 : 1) / last;
      const variance = density[k]! * frequencyStep * last * (atEnd ? 2 : 1);
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
 * @param recordings - spectra of ADC codes and sample counts; at least one that is not zero
 * @param compressionRatios - above 0
 * @returns one point each; its compression ratio is the one asked for to within 10⁻⁹
 */
export function gaussianBound(
  recordings: readonly RecordingSpectrum[],
  compressionRatios: readonly number[],
): BoundPoint[] {
  let highest = 0;
  for (const { spectrum } of recordings) {
    const { density, frequencyStep } = spectrum;
    for (const value of density)
      highest = Math.max(highest, 2 * value * frequencyStep * (density.length - 1));
  }
  return compressionRatios.map((compressionRatio) => {
    // Bisection on the logarithm of the level, from "nothing is coded" down by 300 dB.
    let upper = Math.log(highest);
    let lower = upper - 70;
    while (upper - lower > 1e-12) {
      const middle = (lower + upper) / 2;
      if (middle === lower || middle === upper) break;
      const point = gaussianBoundAtLevel(recordings, Math.exp(middle));
      if (point.compressionRatio > compressionRatio) upper = middle;
      else lower = middle;
    }
    return gaussianBoundAtLevel(recordings, Math.exp((lower + upper) / 2));
  });
}
