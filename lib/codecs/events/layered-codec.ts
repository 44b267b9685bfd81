/**
 * Three things in one file, each decodable alone: slow waves, up to about 300 Hz, as lapped cosines; the power of the spike
 * band; spikes with their shapes. Waves of the spike band that are no spikes, most of the bytes of a waveform codec, are
 * left out.
 */
import { MOST_DECIBEL_STEPS, MOST_OCTAVES, octaveWeight } from '../../bases/parts/frequency-weight';
import { weighted } from '../../bases/parts/weighted';
import { LappedBasis } from '../../bases/blocks/lapped';
import { allowedParameter, type AnyBasis } from '../../bases/basis';
import { codedStep, WAV_KIND, type Header } from '../../coding/bitstream';
import { HeaderReader } from '../../coding/header-reader';
import { behindLengths } from '../../coding/payload';
import { BitstreamError } from '../../coding/bitstream-errors';
import { LOSSLESS, type DecodedViews, type Encoding, type PreparedRecording } from '../../coding/codec';
import { signalOf } from '../../recordings/signal';
import { encodeFile, readFile, type EncodedParts, type PayloadCodec } from '../payload-codec';
import { decodeSignal, encodeSignal, versionFields, versionFor } from '../transform-codec';
import { ADC_RANGE, type SampleRange } from '../../coding/sample-range';
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
  OWN_THRESHOLD_MEASURES,
  POWER_MEASURES,
} from './event-file';
import { addBackground } from './background';
import { eventParameter, eventScale, scaleOfHeader, type EventScale } from './event-scale';
import { findSpikes, fittedSpikes } from './spike-search';
import { addSpikes, spikeTrainBytes, spikeTrainFrom, type SpikeTrain } from './spike-train';

/** Block lengths of the lapped cosines; positions in this list are part of the format: append only. */
export const LAYER_BLOCK_LENGTHS: readonly number[] = [256, 512, 1024, 2048];

/** Slow waves end within half an octave of this, Hz: at 305 Hz for the rate of Neuralink's recordings. */
const SLOW_EDGE = 305;

/** Attenuation of octaves, in steps of 3 dB: nothing is coded of those above slow waves. */
function slowWaves({ sampleRate }: EventScale): number[] {
  const octaves: number[] = [];
  for (let edge = sampleRate / 2; edge > Math.SQRT2 * SLOW_EDGE; edge /= 2) octaves.push(MOST_DECIBEL_STEPS);
  return [...octaves.slice(0, MOST_OCTAVES - 1), 0];
}

/** Slow waves are decoded as integers without limits, so that spikes can be added to them. */
const UNLIMITED: SampleRange = { smallest: -(2 ** 20), largest: 2 ** 20 };

/** A layer of a file. */
export type Layer = 'slow' | 'power' | 'spikes';

/** What each layer decodes to. */
export interface DecodedLayers {
  /** Codes: the waves up to about 300 Hz. */
  readonly slow: Uint16Array;
  readonly power: PowerSeries;
  readonly spikes: SpikeTrain;
}

/** Where the layers of a file lie. */
interface Places {
  readonly header: Header;
  readonly scale: EventScale;
  readonly spikes: readonly [start: number, end: number];
  readonly power: readonly [start: number, end: number];
  readonly slow: readonly [start: number, end: number];
}

/** Parts of a recording that do not depend on the step. */
interface FixedParts {
  /** Less its mean. */
  readonly signal: Float64Array;
  readonly mean: number;
  /** The signal less its spikes, rounded: slow waves are coded from it. */
  readonly withoutSpikes: Int32Array;
  readonly series: PowerSeries;
}

function fixedPartsOf(codes: Uint16Array, scale: EventScale): FixedParts {
  const { signal, mean } = signalOf(codes);
  const spikes = new Float64Array(signal.length);
  addSpikes(spikes, fittedSpikes(signal, scale));
  const withoutSpikes = Int32Array.from(signal, (value, i) => Math.round(value - spikes[i]!));
  return { signal, mean, withoutSpikes, series: powerSeries(signal, scale) };
}

