/**
 * What a file of version 3 says of the samples that its codes stand for: how they were stored, the grid that they lie on,
 * their rate and their gain. `docs/format.md` specifies the bytes.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { valuesOfCodes, type Digitizer } from '../recordings/digitizer';
import type { ChannelDescription } from '../recordings/recording';
import type { SampleType } from '../recordings/recording-file';
import { BitstreamError, BitstreamRangeError } from './bitstream-errors';
import { writeVarint, zigzag, zigzagOf, type HeaderReader } from './header-reader';

/** Most codes of a digitizer. */
export const MOST_CODES = 65_536;

/** Number of each type in the format. */
export const TYPES: readonly SampleType[] = [
  ...(['int8', 'uint8', 'int16', 'uint16', 'int24', 'int32'] as const),
  ...(['uint32', 'int64', 'uint64', 'float32', 'float64'] as const),
];

/** Number of each kind of digitizer in the format. */
const KINDS: readonly Digitizer['kind'][] = ['linear', 'scaled', 'stretched', 'listed'];

/** Bits that a stretched digitizer may have. */
const LEAST_STRETCHED_BITS = 8;
const MOST_STRETCHED_BITS = 15;

/** Stands before the eight bytes of a number that has no short decimal form. */
const BINARY_NUMBER = 127;
const EXPONENT_OFFSET = 64;
/** Zigzagged decimal digits fit a varint below this. */
const MOST_ZIGZAG = 2 ** 35;

/**
 * Appends a real number: as a decimal exponent and decimal digits where these are few, as most rates and gains are; else
 * as the eight bytes of a double.
 */
export function writeNumber(bytes: number[], value: number): void {
  const [digits, exponent] = decimalOf(value);
  if (zigzag(digits) < MOST_ZIGZAG && Math.abs(exponent) < EXPONENT_OFFSET - 1 && !Object.is(value, -0)) {
    bytes.push(exponent + EXPONENT_OFFSET);
    writeVarint(bytes, zigzag(digits));
    return;
  }
  const binary = new Uint8Array(8);
  new DataView(binary.buffer).setFloat64(0, value, true);
  bytes.push(BINARY_NUMBER, ...binary);
}

/** Shortest decimal digits and exponent that stand for a double; infinite digits where there are none. */
function decimalOf(value: number): [digits: number, exponent: number] {
  const found = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  if (!found) return [Infinity, 0];
  const [, sign, first, more = '', exponent] = found;
  const digits = Number(`${sign}${first}${more}`) + 0;
  return [digits, digits === 0 ? 0 : Number(exponent) - more.length];
}

/** @throws BitstreamError when the bytes end, or the number is not as {@link writeNumber} writes it */
export function readNumber(reader: HeaderReader): number {
  const first = reader.byte();
  if (first === BINARY_NUMBER) {
    const binary = reader.take(8);
    return new DataView(binary.buffer, binary.byteOffset).getFloat64(0, true);
  }
  if (first > 2 * EXPONENT_OFFSET - 2) throw new BitstreamError(`A number of this .nbz file is damaged.`);
  return Number(`${zigzagOf(reader.varint())}e${first - EXPONENT_OFFSET}`);
}

/** Appends a string: its length in bytes, and UTF-8. */
export function writeText(bytes: number[], text: string): void {
  const coded = new TextEncoder().encode(text);
  writeVarint(bytes, coded.length);
  for (const byte of coded) bytes.push(byte);
}

/** @throws BitstreamError when the bytes end, or are no UTF-8 */
export function readText(reader: HeaderReader): string {
  const coded = reader.take(reader.varint());
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(coded);
  } catch (error) {
    throw new BitstreamError('A name in this .nbz file is damaged.', { cause: error });
  }
}

/**
 * Appends a description. The number of codes is not among its bytes.
 *
 * @throws BitstreamRangeError when there are more codes than a digitizer may have
 */
