/** Features that distinguish kinds of blocks: the shape of the spectrum, and the height of the peak. */
import { BlockCosineTransform } from '../../kernels/cosine';
import { SPIKE_BAND } from '../../metrics/spike-band';

/** Floor of energies under the logarithm: a ten-thousandth of the energy of a signal of variance 1. */
const LEAST_ENERGY = 1e-4;

/** Features of blocks: similar blocks have points near to each other. */
export interface BlockFeatures {
  readonly dimension: number;
  /** B × D. Over all blocks each feature has mean 0 and variance 1, or variance 0 if it never changes. */
  readonly values: Float64Array;
}

/**
 * Features of blocks. The first log₂N + 1 are log₂ of the mean DCT energies in octave bands; the first band
 * is coefficient 0 alone. Their mean is taken out, so that loud and quiet blocks of the same spectrum are
 * alike. The last is log₂ of the peak over the root-mean-square value, taken above the lower end of the spike
 * band: about 1.3 for Gaussian noise, and more around a spike.
 *
 * @param blocks - B blocks of `length` samples, a power of two
 * @param sampleRate - Hz
 */
export function blockFeatures(blocks: Float64Array, length: number, sampleRate: number): BlockFeatures {
  const count = blocks.length / length;
  const bands = Math.log2(length) + 1;
  const dimension = bands + 1;
  const plan = new BlockCosineTransform(length, 'float64');
  const coefficients = new Float64Array(blocks.length);
  const highs = new Float64Array(blocks.length);
  try {
    plan.forward(blocks, coefficients);
    const lowest = Math.min(length - 1, Math.ceil((SPIKE_BAND[0] * 2 * length) / sampleRate));
    highs.set(coefficients);
    for (let start = 0; start < highs.length; start += length) highs.fill(0, start, start + lowest);
    plan.inverse(highs, highs);
  } finally {
    plan.release();
  }
  const values = new Float64Array(count * dimension);
  for (let block = 0; block < count; block++) {
    const own = values.subarray(block * dimension, (block + 1) * dimension);
    const start = block * length;
    let mean = 0;
    for (let band = 0; band < bands; band++) {
      const [from, to] = band === 0 ? [0, 1] : [2 ** (band - 1), 2 ** band];
      let energy = 0;
      for (let k = from; k < to; k++) energy += coefficients[start + k]! * coefficients[start + k]!;
      own[band] = Math.log2(energy / (to - from) + LEAST_ENERGY);
      mean += own[band]! / bands;
    }
    for (let band = 0; band < bands; band++) own[band]! -= mean;
    let peak = 0;
    let energy = 0;
    for (let i = start; i < start + length; i++) {
      peak = Math.max(peak, highs[i]! * highs[i]!);
      energy += highs[i]! * highs[i]!;
    }
    own[bands] = 0.5 * Math.log2((peak + LEAST_ENERGY) / (energy / length + LEAST_ENERGY));
  }
  standardize(values, dimension);
  return { dimension, values };
}

/** Scales each feature to mean 0 and variance 1. */
function standardize(values: Float64Array, dimension: number): void {
  const count = values.length / dimension;
  for (let d = 0; d < dimension; d++) {
    let sum = 0;
    for (let i = d; i < values.length; i += dimension) sum += values[i]!;
    const mean = sum / count;
    let squares = 0;
    for (let i = d; i < values.length; i += dimension) squares += (values[i]! - mean) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares / count) : 0;
    for (let i = d; i < values.length; i += dimension) values[i] = (values[i]! - mean) * scale;
  }
}
