/** Slow waves: the local field potential, below the spikes. */
import { squaredErrorOver } from './spikes';
import { bandFilter } from './spike-band';
import { signalToNoiseRatio, variance } from './distortion';

/** The band of slow waves, Hz. */
export const SLOW_BAND = [1, 300] as const;

/**
 * Slow waves of ADC codes, by the zero-phase filter of the other bands.
 *
 * @param sampleRate - Hz
 */
export function slowWaves(codes: ArrayLike<number>, sampleRate: number): Float64Array {
  const slow = new Float64Array(codes.length);
  bandFilter(SLOW_BAND, sampleRate).apply(Float64Array.from(codes), slow);
  return slow;
}

/** dB: variance of the slow waves of a recording over their mean squared error. */
export function slowWaveSnr(original: Float64Array, decoded: Float64Array): number {
  const error = squaredErrorOver(Int32Array.of(0, original.length), original, decoded);
  return signalToNoiseRatio(variance(original), error / original.length);
}
