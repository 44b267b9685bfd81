/**
 * Power spectral densities by Welch's method.
 *
 * P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Trans. Audio and
 * Electroacoustics 15 (1967); the conventions are those of `scipy.signal.welch`.
 */

import { RealFourierTransform } from '../kernels/fft';
import { digammaLessLogarithm } from '../numerics/digamma';

/** A power spectral density, one-sided: its integral over 0 … half the sample rate is the power of the signal. */
export interface Spectrum {
  /** Hz from one density to the next; the first is at 0 Hz, the last at half the sample rate. */
  readonly frequencyStep: number;
  /** The signal's unit squared, per Hz: codes²/Hz for ADC codes. */
  readonly density: Float64Array;
  /**
   * How many independent periodograms the densities are means of, at all frequencies but the two ends, where a
   * periodogram has half as many degrees of freedom: half the equivalent degrees of freedom. Infinity where the
   * spectrum is known and not estimated.
   */
  readonly independentSegments: number;
}

/** Squared correlation of periodograms of segments under Hann windows that overlap by half: (1/6)². */
const OVERLAP_CORRELATION = 1 / 36;

/**
 * How many independent periodograms have a mean that scatters as little as that of overlapping ones:
 * K / (1 + 2·(1 − 1/K)/36) for K segments (P. D. Welch, 1967, the variance of his estimate with the correlation of
 * Hann windows).
 */
export function independentSegments(segments: number): number {
  return segments / (1 + 2 * (1 - 1 / segments) * OVERLAP_CORRELATION);
}

/** ν of one density: at both ends of the axis the transform is real and scatters twice as much. */
export function independentSegmentsOf(
  { density, independentSegments: segments }: Spectrum,
  bin: number,
): number {
  return bin === 0 || bin === density.length - 1 ? segments / 2 : segments;
}

/**
 * How much the natural logarithm of an estimated density lies below that of the density itself, on average: a mean of
 * ν independent periodograms of a Gaussian process is distributed as a Gamma variable of shape ν, whose mean logarithm
 * is ψ(ν) − ln ν. Whoever takes logarithms of a spectrum (entropies, rates) subtracts this; sums of densities need
 * no correction.
 *
 * @param bin - 0 … `density.length - 1`
 * @returns below 0; 0 for a spectrum that is known
 */
export function logarithmBias(spectrum: Spectrum, bin: number): number {
  return digammaLessLogarithm(independentSegmentsOf(spectrum, bin));
}

/**
 * Welch's estimate with a Hann window, segments that overlap by half, and the mean of the signal taken out:
 * `welch(signal - mean(signal), fs, 'hann', nperseg=segment, detrend=False)`.
 *
 * A signal shorter than a segment becomes one segment, padded with zeros after a window as long as the
 * signal, so that the frequencies stay the same. Samples beyond the last whole segment are left out.
 *
 * The object owns its working memory: make one and estimate many signals with it.
 */
export class SpectrumEstimator {
  private readonly fourier: RealFourierTransform;
  private readonly window: Float64Array;
  private readonly block: Float64Array;
  private readonly power: Float64Array;

  /**
   * @param segment - samples of a segment, a power of two, 2 or more
   * @param sampleRate - Hz
   * @throws TransformLengthError when the segment is no power of two
   */
  constructor(
    readonly segment: number,
    readonly sampleRate: number,
  ) {
    this.fourier = new RealFourierTransform(segment);
    this.window = hannWindow(segment);
    this.block = new Float64Array(segment);
    this.power = new Float64Array(segment / 2 + 1);
  }

  /**
   * The spectrum of a signal.
   *
   * @param signal - any number of samples; without samples the density is 0
   */
  estimate(signal: Float64Array | Uint16Array): Spectrum {
    const { segment, block, power } = this;
    const { length } = signal;
    const window = length < segment ? hannWindow(length) : this.window;
    const density = new Float64Array(segment / 2 + 1);
    const frequencyStep = this.sampleRate / segment;
    if (length === 0) return { frequencyStep, density, independentSegments: 1 };
    let sum = 0;
    for (let i = 0; i < length; i++) sum += signal[i]!;
    const mean = sum / length;

    let segments = 0;
    for (let start = 0; start === 0 || start + segment <= length; start += segment / 2) {
      for (let i = 0; i < window.length; i++) block[i] = (signal[start + i]! - mean) * window[i]!;
      block.fill(0, window.length);
      this.fourier.power(block, power);
      for (let k = 0; k < power.length; k++) density[k]! += power[k]!;
      segments++;
    }

    let windowEnergy = 0;
    for (let i = 0; i < window.length; i++) windowEnergy += window[i]! * window[i]!;
    // Twice, to add the negative frequencies. 0 Hz and half the sample rate have no negative counterpart.
    const scale = 2 / (segments * windowEnergy * this.sampleRate);
    for (let k = 0; k < density.length; k++) density[k]! *= scale;
    density[0]! /= 2;
    density[density.length - 1]! /= 2;
    return { frequencyStep, density, independentSegments: independentSegments(segments) };
  }
}

/** One period of a raised cosine; a single 1 for one sample, as in SciPy. */
export function hannWindow(length: number): Float64Array {
  if (length === 1) return Float64Array.of(1);
  return Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
}
