/**
 * WAV files of any number of channels, with the values that samples have.
 */
import { putSample, SAMPLE_BYTES } from './formats/parts/sample-values';
import type { SampleArray, SampleType } from './recording-file';

/** Samples cannot be in a WAV file. */
export class WavChannelsError extends RangeError {
  override readonly name = 'WavChannelsError';
}

/** Type of the samples in the WAV file: the narrowest of its own that holds all values. */
const WAV_TYPES: Readonly<Partial<Record<SampleType, SampleType>>> = {
  int8: 'int16',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'int24',
  int24: 'int24',
  int32: 'int32',
  uint32: 'float64',
  float32: 'float32',
  float64: 'float64',
};

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** The last 14 bytes of the GUID of a coding, which begins with its number. */
const GUID_END = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/** More channels, or wider samples, need a format chunk that says which of their bits count. */
const MOST_PLAIN_CHANNELS = 2;
const WIDEST_PLAIN = 2;

const MOST_BYTES = 2 ** 32 - 1;
const MOST_CHANNELS = 65_535;

/** The front of a WAV file, and how its samples are stored: of all channels in turn. */
export interface WavFront {
  readonly bytes: Uint8Array;
  readonly stored: SampleType;
  /** A byte of padding follows an odd number of bytes. */
  readonly padded: boolean;
}

/**
 * What stands before the samples of a WAV file.
 *
 * @param count - number of channels
 * @param samples - of each
 * @param type - of the samples; types that WAV files do not have become wider ones with the same values
 * @param sampleRate - Hz; WAV files hold whole ones, so it is rounded
 * @throws WavChannelsError when there are more samples or channels than a WAV file may have, 64-bit integers, or no rate
 */
export function wavFront(count: number, samples: number, type: SampleType, sampleRate: number): WavFront {
  const stored = WAV_TYPES[type];
  if (stored === undefined) throw new WavChannelsError(`Samples of type ${type} do not fit a WAV file.`);
  const rate = Math.round(sampleRate);
  if (!(rate >= 1)) throw new WavChannelsError(`A WAV file cannot have a rate of ${sampleRate} Hz.`);
  const width = SAMPLE_BYTES[stored];
  const coding = stored.startsWith('float') ? FLOAT : PCM;
  const extensible = count > MOST_PLAIN_CHANNELS || (coding === PCM && width > WIDEST_PLAIN);
  const formatBytes = extensible ? 40 : 16;
  const front = 28 + formatBytes;
  const dataBytes = count * samples * width;
  const total = front + dataBytes + (dataBytes % 2);
  if (total - 8 > MOST_BYTES || count > MOST_CHANNELS) {
    throw new WavChannelsError(
      `${count} channels of ${samples} samples are more than a WAV file may have: take a part of them ` +
        '(npm run decode -- … --from-second N --seconds N --channels LIST).',
    );
  }
  // Without Buffer, which browsers do not have.
  const bytes = new Uint8Array(front);
  const view = new DataView(bytes.buffer);
  const write = (text: string, at: number): void => {
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  };
  write('RIFF', 0);
  view.setUint32(4, total - 8, true);
  write('WAVEfmt ', 8);
  view.setUint32(16, formatBytes, true);
  view.setUint16(20, extensible ? EXTENSIBLE : coding, true);
  view.setUint16(22, count, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * count * width, true);
  view.setUint16(32, count * width, true);
  view.setUint16(34, 8 * width, true);
  if (extensible) {
    view.setUint16(36, 22, true);
    view.setUint16(38, 8 * width, true);
    view.setUint16(44, coding, true);
    bytes.set(GUID_END, 46);
  }
  write('data', front - 8);
  view.setUint32(front - 4, dataBytes, true);
  return { bytes, stored, padded: dataBytes % 2 === 1 };
}

/** Samples of all channels in turn, as a WAV file has them. */
export function interleavedSamples(channels: readonly SampleArray[], stored: SampleType): Uint8Array {
  const count = channels.length;
  const samples = channels[0]?.length ?? 0;
  const width = SAMPLE_BYTES[stored];
  const bytes = new Uint8Array(count * samples * width);
  const view = new DataView(bytes.buffer);
  channels.forEach((channel, c) => {
    for (let i = 0; i < samples; i++) putSample(view, stored, true, (i * count + c) * width, channel[i]!);
  });
  return bytes;
}

/**
 * A WAV file.
 *
 * @param channels - equally many samples of each
 * @param type - of the samples; types that WAV files do not have become wider ones with the same values
 * @param sampleRate - Hz; WAV files hold whole ones, so it is rounded
 * @throws WavChannelsError when there are more samples or channels than a WAV file may have, 64-bit integers, or no rate
 */
export function wavOfChannels(
  channels: readonly SampleArray[],
  type: SampleType,
  sampleRate: number,
): Uint8Array {
  const front = wavFront(channels.length, channels[0]?.length ?? 0, type, sampleRate);
  const samples = interleavedSamples(channels, front.stored);
  const file = new Uint8Array(front.bytes.length + samples.length + (front.padded ? 1 : 0));
  file.set(front.bytes);
  file.set(samples, front.bytes.length);
  return file;
}
