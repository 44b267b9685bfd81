import { WaveFile } from 'wavefile';
import { SAMPLE_RATE } from './adc';

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
}

/** A file is not a WAV of 16-bit samples of one channel, or is damaged. */
export class WavFormatError extends Error {
  override readonly name = 'WavFormatError';

  /**
   * @param file - name of the file
   * @param offset - position in the file, in bytes, of what is wrong
   * @param problem - what is wrong, and what would be right
   * @param remedy - what to do about it, a sentence
   */
  constructor(
    readonly file: string,
    readonly offset: number,
    problem: string,
    remedy: string,
  ) {
    super(`${file}, byte ${offset}: ${problem}. ${remedy}`);
  }
}

const DAMAGED = 'The file is damaged or incomplete: get it again.';
const CONVERT = 'Convert it to 16-bit PCM with one channel.';

const FORMAT_PCM = 1;
const FORMAT_EXTENSIBLE = 0xfffe;
/** KSDATAFORMAT_SUBTYPE_PCM as the four little-endian words that wavefile reads. */
const SUBTYPE_PCM = [0x00000001, 0x00100000, 0xaa000080, 0x719b3800];
const FORMAT_NAMES: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  3: 'floating point',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  85: 'MP3',
};

/**
 * Takes a WAV file apart.
 *
 * Accepted are 16-bit PCM files of one channel, plain or WAVE_FORMAT_EXTENSIBLE, of any sample rate and length
 * (0 included), with any further chunks before and after the samples.
 *
 * @param bytes - the whole file
 * @param name - the file's name, for error messages
 * @throws WavFormatError when the file is anything else, or contradicts itself
 */
export function parseWav(bytes: Uint8Array, name: string): Wav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { format, data } = findChunks(view, name);
  const sampleRate = readFormat(bytes, format, name);

  if (data.size % 2 !== 0) {
    throw new WavFormatError(
      name,
      data.start - 4,
      `the data chunk has ${data.size} bytes, which is no whole number of 16-bit samples`,
      DAMAGED,
    );
  }
  const end = data.start + data.size;
  // A copy, so that the samples are aligned and the file's buffer can be let go.
  const samples = new Int16Array(data.size / 2);
  new Uint8Array(samples.buffer).set(bytes.subarray(data.start, end));
  const header = bytes.slice(0, data.start);
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
  };
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

interface Chunk {
  /** Position of the first byte after the chunk's name and size. */
  readonly start: number;
  readonly size: number;
}

/**
 * Finds the chunks that matter. Done here and not by wavefile, which reads every chunk it knows: it trusts the
 * counts inside of them (a damaged cue chunk costs it gigabytes) and does not say where a file is damaged.
 */
function findChunks(view: DataView, name: string): { format: Chunk; data: Chunk } {
  if (view.byteLength === 0) throw new WavFormatError(name, 0, 'the file is empty', DAMAGED);
  if (view.byteLength < 12) {
    throw new WavFormatError(
      name,
      view.byteLength,
      `the file ends after ${view.byteLength} bytes, within its RIFF header`,
      DAMAGED,
    );
  }
  const container = chunkName(view, 0);
  if (container === 'RIFX' || container === 'RF64') {
    throw new WavFormatError(name, 0, `${container} is not a plain little-endian RIFF file`, CONVERT);
  }
  if (container !== 'RIFF' || chunkName(view, 8) !== 'WAVE') {
    throw new WavFormatError(
      name,
      0,
      'it does not start as "RIFF … WAVE"',
      'This is no WAV file: leave it out.',
    );
  }
  const riffEnd = 8 + view.getUint32(4, true);
  if (riffEnd > view.byteLength) {
    throw new WavFormatError(
      name,
      4,
      `the RIFF header promises ${riffEnd} bytes, the file has ${view.byteLength}`,
      DAMAGED,
    );
  }

  let format: Chunk | undefined;
  let data: Chunk | undefined;
  for (let at = 12; at + 8 <= riffEnd;) {
    const id = chunkName(view, at);
    const chunk = { start: at + 8, size: view.getUint32(at + 4, true) };
    const end = chunk.start + chunk.size;
    if (end > riffEnd) {
      // What follows the samples is kept as it is, whatever it may be.
      if (data) break;
      throw new WavFormatError(
        name,
        at + 4,
        `chunk "${id}" promises ${chunk.size} bytes, ${riffEnd - chunk.start} are left`,
        DAMAGED,
      );
    }
    if (id === 'fmt ') {
      if (format) throw new WavFormatError(name, at, 'a second "fmt " chunk', DAMAGED);
      if (data) throw new WavFormatError(name, at, 'the "fmt " chunk comes after the samples', DAMAGED);
      format = chunk;
    }
    if (id === 'data') {
      if (data) throw new WavFormatError(name, at, 'a second "data" chunk', 'Join them into one data chunk.');
      data = chunk;
    }
    // Chunks begin at even positions; the odd one out is followed by a byte of padding.
    at = end + (chunk.size % 2);
  }
  if (!format) throw new WavFormatError(name, data?.start ?? riffEnd, 'there is no "fmt " chunk', DAMAGED);
  if (!data) throw new WavFormatError(name, riffEnd, 'there is no "data" chunk', DAMAGED);
  return { format, data };
}

