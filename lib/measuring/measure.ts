/**
 * Measures one recording under one codec: the encoder's bytes, and the distortion of the signal that a
 * decoder makes from those bytes alone.
 */
import { performance } from 'node:perf_hooks';
import { type Codec, LOSSLESS, preparedRecording } from '../coding/codec';
import { readCodes, type Recording } from '../recordings/corpus';
import type { ElectrodeFacts } from '../recordings/recording';
import { createRecordingMetrics, type RecordingComparison } from '../metrics/recording-metrics';

/** Facts of a recording that do not depend on the codec. */
export interface RecordingFacts {
  /** Number of samples. */
  readonly samples: number;
  /** Seconds. */
  readonly duration: number;
  /** Population variance of the ADC codes, codes². */
  readonly variance: number;
  /** Population variance after the zero-phase 300–5000 Hz filter, codes². */
  readonly inBandVariance: number;
  /** Share of the samples at either end of the digitizer's range. */
  readonly railFraction: number;
  /** Number of threshold crossings, of both polarities. */
  readonly spikes: number;
  /** Sum of squares of the in-band signal over the windows around its spikes, codes². */
  readonly spikeWaveformEnergy: number;
  /** Number of spikes that a sorter assigns to a cluster; 0 where it finds fewer than two clusters. */
  readonly sortedSpikes: number;
}

/** One recording at one operating point. */
export interface StepMeasurement {
  /** Quantizer step in ADC codes; 0 is lossless. */
  readonly step: number;
  /** Bytes of the whole compressed file. */
  readonly compressedBytes: number;
  /** Number of quantized coefficients that are not zero. */
  readonly nonzero: number;
  /** The decoded recording against the original. */
  readonly comparison: RecordingComparison;
  /** Seconds. Only these change from run to run. */
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
}

/** One recording at several operating points. */
export interface CodesMeasurement {
  readonly facts: RecordingFacts;
  /** In the order of the requested steps. */
  readonly points: readonly StepMeasurement[];
}

/** A lossless codec returned other samples than it was given. */
export class LosslessMismatchError extends Error {
  override readonly name = 'LosslessMismatchError';
}

/** A codec returned another number of samples than it was given. */
export class DecodedLengthError extends Error {
  override readonly name = 'DecodedLengthError';
}

/**
 * Reads a recording and measures it.
 *
 * @param steps - quantizer steps; at step 0 every decoded sample is compared with the original
 * @throws whatever {@link readCodes} and {@link measureCodes} throw
 */
export function measureRecording(
  codec: Codec,
  recording: Recording,
  steps: readonly number[],
): CodesMeasurement {
  return measureCodes(codec, readCodes(recording), steps, recording);
}

/**
 * Measures codes.
 *
 * @param codes - codes of a digitizer, from 0 upward
 * @param steps - quantizer steps; at step 0 every decoded sample is compared with the original
 * @param electrode - what digitized them, such as the recording: bands and times of the spike measures are in hertz and
 *   milliseconds
 * @throws LosslessMismatchError when a sample differs at step 0
 * @throws DecodedLengthError when more or fewer samples come back
 */
export function measureCodes(
  codec: Codec,
  codes: Uint16Array,
  steps: readonly number[],
  electrode: Pick<ElectrodeFacts, 'sampleRate' | 'digitizer'>,
): CodesMeasurement {
  const metrics = createRecordingMetrics(codes, electrode);
  const prepared = preparedRecording(codec, codes);
  return {
    facts: {
      samples: metrics.samples,
      duration: metrics.duration,
      variance: metrics.variance,
      inBandVariance: metrics.inBandVariance,
      railFraction: metrics.railFraction,
      spikes: metrics.crossings.length,
      spikeWaveformEnergy: metrics.spikeWaveformEnergy,
      sortedSpikes: metrics.sortedSpikes,
    },
    points: steps.map((step) => {
      const start = performance.now();
      const { bytes, nonzero } = prepared.encode(step);
      const encoded = performance.now();
      const decoded = codec.decode(bytes);
      const end = performance.now();
      if (decoded.length !== codes.length) {
        throw new DecodedLengthError(
          `${codec.id} at step ${step} was given ${codes.length} samples and gave back ${decoded.length}.`,
        );
      }
      if (step === LOSSLESS) verifyEqual(codec, codes, decoded);
      return {
        step,
        compressedBytes: bytes.length,
        nonzero,
        comparison: metrics.compare(decoded),
        encodeSeconds: (encoded - start) / 1000,
        decodeSeconds: (end - encoded) / 1000,
      };
    }),
  };
}

function verifyEqual(codec: Codec, codes: Uint16Array, decoded: Uint16Array): void {
  const first = codes.findIndex((code, i) => code !== decoded[i]);
  if (first < 0) return;
  throw new LosslessMismatchError(
    `${codec.id} is not lossless: sample ${first} was ${codes[first]} and came back as ${decoded[first]}. ` +
      'Look at its lossless path (step 0): the decoder must make the same choices as the encoder.',
  );
}
