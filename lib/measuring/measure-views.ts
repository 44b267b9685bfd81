/**
 * Measures codecs whose bytes decode in several ways: each measure is taken of the signal that its user would take.
 */
import { type Codec, type DecodedViews, type Encoding, preparedRecording } from '../coding/codec';
import type { RecordingComparison } from '../metrics/recording-metrics';

import { readCodes, type Recording } from '../recordings/corpus';
import type { ElectrodeFacts } from '../recordings/recording';
import { measureCodes, measureRecording, type CodesMeasurement } from './measure';

/**
 * Reads a recording and measures it, with all views of its bytes. Squared errors, waveforms, amplitudes and the
 * threshold of the original are measured on what {@link Codec.decode} gives. What takes a threshold from the decoded
 * signal is measured on its view with a background, and the power of the spike band on the view of the power.
 *
 * @param steps - quantizer steps
 * @throws whatever `measureRecording` throws
 */
export function measureViews(codec: Codec, recording: Recording, steps: readonly number[]): CodesMeasurement {
  if (!codec.decodeViews) return measureRecording(codec, recording, steps);
  return measureViewsOfCodes(codec, readCodes(recording), steps, recording);
}

/** {@link measureViews} of ADC codes. */
export function measureViewsOfCodes(
  codec: Codec,
  codes: Uint16Array,
  steps: readonly number[],
  electrode: Pick<ElectrodeFacts, 'sampleRate' | 'digitizer'>,
): CodesMeasurement {
  // Each step is encoded once, though its bytes are measured several times.
  const encoded = new Map<number, Encoding>();
  const prepared = preparedRecording(codec, codes);
  const encode = (step: number): Encoding => {
    const known = encoded.get(step) ?? prepared.encode(step);
    encoded.set(step, known);
    return known;
  };
  const views = new Map<Uint8Array, DecodedViews>();
  const viewsOf = (bytes: Uint8Array): DecodedViews => {
    const known = views.get(bytes) ?? codec.decodeViews?.(bytes) ?? {};
    views.set(bytes, known);
    return known;
  };
  const measured = (decode: (bytes: Uint8Array) => Uint16Array): CodesMeasurement =>
    measureCodes(
      { ...fixedParts(codec), encode: (_, step) => encode(step), decode },
      codes,
      steps,
      electrode,
    );
  const plain = measured((bytes) => codec.decode(bytes));
  const has = (view: keyof DecodedViews): boolean =>
    [...encoded.values()].some(({ bytes }) => viewsOf(bytes)[view] !== undefined);
  const background = has('background')
    ? measured((bytes) => viewsOf(bytes).background ?? codec.decode(bytes))
    : undefined;
  const power = has('power') ? measured((bytes) => viewsOf(bytes).power ?? codec.decode(bytes)) : undefined;
  return {
    facts: plain.facts,
    points: plain.points.map((point, i) => ({
      ...point,
      comparison: merged(point.comparison, background?.points[i]!.comparison, power?.points[i]!.comparison),
    })),
  };
}

function fixedParts({
  id,
  delay,
  multiplyAddsPerSample,
}: Codec): Pick<Codec, 'id' | 'delay' | 'multiplyAddsPerSample'> {
  return { id, delay, multiplyAddsPerSample };
}

/** Measures of the plain signal, but for those that belong to another view. */
function merged(
  plain: RecordingComparison,
  background: RecordingComparison | undefined,
  power: RecordingComparison | undefined,
): RecordingComparison {
  return {
    ...plain,
    ...(background && {
      ownThresholdSpikes: background.ownThresholdSpikes,
      sorting: plain.sorting && {
        ...plain.sorting,
        adjustedRand: background.sorting?.adjustedRand ?? plain.sorting.adjustedRand,
      },
    }),
    ...(power && { spikeBandPowerCorrelation: power.spikeBandPowerCorrelation }),
  };
}
