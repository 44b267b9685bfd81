/**
 * Gain of each idea of the lossless codec: bits a sample with one idea after another. All constants are
 * learned on the fold without the recording.
 */
import { setImmediate } from 'node:timers/promises';
import { encodeCodes } from '../../codecs/lossless/code-coder';
import { GAUSSIAN, interpolate, POSITION_CENTER, STEPS_PER_SIGMA } from '../../codecs/lossless/distributions';
import { FAST_FEATURES } from '../../codecs/lossless/feature-counts';
import { LinearScale, WIDTH_UNIT } from '../../codecs/lossless/linear-scale';
import { FIRST_VARIANCE, LEAST_VARIANCE, Predictor } from '../../codecs/lossless/predictor';
import { featureCount, type Prior, type PresetConstants } from '../../codecs/lossless/preset';
import { presetFrom } from '../../codecs/lossless/presets';
import { differenceEntropy, histogramEntropy } from '../../metrics/entropy';
import { ADC_CODES, pcm16FromCodes } from '../../recordings/adc';
import { readCodes, type Corpus, type Recording } from '../../recordings/corpus';
import { foldOf } from '../../recordings/folds';
import { reportProgress } from '../../files/progress';
import { LEARNED_ON_FOLD_0, LEARNED_ON_FOLD_1 } from './fold-constants';

/** The ideas; each is added to those before it. */
export const LOSSLESS_IDEAS = [
  'differences of 16-bit samples',
  'stretch undone',
  'one normal distribution about the last sample',
  'fixed prediction',
  'prediction that learns',
  'code widths',
  'variance that follows',
  'mixture of distributions: fast',
  'more features',
  'code widths that learn: best',
] as const;

/** Results of one recording for {@link LOSSLESS_IDEAS}. */
export interface LosslessAblation {
  readonly recording: Recording;
  /** Bits a sample, in the order of the ideas; headers are not counted. */
  readonly bits: readonly number[];
}

/** Least probability of a code, as in the codec, which gives each code a frequency of 1 over 2²⁴. */
const LEAST_PROBABILITY = 2 ** -24;

/** Adaptation rate of the variance: that of the middle one of the codec's mixed variances. */
const VARIANCE_RATE = 1 / 256;

/** Constants learned on the fold without the recording. */
export function constantsFor(recording: Pick<Recording, 'samples'>): PresetConstants {
  return foldOf(recording.samples) === 0 ? LEARNED_ON_FOLD_1 : LEARNED_ON_FOLD_0;
}

/** Measures the ideas on a corpus; takes a second or two a recording. */
export async function losslessAblation(corpus: Corpus): Promise<LosslessAblation[]> {
  const measured: LosslessAblation[] = [];
  const task = `what each idea is worth on ${corpus.label}`;
  const total = corpus.recordings.length;
  for (const recording of corpus.recordings) {
    reportProgress({ task, done: measured.length, total, reused: 0, finished: false });
    measured.push({ recording, bits: ablationOf(readCodes(recording), constantsFor(recording)) });
    // Lets an interrupt through.
    await setImmediate();
  }
  reportProgress({ task, done: total, total, reused: 0, finished: true });
  return measured;
}

/** Bits a sample of one recording under each idea. */
export function ablationOf(codes: Uint16Array, constants: PresetConstants): number[] {
  const { widths, fixed, priors } = constants;
  const even = new Array<number>(ADC_CODES).fill(1 / WIDTH_UNIT);
  const lastSample = fixed.map((_, i) => (i === 0 ? 1 : 0));
  const still: Prior = {
    weights: priors.fast.weights.map(() => 0),
    precisions: priors.fast.precisions.map(() => 1e15),
  };
  const fast = presetFrom(constants, 'fast');
  const best = presetFrom(constants, 'best');
  const coded = (bytes: Uint8Array): number => (8 * bytes.length) / codes.length;
  return [
    wideDifferenceEntropy(pcm16FromCodes(codes)),
    differenceEntropy(codes, ADC_CODES),
    gaussianBits(codes, even, lastSample, still, false),
    gaussianBits(codes, even, fixed, still, false),
    gaussianBits(codes, even, fixed, priors.fast, false),
    gaussianBits(codes, widths, fixed, priors.fast, false),
    gaussianBits(codes, widths, fixed, priors.fast, true),
    coded(encodeCodes(codes, fast)),
    coded(encodeCodes(codes, { ...best, learnsWidths: false })),
    coded(encodeCodes(codes, best)),
  ];
}

/** Entropy of the differences of 16-bit samples. */
function wideDifferenceEntropy(samples: Int16Array): number {
  const counts = new Uint32Array(2 ** 17);
  for (let i = 1; i < samples.length; i++) counts[samples[i]! - samples[i - 1]! + 2 ** 16]! += 1;
  return histogramEntropy(counts);
}

/**
 * Ideal length of a code by one normal distribution about the prediction.
 *
 * @param follows - whether the variance adapts to the errors; otherwise it is their variance over the whole
 *   recording
 */
function gaussianBits(
  codes: Uint16Array,
  widths: readonly number[],
  fixed: readonly number[],
  prior: Prior,
  follows: boolean,
): number {
  const { edges, levels } = new LinearScale(widths);
  const predictor = new Predictor({ features: FAST_FEATURES, fixed, prior, learnsEvery: 1 });
  if (prior.weights.length !== featureCount(FAST_FEATURES))
    throw new RangeError('The prior is of other features.');
  const predictions = new Float64Array(codes.length);
  let squares = 0;
  for (let i = 0; i < codes.length; i++) {
    const level = levels[codes[i]!]!;
    predictions[i] = predictor.predict();
    squares += (level - predictions[i]!) ** 2;
    predictor.update(level);
  }
  let variance = follows ? FIRST_VARIANCE : Math.max(LEAST_VARIANCE, squares / codes.length);
  let bits = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    const prediction = predictions[i]!;
    const factor = STEPS_PER_SIGMA / Math.sqrt(variance);
    const below = (k: number): number =>
      interpolate(GAUSSIAN, (edges[k]! - prediction) * factor + POSITION_CENTER);
    bits -= Math.log2(below(code + 1) - below(code) + LEAST_PROBABILITY);
    if (!follows) continue;
    const error = levels[code]! - prediction;
    variance = Math.max(LEAST_VARIANCE, variance + (error * error - variance) * VARIANCE_RATE);
  }
  return bits / codes.length;
}
