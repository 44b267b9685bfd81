/**
 * The `.nbz` file of one channel: a header of at most 20 bytes with the check at the end counted in, then the range code.
 * The layout of all versions is specified in `docs/format.md`.
 */
import { crc32 } from 'node:zlib';
import { MAX_ADC_CODE } from '../recordings/adc';
import { BitstreamError, BitstreamRangeError } from './bitstream-errors';
import { MOST_CODES, readDescription, writeDescription } from './channel-description';
import type { ChannelDescription } from '../recordings/recording';
import { HeaderReader, writeVarint, zigzag, zigzagOf } from './header-reader';
import { NO_OFFSETS, offsetsByte, offsetsOfByte, type ReconstructionOffsets } from './quantizers/quantizer';
import type { QuantizerStates } from './quantizers/trellis';

/** "NBZ". */
const MAGIC = [0x4e, 0x42, 0x5a];

/**
 * Version 2 has signed offsets, trellises of several sizes, and rounding by the widths of codes. Version 3 has codes of any
 * digitizer, and says what they stand for.
 */
const VERSIONS = [1, 2, 3] as const;
export type FormatVersion = (typeof VERSIONS)[number];
const CRC_BYTES = 4;

/** Steps are coded in 1/64 of an ADC code. */
export const STEP_UNIT = 1 / 64;
const MAX_STEP = 65535 * STEP_UNIT;
/** Longest step of a file of version 3: codes have 16 bits there. */
const MAX_WIDE_STEP = 2 ** 20;

/** Longest signal. A damaged length must not make a decoder take all memory. */
export const MAX_SAMPLES = 2 ** 28;

/**
 * Most samples for each byte of payload. Without this limit 20 bytes that claim an hour would make a decoder take
 * gigabytes. The payload of a silent recording is filled up with zeros to meet it.
 */
const MOST_SAMPLES_PER_BYTE = 2 ** 17;
const GRANTED_BYTES = 16;

/** Least bytes of the payload for this many samples. */
export function leastPayload(samples: number): number {
  return Math.max(0, Math.ceil(samples / MOST_SAMPLES_PER_BYTE) - GRANTED_BYTES);
}

/** What kind of WAV file the samples came from. */
export const WAV_KIND = {
  /** 44-byte header, mono, 16 bit, 19,531 Hz, on the ADC grid: rebuilt from the samples. */
  canonical: 0,
  /** Samples on the ADC grid; the bytes before and after them are stored. */
  stored: 1,
  /** Samples off the ADC grid, coded as 16-bit integers; the bytes before and after them are stored. */
  offGrid: 2,
} as const;
export type WavKind = (typeof WAV_KIND)[keyof typeof WAV_KIND];

/**
 * Number of the trellis in the kind of version 2, by its states: 32 states keep the number that they have in version 1.
 */
const TRELLIS_NUMBERS: readonly QuantizerStates[] = [1, 32, 8, 256];

/** Bits of the kind. */
const LOSSLESS_BIT = 4;
const TRELLIS_SHIFT = 3;
const WIDTHS_BIT = 32;
/** Of version 3: what the codes stand for is described. */
const DESCRIBED_BIT = 64;

/** Deviations are coded in 1/32 of an ADC code: at least 1/8, so that the weights of codes can be computed. */
export const DEVIATION_UNIT = 1 / 32;
export const MIN_DEVIATION = 4;

