/**
 * Where the samples of a WAV file lie and what they are, from its chunks alone. One walk serves the codecs, which hold
 * a file in memory, and the reader of long files, which holds none of it.
 *
 * Sizes in headers are claims. A program that writes to a pipe or is stopped leaves 0, 0x7FFFFFFF or 0xFFFFFFFF, and
 * many count the RIFF size wrongly. Where the samples are all there, they are read and a note says what was assumed;
 * where the file ends before a plausible size is reached, it was cut off, and that is an error.
 *
 * Source: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991); Microsoft,
 * WAVEFORMATEXTENSIBLE; EBU Tech 3306 (RF64).
 */

/** Bytes that can be read in pieces: a file on disk, or one in memory. */
export interface ByteSource {
  /** Number of bytes. */
  readonly size: number;
  /** `length` bytes from `offset` on; fewer where the source ends. */
  read(offset: number, length: number): Uint8Array;
}

/** A file that is in memory. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** What the format chunk says of the samples. */
export interface WavSamples {
  /** `"other"` is a coding that this project does not decode; {@link WavSamples.codingName} names it. */
  readonly coding: 'pcm' | 'float' | 'other';
  /** `"PCM"`, `"floating point"`, `"µ-law"`, `"format 99"` … */
  readonly codingName: string;
  readonly channels: number;
  /** Samples per second, above 0. */
  readonly sampleRate: number;
  /** Bytes of one sample of every channel. */
  readonly blockBytes: number;
  /** Bits that one sample takes in the file. */
  readonly bits: number;
  /** Bits of them that the digitizer filled; the same as `bits` unless an extensible header says fewer. */
  readonly validBits: number;
}

/** A WAV file's structure. */
export interface WavLayout {
  readonly container: 'RIFF' | 'RIFX' | 'RF64' | 'BW64';
  /** False in RIFX files alone. */
  readonly littleEndian: boolean;
  readonly samples: WavSamples;
  /** Position of the format chunk's content. */
  readonly formatStart: number;
  /** Position of the first sample. */
  readonly dataStart: number;
  /** Bytes of samples, whole samples of all channels. */
  readonly dataBytes: number;
  /** What was assumed where the header and the file disagree: sentences. */
  readonly notes: readonly string[];
}

/** A file is no WAV, or not of the kind that is asked for, or is damaged. */
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

/** What to do about a file that contradicts itself. */
export const DAMAGED = 'The file is damaged or incomplete: get it again.';
const CUT_OFF = 'The file was cut off: get it whole.';

/** More chunks than this in front of the samples are no WAV file, and would take hours to walk. */
const MOST_CHUNKS = 10_000;

const TAG = { pcm: 1, float: 3, extensible: 0xfffe } as const;
/** Bytes 2…15 of the GUID of every subtype that stands for a format tag (bytes 0 and 1). */
const SUBTYPE_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
const CODING_NAMES: Readonly<Record<number, string>> = {
  1: 'PCM',
  2: 'Microsoft ADPCM',
  3: 'floating point',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  85: 'MP3',
};

/** A view of bytes in the byte order of the file. */
class Fields {
  private readonly view: DataView;

  constructor(
    bytes: Uint8Array,
    private readonly littleEndian: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.view.byteLength;
  }

  name(offset: number): string {
    return String.fromCharCode(...Array.from({ length: 4 }, (_, i) => this.view.getUint8(offset + i)));
  }

  uint16(offset: number): number {
    return this.view.getUint16(offset, this.littleEndian);
  }

  uint32(offset: number): number {
    return this.view.getUint32(offset, this.littleEndian);
  }

  uint64(offset: number): number {
    return Number(this.view.getBigUint64(offset, this.littleEndian));
  }
}

/**
 * Finds the samples of a WAV file.
 *
 * Done here and not by wavefile, which wants the whole file in memory, trusts the counts inside of chunks (a damaged
 * cue chunk costs it gigabytes) and does not say where a file is damaged.
 *
 * @param source - the file
 * @param name - its name, for error messages
 * @param refuse - throws when the reader does not take this kind of samples; asked before the samples are looked at,
 *   so that a file of another kind is refused for its kind
 * @throws WavFormatError when the file is no WAV, is cut off, or contradicts itself so that samples would be guessed
 */
