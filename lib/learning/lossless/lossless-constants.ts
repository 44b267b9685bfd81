/**
 * Learns the constants of the lossless codec from many recordings: code widths, a fixed predictor, and the
 * initial feature weights of its adaptive predictor.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { LinearScale } from '../../codecs/lossless/linear-scale';
import { Predictor } from '../../codecs/lossless/predictor';
import {
  featureCount,
  FIXED_ORDER,
  type FeatureCounts,
  type LearnedConstants,
  type Prior,
} from '../../codecs/lossless/preset';
import { autocorrelation } from '../../numerics/levinson';
import { MAX_ADC_CODE } from '../../recordings/adc';
import { learnCodeWidths } from './code-widths';
import { linearPrediction, predictorOfLeastError } from './linear-prediction';

/** Order of the predictor that estimates the innovations of a recording. */
const INNOVATION_ORDER = 16;

/**
 * Largest share of samples at the rails: recordings with more are left out, since clipped samples distort
 * prediction.
 */
const MOST_AT_RAILS = 1e-4;

/** Samples at the start of a recording that are skipped, until the features have filled. */
const WARM_UP = 100;

/** Precision of the initial weights, as the number of samples that they count for. */
const FIRMNESS = 1000;

/** Significant digits of the constants. */
const DIGITS = 7;

/** Learns code widths and the fixed predictor from recordings. */
export function learnConstants(recordings: readonly (() => Uint16Array)[]): LearnedConstants {
  const widths = learnCodeWidths(recordings);
  return { widths, fixed: learnFixedPrediction(recordings, widths) };
}

/** Learns the predictor of least mean squared error, relative to each recording's own innovations. */
export function learnFixedPrediction(
  recordings: readonly (() => Uint16Array)[],
  widths: readonly number[],
): number[] {
  const { levels } = new LinearScale(widths);
  const sums = new Float64Array(FIXED_ORDER + 1);
  for (const read of recordings) {
    const codes = read();
    if (shareAtRails(codes) > MOST_AT_RAILS) continue;
    const signal = Float64Array.from(codes, (code) => levels[code]!);
    const mean = signal.reduce((sum, value) => sum + value, 0) / signal.length;
    for (let i = 0; i < signal.length; i++) signal[i]! -= mean;
    const { residualVariance } = linearPrediction(signal, INNOVATION_ORDER);
    autocorrelation(signal, FIXED_ORDER).forEach((value, lag) => (sums[lag]! += value / residualVariance));
  }
  return predictorOfLeastError(sums).map(kept);
}

/** Learns the initial weights by least squares over all recordings, with their precisions. */
export function learnPrior(
  recordings: readonly (() => Uint16Array)[],
  constants: LearnedConstants,
  features: FeatureCounts,
): Prior {
  const size = featureCount(features);
  const { levels } = new LinearScale(constants.widths);
  // Weights are held at 0 by a huge precision, so that the predictor does not adapt while its features are
  // recorded.
  const prior = { weights: new Array<number>(size).fill(0), precisions: new Array<number>(size).fill(1e15) };
  const moments = new Float64Array(size * size);
  const products = new Float64Array(size);
  let samples = 0;
  for (const read of recordings) {
    const codes = read();
    if (shareAtRails(codes) > MOST_AT_RAILS) continue;
    const predictor = new Predictor({ ...constants, features, prior, learnsEvery: 1 });
    codes.forEach((code, t) => {
      predictor.predict();
      const { weight } = predictor;
      const observed = predictor.features.slice();
      predictor.update(levels[code]!);
      if (t < WARM_UP) return;
      accumulate(moments, products, observed, weight, predictor.innovation);
      samples++;
    });
  }
  const normal = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      normal.set(i, j, moments[i * size + j]! / samples);
      normal.set(j, i, moments[i * size + j]! / samples);
    }
    normal.set(i, i, normal.get(i, i) * (1 + 1e-6) + 1e-9);
  }
  const right = Matrix.columnVector(Array.from(products, (value) => value / samples));
  const weights = new CholeskyDecomposition(normal).solve(right).to1DArray().map(kept);
  return { weights, precisions: weights.map((_, i) => kept(FIRMNESS * normal.get(i, i))) };
}

function accumulate(
  moments: Float64Array,
  products: Float64Array,
  features: Float64Array,
  weight: number,
  innovation: number,
): void {
  const size = features.length;
  for (let i = 0; i < size; i++) {
    const weighted = weight * features[i]!;
    products[i]! += weighted * innovation;
    const row = i * size;
    for (let j = 0; j <= i; j++) moments[row + j]! += weighted * features[j]!;
  }
}

/** Share of samples at one of the two rails, 0…1. */
export function shareAtRails(codes: Uint16Array): number {
  let count = 0;
  for (const code of codes) if (code === 0 || code === MAX_ADC_CODE) count++;
  return count / Math.max(1, codes.length);
}

function kept(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
