/**
 * `.nbz` files to samples and back, for Node and browsers: what `lib` does, as one module without dependencies.
 */
import { basisFromFormat } from '../../../lib/catalog/format-numbers';
import { codecFromId } from '../../../lib/codecs/codec-from-id';
import {
  Container,
  encodeContainer,
  isContainer,
  type TransformMethod,
} from '../../../lib/codecs/files/recording-container';
import { decodeGroup } from '../../../lib/codecs/groups/group-codec';
import { decodeWav, encodeWav } from '../../../lib/codecs/files/wav-file';
import { withinError } from '../../../lib/codecs/files/within-error';
import { isVerbatim, readVerbatim } from '../../../lib/codecs/files/verbatim-file';
import { losslessPreset } from '../../../lib/codecs/lossless/lossless-codec';
import { decodeSignal, rangeOfHeader } from '../../../lib/codecs/transform-codec';
import { readBitstream, type Header } from '../../../lib/coding/bitstream';
import { BitstreamError } from '../../../lib/coding/bitstream-errors';
import { codesFromPcm16, SAMPLE_RATE } from '../../../lib/recordings/adc';
import { valuesOfCodes } from '../../../lib/recordings/digitizer';
import type { SampleType } from '../../../lib/recordings/recording-file';
import { canonicalWav, parseWav } from '../../../lib/recordings/wav';
import type { Channel, ChannelFacts, EncodeOptions, Range, Samples } from './types';

export type { Channel, ChannelFacts, EncodeOptions, Range, Samples } from './types';

/** Samples or options that no file can be made of; the message says which. */
export class EncodeError extends RangeError {
  override readonly name: string = 'EncodeError';
}

/** A `.nbz` file, opened: samples are decoded when they are asked for. */
interface OpenedFile {
  readonly channels: readonly ChannelFacts[];
  /** Samples of each channel that decode together. */
  readonly stretch: number;
  read(channel: number, from: number, count: number): Samples;
}

const TYPES: readonly (readonly [SampleType, new (...args: never[]) => Samples])[] = [
  ['int8', Int8Array],
  ['uint8', Uint8Array],
  ['int16', Int16Array],
  ['uint16', Uint16Array],
  ['int32', Int32Array],
  ['uint32', Uint32Array],
  ['float32', Float32Array],
  ['float64', Float64Array],
];

const DEFAULT_CODEC = 'lossless-best';

/**
 * All channels of a file.
 *
 * @param bytes - an `.nbz` file
 * @throws BitstreamError when the bytes are damaged, truncated or not of this format
 * @throws MissingModelError when the file was made with a learned basis: its model is not in this package
 */
export function decode(bytes: Uint8Array): Channel[] {
  const file = opened(bytes);
  const samples = decodedRanges(
    file,
    file.channels.map((facts, channel) => ({ channel, from: 0, to: facts.length })),
  );
  return file.channels.map((facts, i) => ({ ...facts, samples: samples[i]! }));
}

/**
 * A stretch of some channels. Of a file of many channels only the chunks that the stretch touches are decoded.
 *
 * @param bytes - an `.nbz` file
 * @param range - which channels, in what order, from when to when
 * @returns samples of each channel that was asked for
 * @throws RangeError when the file does not have them
 * @throws BitstreamError when the bytes are damaged, truncated or not of this format
 */
export function decodeRange(bytes: Uint8Array, range: Range = {}): Samples[] {
  const file = opened(bytes);
  const channels = range.channels ?? file.channels.map((_, i) => i);
  const absent = channels.find((channel) => file.channels[channel] === undefined);
  if (absent !== undefined) {
    throw new RangeError(`There is no channel ${absent}: this file has ${file.channels.length}.`);
  }
  const shortest = channels.reduce(
    (least, channel) => Math.min(least, file.channels[channel]!.length),
    Infinity,
  );
  const { from = 0, to = channels.length === 0 ? from : shortest } = range;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= shortest)) {
    throw new RangeError(`Samples ${from} up to ${to} are not in this file: its channels have ${shortest}.`);
  }
  return decodedRanges(
    file,
    channels.map((channel) => ({ channel, from, to })),
  );
}

/**
 * What a file says of its channels; nothing is decoded of a file of many channels.
 *
 * @param bytes - an `.nbz` file
 * @throws BitstreamError when the bytes are damaged, truncated or not of this format
 */