/** What the header says. */
export interface Header {
  /** Version of the format. */
  readonly version: FormatVersion;
  readonly wavKind: WavKind;
  /** True when every sample comes back as it was. */
  readonly lossless: boolean;
  /** Number of the basis's family in the format. */
  readonly family: number;
  /** The parameter of the basis, a small integer; what it means is the family's own. */
  readonly parameter: number;
  /** Number of samples. */
  readonly samples: number;
  /** Subtracted from the samples before analysis; an integer. */
  readonly mean: number;
  /** Quantizer step in ADC codes, a multiple of 1/64. */
  readonly step: number;
  readonly offsets: ReconstructionOffsets;
  /** States of the trellis that coefficients were quantized along; 1 where there is none. */
  readonly states: QuantizerStates;
  /**
   * Standard deviation of the error before rounding, in {@link DEVIATION_UNIT}, where samples are rounded with the
   * widths of the digitizer's codes in view; 0 where they go to the nearest code.
   */
  readonly deviation: number;
  /** Largest code, up to 65,535, in a file of version 3; {@link MAX_ADC_CODE} in the others, where it is left out. */
  readonly largest?: number;
  /** What the codes stand for; files of version 3 only. */
  readonly description?: ChannelDescription;
}

/**
 * The nearest step that the header can hold.
 *
 * @param version - version of the format that it is for
 */
export function codedStep(step: number, version: FormatVersion = 2): number {
  const longest = version === 3 ? MAX_WIDE_STEP : MAX_STEP;
  if (!(step > 0) || step > longest) {
    throw new BitstreamRangeError(
      `A quantizer step must lie above 0 and be at most ${longest} ADC codes, not ${step}.`,
    );
  }
  return Math.max(1, Math.round(step / STEP_UNIT)) * STEP_UNIT;
}

/** Puts a file together and seals it with its CRC-32. */
export function writeBitstream(header: Header, payload: Uint8Array): Uint8Array {
  if (header.samples > MAX_SAMPLES) {
    throw new BitstreamRangeError(
      `A recording may have ${MAX_SAMPLES} samples at most, not ${header.samples}.`,
    );
  }
  const bytes: number[] = [...MAGIC, header.version, kindOf(header), header.family];
  writeVarint(bytes, header.parameter);
  writeVarint(bytes, header.samples);
  writeVarint(bytes, zigzag(header.mean));
  const step = Math.round(header.step / STEP_UNIT);
  if (header.version === 3) {
    writeVarint(bytes, step);
    writeVarint(bytes, largestOf(header));
  } else bytes.push(step & 255, step >> 8);
  bytes.push(header.version === 1 ? 0 : offsetsByte(header.offsets));
  if (header.deviation > 0) bytes.push(header.deviation);
  if (header.description) writeDescription(bytes, header.description);
  const file = new Uint8Array(bytes.length + payload.length + CRC_BYTES);
  file.set(bytes);
  file.set(payload, bytes.length);
  const body = file.length - CRC_BYTES;
  new DataView(file.buffer).setUint32(body, crc32(file.subarray(0, body)), true);
  return file;
}

function largestOf({ largest = MAX_ADC_CODE, description }: Header): number {
  if (
    !(largest >= 0 && largest < MOST_CODES) ||
    (description && description.digitizer.codes !== largest + 1)
  ) {
    throw new BitstreamRangeError(`A largest code of ${largest} is none that a file can say.`);
  }
  return largest;
}

function kindOf(header: Header): number {
  const { version, wavKind, lossless, states, offsets, deviation, description } = header;
  if (version === 1 && (states !== 1 || offsets.one !== 0 || offsets.more !== 0 || deviation !== 0)) {
    throw new BitstreamRangeError('A file of version 1 is written without quantizer: of the lossless codec.');
  }
  if (version === 3 ? wavKind !== WAV_KIND.canonical || deviation !== 0 : description !== undefined) {
    throw new BitstreamRangeError('Codes are described in files of version 3, which hold codes alone.');
  }
  const trellis = TRELLIS_NUMBERS.indexOf(states) << TRELLIS_SHIFT;
  const bits = (deviation > 0 ? WIDTHS_BIT : 0) | (description ? DESCRIBED_BIT : 0);
  return wavKind | (lossless ? LOSSLESS_BIT : 0) | trellis | bits;
}

/**
 * Takes a file apart, after its check.
 *
 * @returns the header, and where in `file` the payload starts and ends
 * @throws BitstreamError when the file is not of this format, of another version, damaged or truncated
 */
