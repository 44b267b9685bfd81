/**
 * Codecs that send one thing on purpose: the times of spikes; times, shape and gain; the power of the spike band. What
 * they decode to is a signal that has this one thing of the recording, so that all codecs are measured in one way.
 */
import { LOSSLESS, type DecodedViews, type Encoding } from '../../coding/codec';
import { RangeDecoder, RangeEncoder } from '../../coding/entropy/range-coder';
import type { Header } from '../../coding/bitstream';
import { filledPayload } from '../../coding/payload';
import { ADC_RANGE, type SampleRange } from '../../coding/sample-range';
import { bandFilter, leastNoise, SPIKE_BAND } from '../../metrics/spike-band';
import { spikeThreshold, spikeTimes, thresholdCrossings } from '../../metrics/spikes';
import { signalOf } from '../../recordings/signal';
import { encodeFile, readFile, type EncodedParts, type PayloadCodec } from '../payload-codec';
import {
  carrierOf,
  powerSeries,
  powerSeriesBytes,
  powerSeriesFrom,
  type PowerSeries,
} from './band-power-series';
import {
  codesOf,
  CROSSING_MEASURES,
  EVENT_FAMILIES,
  EventsOnlyError,
  eventHeader,
  eventPayload,
  OWN_THRESHOLD_MEASURES,
  POWER_MEASURES,
  SQUARED_ERROR_MEASURES,
  WAVEFORM_MEASURES,
  type EventPayload,
} from './event-file';
import { eventParameter, eventScale, type EventScale } from './event-scale';
import { codeTimes, mostEvents } from './event-times';
import { addBackground } from './background';
import { findSpikes } from './spike-search';
import { levelOfGain } from './spike-shapes';
import { addSpikes, spikeTrainBytes, spikeTrainFrom, type SpikeTrain } from './spike-train';

/** Multiply–adds per sample of the filter of the spike band, forward and backward. */
const FILTER_WORK = 20;

/** What the codecs of events share. */
abstract class EventCodec implements PayloadCodec {
  abstract readonly id: string;
  readonly delay = 0;
  readonly wholeRecording = true;
  abstract readonly optimizes: readonly string[];
  abstract readonly leavesOut: readonly string[];
  readonly multiplyAddsPerSample: number = FILTER_WORK;
  /** Number of the codec in the format. */
  abstract readonly family: number;
  protected readonly scale: EventScale;

  /**
   * @param range - codes and rate of the recordings that are encoded; a decoder takes those of the file
   * @throws BasisParameterError when the rate leaves nothing of the spike band
   */
  constructor(private readonly range: SampleRange = ADC_RANGE) {
    this.scale = eventScale(range);
  }

  /** Bytes and number of events of a signal. */
  protected abstract payloadOf(signal: Float64Array): { readonly bytes: Uint8Array; readonly events: number };

  /** The signal of a payload. */
  protected abstract signalFrom(payload: EventPayload): Float64Array;

  encode(codes: Uint16Array, step: number): Encoding {
    return encodeFile(this, codes, step);
  }

  /** @throws EventsOnlyError when it is to be lossless; steps above 0 are all the same */
  encodeParts(codes: Uint16Array, step: number): EncodedParts {
    if (step === LOSSLESS) throw new EventsOnlyError(this.id);
    const { signal, mean } = signalOf(codes);
    const { bytes, events } = this.payloadOf(signal);
    return {
      header: eventHeader(this.family, this.range, this.scale, { samples: codes.length, mean }),
      payload: filledPayload(bytes, codes.length),
      nonzero: events,
    };
  }

  decode(bytes: Uint8Array): Uint16Array {
    const { mean, payload } = this.read(bytes);
    return new Uint16Array(codesOf(this.signalFrom(payload), mean, payload.scale));
  }

  decodeSamples(header: Header, bytes: Uint8Array, start: number, end: number): Int32Array {
    const payload = eventPayload(header, bytes, start, end);
    return codesOf(this.signalFrom(payload), header.mean, payload.scale);
  }

  protected read(bytes: Uint8Array): { readonly mean: number; readonly payload: EventPayload } {
    const { header, start, end } = readFile(
      this,
      { family: this.family, parameter: eventParameter(this.scale) },
      bytes,
    );
    return { mean: header.mean, payload: eventPayload(header, bytes, start, end) };
  }
}

/** Times are kept to within half of so many samples, 0.2 ms at 19,531 Hz. */
const SLOT = 8;

/** Samples from a crossing to the peak of the shape that is shown for it. */
const RISE = 3;

/** Height of the shape that is shown, in thresholds. */
const SHOWN_HEIGHT = 2.5;

/** The times of threshold crossings alone; the decoder shows equal spikes there. */
export class SpikeTimesCodec extends EventCodec {
  readonly id = 'spike-times';
  readonly optimizes = CROSSING_MEASURES;
  readonly leavesOut = [
    ...SQUARED_ERROR_MEASURES,
    ...WAVEFORM_MEASURES,
    ...OWN_THRESHOLD_MEASURES,
    ...POWER_MEASURES,
  ];
  readonly family = EVENT_FAMILIES.times;

