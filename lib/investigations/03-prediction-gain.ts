/** Gain of a closed-loop predictor whose past samples are quantized. */
import { basisFor, type AnyBasis } from '../bases/basis';
import { variance } from '../metrics/distortion';

/**
 * The prediction gain: variance of a signal over the mean square of the prediction error before quantization
 * (N. S. Jayant and P. Noll, Digital Coding of Waveforms, 1984, eq. 6.19).
 *
 * @param family - basis with a closed loop; its coefficients are quantized residuals
 * @param signal - ADC codes, with the mean taken out
 * @param step - step of the quantizer in the loop, ADC codes
 * @returns dB; Infinity where the error is 0
 */
export function predictionGain(family: AnyBasis, signal: Float64Array, step: number): number {
  const basis = basisFor(family, signal, step);
  const coefficients = basis.analyze(signal, step);
  const decoded = basis.synthesize(coefficients, step);
  let sum = 0;
  for (let i = 0; i < signal.length; i++) {
    // The decoded sample is the sum of prediction and quantized residual, so the difference is the
    // prediction.
    const error = signal[i]! - (decoded[i]! - coefficients.values[i]!);
    sum += error * error;
  }
  return 10 * Math.log10(variance(signal) / (sum / signal.length));
}