export function findWavLayout(
  source: ByteSource,
  name: string,
  refuse?: (kind: Pick<WavLayout, 'container' | 'samples' | 'formatStart'>) => void,
): WavLayout {
  const fail = (offset: number, problem: string, remedy: string): never => {
    throw new WavFormatError(name, offset, problem, remedy);
  };
  if (source.size === 0) fail(0, 'the file is empty', DAMAGED);
  if (source.size < 12) {
    fail(source.size, `the file ends after ${source.size} bytes, within its RIFF header`, DAMAGED);
  }
  const first = new Fields(source.read(0, 12), true);
  const container = first.name(0);
  if (
    (container !== 'RIFF' && container !== 'RIFX' && container !== 'RF64' && container !== 'BW64') ||
    first.name(8) !== 'WAVE'
  ) {
    return fail(0, 'it does not start as "RIFF … WAVE"', 'This is no WAV file: leave it out.');
  }
  const littleEndian = container !== 'RIFX';
  const long = container === 'RF64' || container === 'BW64';
  const fieldsAt = (offset: number, length: number): Fields =>
    new Fields(source.read(offset, length), littleEndian);
  const riffSize = fieldsAt(4, 4).uint32(0);

  let format: { start: number; samples: WavSamples } | undefined;
  let longSizes: { riff: number; data: number } | undefined;
  let at = 12;
  for (let chunks = 0; ; chunks++) {
    if (chunks === MOST_CHUNKS) {
      fail(at, `${MOST_CHUNKS} chunks and none of them is "data"`, DAMAGED);
    }
    if (at + 8 > source.size) {
      const missing = format ? 'data' : 'fmt ';
      return fail(Math.min(at, source.size), `there is no "${missing}" chunk`, DAMAGED);
    }
    const head = fieldsAt(at, 8);
    const id = head.name(0);
    const size = head.uint32(4);
    const start = at + 8;
    if (id === 'data') {
      if (!format) return fail(start, 'there is no "fmt " chunk before the samples', DAMAGED);
      const data = dataChunk(source, name, { start, size, riffSize, longSizes, format: format.samples });
      return {
        container,
        littleEndian,
        samples: format.samples,
        formatStart: format.start,
        dataStart: start,
        dataBytes: data.bytes,
        notes: data.notes,
      };
    }
    if (start + size > source.size) {
      fail(at + 4, `chunk "${id}" promises ${size} bytes, ${source.size - start} are left`, DAMAGED);
    }
    if (id === 'fmt ') {
      if (format) fail(at, 'a second "fmt " chunk', DAMAGED);
      format = { start, samples: readFormat(fieldsAt(start, Math.min(size, 40)), size, start, name) };
      refuse?.({ container, samples: format.samples, formatStart: start });
    }
    if (id === 'ds64' && long && size >= 16) {
      const sizes = fieldsAt(start, 16);
      longSizes = { riff: sizes.uint64(0), data: sizes.uint64(8) };
    }
    // Chunks begin at even positions; the odd one out is followed by a byte of padding.
    at = start + size + (size % 2);
  }
}

interface DataClaims {
  readonly start: number;
  readonly size: number;
  readonly riffSize: number;
  readonly longSizes: { readonly riff: number; readonly data: number } | undefined;
  readonly format: WavSamples;
}

/** How many bytes of samples there are, and what had to be assumed to say so. */
function dataChunk(
  source: ByteSource,
  name: string,
  { start, size, riffSize, longSizes, format }: DataClaims,
): { bytes: number; notes: string[] } {
  const left = source.size - start;
  const sizeInDs64 = longSizes !== undefined && size === 0xffffffff;
  const claimed = sizeInDs64 ? longSizes.data : size;
  const wrong = sizeInDs64 ? 'The ds64 chunk says' : 'The data chunk says';
  const unfinished =
    (claimed > left && isPlaceholder(claimed)) || (claimed === 0 && left > 0 && !chunksFill(source, start));
  if (unfinished) {
    const bytes = left - (left % format.blockBytes);
    const notes = [
      `${wrong} ${claimed} bytes, as a program leaves it that writes to a pipe or is stopped: ` +
        `the ${bytes} bytes up to the end of the file are taken as samples.`,
    ];
    if (bytes < left) notes.push(`The last ${left - bytes} bytes are no whole sample and are left out.`);
    return { bytes, notes };
  }
  if (claimed > left) {
    throw new WavFormatError(
      name,
      start - 4,
      `chunk "data" promises ${claimed} bytes, ${left} are left`,
      CUT_OFF,
    );
  }
  if (claimed % format.blockBytes !== 0) {
    const kind = `${format.bits}-bit samples${format.channels > 1 ? ` of ${format.channels} channels` : ''}`;
    throw new WavFormatError(
      name,
      start - 4,
      `the data chunk has ${claimed} bytes, which is no whole number of ${kind}`,
      DAMAGED,
    );
  }
  const end = start + claimed;
  const riff = longSizes !== undefined && riffSize === 0xffffffff ? longSizes.riff : riffSize;
  const notes: string[] = [];
  if (8 + riff < end || 8 + riff > source.size) {
    notes.push(
      `The RIFF header says ${riff} bytes, the file has ${source.size - 8} after it: the data chunk is whole, so ` +
        'all samples are there.',
    );
  } else {
    refuseSecondChunk(source, name, end + (claimed % 2), 8 + riff);
  }
  if (end + 1 < source.size && !chunksFill(source, end + (end % 2))) {
    notes.push(
      `${source.size - end} bytes behind the data chunk belong to no chunk and are not taken as samples.`,
    );
  }
  return { bytes: claimed, notes };
}

