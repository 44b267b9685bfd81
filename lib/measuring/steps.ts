import { LOSSLESS } from '../coding/codec';
import { NEURALINK_NOISE } from '../recordings/adc';
import type { Corpus } from '../recordings/corpus';
import { isNeuralinkDigitizer } from '../recordings/recording';

/**
 * Operating points at which every basis is measured: quantizer steps in ADC codes, ascending. The first is
 * lossless. The others go from a compression ratio of about 4, where only the last bits of the noise are
 * lost, to 200 and more, where hardly a coefficient is left. All bases share them, so that points can be
 * compared one by one. They are those of the Neuralink recordings; other datasets have {@link stepsFor}.
 */
export const OPERATING_STEPS: readonly number[] = [LOSSLESS, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96];

/**
 * Operating points of the synthetic sample, from the same first to the same last step. More of them would make its curves
 * smoother and say nothing more. Those with loss are the ones of parameter studies, so that neither measures for itself.
 */
export const SAMPLE_STEPS: readonly number[] = [LOSSLESS, 2, 8, 32, 96];

/** Steps of another dataset have so many binary digits, so that a file holds them exactly and people can read them. */
const STEP_BITS = 5;

/** A file holds steps as multiples of this. */
const LEAST_STEP = 1 / 64;

/** Largest step that a file of Neuralink's codes holds, and one of another digitizer's. */
const LARGEST_STEP = 65535 / 64;
const LARGEST_WIDE_STEP = 2 ** 20;

/** Each of the added steps is so many times the one before, about as the last ones of {@link OPERATING_STEPS}. */
const GROWTH = 1.5;

/**
 * Steps beside the noise of a dataset: each the same multiple of its noise that it is of Neuralink's on the Neuralink
 * recordings. There, and on the sample, they are what was given. Elsewhere steps that a file cannot hold are left out,
 * and so are those that become equal.
 *
 * @param steps - in ADC codes, ascending, for the Neuralink recordings
 */
export function stepsFor(
  corpus: Pick<Corpus, 'noise' | 'recordings'>,
  steps: readonly number[],
): readonly number[] {
  if (corpus.noise === NEURALINK_NOISE) return steps;
  const scaled = steps.map((step) => readable((step * corpus.noise) / NEURALINK_NOISE));
  return [...new Set(scaled)].filter((step) => step <= largestStep(corpus));
}

/**
 * {@link OPERATING_STEPS} for a dataset, {@link SAMPLE_STEPS} for the sample. Where its slow waves are larger beside its noise than Neuralink's, larger steps
 * are added, so that curves reach a compression ratio of 200 there too.
 */
export function operatingStepsFor(
  corpus: Pick<Corpus, 'noise' | 'recordings' | 'synthetic'>,
): readonly number[] {
  if (corpus.synthetic) return SAMPLE_STEPS;
  if (corpus.noise === NEURALINK_NOISE) return OPERATING_STEPS;
  const steps = [...stepsFor(corpus, OPERATING_STEPS)];
  const deviations = corpus.recordings
    .map(({ standardDeviation }) => standardDeviation)
    .sort((a, b) => a - b);
  const median = deviations[deviations.length >> 1] ?? 0;
  for (let last = steps[steps.length - 1]!; last < LARGEST_STEP_IN_DEVIATIONS * median;) {
    last = readable(GROWTH * last);
    if (last > largestStep(corpus)) break;
    steps.push(last);
  }
  return steps;
}

/** The largest of {@link OPERATING_STEPS} in standard deviations of the median Neuralink recording, 20 codes. */
const LARGEST_STEP_IN_DEVIATIONS = 96 / 20;

function largestStep({ recordings }: Pick<Corpus, 'recordings'>): number {
  return recordings.every(({ digitizer }) => isNeuralinkDigitizer(digitizer))
    ? LARGEST_STEP
    : LARGEST_WIDE_STEP;
}

function readable(step: number): number {
  if (step === LOSSLESS) return LOSSLESS;
  const unit = Math.max(LEAST_STEP, 2 ** (Math.floor(Math.log2(step)) - STEP_BITS + 1));
  return Math.max(LEAST_STEP, Math.round(step / unit) * unit);
}