export function describe(bytes: Uint8Array): ChannelFacts[] {
  return [...opened(bytes).channels];
}

/**
 * The file that was compressed, byte for byte: the WAV file, or whatever laboratory's file it was.
 *
 * @param bytes - an `.nbz` file
 * @throws BitstreamError when the bytes are damaged, or hold samples alone
 * @throws BrotliMissingError in a browser, when the file keeps more than samples
 */
export function original(bytes: Uint8Array): Uint8Array {
  if (isVerbatim(bytes)) return readVerbatim(bytes);
  return isContainer(bytes) ? containerOf(bytes).wholeFile() : decodeWav(bytes);
}

/**
 * Samples as an `.nbz` file.
 *
 * @param samples - one array for each channel, all of one type and length; or one array with the samples of all
 * `options.channels` channels, one time after another
 * @throws EncodeError when samples and options do not fit each other
 * @throws BasisParameterError when there is no such codec
 */
export function encode(samples: Samples | readonly Samples[], options: EncodeOptions = {}): Uint8Array {
  const given = interleaved(samples, options.channels);
  const { codec = DEFAULT_CODEC, sampleRate = 0, step = 0, maxError = 0 } = options;
  const preset = losslessPreset(codec);
  if (preset === undefined && !(step > 0)) {
    throw new EncodeError(
      `${codec} needs a quantizer step above 0, in steps of the digitizer: { step: 16 }.`,
    );
  }
  if (preset !== undefined && step !== 0) {
    throw new EncodeError(`${codec} has no quantizer step. For small errors give maxError.`);
  }
  if (maxError !== 0 && preset === undefined) {
    throw new EncodeError('An error can be promised by the lossless codecs alone: leave out codec and step.');
  }
  const { type, channels } = given;
  if (given.values.length === 0) throw new EncodeError('There are no samples.');
  const values = maxError === 0 ? given.values : (withinError(given.values, type, maxError) as Samples);
  const one = channels === 1 && sampleRate === SAMPLE_RATE && values instanceof Int16Array && !options.names;
  if (one && codesFromPcm16(values) !== null) {
    return encodeWav(canonicalWav(values, sampleRate), 'samples', codec, step);
  }
  const method: TransformMethod = {
    encode: (codes, range) => codecFromId(codec, range).encode(codes, step).bytes,
  };
  const { BYTES_PER_ELEMENT: width } = values;
  const stride = width * channels;
  const length = channels === 0 ? 0 : values.length / channels;
  const { unit = '', gain = 1, offset = 0, names = [] } = options;
  const placed = {
    type,
    littleEndian: true,
    offsets: Array.from({ length: channels }, (_, i) => i * width),
    stride,
    runs: [{ start: 0, blockBytes: stride * length, blockSamples: Math.max(1, length), samples: length }],
    sampleRate,
    channels: Array.from({ length: channels }, (_, i) => ({ name: names[i] ?? `${i}`, unit, gain, offset })),
  };
  return encodeContainer(bytesOf(values), [placed], preset ?? method);
}

/** The samples of all channels, one time after another. */
function interleaved(
  samples: Samples | readonly Samples[],
  count: number | undefined,
): { readonly type: SampleType; readonly values: Samples; readonly channels: number } {
  if (!Array.isArray(samples)) {
    const values = samples as Samples;
    const channels = count ?? 1;
    if (!Number.isInteger(channels) || channels < 1 || values.length % channels !== 0) {
      throw new EncodeError(`${values.length} samples are not those of ${channels} channels.`);
    }
    return { type: typeOf(values), values, channels };
  }
  const arrays = samples as readonly Samples[];
  const [first] = arrays;
  if (!first) throw new EncodeError('There are no channels.');
  const type = typeOf(first);
  if (count !== undefined && count !== arrays.length) {
    throw new EncodeError(`${arrays.length} arrays are not ${count} channels.`);
  }
  const odd = arrays.findIndex((array) => typeOf(array) !== type || array.length !== first.length);
  if (odd >= 0) throw new EncodeError(`Channel ${odd} has another type or length than channel 0.`);
  const Values = first.constructor as new (length: number) => Samples;
  const values = new Values(first.length * arrays.length);
  arrays.forEach((array, channel) => {
    for (let i = 0, at = channel; i < array.length; i++, at += arrays.length) values[at] = array[i]!;
  });
  return { type, values, channels: arrays.length };
}