export function readBitstream(file: Uint8Array): { header: Header; start: number; end: number } {
  if (file.length < MAGIC.length || MAGIC.some((byte, i) => file[i] !== byte)) {
    throw new BitstreamError('This is not an .nbz file: it does not start with "NBZ".');
  }
  const version = VERSIONS.find((known) => known === file[3]);
  if (version === undefined) {
    throw new BitstreamError(
      `This .nbz file says version ${file[3] ?? '(none)'}, and this decoder reads versions 1 to 3. ` +
        'It was damaged, or it needs a newer decoder.',
    );
  }
  const end = file.length - CRC_BYTES;
  if (end < MAGIC.length + 1) throw new BitstreamError('This .nbz file is truncated: it ends in its header.');
  const stored = new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(end, true);
  const computed = crc32(file.subarray(0, end));
  if (stored !== computed) {
    throw new BitstreamError(
      `This .nbz file is damaged or truncated: its CRC-32 is ${hexadecimal(computed)} and should be ` +
        `${hexadecimal(stored)}. Fetch or encode it again.`,
    );
  }
  const reader = new HeaderReader(file, MAGIC.length + 1, end);
  const kind = reader.byte();
  const wavKind = (kind & 3) as WavKind;
  const lossless = (kind & LOSSLESS_BIT) !== 0;
  const states = TRELLIS_NUMBERS[(kind >> TRELLIS_SHIFT) & 3]!;
  const hasWidths = (kind & WIDTHS_BIT) !== 0;
  const wide = version === 3;
  if (
    kind > [15, 63, 127][version - 1]! ||
    (kind & 3) === 3 ||
    (hasWidths && (lossless || wavKind === WAV_KIND.offGrid || wide)) ||
    (wide && wavKind !== WAV_KIND.canonical)
  ) {
    throw new BitstreamError(`The kind of this .nbz file, ${kind}, is unknown.`);
  }
  const family = reader.byte();
  const parameter = reader.varint();
  const samples = reader.varint();
  if (samples > MAX_SAMPLES)
    throw new BitstreamError(`${samples} samples are more than an .nbz file may hold.`);
  const mean = zigzagOf(reader.varint());
  const step = (wide ? reader.varint() : reader.byte() + 256 * reader.byte()) * STEP_UNIT;
  if (step === 0) throw new BitstreamError('The quantizer step of this .nbz file is 0.');
  if (step > MAX_WIDE_STEP) throw new BitstreamError(`The step of this .nbz file, ${step}, is too long.`);
  const largest = wide ? reader.varint() : MAX_ADC_CODE;
  if (largest >= MOST_CODES) throw new BitstreamError(`The largest code of this .nbz file is ${largest}.`);
  const offsets = readOffsets(reader.byte(), version, states);
  const deviation = hasWidths ? reader.byte() : 0;
  if (hasWidths && deviation < MIN_DEVIATION) {
    throw new BitstreamError(`The deviation of this .nbz file, ${deviation}/32, is too small.`);
  }
  return {
    header: {
      version,
      wavKind,
      lossless,
      states,
      deviation,
      family,
      parameter,
      samples,
      mean,
      step,
      offsets,
      ...(wide ? { largest } : {}),
      ...((kind & DESCRIBED_BIT) === 0 ? {} : { description: readDescription(reader, largest + 1) }),
    },
    start: reader.position,
    end,
  };
}

/** Version 1 has signed offsets with a trellis only. */
function readOffsets(byte: number, version: FormatVersion, states: QuantizerStates): ReconstructionOffsets {
  if (version !== 1 || states !== 1) return offsetsOfByte(byte);
  return byte === 0 ? NO_OFFSETS : { one: byte & 15, more: byte >> 4 };
}

function hexadecimal(value: number): string {
  return value.toString(16).padStart(8, '0');
}
