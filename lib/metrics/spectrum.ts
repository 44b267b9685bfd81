/**
 * Power spectral densities by Welch's method.
 *
 * P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Trans. Audio and
 * Electroacoustics 15 (1967); the conventions are those of `scipy.signal.welch`.
 */

import { RealFourierTransform } from '../kernels/fft';

/** A power spectral density, one-sided: its integral over 0 … half the sample rate is the power of the signal. */
export interface Spectrum {
  /** Hz from one density to the next; the first is at 0 Hz, the last at half the sample rate. */
  readonly frequencyStep: number;
  /** The signal's unit squared, per Hz: codes²/Hz for ADC codes. */
  readonly density: Float64Array;
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
    if (length === 0) return { frequencyStep, density };
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
    return { frequencyStep, density };
  }
}

/** One period of a raised cosine; a single 1 for one sample, as in SciPy. */
function hannWindow(length: number): Float64Array {
  if (length === 1) return Float64Array.of(1);
  return Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
}
