/**
 * `.nbz` files as WAV files: those of one channel, and those of many channels that were made without what surrounds their
 * samples (`--signal-only`).
 */
import { basisFromFormat } from '../../catalog/format-numbers';
import type { Header } from '../../coding/bitstream';
import { BitstreamError } from '../../coding/bitstream-errors';
import type { SampleArray, SampleType } from '../../recordings/recording-file';
import { pcmOfCodes } from '../../recordings/datasets/kept-codes';
import { valuesOfCodes } from '../../recordings/digitizer';
import { interleavedSamples, wavFront, wavOfChannels } from '../../recordings/wav-of-channels';
import { payloadCodecFromFormat } from '../codec-from-id';
import { decodeWide, WIDE_LOSSLESS_FAMILY } from '../lossless/lossless-codec';
import { decodeSignal, rangeOfHeader } from '../transform-codec';
import { codedFile, type CodedFile } from './coded-file';
import type { Container } from './recording-container';
import { silentSample, silentWav, type Silence } from './silence';
import { silenceOf, wavOfSamples } from './wav-file';

/** What a file does not say. */
export interface WavChoice {
  /** Samples a second, where the file has no rate. */
  readonly sampleRate?: number | undefined;
  /** Number of the stream, from 0, where the file has several. */
  readonly stream?: number | undefined;
  /** Numbers of channels within the stream, from 0; all unless said otherwise. */
  readonly channels?: readonly number[] | undefined;
  /** Where to begin, in seconds. */
  readonly fromSecond?: number | undefined;
  /** How long the WAV file is to be; up to the end unless said otherwise. */
  readonly seconds?: number | undefined;
}

/** A file can become a WAV file only if something is said that it does not hold. */
export class UndecidedWavError extends Error {
  override readonly name = 'UndecidedWavError';
}

/**
 * Codes of a file of one channel, of whatever codec.
 *
 * @throws BitstreamError when the bytes are damaged, or of a newer format
 */
export function decodeWideCodes(bytes: Uint8Array): Uint16Array {
  return codesOfFile(codedFile(bytes));
}

function codesOfFile({ header, bytes, start, end }: CodedFile): Uint16Array {
  if (header.family === WIDE_LOSSLESS_FAMILY) return decodeWide(header, bytes, start, end);
  const silent = silentSample(header, bytes, start, end, rangeOfHeader(header));
  if (silent !== undefined) return new Uint16Array(header.samples).fill(silent);
  const ofPayload = payloadCodecFromFormat(header);
  if (ofPayload) return new Uint16Array(ofPayload.decodeSamples(header, bytes, start, end));
  const basis = basisFromFormat(header.family, header.parameter);
  if (!basis) {
    throw new BitstreamError(
      `This .nbz file needs basis ${header.family}/${header.parameter} of the format, which this decoder does ` +
        'not have. It needs a newer decoder.',
    );
  }
  return new Uint16Array(decodeSignal(basis, header, bytes, start, end, rangeOfHeader(header)));
}

/**
 * The WAV file of a file of one channel. Of version 3 it has the values where the file says what its codes stand for, else
 * its codes about the middle of their range, as datasets keep them.
 *
 * @throws BitstreamError when no encoder wrote these bytes
 * @throws UndecidedWavError when the file has no rate and none is given
 */
export function wavOfFile(file: CodedFile, choice: WavChoice = {}): Uint8Array {
  const silence = silenceOfFile(file, choice);
  return silence ? silentWav(silence) : wavOfSoundingFile(file, choice);
}

/** {@link wavOfFile} of a file in which {@link silenceOfFile} finds none. */
export function wavOfSoundingFile(file: CodedFile, choice: WavChoice = {}): Uint8Array {
  if (file.header.version !== 3) return wavOfSamples(file);
  const { values, type, rate } = valuesOf(codesOfFile(file), file.header, choice);
  return wavOfChannels([values], type, rate);
}

/** What a WAV file holds of codes. */
function valuesOf(
  codes: Uint16Array,
  { largest = 0, description }: Header,
  { sampleRate }: WavChoice,
): { readonly values: SampleArray; readonly type: SampleType; readonly rate: number } {
  const rate = requireRate(description?.sampleRate, sampleRate);
  // What only tells that codes are not Neuralink's says nothing of their values.
  const known = description !== undefined && description.sampleRate > 0 ? description : undefined;
  if (!known) return { values: pcmOfCodes(codes, largest + 1), type: 'int16', rate };
  return { values: valuesOfCodes(known.digitizer, codes, known.type), type: known.type, rate };
}

