/**
 * The widths of a digitizer's codes, from recordings alone: a code that is seen more often than its neighbors let
 * expect is wider than they are.
 *
 * What is expected comes from predicting each sample on the linear scale that the widths so far give; then each
 * width becomes seen / expected, and so on from there (a fixed point of maximum likelihood).
 */
import { GAUSSIAN, interpolate, STEPS_PER_SIGMA, POSITION_CENTER } from '../../codecs/lossless/distributions';
import { LinearScale, WIDTH_UNIT } from '../../codecs/lossless/linear-scale';
import { FIRST_VARIANCE, LEAST_VARIANCE, Predictor } from '../../codecs/lossless/predictor';
import { featureCount, type FeatureCounts } from '../../codecs/lossless/preset';
import { ADC_CODES, MAX_ADC_CODE } from '../../recordings/adc';

/** What a predictor looks at while widths are learned. */
const FEATURES: FeatureCounts = { innovations: 8, bursts: 2, averages: 4, rises: 0 };

/** Rounds of prediction and new widths. */
const ROUNDS = 4;

/** Samples of a recording before widths are learned from it. */
const WARM_UP = 200;

/** Pace of the variance about a prediction. */
const VARIANCE_RATE = 1 / 256;

/** Codes are looked at within so many standard deviations of a prediction. */
const REACH = 5;

/** A code starts as wide as others at its place among 32, as if that had been seen so often: it repeats so. */
const PERIOD = 32;
const PATTERN_SAMPLES = 100;

/** Widths are 1 on average over so many codes (standard deviation): a slow change is no property of the codes. */
const SMOOTHING = 24;

const LARGEST_WIDTH = 65535;

/**
 * Learns widths.
 *
 * @param recordings - ADC codes of recordings; each is read anew in every round
 * @returns the width of each code in 1/4096 of a mean one; 4096 for the outermost
 */
export function learnCodeWidths(recordings: readonly (() => Uint16Array)[]): number[] {
  let widths = histogramWidths(recordings);
  for (let round = 0; round < ROUNDS; round++) {
    const seen = new Float64Array(ADC_CODES);
    const expected = new Float64Array(ADC_CODES);
    for (const read of recordings) count(read(), widths, seen, expected);
    widths = normalized(shrunk(seen, expected));
  }
  return widths.map((width) => Math.min(LARGEST_WIDTH, Math.max(1, Math.round(width / WIDTH_UNIT))));
}

/** How often each code occurs, relative to those about it. */
function histogramWidths(recordings: readonly (() => Uint16Array)[]): number[] {
  const seen = new Float64Array(ADC_CODES);
  for (const read of recordings) for (const code of read()) seen[code]! += 1;
  const around = smoothed(seen, 8);
  return normalized(Array.from(seen, (count, k) => (count + 1) / (around[k]! + 1)));
}

/** Adds what is seen and, for width 1, expected in one recording. */
function count(
  codes: Uint16Array,
  widths: readonly number[],
  seen: Float64Array,
  expected: Float64Array,
): void {
  const scale = new LinearScale(widths.map((width) => width / WIDTH_UNIT));
  const { edges, levels, reciprocals } = scale;
  const size = featureCount(FEATURES);
  const predictor = new Predictor({
    features: FEATURES,
    fixed: [1, ...new Array<number>(31).fill(0)],
    prior: { weights: new Array<number>(size).fill(0), precisions: new Array<number>(size).fill(10) },
    learnsEvery: 2,
  });
  let variance = FIRST_VARIANCE;
  let lastAtRail = true;
  codes.forEach((code, t) => {
    const prediction = predictor.predict();
    const atRail = code === 0 || code === MAX_ADC_CODE;
    if (t >= WARM_UP && !atRail && !lastAtRail) {
      seen[code]! += 1;
      const factor = STEPS_PER_SIGMA / Math.sqrt(variance);
      const reach = (REACH * STEPS_PER_SIGMA) / factor;
      let k = code;
      while (k > 1 && edges[k]! > prediction - reach) k--;
      let below = interpolate(GAUSSIAN, (edges[k]! - prediction) * factor + POSITION_CENTER);
      for (; k < MAX_ADC_CODE && edges[k]! < prediction + reach; k++) {
        const above = interpolate(GAUSSIAN, (edges[k + 1]! - prediction) * factor + POSITION_CENTER);
        expected[k]! += (above - below) * reciprocals[k]!;
        below = above;
      }
    }
    lastAtRail = atRail;
    const error = levels[code]! - prediction;
    variance = Math.max(LEAST_VARIANCE, variance + (error * error - variance) * VARIANCE_RATE);
    predictor.update(levels[code]!);
  });
}

/** Seen over expected; codes that were hardly seen are as those at the same place among 32. */
function shrunk(seen: Float64Array, expected: Float64Array): number[] {
  const widths = new Array<number>(ADC_CODES).fill(1);
  for (let place = 0; place < PERIOD; place++) {
    let weighed = 0;
    let weights = 0;
    for (let k = place; k < ADC_CODES; k += PERIOD) {
      // Codes in the middle are seen so much more often that they would decide alone.
      const weight = Math.min(expected[k]!, 20000);
      if (weight > 0) weighed += (weight * seen[k]!) / expected[k]!;
      weights += weight;
    }
    const pattern = weights > 0 ? weighed / weights : 1;
    for (let k = place; k < ADC_CODES; k += PERIOD) {
      widths[k] = (seen[k]! + PATTERN_SAMPLES * pattern) / (expected[k]! + PATTERN_SAMPLES);
    }
  }
  return widths;
}

function normalized(widths: number[]): number[] {
  widths[0] = 1;
  widths[MAX_ADC_CODE] = 1;
  const around = smoothed(Float64Array.from(widths), SMOOTHING);
  return widths.map((width, k) =>
    k === 0 || k === MAX_ADC_CODE ? 1 : Math.max(1 / 1024, width / around[k]!),
  );
}

/** A Gaussian mean; beyond the ends everything is 1. */
function smoothed(values: Float64Array, deviation: number): Float64Array {
  const reach = 4 * deviation;
  return Float64Array.from(values, (_, k) => {
    let sum = 0;
    let weights = 0;
    for (let j = k - reach; j <= k + reach; j++) {
      const weight = Math.exp((-0.5 * (j - k) ** 2) / deviation ** 2);
      sum += weight * (values[j] ?? 1);
      weights += weight;
    }
    return sum / weights;
  });
}