function typeOf(samples: Samples): SampleType {
  const found = TYPES.find(([, Values]) => samples instanceof Values);
  if (found) return found[0];
  throw new EncodeError('Samples are typed arrays of 8, 16 or 32 bits, or of floating point.');
}

function bytesOf({ buffer, byteOffset, byteLength }: Samples): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Stretches, decoded together: chunks that several channels lie in are decoded once. */
function decodedRanges(
  file: OpenedFile,
  ranges: readonly { readonly channel: number; readonly from: number; readonly to: number }[],
): Samples[] {
  const whole = ranges.map(({ channel, from, to }) => {
    const none = file.read(channel, 0, 0);
    return new (none.constructor as new (length: number) => Samples)(to - from);
  });
  const first = Math.min(...ranges.map(({ from }) => from));
  const last = Math.max(0, ...ranges.map(({ to }) => to));
  const { stretch } = file;
  for (let at = Math.floor(first / stretch) * stretch; at < last; at += stretch) {
    ranges.forEach(({ channel, from, to }, i) => {
      const start = Math.max(at, from);
      const end = Math.min(at + stretch, to);
      if (start < end) whole[i]!.set(file.read(channel, start, end - start), start - from);
    });
  }
  return whole;
}

function containerOf(bytes: Uint8Array): Container {
  return new Container(bytes, {
    channel(part) {
      const { header, start, end } = readBitstream(part);
      return new Uint16Array(decodedSignal(header, part, start, end));
    },
    channels: decodeGroup,
  });
}

function decodedSignal(header: Header, bytes: Uint8Array, start: number, end: number): Int32Array {
  const basis = basisFromFormat(header.family, header.parameter);
  if (basis) return decodeSignal(basis, header, bytes, start, end, rangeOfHeader(header));
  throw new BitstreamError(
    `This .nbz file needs basis ${header.family}/${header.parameter} of the format, which this package does not ` +
      'have. It needs a newer one.',
  );
}

function opened(bytes: Uint8Array): OpenedFile {
  if (isContainer(bytes)) {
    const container = containerOf(bytes);
    return {
      channels: container.channels.map(({ samples, name, sampleRate, unit, gain, offset }) => {
        return { name, sampleRate, length: samples, unit, gain, offset };
      }),
      stretch: container.channels.reduce((least, { chunkSamples }) => Math.min(least, chunkSamples), 2 ** 22),
      read: (channel, from, count) => container.readRange(channel, from, count),
    };
  }
  if (isVerbatim(bytes)) {
    throw new BitstreamError('This file holds bytes of a file that is no recording: take it by original().');
  }
  const { header, start, end } = readBitstream(bytes);
  const { samples, ...facts } =
    header.version === 3 ? wideChannel(header, bytes, start, end) : wavChannel(bytes);
  const channel = { name: '0', ...facts, length: samples.length };
  return {
    channels: [channel],
    stretch: Math.max(1, samples.length),
    read: (_, from, count) => samples.slice(from, from + count),
  };
}

type OneChannel = Pick<Channel, 'samples' | 'sampleRate' | 'unit' | 'gain' | 'offset'>;

function wavChannel(bytes: Uint8Array): OneChannel {
  const { samples, sampleRate } = parseWav(decodeWav(bytes), 'this .nbz file');
  return { samples, sampleRate, unit: '', gain: 1, offset: 0 };
}

/** A channel in a file of its own, of any digitizer: values where the file says what codes stand for, else codes. */
function wideChannel(header: Header, bytes: Uint8Array, start: number, end: number): OneChannel {
  const { description } = header;
  const codes =
    header.family < 128
      ? new Uint16Array(decodedSignal(header, bytes, start, end))
      : codecFromId(DEFAULT_CODEC, rangeOfHeader(header)).decode(bytes);
  if (!description) return { samples: codes, sampleRate: 0, unit: '', gain: 1, offset: 0 };
  const { digitizer, type, sampleRate, unit, gain, offset } = description;
  return { samples: valuesOfCodes(digitizer, codes, type), sampleRate, unit, gain, offset };
}