/** Slow waves, band power and spikes. The step is that of the slow waves. */
export class LayeredCodec implements PayloadCodec {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording = true;
  readonly optimizes = [...CROSSING_MEASURES, ...OWN_THRESHOLD_MEASURES, ...POWER_MEASURES];
  readonly multiplyAddsPerSample: number;
  private readonly basis: AnyBasis;
  private readonly numbers: Pick<Header, 'family' | 'parameter'>;
  private readonly scale: EventScale;

  /**
   * @param blockLength - of the lapped cosines, one of {@link LAYER_BLOCK_LENGTHS}
   * @param range - codes and rate of the recordings that are encoded; a decoder takes the codes of the file
   * @throws BasisParameterError
   */
  constructor(
    readonly blockLength: number,
    private readonly range: SampleRange = ADC_RANGE,
  ) {
    allowedParameter('block length of layers', blockLength, LAYER_BLOCK_LENGTHS);
    this.id = layersId(blockLength);
    const lapped = new LappedBasis(blockLength, 'sine');
    this.scale = eventScale(range);
    this.basis = weighted(lapped, octaveWeight(slowWaves(this.scale)));
    this.delay = lapped.delay;
    this.multiplyAddsPerSample = this.basis.multiplyAddsPerSample + 3 * 20;
    const parameter = eventParameter(this.scale, LAYER_BLOCK_LENGTHS.indexOf(blockLength));
    this.numbers = { family: EVENT_FAMILIES.layers, parameter };
  }

  encode(codes: Uint16Array, step: number): Encoding {
    return encodeFile(this, codes, step);
  }

  /** Spikes that slow waves are to be free of, and the power, do not depend on the step. */
  prepare(codes: Uint16Array): PreparedRecording {
    const fixed = fixedPartsOf(codes, this.scale);
    const prepared = { encodeParts: (_: Uint16Array, step: number) => this.encodeWith(fixed, step) };
    return { encode: (step) => encodeFile(prepared, codes, step) };
  }

  /** @throws EventsOnlyError when it is to be lossless */
  encodeParts(codes: Uint16Array, step: number): EncodedParts {
    return this.encodeWith(fixedPartsOf(codes, this.scale), step);
  }

  private encodeWith({ signal, mean, withoutSpikes, series }: FixedParts, step: number): EncodedParts {
    if (step === LOSSLESS) throw new EventsOnlyError(this.id);
    const { scale, range } = this;
    const exact = codedStep(step, versionFor(range));
    const coded = encodeSignal(this.basis, withoutSpikes, exact, false, UNLIMITED, 'trellis');
    const header = {
      ...this.numbers,
      ...coded.header,
      ...versionFields(range),
      mean: coded.header.mean + mean,
    };
    const whole: Header = { ...header, wavKind: WAV_KIND.canonical };
    const slow = decodeSignal(this.basis, whole, coded.payload, 0, coded.payload.length, UNLIMITED);
    const spikes = findSpikes(
      signal,
      scale,
      Float64Array.from(slow, (value) => value - header.mean),
    );
    return {
      header,
      payload: behindLengths(
        [spikeTrainBytes(spikes, signal.length, scale), powerSeriesBytes(series)],
        coded.payload,
      ),
      nonzero: coded.nonzero + spikes.events.length + series.levels.length,
    };
  }

  decode(bytes: Uint8Array): Uint16Array {
    const { header, start, end } = readFile(this, this.numbers, bytes);
    return new Uint16Array(this.decodeSamples(header, bytes, start, end));
  }