/**
 * The WAV file of which all samples are the same, so that no room is made for them.
 *
 * @returns undefined where the file of one channel holds more, or is short
 * @throws BitstreamError when a file of version 1 that is too short for its samples holds more
 * @throws UndecidedWavError when a file of version 3 has no rate and none is given
 */
export function silenceOfFile(file: CodedFile, choice: WavChoice = {}): Silence | undefined {
  const { header, bytes, start, end } = file;
  if (header.version !== 3) return silenceOf(file);
  if (header.family === WIDE_LOSSLESS_FAMILY) return undefined;
  const code = silentSample(header, bytes, start, end, rangeOfHeader(header));
  if (code === undefined) return undefined;
  const { samples } = header;
  const { values, type, rate } = valuesOf(Uint16Array.of(code), header, choice);
  const front = wavFront(1, samples, type, rate);
  const sample = interleavedSamples([values], front.stored);
  return { before: front.bytes, after: new Uint8Array(front.padded ? 1 : 0), samples, sample };
}

/** Told of how many samples of each channel are done, and how many there are. */
export type WavProgress = (done: number, total: number) => void;

/**
 * The WAV file of one stream of a file of many channels, or of a part of it, piece by piece. Chunks outside of that part are
 * not read.
 *
 * @throws UndecidedWavError when the file has several streams and none is chosen, or no rate, or not what is chosen
 */
export function* wavPiecesOfStream(
  container: Container,
  choice: WavChoice = {},
  onProgress?: WavProgress,
): Generator<Uint8Array> {
  const { stream, sampleRate, channels, fromSecond, seconds } = choice;
  const streams = [...new Set(container.channels.map((channel) => channel.stream))];
  const [only] = streams;
  const chosen = stream ?? (streams.length === 1 ? only : undefined);
  if (chosen === undefined || !streams.includes(chosen)) {
    const listed = streams.map((one) => {
      const members = container.channels.filter((channel) => channel.stream === one);
      return `  --stream ${one}: ${members.length} channels at ${members[0]!.sampleRate} Hz, ${members[0]!.samples} samples`;
    });
    throw new UndecidedWavError(
      `This recording has ${streams.length} streams, and a WAV file has one. Choose:\n` + listed.join('\n'),
    );
  }
  const all = container.channels.flatMap((channel, i) => (channel.stream === chosen ? [i] : []));
  const first = container.channels[all[0]!]!;
  const numbers = (channels ?? all.map((_, i) => i)).map((channel) => {
    const number = all[channel];
    if (number !== undefined) return number;
    throw new UndecidedWavError(
      `There is no channel ${channel}: this stream has channels 0…${all.length - 1}.`,
    );
  });
  const rate = requireRate(first.sampleRate, sampleRate);
  const from = Math.round((fromSecond ?? 0) * rate);
  const to =
    seconds === undefined ? first.samples : Math.min(first.samples, from + Math.round(seconds * rate));
  if (from >= to && first.samples > 0) {
    throw new UndecidedWavError(
      `There is nothing from second ${fromSecond ?? 0} on: this stream has ${(first.samples / rate).toFixed(3)} s.`,
    );
  }
  const front = wavFront(numbers.length, to - from, first.type, rate);
  yield front.bytes;
  // Chunk by chunk, so that each is decoded once for all channels.
  for (let at = from; at < to;) {
    const end = Math.min(to, (Math.floor(at / first.chunkSamples) + 1) * first.chunkSamples);
    const read = numbers.map((number) => container.readRange(number, at, end - at));
    yield interleavedSamples(read, front.stored);
    onProgress?.(end - from, to - from);
    at = end;
  }
  if (front.padded) yield new Uint8Array(1);
}

function requireRate(known: number | undefined, given: number | undefined): number {
  const rate = known !== undefined && known > 0 ? known : given;
  if (rate !== undefined) return rate;
  throw new UndecidedWavError(
    'This .nbz file does not say its sample rate, and a WAV file needs one: add --rate HZ.',
  );
}
