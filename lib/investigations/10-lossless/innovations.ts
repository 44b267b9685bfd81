/** Innovations: the residual of fixed linear prediction on the linear scale, and the share of noise in it. */
import { LEARNED } from '../../codecs/lossless/learned-constants';
import { LinearScale, WIDTH_UNIT } from '../../codecs/lossless/linear-scale';
import { FIXED_ORDER } from '../../codecs/lossless/preset';
import { logarithmBias, SpectrumEstimator } from '../../metrics/spectrum';
import { SAMPLE_RATE } from '../../recordings/adc';
import { readCodes, type Corpus, type Recording } from '../../recordings/corpus';
import { groupsOfEqualLength } from '../../recordings/folds';

const SCALE = new LinearScale(LEARNED.widths);
const FIXED = Float64Array.from(LEARNED.fixed);

/** Samples of a segment of the spectral estimate. */
const SEGMENT = 1024;

/** A recording on the scale on which the digitizer is linear. */
export function linearized(codes: Uint16Array): Float64Array {
  return Float64Array.from(codes, (code) => SCALE.levels[code]!);
}

/** Residual of the lossless codec's fixed predictor. */
export function innovationsOf(codes: Uint16Array): Float64Array {
  const signal = linearized(codes);
  return signal.map((sample, t) => {
    let left = sample;
    for (let i = 0; i < Math.min(FIXED_ORDER, t); i++) left -= FIXED[i]! * signal[t - 1 - i]!;
    return left;
  });
}

/**
 * Lower bound of lossless coding in bits a sample, for a stationary Gaussian recording of known spectrum: the
 * entropy of its innovations by Kolmogorov's formula, from the spectrum on the linear scale (T. M. Cover and
 * J. A. Thomas, Elements of Information Theory, 2006, §12.5), less the mean of log₂ of the width of a code.
 *
 * Not defined for a constant recording.
 */
export function stationaryFloor(codes: Uint16Array): number {
  const signal = linearized(codes);
  const spectrum = new SpectrumEstimator(SEGMENT, SAMPLE_RATE).estimate(signal);
  const { density } = spectrum;
  let sum = 0;
  for (let k = 1; k < density.length - 1; k++)
    sum += Math.log((density[k]! * SAMPLE_RATE) / 2) - logarithmBias(spectrum, k);
  const logVariance = sum / (density.length - 2);
  let widths = 0;
  for (const code of codes) widths += Math.log2(LEARNED.widths[code]! * WIDTH_UNIT);
  return 0.5 * (Math.log2(2 * Math.PI * Math.E) + logVariance / Math.LN2) - widths / codes.length;
}

/** Two recordings that may have been made at the same time. */
export interface PairGain {
  readonly first: Recording;
  readonly second: Recording;
  /** Correlation of their innovations at the same time. */
  readonly correlation: number;
  /** Bits a sample that knowing the first would save on the second: −½·log₂(1 − correlation²). */
  readonly bits: number;
}

/**
 * Mutual information of recordings of equal length. Only lengths that exactly two recordings have are used:
 * with more, it would be unknown which belong together.
 */
export function pairGains(corpus: Corpus): PairGain[] {
  return groupsOfEqualLength(corpus.recordings)
    .filter((group) => group.length === 2)
    .map(([first, second]) => {
      const correlation = correlationOf(innovationsOf(readCodes(first!)), innovationsOf(readCodes(second!)));
      const bits = -0.5 * Math.log2(1 - correlation ** 2);
      return { first: first!, second: second!, correlation, bits };
    });
}

function correlationOf(a: Float64Array, b: Float64Array): number {
  let products = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    products += a[i]! * b[i]!;
    squaresA += a[i]! ** 2;
    squaresB += b[i]! ** 2;
  }
  return squaresA > 0 && squaresB > 0 ? products / Math.sqrt(squaresA * squaresB) : 0;
}
