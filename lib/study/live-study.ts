/** Computes a live study: codes one recording with every combination of a few parameter values. */
import { recordingLabel } from '../recordings/recording-label';
import { catalog } from '../catalog/catalog';
import type { ParameterValue } from '../catalog/family';
import { basisId } from '../catalog/ids';
import { codecFromId } from '../codecs/codec-from-id';
import type { LiveControl, LivePoint, LiveStudy } from '../figures/live/live-study';
import { packCodes, packIntegers } from '../results/packed-integers';
import { meanSquaredError, signalToNoiseRatio } from '../metrics/distortion';
import { isNeuralinkDigitizer, sampleRangeOf } from '../recordings/recording';
import { startAroundSpike, type TypicalRecording } from './typical-recording';

/** Seconds of the shown stretch. */
const STRETCH = 0.03;

/** Most samples of it where errors have more digits than with ten bits: a notebook carries them for each point. */
const MOST_WIDE_SAMPLES = 300;

/** Default quantizer steps, ADC codes of the Neuralink recordings: others take them through `stepsFor`. */
export const LIVE_STEPS: readonly number[] = [2, 4, 8, 16, 32, 64];

/** A live study has an unknown family or parameter. */
export class LiveStudyError extends RangeError {
  override readonly name = 'LiveStudyError';
}

/** A parameter of a family, and the values that the reader can choose. */
export interface LiveRange {
  /** Name of the parameter in the catalog: `"blockLength"`. */
  readonly parameter: string;
  /** Label with a capital, and the unit where there is one: `"Block length, samples"`. */
  readonly label: string;
  readonly values: readonly ParameterValue[];
}

/** Subject of a live study. */
export interface LiveStudyOptions {
  /** Name of the family in the catalog: `"dct"`. */
  readonly family: string;
  /**
   * Curves are drawn for all values of the first range. Parameters without a range have the values that
   * represent the family.
   */
  readonly ranges: readonly LiveRange[];
  readonly title: string;
  /** Label of the corpus of the recording. */
  readonly corpus: string;
  /** Quantizer steps, ascending. */
  readonly steps?: readonly number[];
}

/**
 * Codes a recording with every combination of values, so that a page can answer without a kernel.
 *
 * @param shown - recording; the shown stretch is around its largest spike
 * @throws LiveStudyError when there is no such family or parameter
 * @throws BasisParameterError when a value is not allowed
 */
export function liveStudy(shown: TypicalRecording, options: LiveStudyOptions): LiveStudy {
  const { family, ranges, title, corpus, steps = LIVE_STEPS } = options;
  const entry = catalog.find(({ name }) => name === family);
  if (!entry) {
    throw new LiveStudyError(
      `There is no family "${family}": choose from ${catalog.map(({ name }) => name).join(', ')}.`,
    );
  }
  const names = entry.parameters.map(({ name }) => name);
  for (const { parameter } of ranges) {
    if (!names.includes(parameter)) {
      throw new LiveStudyError(
        `The bases of ${family} have no parameter "${parameter}", but ${names.join(', ')}.`,
      );
    }
  }
  const controls: LiveControl[] = [
    ...ranges.map(({ label, values }) => ({ label, values })),
    { label: 'Step, ADC codes', values: steps },
  ];
  const { recording, codes, metrics } = shown;
  const { sampleRate, digitizer } = recording;
  const most = isNeuralinkDigitizer(digitizer) ? Infinity : MOST_WIDE_SAMPLES;
  const length = Math.min(most, Math.round(STRETCH * sampleRate));
  const from = startAroundSpike(shown, length);
  const original = codes.subarray(from, from + length);
  const points: LivePoint[] = [];
  for (const chosen of combinations(ranges.map(({ values }) => values))) {
    const values = entry.parameters.map(({ name }, i) => {
      const range = ranges.findIndex(({ parameter }) => parameter === name);
      return range < 0 ? entry.chosen[i]! : chosen[range]!;
    });
    const codec = codecFromId(basisId(entry, values), sampleRangeOf(recording));
    for (const step of steps) {
      const { bytes, nonzero } = codec.encode(codes, step);
      const decoded = codec.decode(bytes);
      const { squaredError, inBandSquaredError } = metrics.compare(decoded);
      const snr = (variance: number, error: number): number =>
        signalToNoiseRatio(variance, meanSquaredError(error, codes.length));
      points.push({
        id: codec.id,
        compressionRatio: recording.wavBytes / bytes.length,
        snr: snr(metrics.variance, squaredError),
        inBandSnr: snr(metrics.inBandVariance, inBandSquaredError),
        nonzeroFraction: nonzero / codes.length,
        error: packIntegers(Array.from(original, (code, i) => decoded[from + i]! - code)),
      });
    }
  }
  const start = [
    ...ranges.map(({ parameter, values }) =>
      Math.max(0, values.indexOf(entry.chosen[names.indexOf(parameter)]!)),
    ),
    Math.floor(steps.length / 2),
  ];
  return {
    title,
    subtitle: `${corpus} · recording ${recordingLabel(recording.name)}, ${Math.round((1000 * length) / sampleRate)} ms about its largest spike`,
    style: entry.style,
    controls,
    start,
    points,
    codes: packCodes(original),
    from: (1000 * from) / sampleRate,
    sampleRate,
  };
}

/**
 * All combinations of one value from each list; the last list changes fastest. This must match the order of
 * points in a study.
 */
function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((some) => list.map((one) => [...some, one])), [[]]);
}