/** Sizes that programs write when they do not know yet how long the file will be: about 2 or 4 GiB. */
function isPlaceholder(size: number): boolean {
  return (size >= 0x7fff0000 && size <= 0x80000000) || size >= 0xffff0000;
}

/** Whether what begins at `at` is a row of whole chunks up to the end of the file: then an empty data chunk is empty. */
function chunksFill(source: ByteSource, at: number): boolean {
  for (let chunks = 0; chunks < MOST_CHUNKS && at + 8 <= source.size; chunks++) {
    const head = new Fields(source.read(at, 8), true);
    if (!/^[ -~]{4}$/.test(head.name(0))) return false;
    at += 8 + head.uint32(4);
    if (at === source.size || at + 1 === source.size) return true;
    at += at % 2;
  }
  return false;
}

/** A second data chunk holds samples that a reader of the first would lose without a word. */
function refuseSecondChunk(source: ByteSource, name: string, from: number, riffEnd: number): void {
  for (let at = from, chunks = 0; at + 8 <= riffEnd && chunks < MOST_CHUNKS; chunks++) {
    const head = new Fields(source.read(at, 8), true);
    const id = head.name(0);
    const end = at + 8 + head.uint32(4);
    // What follows the samples is kept as it is, whatever it may be.
    if (end > riffEnd) return;
    if (id === 'fmt ') {
      throw new WavFormatError(name, at, 'a "fmt " chunk after the samples', DAMAGED);
    }
    if (id === 'data') {
      throw new WavFormatError(name, at, 'a second "data" chunk', 'Join them into one data chunk.');
    }
    at = end + (end % 2);
  }
}

function readFormat(fields: Fields, size: number, start: number, name: string): WavSamples {
  const fail = (offset: number, problem: string, remedy = DAMAGED): never => {
    throw new WavFormatError(name, start + offset, problem, remedy);
  };
  if (size < 16) fail(-4, `the "fmt " chunk has ${size} bytes instead of 16 or more`);
  let tag = fields.uint16(0);
  const channels = fields.uint16(2);
  const sampleRate = fields.uint32(4);
  const blockBytes = fields.uint16(12);
  const bits = fields.uint16(14);
  let validBits = bits;
  let known = true;
  if (tag === TAG.extensible) {
    if (size < 40) fail(-4, `an extensible "fmt " chunk has ${size} bytes, not 40`);
    validBits = fields.uint16(18) || bits;
    tag = fields.uint16(24);
    known = SUBTYPE_TAIL.every((byte, i) => (fields.uint16(26 + (i & ~1)) >> (8 * (i & 1))) % 256 === byte);
    if (validBits > bits) fail(18, `${validBits} valid bits in samples of ${bits} bits`);
  }
  const coding = known && tag === TAG.pcm ? 'pcm' : known && tag === TAG.float ? 'float' : 'other';
  const codingName = known
    ? (CODING_NAMES[tag] ?? `format ${tag}`)
    : 'an unknown subtype of the extensible format';
  if (channels === 0) fail(2, '0 channels');
  if (sampleRate === 0) fail(4, 'a sample rate of zero');
  if (blockBytes === 0) fail(12, 'a block of 0 bytes');
  if (coding !== 'other' && blockBytes !== channels * Math.ceil(bits / 8)) {
    fail(
      12,
      `a block of ${blockBytes} bytes, where ${channels === 1 ? 'one sample' : `samples of ${channels} channels`} ` +
        `of ${bits} bits take ${channels * Math.ceil(bits / 8)}`,
    );
  }
  return { coding, codingName, channels, sampleRate, blockBytes, bits, validBits };
}
