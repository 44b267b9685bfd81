/**
 * The stationary Gaussian bound of channels together: reverse water-filling over the eigenvalues of the cross-spectral
 * matrix at each frequency (T. Berger, Rate Distortion Theory, 1971, §4.5; for vectors of processes the eigenvalues stand
 * in place of the spectrum). With the diagonal alone it is the bound of each channel by itself, one level for all: the
 * difference is what space is worth to a stationary Gaussian process.
 *
 * The matrix is a mean over ν independent periodograms of C channels, so the mean of the logarithm of its determinant is
 * too low by Σ (ψ(ν − i) − ln ν), i = 0 … C − 1 (N. R. Goodman, "The distribution of the determinant of a complex Wishart
 * distributed matrix", Annals of Mathematical Statistics 34, 1963). The rate takes eigenvalues raised by what that is for
 * each; where most lie under the water level the raise is too large for those above it, so with few periodograms the bound
 * is uncertain: it is refused with fewer than 2·C.
 */
import { eigenDecomposition } from '../numerics/eigen-decomposition';
import { digammaLessLogarithm } from '../numerics/digamma';
import { RealFourierTransform } from '../kernels/fft';
import { hannWindow, independentSegments } from './spectrum';

/** Eigenvalues of a group at all frequencies. */
export interface GroupSpectrum {
  readonly channels: number;
  /** Samples of each channel. */
  readonly samples: number;
  /**
   * Variances of a white process with this density, codes²: channels × frequencies, from 0 to half the sample rate; of
   * the matrix, and of its diagonal.
   */
  readonly together: Float64Array;
  readonly alone: Float64Array;
  /** What the logarithms of each are raised by. */
  readonly raiseTogether: number;
  readonly raiseAlone: number;
}

/** A point of the bound. */
export interface GroupBoundPoint {
  readonly bitsPerSample: number;
  /** Mean squared error, codes², before rounding. */
  readonly mse: number;
}

/** There is too little of a group to estimate its cross-spectral matrix. */
export class GroupSpectrumError extends RangeError {
  override readonly name = 'GroupSpectrumError';
}

/**
 * Cross-spectral matrix by Welch's method (Hann windows that overlap by half, means taken out), and its eigenvalues.
 *
 * @param channels - equally long
 * @param segment - samples of a segment, a power of two
 * @throws GroupSpectrumError with fewer than 2·C segments
 */
export function groupSpectrum(
  channels: readonly (Uint16Array | Float64Array)[],
  segment: number,
): GroupSpectrum {
  const count = channels.length;
  const samples = channels[0]?.length ?? 0;
  const segments = Math.floor((2 * samples) / segment) - 1;
  if (segments < 2 * count || count === 0) {
    throw new GroupSpectrumError(
      `${samples} samples are ${Math.max(0, segments)} segments of ${segment}, too few for the cross-spectra of ${count} ` +
        `channels: give ${2 * count} segments or more, or fewer channels.`,
    );
  }
  const fourier = new RealFourierTransform(segment);
  const window = hannWindow(segment);
  const bins = segment / 2 + 1;
  const spectra = channels.map((channel) => spectraOf(channel, window, segments, fourier));
  const energy = window.reduce((sum, value) => sum + value * value, 0);
  const together = new Float64Array(count * bins);
  const alone = new Float64Array(count * bins);
  const size = 2 * count;
  for (let k = 0; k < bins; k++) {
    // A Hermitian matrix A + iB has the eigenvalues of the real matrix [[A, −B], [B, A]], each twice.
    const matrix = new Float64Array(size * size);
    for (let a = 0; a < count; a++) {
      for (let b = a; b < count; b++) {
        let [real, imaginary] = [0, 0];
        for (let s = 0; s < segments; s++) {
          const at = 2 * (s * bins + k);
          const [ar, ai] = [spectra[a]![at]!, spectra[a]![at + 1]!];
          const [br, bi] = [spectra[b]![at]!, spectra[b]![at + 1]!];
          real += ar * br + ai * bi;
          imaginary += ai * br - ar * bi;
        }
        real /= segments * energy;
        imaginary /= segments * energy;
        matrix[a * size + b] = matrix[b * size + a] = real;
        matrix[(a + count) * size + b + count] = matrix[(b + count) * size + a + count] = real;
        matrix[a * size + b + count] = matrix[(b + count) * size + a] = -imaginary;
        matrix[b * size + a + count] = matrix[(a + count) * size + b] = imaginary;
      }
      alone[a * bins + k] = matrix[a * size + a]!;
    }
    const { values } = eigenDecomposition(matrix, size);
    for (let c = 0; c < count; c++) together[c * bins + k] = Math.max(0, values[2 * c]!);
  }
  const freedom = independentSegments(segments);
  let determinant = 0;
  for (let i = 0; i < count; i++) {
    determinant += digammaLessLogarithm(freedom - i) + Math.log((freedom - i) / freedom);
  }
  return {
    channels: count,
    samples,
    together,
    alone,
    raiseTogether: -determinant / count,
    raiseAlone: -digammaLessLogarithm(freedom),
  };
}