/** Reads the format chunk with wavefile, and refuses what is not 16-bit PCM of one channel. */
function readFormat(bytes: Uint8Array, chunk: Chunk, name: string): number {
  const refuse = (offset: number, problem: string, remedy: string): never => {
    throw new WavFormatError(name, chunk.start + offset, problem, remedy);
  };
  if (chunk.size < 16) refuse(-4, `the "fmt " chunk has ${chunk.size} bytes instead of 16 or more`, DAMAGED);

  const format = formatFields(bytes.subarray(chunk.start, chunk.start + chunk.size));
  if (format.audioFormat === FORMAT_EXTENSIBLE) {
    if (chunk.size < 40) refuse(-4, `an extensible "fmt " chunk has ${chunk.size} bytes, not 40`, DAMAGED);
    if (SUBTYPE_PCM.some((word, i) => format.subformat[i] !== word)) {
      refuse(24, 'the samples are not PCM (extensible format of another subtype)', CONVERT);
    }
    if (format.validBitsPerSample !== 16) {
      refuse(18, `${format.validBitsPerSample} valid bits a sample instead of 16`, CONVERT);
    }
  } else if (format.audioFormat !== FORMAT_PCM) {
    const known = FORMAT_NAMES[format.audioFormat];
    refuse(0, `the samples are ${known ?? `of format ${format.audioFormat}`}, not PCM`, CONVERT);
  }
  if (format.numChannels !== 1) refuse(2, `${format.numChannels} channels instead of one`, CONVERT);
  if (format.sampleRate === 0) refuse(4, 'a sample rate of zero', DAMAGED);
  if (format.bitsPerSample !== 16) refuse(14, `${format.bitsPerSample} bits a sample instead of 16`, CONVERT);
  if (format.blockAlign !== 2) {
    refuse(12, `a block of ${format.blockAlign} bytes, where one 16-bit sample takes 2`, DAMAGED);
  }
  return format.sampleRate;
}

interface FormatFields {
  readonly audioFormat: number;
  readonly numChannels: number;
  readonly sampleRate: number;
  readonly blockAlign: number;
  readonly bitsPerSample: number;
  readonly validBitsPerSample: number;
  readonly subformat: readonly number[];
}

/** The fields of a format chunk of 16 bytes or more, read by wavefile from a file that holds nothing else. */
function formatFields(chunk: Uint8Array): FormatFields {
  const size = Math.min(chunk.length, 40);
  const file = new Uint8Array(20 + size + 8);
  const view = new DataView(file.buffer);
  writeChunkName(view, 0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  writeChunkName(view, 8, 'WAVE');
  writeChunkName(view, 12, 'fmt ');
  // Without a complete extension the 16 bytes before it are the whole chunk.
  const read = size < 40 ? 16 : 40;
  view.setUint32(16, read, true);
  file.set(chunk.subarray(0, read), 20);
  writeChunkName(view, 20 + read, 'data');
  const wav = new WaveFile();
  wav.fromBuffer(file, false);
  return wav.fmt as FormatFields;
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

function chunkName(view: DataView, offset: number): string {
  return String.fromCharCode(
    view.getUint8(offset),
    view.getUint8(offset + 1),
    view.getUint8(offset + 2),
    view.getUint8(offset + 3),
  );
}

function writeChunkName(view: DataView, offset: number, id: string): void {
  for (let i = 0; i < 4; i++) view.setUint8(offset + i, id.charCodeAt(i));
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
