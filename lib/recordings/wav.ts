import { WaveFile } from 'wavefile';
import { SAMPLE_RATE } from './adc';
import { bytesInMemory, findWavLayout, WavFormatError, type WavLayout } from './wav-layout';

/**
 * WAV files of one electrode: 16-bit PCM, one channel. A file is taken apart so that header, samples and trailer
 * put one after another are the file again, bit by bit, whatever else it holds. Other kinds of WAV are refused.
 */

/** Bytes of the header of a canonical WAV: RIFF (12), `fmt ` (8 + 16), `data` (8). */
export const CANONICAL_HEADER_BYTES = 44;

/** A WAV file, taken apart. */
export interface Wav {
  /** Samples per second, as the file says. */
  readonly sampleRate: number;
  /** The samples, in memory of their own. */
  readonly samples: Int16Array;
  /** Every byte before the first sample. */
  readonly header: Uint8Array;
  /** Every byte after the last sample; mostly none. */
  readonly trailer: Uint8Array;
  /** True when {@link canonicalWav} makes the same file from the samples at {@link SAMPLE_RATE}. */
  readonly canonical: boolean;
  /** What was assumed where the header's sizes and the file disagree, sentences; mostly none. */
  readonly notes: readonly string[];
}

export { WavFormatError };

/**
 * Takes a WAV file apart.
 *
 * Accepted are 16-bit PCM files of one channel, plain, WAVE_FORMAT_EXTENSIBLE or RF64, of any sample rate and length
 * (0 included), with any further chunks before and after the samples, and with the sizes of an unfinished stream.
 *
 * @param bytes - the whole file
 * @param name - the file's name, for error messages
 * @throws WavFormatError when the file is anything else, or contradicts itself
 */
export function parseWav(bytes: Uint8Array, name: string): Wav {
  const layout = findWavLayout(bytesInMemory(bytes), name, (kind) => refuseOtherKinds(kind, name));
  const { sampleRate } = layout.samples;
  const end = layout.dataStart + layout.dataBytes;
  // A copy, so that the samples are aligned and the file's buffer can be let go.
  const samples = new Int16Array(layout.dataBytes / 2);
  new Uint8Array(samples.buffer).set(bytes.subarray(layout.dataStart, end));
  const header = bytes.slice(0, layout.dataStart);
  const trailer = bytes.slice(end);
  return {
    sampleRate,
    samples,
    header,
    trailer,
    canonical:
      trailer.length === 0 &&
      sampleRate === SAMPLE_RATE &&
      equalBytes(header, canonicalHeader(samples.length, SAMPLE_RATE)),
    notes: layout.notes,
  };
}

/**
 * Refuses files that are not 16-bit PCM of one channel. It names one cause at a time, with the one step that removes
 * it, and never asks for a property that the file already has.
 */
function refuseOtherKinds(
  { container, samples, formatStart }: Pick<WavLayout, 'container' | 'samples' | 'formatStart'>,
  name: string,
): void {
  const refuse = (offset: number, problem: string, remedy: string): never => {
    throw new WavFormatError(name, offset, problem, remedy);
  };
  const { coding, codingName, channels, bits } = samples;
  if (container === 'RIFX') {
    refuse(0, 'the samples are big-endian (RIFX)', 'Turn their bytes round: sox in.wav -L out.wav.');
  }
  if (coding === 'other') {
    refuse(
      formatStart,
      `the samples are ${codingName}, not PCM`,
      'Decode them: sox in.wav -e signed-integer -b 16 out.wav.',
    );
  }
  if (coding === 'float') {
    refuse(
      formatStart,
      `the samples are ${bits}-bit floating point, not integers`,
      'Write them as 16-bit integers: sox in.wav -e signed-integer -b 16 out.wav.',
    );
  }
  if (bits !== 16) {
    refuse(
      formatStart + 14,
      `${bits} bits a sample instead of 16`,
      'Write them with 16 bits: sox in.wav -b 16 out.wav.',
    );
  }
  if (channels !== 1) {
    refuse(
      formatStart + 2,
      `${channels} channels instead of one`,
      'Write each channel to a file of its own: sox in.wav out.wav remix 1.',
    );
  }
}

/**
 * The WAV file of the samples with nothing in it but the 44-byte header: PCM, mono, 16 bit.
 *
 * @param samples - 16-bit samples
 * @param sampleRate - samples per second
 */
export function canonicalWav(samples: Int16Array, sampleRate: number): Uint8Array {
  return assembleWav(canonicalHeader(samples.length, sampleRate), samples, new Uint8Array(0));
}

/** Puts together again what {@link parseWav} took apart, bit by bit. */
export function assembleWav(header: Uint8Array, samples: Int16Array, trailer: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(header.length + samples.byteLength + trailer.length);
  bytes.set(header);
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), header.length);
  bytes.set(trailer, header.length + samples.byteLength);
  return bytes;
}

/** The 44-byte header for so many samples. */
function canonicalHeader(sampleCount: number, sampleRate: number): Uint8Array {
  const wav = new WaveFile();
  wav.fromScratch(1, sampleRate, '16', []);
  const header = wav.toBuffer();
  const view = new DataView(header.buffer, header.byteOffset);
  // wavefile packs samples one by one (20 ms a recording); without them it is quick, but the lengths are wrong.
  view.setUint32(4, CANONICAL_HEADER_BYTES - 8 + 2 * sampleCount, true);
  view.setUint32(40, 2 * sampleCount, true);
  return header;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
