/**
 * Estimated cost of single coefficients while their neighbors stay fixed; for a pursuit, which changes few coefficients
 * at a time.
 */
import { medianInPlace } from '../../numerics/median';
import type { Coefficients } from '../basis';
import { BITS_PER_SQUARED_STEP } from './coding-cost';

/** Fraction from which |c|/Δ is rounded up, as in the quantizer. */
const ROUND_UP_FROM = 0.62;

/** Smallest expected magnitude. */
const LEAST_EXPECTED = 0.002;

/**
 * For each coefficient the bits of each unit of its quantized magnitude, under a geometric density. The expected
 * magnitude comes from the mean of the subband and the two coefficients before it.
 *
 * @param step - of the quantizer
 */
export function bitsPerMagnitude({ values, layout }: Coefficients, step: number): Float64Array {
  const slopes = new Float64Array(values.length);
  const scale = 1 / step;
  for (const { offset, length } of layout.subbands) {
    let mean = 0;
    for (let i = offset; i < offset + length; i++) mean += quantizedMagnitude(values[i]! * scale) / length;
    let before = 0;
    let twoBefore = 0;
    for (let i = offset; i < offset + length; i++) {
      const local = (mean * (2 * before + twoBefore + 2)) / (3 * mean + 2);
      const expected = 0.5 * (mean + local) + LEAST_EXPECTED;
      slopes[i] = Math.log2((1 + expected) / expected);
      twoBefore = before;
      before = quantizedMagnitude(values[i]! * scale);
    }
  }
  return slopes;
}

/**
 * Bits of a coefficient beyond those of a zero, plus its squared error exchanged for bits.
 *
 * @param scaled - coefficient divided by the step
 * @param slope - entry of {@link bitsPerMagnitude}
 */
export function coefficientCost(scaled: number, slope: number): number {
  const size = Math.abs(scaled);
  const magnitude = quantizedMagnitude(size);
  const error = size - magnitude;
  return (magnitude > 0 ? 1 + magnitude * slope : 0) + BITS_PER_SQUARED_STEP * error * error;
}

/** @param scaled - coefficient divided by the step */
export function quantizedMagnitude(scaled: number): number {
  return (Math.abs(scaled) + (1 - ROUND_UP_FROM)) | 0;
}

/** Standard deviation of a Gaussian over the median of its magnitudes. */
const DEVIATION_OF_MEDIAN = 1.4826;

/**
 * Weight of the coefficients of each subband in a least-squares fit: 1 / (variance of the subband without spikes +
 * variance of the quantization error).
 *
 * @param step - of the quantizer
 */
export function fittingWeights({ values, layout }: Coefficients, step: number): Float64Array {
  return Float64Array.from(layout.subbands, ({ offset, length }) => {
    const magnitudes = values.slice(offset, offset + length);
    for (let i = 0; i < length; i++) magnitudes[i] = Math.abs(magnitudes[i]!);
    const deviation = length > 0 ? DEVIATION_OF_MEDIAN * medianInPlace(magnitudes) : 0;
    return 1 / (deviation * deviation + (step * step) / 12);
  });
}