export function writeDescription(bytes: number[], description: ChannelDescription): void {
  const { type, digitizer, sampleRate, unit, gain, offset } = description;
  if (!(digitizer.codes >= 1 && digitizer.codes <= MOST_CODES)) {
    throw new BitstreamRangeError(
      `A digitizer may have ${MOST_CODES} codes at most, not ${digitizer.codes}.`,
    );
  }
  bytes.push(TYPES.indexOf(type), KINDS.indexOf(digitizer.kind));
  if (digitizer.kind === 'stretched') bytes.push(digitizer.bits);
  else writeNumber(bytes, digitizer.step);
  if (digitizer.kind === 'linear') writeNumber(bytes, digitizer.lowest);
  if (digitizer.kind === 'scaled') writeNumber(bytes, digitizer.first ?? 0);
  if (digitizer.kind === 'listed') {
    const values = new DataView(new ArrayBuffer(8 * digitizer.codes));
    digitizer.values!.forEach((value, code) => values.setFloat64(8 * code, value, true));
    const packed = deflateRawSync(new Uint8Array(values.buffer), { level: 9 });
    writeVarint(bytes, packed.length);
    for (const byte of packed) bytes.push(byte);
  }
  writeNumber(bytes, sampleRate);
  writeNumber(bytes, gain);
  writeNumber(bytes, offset);
  writeText(bytes, unit);
}

/**
 * Reads a description.
 *
 * @param codes - number of codes, 1…{@link MOST_CODES}
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function readDescription(reader: HeaderReader, codes: number): ChannelDescription {
  const type = TYPES[reader.byte()];
  const kind = KINDS[reader.byte()];
  if (type === undefined || kind === undefined) {
    throw new BitstreamError('This .nbz file holds samples of a kind that is not known: it is damaged.');
  }
  const digitizer = withEnds(readDigitizer(reader, kind, codes), type);
  const [sampleRate, gain, offset] = [readNumber(reader), readNumber(reader), readNumber(reader)];
  if (!(sampleRate >= 0 && sampleRate < Infinity)) {
    throw new BitstreamError(`The rate of this .nbz file, ${sampleRate} Hz, is none: it is damaged.`);
  }
  return { type, digitizer, sampleRate, gain, offset, unit: readText(reader) };
}

function readDigitizer(reader: HeaderReader, kind: Digitizer['kind'], codes: number): Digitizer {
  const bits = Math.ceil(Math.log2(codes));
  const facts = { kind, lowest: 0, highest: 0, codes, bits, used: codes };
  if (kind === 'stretched') {
    const stretched = reader.byte();
    if (stretched < LEAST_STRETCHED_BITS || stretched > MOST_STRETCHED_BITS || codes !== 2 ** stretched) {
      throw new BitstreamError(`A stretch of ${stretched} bits to ${codes} codes is damaged.`);
    }
    return { ...facts, lowest: -32768, step: 65535 / (codes - 1) };
  }
  const step = readNumber(reader);
  if (kind === 'linear') return { ...facts, step, lowest: readNumber(reader) };
  if (kind === 'scaled') return { ...facts, step, first: readNumber(reader) };
  const packed = reader.take(reader.varint());
  return { ...facts, step, values: readValues(packed, codes) };
}

function readValues(packed: Uint8Array, codes: number): Float64Array {
  let bytes;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: 8 * codes });
  } catch (error) {
    throw new BitstreamError('The values of a digitizer in this .nbz file are damaged.', { cause: error });
  }
  if (bytes.length !== 8 * codes) {
    throw new BitstreamError('The values of a digitizer in this .nbz file are damaged: some are missing.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Float64Array.from({ length: codes }, (_, code) => view.getFloat64(8 * code, true));
}

/** The digitizer with the values of its first and its last code. */
function withEnds(digitizer: Digitizer, type: SampleType): Digitizer {
  if (digitizer.kind === 'stretched') return { ...digitizer, highest: 32767 };
  if (digitizer.values) {
    const known = digitizer.values.filter((value) => !Number.isNaN(value));
    return { ...digitizer, lowest: known[0] ?? NaN, highest: known[known.length - 1] ?? NaN };
  }
  const [lowest, highest] = valuesOfCodes(digitizer, Uint16Array.of(0, digitizer.codes - 1), type);
  return { ...digitizer, lowest: lowest!, highest: highest! };
}
