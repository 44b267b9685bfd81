/**
 * What files of events have in common: header, length and samples.
 */
import { leastPayload, STEP_UNIT, type Header } from '../../coding/bitstream';
import { BitstreamError } from '../../coding/bitstream-errors';
import { NO_OFFSETS } from '../../coding/quantizers/quantizer';
import type { SampleRange } from '../../coding/sample-range';
import { versionFields } from '../transform-codec';
import { eventParameter, ownParameter, scaleOfHeader, type EventScale } from './event-scale';

/** Numbers of these codecs in the header field that holds the family of a basis. */
export const EVENT_FAMILIES = { times: 202, spikes: 203, power: 204, layers: 205 } as const;

/**
 * The header of a file without quantized coefficients.
 *
 * @param range - of the codes
 */
export function eventHeader(
  family: number,
  range: SampleRange,
  scale: EventScale,
  { samples, mean }: Pick<Header, 'samples' | 'mean'>,
): Omit<Header, 'wavKind'> {
  return {
    ...versionFields(range),
    lossless: false,
    states: 1,
    deviation: 0,
    family,
    parameter: eventParameter(scale),
    samples,
    mean,
    step: STEP_UNIT,
    offsets: NO_OFFSETS,
  };
}

/** Where the code of events lies, and the recording that they are of. */
export interface EventPayload {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Of the recording. */
  readonly samples: number;
  readonly scale: EventScale;
  /** Whether zeros may follow the code. */
  readonly filled: boolean;
}

/**
 * The payload of a file that holds events alone.
 *
 * @throws BitstreamError when the header is none of {@link eventHeader}, or claims more than the payload may hold
 */
export function eventPayload(header: Header, bytes: Uint8Array, start: number, end: number): EventPayload {
  const { version, lossless, states, deviation, parameter, samples, step, offsets } = header;
  const plain =
    version !== 1 && !lossless && states === 1 && deviation === 0 && ownParameter(parameter) === 0;
  if (!plain || step !== STEP_UNIT || offsets.one !== 0 || offsets.more !== 0) {
    throw new BitstreamError('The header of this .nbz file of events speaks of coefficients: it is damaged.');
  }
  const least = leastPayload(samples);
  if (end - start < least) {
    throw new BitstreamError(`${samples} samples cannot be in the ${end - start} bytes of this .nbz file.`);
  }
  return { bytes, start, end, samples, scale: scaleOfHeader(header), filled: end - start === least };
}

/** A signal with its mean, as codes up to the largest. */
export function codesOf(
  signal: Float64Array,
  mean: number,
  { largest }: Pick<EventScale, 'largest'>,
): Int32Array {
  return Int32Array.from(signal, (value) => Math.max(0, Math.min(largest, Math.floor(value + mean + 0.5))));
}

/** A codec of events was asked to be lossless. */
export class EventsOnlyError extends RangeError {
  override readonly name = 'EventsOnlyError';

  constructor(id: string) {
    super(`The codec ${id} keeps events, not samples, so it cannot be lossless: give a step above 0.`);
  }
}

/** Measures of the squared error. */
export const SQUARED_ERROR_MEASURES = [
  'psnr',
  'snrMedian',
  'snrLowerQuartile',
  'snrUpperQuartile',
  'inBandSnrMedian',
] as const;

/** Measures of the waveforms of spikes. */
export const WAVEFORM_MEASURES = [
  'spikeAmplitudeCorrelation',
  'spikeAmplitudeCorrelationMedian',
  'spikeWaveformSnr',
  'spikeWaveformSnrMedian',
  'sameCluster',
  'sameClusterMedian',
  'adjustedRand',
  'adjustedRandMedian',
] as const;

/** Measures of crossings of the threshold of the original. */
export const CROSSING_MEASURES = ['spikePrecision', 'spikeRecall', 'spikeF1', 'spikeF1Median'] as const;

/** Measures of crossings of the threshold of the decoded signal. */
export const OWN_THRESHOLD_MEASURES = [
  'ownThresholdPrecision',
  'ownThresholdRecall',
  'ownThresholdF1',
  'ownThresholdF1Median',
] as const;

/** The correlation of the power of the spike band. */
export const POWER_MEASURES = ['spikeBandPowerCorrelation'] as const;
