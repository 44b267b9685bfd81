/**
 * Distance of quantizers from the theoretical limit, on a source where that limit is known: white Gaussian
 * noise, whose rate–distortion function is D = σ²·2^(−2R) (T. M. Cover and J. A. Thomas, Elements of
 * Information Theory, 2nd ed., 2006, eq. 10.36).
 */
import { codecFromId } from '../codecs/codec-from-id';
import type { QuantizerName } from '../codecs/transform-codec';
import { meanSquaredError, squaredError } from '../metrics/distortion';
import { bitsPerSample } from '../metrics/rate';
import { MAX_ADC_CODE } from '../recordings/adc';

const SAMPLES = 60_000;
/**
 * Standard deviation of the noise, ADC codes: large enough that rounding to codes does not matter, small
 * enough that hardly any sample is out of range.
 */
const DEVIATION = 100;
/** Steps in standard deviations. They cover rates from below 0.1 to above 4 bits a sample. */
const STEPS = [0.2, 0.3, 0.45, 0.7, 1, 1.4, 1.8, 2.2, 2.6, 3];

/**
 * Error of a quantizer above the rate–distortion function at the same rate, dB; rates are of real bytes.
 *
 * @param rates - rates in bits a sample, 0.15…4
 */
export function quantizerLoss(quantizer: QuantizerName, rates: readonly number[]): number[] {
  const codec = codecFromId(quantizer === 'dead-zone' ? 'identity' : `identity+${quantizer}`);
  const noise = gaussianCodes();
  const points = STEPS.map((step) => {
    const { bytes } = codec.encode(noise, step * DEVIATION);
    const rate = bitsPerSample(bytes.length, SAMPLES);
    const error = meanSquaredError(squaredError(noise, codec.decode(bytes)), SAMPLES);
    const possible = DEVIATION ** 2 * 2 ** (-2 * rate);
    return { rate, loss: 10 * Math.log10(error / possible) };
  }).reverse();
  return rates.map((rate) => {
    const upper = Math.max(
      1,
      points.findIndex((point) => point.rate >= rate),
    );
    const [a, b] = [points[upper - 1]!, points[upper]!];
    return a.loss + ((rate - a.rate) / (b.rate - a.rate)) * (b.loss - a.loss);
  });
}

/**
 * White Gaussian noise around the middle code, by the Box–Muller method from a fixed linear congruential
 * generator.
 */
function gaussianCodes(): Uint16Array {
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Uint16Array.from({ length: SAMPLES }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const value = Math.round(MAX_ADC_CODE / 2 + DEVIATION * radius * Math.cos(2 * Math.PI * uniform()));
    return Math.max(0, Math.min(MAX_ADC_CODE, value));
  });
}