  protected payloadOf(signal: Float64Array): { bytes: Uint8Array; events: number } {
    const inBand = new Float64Array(signal.length);
    const { sampleRate, gainBits } = this.scale;
    bandFilter(SPIKE_BAND, sampleRate).apply(signal, inBand);
    const threshold = spikeThreshold(inBand, leastNoise(sampleRate), new Float64Array(signal.length));
    const slots = Array.from(thresholdCrossings(inBand, threshold, spikeTimes(sampleRate).dead), (crossing) =>
      Math.floor(crossing / SLOT),
    );
    const coder = new RangeEncoder();
    coder.codeBits(levelOfGain(SHOWN_HEIGHT * threshold, this.scale), gainBits);
    codeTimes(coder, slots, Math.ceil(signal.length / SLOT), Infinity);
    return { bytes: coder.finish(), events: slots.length };
  }

  protected signalFrom({ bytes, start, end, samples, scale, filled }: EventPayload): Float64Array {
    const coder = new RangeDecoder(bytes, start, end);
    const level = coder.codeBits(0, scale.gainBits);
    const slots = codeTimes(coder, [], Math.ceil(samples / SLOT), mostEvents(end - start));
    coder.finish(filled);
    const signal = new Float64Array(samples);
    const events = slots.map((slot) => ({
      time: SLOT * slot + SLOT / 2 + RISE,
      shape: 0,
      level,
      inverted: false,
    }));
    addSpikes(signal, { shapes: [], events, noise: 0 });
    return signal;
  }
}

/** Times, shape and gain of spikes, with shapes of the recording. */
export class SpikeShapesCodec extends EventCodec {
  readonly id = 'spike-shapes';
  readonly optimizes = [...CROSSING_MEASURES, ...OWN_THRESHOLD_MEASURES];
  readonly leavesOut = [...SQUARED_ERROR_MEASURES, ...POWER_MEASURES];
  readonly family = EVENT_FAMILIES.spikes;

  protected payloadOf(signal: Float64Array): { bytes: Uint8Array; events: number } {
    const train = findSpikes(signal, this.scale);
    return { bytes: spikeTrainBytes(train, signal.length, this.scale), events: train.events.length };
  }

  protected signalFrom(payload: EventPayload): Float64Array {
    const signal = new Float64Array(payload.samples);
    addSpikes(signal, spikeTrainFrom(payload));
    return signal;
  }

  /** The spikes of a file. */
  decodeEvents(bytes: Uint8Array): SpikeTrain {
    return spikeTrainFrom(this.read(bytes).payload);
  }

  /** With noise between the spikes. */
  decodeViews(bytes: Uint8Array): DecodedViews {
    const { mean, payload } = this.read(bytes);
    const train = spikeTrainFrom(payload);
    const signal = new Float64Array(payload.samples);
    addSpikes(signal, train);
    addBackground(signal, train);
    return { background: new Uint16Array(codesOf(signal, mean, payload.scale)) };
  }
}

/** The power of the spike band alone; the decoder shows a sine of this power. */
export class BandPowerCodec extends EventCodec {
  readonly id = 'band-power';
  readonly optimizes = POWER_MEASURES;
  readonly leavesOut = [
    ...SQUARED_ERROR_MEASURES,
    ...CROSSING_MEASURES,
    ...OWN_THRESHOLD_MEASURES,
    ...WAVEFORM_MEASURES,
  ];
  readonly family = EVENT_FAMILIES.power;

  protected payloadOf(signal: Float64Array): { bytes: Uint8Array; events: number } {
    const series = powerSeries(signal, this.scale);
    return { bytes: powerSeriesBytes(series), events: series.levels.length };
  }

  protected signalFrom(payload: EventPayload): Float64Array {
    return carrierOf(powerSeriesFrom(payload), payload.samples, payload.scale);
  }

  /** The power of a file. */
  decodePower(bytes: Uint8Array): PowerSeries {
    return powerSeriesFrom(this.read(bytes).payload);
  }
}

const KINDS = [SpikeTimesCodec, SpikeShapesCodec, BandPowerCodec] as const;

/** All of these codecs, for Neuralink's recordings. */
export const EVENT_CODECS: readonly EventCodec[] = KINDS.map((Kind) => new Kind());

/**
 * The codec of an id; undefined for the id of another codec.
 *
 * @param range - codes and rate of the recordings
 * @throws BasisParameterError when the rate leaves nothing of the spike band
 */
export function eventCodec(id: string, range?: SampleRange): PayloadCodec | undefined {
  const at = EVENT_CODECS.findIndex((codec) => codec.id === id);
  return at < 0 ? undefined : new KINDS[at]!(range);
}
