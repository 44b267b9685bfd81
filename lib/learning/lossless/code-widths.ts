/**
 * Learns the widths of a digitizer's codes from recordings alone: a code that occurs more often than its
 * neighbors suggest is wider than they are.
 *
 * Expected counts come from a prediction of each sample on the linear scale of the present widths. Each width
 * then becomes observed / expected count, and both steps are repeated (a fixed point of maximum likelihood).
 */
import { GAUSSIAN, interpolate, STEPS_PER_SIGMA, POSITION_CENTER } from '../../codecs/lossless/distributions';
import { LinearScale, WIDTH_UNIT } from '../../codecs/lossless/linear-scale';
import { FIRST_VARIANCE, LEAST_VARIANCE, Predictor } from '../../codecs/lossless/predictor';
import { featureCount, type FeatureCounts } from '../../codecs/lossless/preset';
import { ADC_CODES, MAX_ADC_CODE } from '../../recordings/adc';

/** Features of the predictor while widths are learned. */
const FEATURES: FeatureCounts = { innovations: 8, bursts: 2, averages: 4, rises: 0 };

/** Rounds of prediction and renewed widths. */
const ROUNDS = 4;

/** Samples at the start of a recording that are skipped, until the predictor has adapted. */
const WARM_UP = 200;

/** Rate at which the variance about a prediction adapts. */
const VARIANCE_RATE = 1 / 256;

/** Half-width of the range of codes counted around a prediction, in standard deviations. */
const REACH = 5;

/**
 * Period of the pattern of widths, and the weight of the pattern in samples: a code starts as wide as others
 * at the same place of the period.
 */
const PERIOD = 32;
const PATTERN_SAMPLES = 100;

/**
 * Standard deviation, in codes, of the smoothing that sets the average width to 1: slow changes are no
 * property of the codes.
 */
const SMOOTHING = 24;

const LARGEST_WIDTH = 65535;

/**
 * Learns widths.
 *
 * @param recordings - ADC codes recordings, each read anew in every round
 * @returns the width of each code in 1/4096 of a mean code; 4096 for the outermost
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

/** Counts of each code relative to those of its neighbors. */
function histogramWidths(recordings: readonly (() => Uint16Array)[]): number[] {
  const seen = new Float64Array(ADC_CODES);
  for (const read of recordings) for (const code of read()) seen[code]! += 1;
  const around = smoothed(seen, 8);
  return normalized(Array.from(seen, (count, k) => (count + 1) / (around[k]! + 1)));
}

/** Adds the observed counts of one recording, and the counts expected for codes of width 1. */
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

/**
 * Observed over expected counts. Codes with few counts are drawn toward others at the same place of the
 * period.
 */
function shrunk(seen: Float64Array, expected: Float64Array): number[] {
  const widths = new Array<number>(ADC_CODES).fill(1);
  for (let place = 0; place < PERIOD; place++) {
    let weighed = 0;
    let weights = 0;
    for (let k = place; k < ADC_CODES; k += PERIOD) {
      // The weight is limited: codes in the middle are so frequent that they would decide alone.
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

/** Gaussian moving average; values beyond the ends count as 1. */
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