/** Spectra of all segments of a channel: real and imaginary parts by turns, segment after segment. */
function spectraOf(
  channel: Uint16Array | Float64Array,
  window: Float64Array,
  segments: number,
  fourier: RealFourierTransform,
): Float64Array {
  const segment = window.length;
  const bins = segment / 2 + 1;
  let sum = 0;
  for (let i = 0; i < channel.length; i++) sum += channel[i]!;
  const mean = sum / channel.length;
  const block = new Float64Array(segment);
  const [re, im] = [new Float64Array(bins), new Float64Array(bins)];
  const result = new Float64Array(2 * segments * bins);
  for (let s = 0; s < segments; s++) {
    for (let i = 0; i < segment; i++) block[i] = (channel[(s * segment) / 2 + i]! - mean) * window[i]!;
    fourier.transform(block, re, im);
    for (let k = 0; k < bins; k++) {
      result[2 * (s * bins + k)] = re[k]!;
      result[2 * (s * bins + k) + 1] = im[k]!;
    }
  }
  return result;
}

/** Share of the frequency axis of each bin: those at both ends are half as wide. */
function shareOf(bin: number, bins: number): number {
  return (bin === 0 || bin === bins - 1 ? 0.5 : 1) / (bins - 1);
}

/** Rate and distortion at a water level, codes². */
function atLevel(variances: Float64Array, channels: number, raise: number, level: number): GroupBoundPoint {
  const bins = variances.length / channels;
  let [rate, mse] = [0, 0];
  for (let i = 0; i < variances.length; i++) {
    const share = shareOf(i % bins, bins) / channels;
    const variance = variances[i]!;
    const nats = Math.log(variance / level) + raise;
    if (nats > 0) rate += (share * nats) / (2 * Math.LN2);
    mse += share * Math.min(variance, level);
  }
  return { bitsPerSample: rate, mse };
}

/**
 * The bound of channels together, and of each alone, at an error that a codec reached.
 *
 * @param spectra - of the groups of a dataset; each weighs by its samples
 * @param mse - codes², above 0
 * @returns bits a sample; 0 where all power may be left out
 */
export function groupBoundRate(
  spectra: readonly GroupSpectrum[],
  which: 'together' | 'alone',
  mse: number,
): number {
  const total = spectra.reduce((sum, { channels, samples }) => sum + channels * samples, 0);
  const at = (level: number): GroupBoundPoint => {
    let [bitsPerSample, error] = [0, 0];
    for (const one of spectra) {
      const raise = which === 'together' ? one.raiseTogether : one.raiseAlone;
      const point = atLevel(one[which], one.channels, raise, level);
      const weight = (one.channels * one.samples) / total;
      bitsPerSample += weight * point.bitsPerSample;
      error += weight * point.mse;
    }
    return { bitsPerSample, mse: error };
  };
  let [low, high] = [Math.log(1e-9), Math.log(1e12)];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (at(Math.exp(middle)).mse < mse) low = middle;
    else high = middle;
  }
  return at(Math.exp(low)).bitsPerSample;
}
