/**
 * The signal that is analyzed: the samples of a recording less their mean.
 */

/** Samples about a mean that a file can hold. */
export interface Signal {
  /** One number a sample, sample − {@link mean}; the unit is that of the samples. */
  readonly signal: Float64Array;
  /** The mean of the samples, rounded to an integer: what the header of a file holds. 0 for no samples. */
  readonly mean: number;
}

/**
 * The signal that is coded. Codecs, learners and notebooks must all take it from here: with another mean they would
 * study a signal that no file holds.
 *
 * @param samples - integers: ADC codes, or samples off the ADC grid
 */
export function signalOf(samples: Uint16Array | Int16Array | Int32Array): Signal {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]!;
  const mean = samples.length > 0 ? Math.round(sum / samples.length) : 0;
  const signal = new Float64Array(samples.length);
  for (let i = 0; i < samples.length; i++) signal[i] = samples[i]! - mean;
  return { signal, mean };
}
