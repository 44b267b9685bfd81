/**
 * Gaussian surrogates: stationary Gaussian signals with the spectrum, the mean and the length of a recording, rounded to
 * ADC codes. For them the stationary Gaussian bound is exactly right, so a codec's distance from it is the codec's.
 *
 * A surrogate has the spectrum that was estimated, in bands: the scatter of single densities, which no recording has,
 * would be power that no codec can concentrate.
 */
import { RealFourierTransform } from '../../kernels/fft';
import { kept } from '../../kernels/runtime/kept';
import type { RecordingSpectrum } from '../../metrics/gaussian-bound';
import { SpectrumEstimator, type Spectrum } from '../../metrics/spectrum';
import { uniformNumbers } from '../../numerics/random';
import { MAX_ADC_CODE } from '../../recordings/adc';

/** Samples of a segment of the spectral estimate, as for the Gaussian bound. */
export const SEGMENT = 4096;

const LAST_BIN = SEGMENT / 2;

/** Hertz that stand for any sample rate: all that is computed is of shares of it. */
const UNIT_RATE = 19531;

/** A band is an eighth as wide as it lies high, and at most this many densities. */
const WIDEST_BAND = 16;

/** Rounding to codes adds this much white noise, codes². */
const ROUNDING = 1 / 12;

/** Least share of a band's power that is left when that of rounding is taken away. */
const LEAST_SHARE = 0.01;

/** First density of each band, and one more than the last density of all. */
export const BAND_EDGES: readonly number[] = bandEdges();

function bandEdges(): number[] {
  const edges = [0];
  for (let edge = 0; edge <= LAST_BIN;) {
    edge = Math.min(LAST_BIN + 1, edge + Math.max(1, Math.min(WIDEST_BAND, edge >> 3)));
    edges.push(edge);
  }
  return edges;
}

/** Twice the density that white noise of variance 1 has; at both ends of the axis there is no negative frequency. */
function whiteDensity(bin: number): number {
  return (bin === 0 || bin === LAST_BIN ? 1 : 2) / UNIT_RATE;
}

/**
 * The spectrum of a recording in bands: the variance of white noise whose density is the mean of the band's.
 *
 * @param codes - ADC codes
 * @returns codes², one for each band of {@link BAND_EDGES}
 */
export function bandVariances(codes: Uint16Array): Float64Array {
  const { density } = estimator().estimate(codes);
  return Float64Array.from({ length: BAND_EDGES.length - 1 }, (_, band) => {
    const [from, to] = [BAND_EDGES[band]!, BAND_EDGES[band + 1]!];
    let sum = 0;
    for (let bin = from; bin < to; bin++) sum += density[bin]! / whiteDensity(bin);
    return sum / (to - from);
  });
}

const estimator = kept(() => new SpectrumEstimator(SEGMENT, UNIT_RATE));

/** Variances of bands as a spectrum that is known, not estimated. */
export function knownSpectrum(variances: ArrayLike<number>): Spectrum {
  const density = new Float64Array(LAST_BIN + 1);
  for (let band = 0; band < variances.length; band++) {
    for (let bin = BAND_EDGES[band]!; bin < BAND_EDGES[band + 1]!; bin++) {
      density[bin] = variances[band]! * whiteDensity(bin);
    }
  }
  return { frequencyStep: UNIT_RATE / SEGMENT, density, independentSegments: Infinity };
}

/** The same with its weight, for the Gaussian bound. */
export function knownRecording(variances: ArrayLike<number>, samples: number): RecordingSpectrum {
  return { spectrum: knownSpectrum(variances), samples };
}

/** A surrogate. */
export interface Surrogate {
  /** ADC codes. */
  readonly codes: Uint16Array;
  /** Share of the samples that were beyond the range of the digitizer: they make a surrogate less Gaussian. */
  readonly clipped: number;
}

const transformOf = kept((length: number) => new RealFourierTransform(length));

/**
 * Draws a stationary Gaussian signal.
 *
 * Independent Gaussian numbers with the variances of the spectrum are weights of the functions cos + sin of whole
 * numbers of periods (the transform of R. N. Hartley, Proceedings of the IRE 30, 1942). As the weights of a frequency
 * and its negative have equal variances, the covariance of two samples depends on their distance alone. The signal has
 * the period of the transform, a power of two; only the first samples of a period are taken.
 *
 * @param variances - of {@link bandVariances}; what rounding adds is taken off first
 * @param mean - ADC codes
 * @param samples - length
 * @param seed - whole number; the same gives the same signal
 * @param largest - code of the digitizer
 */
export function gaussianSurrogate(
  variances: ArrayLike<number>,
  mean: number,
  samples: number,
  seed: number,
  largest: number = MAX_ADC_CODE,
): Surrogate {
  const period = Math.max(2 * SEGMENT, 2 ** Math.ceil(Math.log2(samples)));
  const half = period / 2;
  const normal = normalNumbers(seed);
  const weights = new Float64Array(period);
  for (let band = 0; band < variances.length; band++) {
    const power = Math.max(variances[band]! - ROUNDING, LEAST_SHARE * variances[band]!);
    const deviation = Math.sqrt(power / period);
    // A density stands for the frequencies that are nearest to it.
    const from = frequencyAbove(BAND_EDGES[band]! - 0.5, period);
    const to = Math.min(half + 1, frequencyAbove(BAND_EDGES[band + 1]! - 0.5, period));
    for (let frequency = from; frequency < to; frequency++) {
      weights[frequency] = deviation * normal();
      if (frequency > 0 && frequency < half) weights[period - frequency] = deviation * normal();
    }
  }
  const re = new Float64Array(half + 1);
  const im = new Float64Array(half + 1);
  transformOf(period).transform(weights, re, im);
  const codes = new Uint16Array(samples);
  let clipped = 0;
  for (let i = 0; i < samples; i++) {
    // The second half of the transform of real numbers mirrors the first.
    const value = i <= half ? re[i]! - im[i]! : re[period - i]! + im[period - i]!;
    const code = Math.round(mean + value);
    if (code < 0 || code > largest) clipped++;
    codes[i] = Math.max(0, Math.min(largest, code));
  }
  return { codes, clipped: samples === 0 ? 0 : clipped / samples };
}

/** The lowest frequency, in periods, that lies at or above a place between densities. */
function frequencyAbove(place: number, period: number): number {
  return Math.max(0, Math.ceil((place * period) / SEGMENT));
}

/** Gaussian numbers of mean 0 and variance 1, by the method of G. E. P. Box and M. E. Muller (1958). */
export function normalNumbers(seed: number): () => number {
  const uniform = uniformNumbers(seed);
  let second: number | undefined;
  return () => {
    if (second !== undefined) {
      const value = second;
      second = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    second = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** A seed of its own for each recording. */
export function seedOf({ sha256 }: { readonly sha256: string }): number {
  return Number.parseInt(sha256.slice(0, 8), 16);
}
