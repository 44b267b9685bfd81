/**
 * Distortion of decoded ADC codes against the original ones.
 *
 * Ratios are in dB; infinities stay numbers here; code that writes JSON turns them into null.
 */

/** Two signals to be compared have different lengths. */
export class LengthMismatchError extends RangeError {
  override readonly name = 'LengthMismatchError';

  constructor(original: number, decoded: number) {
    super(
      `The original has ${original} samples and the decoded signal ${decoded}: ` +
        'compare a recording with what was decoded from its own bytes.',
    );
  }
}

/**
 * Sum of squared differences, exact: an integer below 2^53 for any recording shorter than a century.
 *
 * @param original - ADC codes
 * @param decoded - as many ADC codes
 * @returns codes², 0 for no samples
 * @throws LengthMismatchError when the lengths differ
 */
export function squaredError(original: Uint16Array, decoded: Uint16Array): number {
  if (original.length !== decoded.length) throw new LengthMismatchError(original.length, decoded.length);
  let sum = 0;
  for (let i = 0; i < original.length; i++) {
    const difference = original[i]! - decoded[i]!;
    sum += difference * difference;
  }
  return sum;
}

/**
 * Mean squared error of one or many recordings.
 *
 * @param squaredError - sum of squared differences over all of them, codes²
 * @param samples - number of samples of all of them
 * @returns codes²; 0 for no samples
 */
export function meanSquaredError(squaredError: number, samples: number): number {
  return samples === 0 ? 0 : squaredError / samples;
}

/**
 * Peak signal-to-noise ratio, 10·log10(full scale² / MSE).
 *
 * @param meanSquaredError - codes²
 * @param fullScale - largest difference of two codes: that of the corpus, see `FullScale`
 * @returns dB; Infinity when lossless
 */
export function peakSignalToNoiseRatio(meanSquaredError: number, fullScale: number): number {
  return 10 * Math.log10((fullScale * fullScale) / meanSquaredError);
}

/**
 * The root-mean-square error in units of the recordings' noise: below 1 the error is less than what the electrode and
 * its amplifier add themselves. Unlike the PSNR it does not depend on how much of its range a digitizer uses.
 *
 * @param meanSquaredError - codes²
 * @param noise - standard deviation of the noise in codes: that of the corpus
 */
export function errorInNoise(meanSquaredError: number, noise: number): number {
  return Math.sqrt(meanSquaredError) / noise;
}

/**
 * Signal-to-noise ratio, 10·log10(signal / noise), of two powers or two energies in the same unit.
 *
 * @param signal - variance of the original, or its energy, 0 or more
 * @param noise - mean squared error, or the energy of the error, 0 or more
 * @returns dB; Infinity when there is no noise (even when there is no signal either), −Infinity when there is
 *   noise but no signal
 */
export function signalToNoiseRatio(signal: number, noise: number): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

/**
 * Population variance of a signal, in two passes.
 *
 * @returns the square of the signal's unit; 0 for no samples
 */
export function variance(signal: Float64Array): number {
  const { length } = signal;
  if (length === 0) return 0;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += signal[i]!;
  const mean = sum / length;
  let squares = 0;
  for (let i = 0; i < length; i++) {
    const difference = signal[i]! - mean;
    squares += difference * difference;
  }
  return squares / length;
}