  decodeSamples(header: Header, bytes: Uint8Array, start: number, end: number): Int32Array {
    const places = placesOf(header, bytes, start, end);
    // A file is whole only if all its layers are.
    powerFrom(bytes, places);
    const signal = this.slowSignal(bytes, places);
    addSpikes(signal, spikesFrom(bytes, places));
    return codesOf(signal, header.mean, places.scale);
  }

  /** With noise between the spikes, and the power of the spike band. */
  decodeViews(bytes: Uint8Array): DecodedViews {
    const places = this.places(bytes);
    const { scale } = places;
    const { mean, samples } = places.header;
    const signal = this.slowSignal(bytes, places);
    const train = spikesFrom(bytes, places);
    addSpikes(signal, train);
    addBackground(signal, train);
    return {
      background: new Uint16Array(codesOf(signal, mean, scale)),
      power: new Uint16Array(codesOf(carrierOf(powerFrom(bytes, places), samples, scale), mean, scale)),
    };
  }

  /**
   * One layer of a file; the bytes of the others are not looked at.
   *
   * @throws BitstreamError when the bytes are damaged, truncated or not of this format
   */
  decodeLayer<L extends Layer>(bytes: Uint8Array, layer: L): DecodedLayers[L] {
    const places = this.places(bytes);
    const decoders: { readonly [K in Layer]: () => DecodedLayers[K] } = {
      slow: () => new Uint16Array(codesOf(this.slowSignal(bytes, places), places.header.mean, places.scale)),
      power: () => powerFrom(bytes, places),
      spikes: () => spikesFrom(bytes, places),
    };
    return decoders[layer]();
  }

  /** Bytes of each layer of a file; header and lengths belong to none. */
  layerBytes(bytes: Uint8Array): Readonly<Record<Layer, number>> {
    const { slow, power, spikes } = this.places(bytes);
    return { slow: slow[1] - slow[0], power: power[1] - power[0], spikes: spikes[1] - spikes[0] };
  }

  private places(bytes: Uint8Array): Places {
    const { header, start, end } = readFile(this, this.numbers, bytes);
    return placesOf(header, bytes, start, end);
  }

  /** Slow waves less the mean. */
  private slowSignal(bytes: Uint8Array, { header, slow: [start, end] }: Places): Float64Array {
    if (header.lossless || header.deviation !== 0) {
      throw new BitstreamError('The header of this .nbz file of layers is none that an encoder writes.');
    }
    const decoded = decodeSignal(this.basis, header, bytes, start, end, UNLIMITED);
    return Float64Array.from(decoded, (value) => value - header.mean);
  }
}

/** The id of the codec with these blocks. */
function layersId(blockLength: number): string {
  return `layers-${blockLength}`;
}

/**
 * The codec of an id; undefined for the id of another codec.
 *
 * @param range - codes and rate of the recordings
 * @throws BasisParameterError when the rate leaves nothing of the spike band
 */
export function layeredCodec(id: string, range?: SampleRange): LayeredCodec | undefined {
  const blockLength = LAYER_BLOCK_LENGTHS.find((length) => layersId(length) === id);
  return blockLength === undefined ? undefined : new LayeredCodec(blockLength, range);
}

function placesOf(header: Header, bytes: Uint8Array, start: number, end: number): Places {
  const reader = new HeaderReader(bytes, start, end);
  const next = (): [number, number] => {
    const { length } = reader.take(reader.varint());
    return [reader.position - length, reader.position];
  };
  const spikes = next();
  const power = next();
  return { header, scale: scaleOfHeader(header), spikes, power, slow: [reader.position, end] };
}

function spikesFrom(
  bytes: Uint8Array,
  { header: { samples }, scale, spikes: [start, end] }: Places,
): SpikeTrain {
  return spikeTrainFrom({ bytes, start, end, samples, scale, filled: false });
}

function powerFrom(
  bytes: Uint8Array,
  { header: { samples }, scale, power: [start, end] }: Places,
): PowerSeries {
  return powerSeriesFrom({ bytes, start, end, samples, scale, filled: false });
}
