/**
 * Many channels in one `.nbz` file (version 3, `docs/format.md` §12): a table, chunks of about a second that decode by
 * themselves, and an index at the end. Each part has its CRC, so a damaged byte costs the chunk that it is in.
 */
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  crc32,
  deflateRawSync,
  inflateRawSync,
} from 'node:zlib';
import { BitstreamError, BitstreamRangeError } from '../../coding/bitstream-errors';
import {
  MOST_CODES,
  readDescription,
  readNumber,
  readText,
  TYPES,
  writeDescription,
  writeNumber,
  writeText,
} from '../../coding/channel-description';
import type { ChannelDescription, SampleRange } from '../../recordings/recording';
import { HeaderReader, writeVarint, zigzag, zigzagOf } from '../../coding/header-reader';
import { codesOnGrid, DigitizerFinder, valuesOfCodes, type Digitizer } from '../../recordings/digitizer';
import { SAMPLE_BYTES } from '../../recordings/formats/parts/sample-values';
import type { Place, SampleArray, SampleType } from '../../recordings/recording-file';
import { bytesInMemory, type ByteSource } from '../../recordings/wav-layout';
import { decodeChannels, encodeChannels } from '../lossless/channel-coder';
import { PRESET_NAMES, type PresetName } from '../lossless/preset';
import {
  bytesOfSamples,
  freeStretches,
  liesApart,
  PlacedReader,
  putBytes,
  putPlaced,
  readPlaced,
  samplesOf,
  targetInMemory,
  visitPlaces,
  type ByteTarget,
  type PlacedRun,
  type PlacedSamples,
} from './placed-samples';

/** "NBZ", version 3, and the kind of a file of many channels. */
const FRONT = [0x4e, 0x42, 0x5a, 3, 128] as const;
/** Last bytes of the file. */
const END = [0x4e, 0x42, 0x5a, 0x78] as const;
const FOOTER_BYTES = 12;

/** A table names positions below this. */
const MOST_FILE = 2 ** 34;

/** Least samples of a chunk: models start anew in each. */
const LEAST_CHUNK = 2 ** 15;
const MOST_CHUNK = 2 ** 22;

/** Most bytes around the samples, and most of a table unpacked: a damaged length must not make a decoder take all memory. */
export const MOST_SURROUNDINGS = 2 ** 30;
const MOST_TABLE = 2 ** 26;
/** Bytes that one byte of a packed string can stand for; more are claimed by no encoder. */
const MOST_EXPANSION = 2 ** 16;

/** Bytes that are read ahead. */
const READ_AHEAD = 2 ** 16;

/** Bytes of samples that are looked at together to find their grid. */
const GRID_BYTES = 2 ** 22;
/** Channels whose values are collected at a time where they may have any number of bits: each takes megabytes. */
const CHANNELS_AT_A_TIME = 32;

/** Numbers of methods in the table: presets of the lossless codec, a transform codec, and a codec of groups. */
const TRANSFORM_METHOD = PRESET_NAMES.length;
const SPATIAL_METHOD = TRANSFORM_METHOD + 1;

/** Most samples of all channels of a block: headers count no more. */
const MOST_BLOCK_SAMPLES = 2 ** 28;

/** Codes and decodes a channel of a chunk with a basis. */
export interface TransformMethod {
  /** @param range - codes of the grid, and the rate of the samples where it is known */
  encode(codes: Uint16Array, range: SampleRange): Uint8Array;
}

/** Codes channels of a chunk together, with a basis across them. */
export interface SpatialMethod {
  /** Most channels of a block; a grid with more channels is divided into blocks, as equal as can be. */
  readonly mostChannels: number;
  /** @param places - of the channels, as far as they are known */
  encodeTogether(
    channels: readonly Uint16Array[],
    range: SampleRange,
    places: readonly (Place | undefined)[],
  ): Uint8Array;
}

/** How the chunks of a file are coded. */
export type ChunkMethod = PresetName | TransformMethod | SpatialMethod;

/** Decodes what is not coded by the lossless codec alone. */
export interface ChunkDecoders {
  /** The channel of a {@link TransformMethod}. */
  channel(bytes: Uint8Array): Uint16Array;
  /** The channels of a {@link SpatialMethod}. */
  channels(bytes: Uint8Array): Uint16Array[];
}

/** A chunk of a file of many channels is damaged; the others can be read. */
export class DamagedChunkError extends BitstreamError {
  /**
   * @param chunk - its number, from 0
   * @param place - what it holds
   */
  constructor(
    readonly chunk: number,
    place: string,
    options?: ErrorOptions,
  ) {
    super(`Chunk ${chunk} of this .nbz file (${place}) is damaged; the others can be read.`, options);
  }
}

/** Channels whose codes are coded together, on one grid. */
interface Group {
  readonly description: ChannelDescription;
  readonly channels: readonly number[];
}

interface StreamTable {
  readonly placed: PlacedSamples;
  /** Samples of each channel in a chunk; the last has fewer. */
  readonly chunkSamples: number;
  readonly groups: readonly Group[];
  /** Channels on no grid, whose bytes are kept. */
  readonly others: readonly number[];
}

interface Table {
  readonly fileBytes: number;
  readonly keepsSurroundings: boolean;
  readonly method: number;
  /** Most channels of a block, where channels are coded together with a basis across them; else 0. */
  readonly mostChannels: number;
  readonly streams: readonly StreamTable[];
}

/**
 * Whether a file is one of many channels.
 */
export function isContainer(file: Uint8Array): boolean {
  return FRONT.every((byte, i) => file[i] === byte);
}

/**
 * Compresses a file in memory.
 *
 * @param file - all its bytes
 * @param streams - where its samples lie; streams that overlap with others, or of 64-bit integers, are kept as bytes
 * @param method - a preset of the lossless codec, or how channels are coded with a basis
 * @param signalOnly - leaves out all bytes but samples: the file does not come back
 * @throws BitstreamRangeError when the file is longer than a table can say
 */
export function encodeContainer(
  file: Uint8Array,
  streams: readonly PlacedSamples[],
  method: ChunkMethod,
  signalOnly = false,
): Uint8Array {
  const source = bytesInMemory(file);
  const taken = separateStreams(file.length, streams);
  const surroundings = signalOnly ? undefined : packSurroundings(source, taken);
  return joined([...containerPieces(source, taken, method, surroundings)]);
}

/** Told of how many bytes of samples have been looked at, and how many there are. */
export type SampleProgress = (task: 'reading' | 'coding', done: number, total: number) => void;

/**
 * Streams whose samples can be coded: each has bytes of its own, and none has 64-bit integers.
 *
 * @param size - bytes of the file
 */
export function separateStreams(size: number, streams: readonly PlacedSamples[]): PlacedSamples[] {
  const coded = streams.filter(
    (placed) => samplesOf(placed) > 0 && (!/64$/.test(placed.type) || placed.type === 'float64'),
  );
  if (liesApart(size, coded)) return coded;
  const taken: PlacedSamples[] = [];
  for (const placed of coded) if (liesApart(size, [...taken, placed])) taken.push(placed);
  return taken;
}

/**
 * The bytes of a container, piece by piece, of a file that is read in windows.
 *
 * @param streams - those of {@link separateStreams}
 * @param surroundings - all other bytes, packed; undefined to leave them out
 * @throws BitstreamRangeError when the file is longer than a table can say
 */
export function* containerPieces(
  source: ByteSource,
  streams: readonly PlacedSamples[],
  method: ChunkMethod,
  surroundings: Uint8Array | undefined,
  onProgress?: SampleProgress,
): Generator<Uint8Array> {
  if (source.size >= MOST_FILE) {
    throw new BitstreamRangeError(
      `This file has ${source.size} bytes; an .nbz file stands for fewer than ${MOST_FILE}.`,
    );
  }
  const total = bytesOfSamples(streams);
  let read = 0;
  const tables = streams.map((placed) =>
    tableOf(source, placed, (bytes) => onProgress?.('reading', Math.min(total, (read += bytes)), total)),
  );
  const table: Table = {
    fileBytes: source.size,
    keepsSurroundings: surroundings !== undefined,
    method: numberOf(method),
    mostChannels: isSpatial(method) ? mostChannelsOf(method, tables) : 0,
    streams: tables,
  };
  const packedTable = packTable(table);
  yield Uint8Array.from(FRONT);
  yield sealed(packedTable);
  const lengths: number[] = [];
  const chunk = (payload: Uint8Array): Uint8Array => {
    lengths.push(payload.length);
    return sealed(payload);
  };
  if (surroundings) yield chunk(surroundings);
  let coded = 0;
  for (const stream of table.streams) {
    const { placed, chunkSamples } = stream;
    const reader = new PlacedReader(source, placed);
    const samples = samplesOf(placed);
    for (let from = 0; from < samples; from += chunkSamples) {
      const to = Math.min(samples, from + chunkSamples);
      yield chunk(encodeChunk(reader, stream, from, to, method, table.mostChannels));
      coded += (to - from) * placed.offsets.length * SAMPLE_BYTES[placed.type];
      onProgress?.('coding', coded, total);
    }
  }
  const index: number[] = [];
  writeVarint(index, packedTable.length);
  for (const byte of packedTable) index.push(byte);
  writeVarint(index, lengths.length);
  for (const length of lengths) writeVarint(index, length);
  const footer = new Uint8Array(FOOTER_BYTES);
  const view = new DataView(footer.buffer);
  view.setUint32(0, index.length, true);
  view.setUint32(4, crc32(Uint8Array.from(index)), true);
  footer.set(END, 8);
  yield Uint8Array.from(index);
  yield footer;
}

function isSpatial(method: ChunkMethod): method is SpatialMethod {
  return typeof method === 'object' && 'encodeTogether' in method;
}

function numberOf(method: ChunkMethod): number {
  if (typeof method === 'string') return PRESET_NAMES.indexOf(method);
  return isSpatial(method) ? SPATIAL_METHOD : TRANSFORM_METHOD;
}

/** Most channels of a block of any stream. */
function mostChannelsOf({ mostChannels }: SpatialMethod, streams: readonly StreamTable[]): number {
  const longest = streams.reduce((most, { chunkSamples }) => Math.max(most, chunkSamples), 1);
  return Math.min(mostChannels, Math.floor(MOST_BLOCK_SAMPLES / longest));
}

/** Channels of a grid in blocks: consecutive ones, in as few blocks as can be, of sizes that differ by one at most. */
function blocksOf(channels: readonly number[], mostChannels: number): number[][] {
  const count = Math.ceil(channels.length / mostChannels);
  return Array.from({ length: count }, (_, block) =>
    channels.slice(
      Math.floor((block * channels.length) / count),
      Math.floor(((block + 1) * channels.length) / count),
    ),
  );
}

/** The length of a part, its bytes, and the CRC of both. */
function sealed(payload: Uint8Array): Uint8Array {
  const part = new Uint8Array(payload.length + 8);
  const view = new DataView(part.buffer);
  view.setUint32(0, payload.length, true);
  part.set(payload, 4);
  view.setUint32(part.length - 4, crc32(part.subarray(0, part.length - 4)), true);
  return part;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function tableOf(source: ByteSource, placed: PlacedSamples, onBytes?: (bytes: number) => void): StreamTable {
  const { type, sampleRate, channels, offsets } = placed;
  const facts = (i: number): Omit<ChannelDescription, 'digitizer'> => {
    const { unit, gain, offset } = channels[i]!;
    return { type, sampleRate, unit, gain, offset };
  };
  const chunkSamples = Math.min(MOST_CHUNK, Math.max(LEAST_CHUNK, Math.ceil(sampleRate)));
  const all = Array.from(offsets, (_, i) => i);
  const alike = all.every((i) => {
    const [a, b] = [channels[0]!, channels[i]!];
    return a.unit === b.unit && a.gain === b.gain && a.offset === b.offset;
  });
  const common = new DigitizerFinder(type);
  if (alike) visitSamples(source, placed, (samples) => samples.forEach((one) => common.add(one)), onBytes);
  const found = common.find();
  if (alike && found.kind !== 'none') {
    return {
      placed,
      chunkSamples,
      groups: [{ description: { ...facts(0), digitizer: found }, channels: all }],
      others: [],
    };
  }
  const groups = new Map<string, { description: ChannelDescription; channels: number[] }>();
  const others: number[] = [];
  const atATime = SAMPLE_BYTES[type] <= 2 ? all.length : CHANNELS_AT_A_TIME;
  for (let first = 0; first < all.length; first += atATime) {
    const some = all.slice(first, first + atATime);
    const finders = some.map(() => new DigitizerFinder(type));
    visitSamples(source, placed, (samples) =>
      some.forEach((channel, i) => finders[i]!.add(samples[channel]!)),
    );
    some.forEach((channel, i) => {
      const digitizer = finders[i]!.find();
      if (digitizer.kind === 'none') {
        others.push(channel);
        return;
      }
      const description = { ...facts(channel), digitizer };
      const bytes: number[] = [digitizer.codes];
      writeDescription(bytes, description);
      const key = bytes.join(' ');
      const group = groups.get(key) ?? { description, channels: [] };
      group.channels.push(channel);
      groups.set(key, group);
    });
  }
  return { placed, chunkSamples, groups: [...groups.values()], others };
}

/** Calls `visit` with all samples of a stream, a stretch of all channels at a time. */
function visitSamples(
  source: ByteSource,
  placed: PlacedSamples,
  visit: (channels: readonly SampleArray[]) => void,
  onBytes?: (bytes: number) => void,
): void {
  const reader = new PlacedReader(source, placed);
  const samples = samplesOf(placed);
  const bytes = placed.offsets.length * SAMPLE_BYTES[placed.type];
  const atATime = Math.max(1024, Math.floor(GRID_BYTES / Math.max(1, bytes)));
  for (let from = 0; from < samples; from += atATime) {
    const to = Math.min(samples, from + atATime);
    visit(reader.read(from, to));
    onBytes?.((to - from) * bytes);
  }
}

/** What a codec is told of the codes of a group; the table says what they stand for. */
function rangeOfGroup({ digitizer, sampleRate }: ChannelDescription): SampleRange {
  return { smallest: 0, largest: digitizer.codes - 1, ...(sampleRate > 0 && { sampleRate }) };
}

function encodeChunk(
  reader: PlacedReader,
  { placed, groups, others }: StreamTable,
  from: number,
  to: number,
  method: ChunkMethod,
  mostChannels: number,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const append = (bytes: Uint8Array): void => {
    const length: number[] = [];
    writeVarint(length, bytes.length);
    parts.push(Uint8Array.from(length), bytes);
  };
  const samples = groups.length > 0 ? reader.read(from, to) : [];
  for (const { description, channels } of groups) {
    const codesOf = (channel: number): Uint16Array => {
      const found = codesOnGrid(description.digitizer, samples[channel]!);
      if (found === null) throw new BitstreamRangeError('A sample is not on the grid that was found for it.');
      return found;
    };
    const range = rangeOfGroup(description);
    if (typeof method === 'string') append(encodeChannels(channels.map(codesOf), method));
    else if (isSpatial(method)) {
      for (const block of blocksOf(channels, mostChannels)) {
        const places = block.map((channel) => placed.channels[channel]!.place);
        append(method.encodeTogether(block.map(codesOf), range, places));
      }
    } else for (const channel of channels.map(codesOf)) append(method.encode(channel, range));
  }
  const width = SAMPLE_BYTES[placed.type];
  if (others.length > 0) {
    const planes = reader.bytes(from, to);
    for (const channel of others) append(packBytes(planesOf(planes[channel]!, width), width));
  }
  return joined(parts);
}

/** Bytes of samples, all first bytes before all second ones. */
function planesOf(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width;
  const planes = new Uint8Array(bytes.length);
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < width; b++) planes[b * count + i] = bytes[i * width + b]!;
  }
  return planes;
}

/** The reverse of {@link planesOf}. */
function bytesOfPlanes(planes: Uint8Array, width: number): Uint8Array {
  const count = planes.length / width;
  const bytes = new Uint8Array(planes.length);
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < width; b++) bytes[i * width + b] = planes[b * count + i]!;
  }
  return bytes;
}

function packBytes(bytes: Uint8Array, width: number): Uint8Array {
  return width === 1 ? deflateRawSync(bytes, { level: 9 }) : deflateRawSync(bytes, { level: 6 });
}

/**
 * Bytes that no sample takes.
 *
 * @throws BitstreamRangeError when they are more than a file may hold
 */
export function surroundingBytes(source: ByteSource, streams: readonly PlacedSamples[]): number {
  const length = source.size - bytesOfSamples(streams);
  if (length <= MOST_SURROUNDINGS) return length;
  throw new BitstreamRangeError(
    `${length} bytes of this file are no samples, more than an .nbz file may hold: ${MOST_SURROUNDINGS}.`,
  );
}

/** How hard surroundings of so many bytes are packed. */
export function surroundingsQuality(length: number): number {
  return length > 2 ** 22 ? 5 : constants.BROTLI_MAX_QUALITY;
}

/** What surrounds the samples, packed. */
export function packSurroundings(source: ByteSource, streams: readonly PlacedSamples[]): Uint8Array {
  const length = surroundingBytes(source, streams);
  const rest = new Uint8Array(length);
  let at = 0;
  for (const bytes of surroundingPieces(source, streams)) {
    rest.set(bytes, at);
    at += bytes.length;
  }
  const params = { [constants.BROTLI_PARAM_QUALITY]: surroundingsQuality(length) };
  return behindLength(length, brotliCompressSync(rest, { params }));
}

/** The bytes that no sample takes, in order. */
export function* surroundingPieces(
  source: ByteSource,
  streams: readonly PlacedSamples[],
): Generator<Uint8Array> {
  const ahead = new BytesAhead(source);
  for (const { start, end } of freeStretches(source.size, streams, false))
    yield ahead.read(start, end - start);
}

/** A length and what it is the length of, before it was packed. */
export function behindLength(length: number, packed: Uint8Array): Uint8Array {
  const front: number[] = [];
  writeVarint(front, length);
  return joined([Uint8Array.from(front), packed]);
}

function packTable({ fileBytes, keepsSurroundings, method, mostChannels, streams }: Table): Uint8Array {
  const bytes: number[] = [keepsSurroundings ? 1 : 0, method];
  if (method === SPATIAL_METHOD) writeVarint(bytes, mostChannels);
  writeVarint(bytes, fileBytes);
  writeVarint(bytes, streams.length);
  for (const { placed, chunkSamples, groups, others } of streams) {
    bytes.push(TYPES.indexOf(placed.type), placed.littleEndian ? 1 : 0);
    writeNumber(bytes, placed.sampleRate);
    writeVarint(bytes, placed.stride);
    writeVarint(bytes, chunkSamples);
    writeVarint(bytes, placed.offsets.length);
    placed.offsets.forEach((offset, i) => writeVarint(bytes, zigzag(offset - (placed.offsets[i - 1] ?? 0))));
    for (const { name } of placed.channels) writeText(bytes, name);
    writeVarint(bytes, placed.runs.length);
    let end = 0;
    for (const { start, blockBytes, blockSamples, samples } of placed.runs) {
      writeVarint(bytes, zigzag(start - end));
      for (const value of [blockBytes, blockSamples, samples]) writeVarint(bytes, value);
      end = start;
    }
    writeVarint(bytes, groups.length);
    for (const { description, channels } of groups) {
      writeVarint(bytes, description.digitizer.codes - 1);
      writeDescription(bytes, description);
      writeChannels(bytes, channels);
    }
    writeChannels(bytes, others);
  }
  return deflateRawSync(Uint8Array.from(bytes), { level: 9 });
}

function writeChannels(bytes: number[], channels: readonly number[]): void {
  writeVarint(bytes, channels.length);
  channels.forEach((channel, i) => writeVarint(bytes, channel - (channels[i - 1] ?? 0)));
}

function damagedTable(cause?: unknown): BitstreamError {
  return new BitstreamError('The table of this .nbz file is damaged, and so is its copy at the end.', {
    cause,
  });
}

function unpackTable(packed: Uint8Array): Table {
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: MOST_TABLE });
  } catch (error) {
    throw damagedTable(error);
  }
  const reader = new HeaderReader(bytes, 0, bytes.length);
  const keeps = reader.byte();
  const method = reader.byte();
  const mostChannels = method === SPATIAL_METHOD ? reader.varint() : 0;
  const fileBytes = reader.varint();
  if (keeps > 1 || method > SPATIAL_METHOD || (method === SPATIAL_METHOD && mostChannels === 0)) {
    throw damagedTable();
  }
  const streams = Array.from({ length: countOf(reader, bytes) }, () => readStream(reader, bytes, fileBytes));
  if (reader.position !== bytes.length) throw damagedTable();
  return { keepsSurroundings: keeps === 1, method, mostChannels, fileBytes, streams };
}

/** A number of things that each take a byte or more. */
function countOf(reader: HeaderReader, bytes: Uint8Array): number {
  const count = reader.varint();
  if (count > bytes.length) throw damagedTable();
  return count;
}

function readStream(reader: HeaderReader, bytes: Uint8Array, fileBytes: number): StreamTable {
  const type = TYPES[reader.byte()];
  const littleEndian = reader.byte() === 1;
  const sampleRate = readNumber(reader);
  const stride = reader.varint();
  const chunkSamples = reader.varint();
  if (type === undefined || chunkSamples < 1 || chunkSamples > MOST_CHUNK) throw damagedTable();
  const offsets: number[] = [];
  const count = countOf(reader, bytes);
  for (let i = 0; i < count; i++) offsets.push(zigzagOf(reader.varint()) + (offsets[i - 1] ?? 0));
  const names = offsets.map(() => readText(reader));
  let end = 0;
  const runs = Array.from({ length: countOf(reader, bytes) }, (): PlacedRun => {
    const start = end + zigzagOf(reader.varint());
    end = start;
    const [blockBytes, blockSamples, samples] = [reader.varint(), reader.varint(), reader.varint()];
    if (start < 0 || blockSamples < 1 || samples > fileBytes) throw damagedTable();
    return { start, blockBytes, blockSamples, samples };
  });
  const groups = Array.from({ length: countOf(reader, bytes) }, (): Group => {
    const codes = reader.varint() + 1;
    if (codes > MOST_CODES) throw damagedTable();
    const description = readDescription(reader, codes);
    return { description, channels: readChannels(reader, bytes, count) };
  });
  const others = readChannels(reader, bytes, count);
  const all = [...groups.flatMap(({ channels }) => channels), ...others];
  if (new Set(all).size !== count || all.length !== count) throw damagedTable();
  const facts = names.map((name) => ({ name, unit: '', gain: 1, offset: 0 }));
  for (const { description, channels } of groups) {
    const { unit, gain, offset } = description;
    for (const channel of channels) facts[channel] = { name: names[channel]!, unit, gain, offset };
  }
  const placed = { type, littleEndian, sampleRate, stride, offsets, runs, channels: facts };
  return { placed, chunkSamples, groups, others };
}

function readChannels(reader: HeaderReader, bytes: Uint8Array, count: number): number[] {
  const channels: number[] = [];
  const length = countOf(reader, bytes);
  for (let i = 0; i < length; i++) {
    const channel = reader.varint() + (channels[i - 1] ?? 0);
    if (channel >= count) throw damagedTable();
    channels.push(channel);
  }
  return channels;
}

/** A channel of an opened file. */
export interface ContainerChannel {
  readonly name: string;
  /** Number of its stream: channels of one stream were sampled together. */
  readonly stream: number;
  readonly type: SampleType;
  readonly sampleRate: number;
  readonly samples: number;
  /** Samples of a chunk, which decodes by itself. */
  readonly chunkSamples: number;
  readonly unit: string;
  readonly gain: number;
  readonly offset: number;
  /** The grid of its samples; undefined where they lie on none. */
  readonly digitizer: Digitizer | undefined;
}

/** A decoded chunk: the samples of each channel of a stream, in the values of the file. */
type Chunk = readonly SampleArray[];

/** A file of many channels, opened: the table is read, chunks are not. */
export class Container {
  readonly channels: readonly ContainerChannel[];
  private readonly table: Table;
  /** Where the payload of each chunk lies; undefined where a chunk before it could not be found. */
  private readonly chunks: readonly { readonly start: number; readonly end: number }[];
  private readonly firstChunks: number[] = [];
  private readonly places: { readonly stream: number; readonly channel: number }[] = [];
  private readonly kept = new Map<number, Chunk>();
  private readonly source: ByteSource;

  /**
   * @param file - its bytes, or where they are read from, a chunk at a time
   * @param decoders - of channels that were coded with a basis; without them such a file is refused when it is read
   * @throws BitstreamError when the file is no container, or neither its table nor the copy of it can be read
   */
  constructor(
    file: Uint8Array | ByteSource,
    private readonly decoders?: ChunkDecoders,
  ) {
    this.source = file instanceof Uint8Array ? bytesInMemory(file) : file;
    if (!isContainer(this.source.read(0, FRONT.length))) {
      throw new BitstreamError('This is no .nbz file of many channels.');
    }
    const { table, chunks } = opened(this.source);
    this.table = table;
    this.chunks = chunks;
    let chunk = table.keepsSurroundings ? 1 : 0;
    const channels: ContainerChannel[] = [];
    table.streams.forEach(({ placed, chunkSamples, groups }, stream) => {
      this.firstChunks.push(chunk);
      const samples = samplesOf(placed);
      chunk += Math.ceil(samples / chunkSamples);
      placed.channels.forEach((facts, channel) => {
        const group = groups.find(({ channels: members }) => members.includes(channel));
        const digitizer = group?.description.digitizer;
        const { type, sampleRate } = placed;
        channels.push({ ...facts, stream, type, sampleRate, samples, chunkSamples, digitizer });
        this.places.push({ stream, channel });
      });
    });
    if (chunk !== chunks.length) {
      throw new BitstreamError(
        `This .nbz file has ${chunks.length} chunks, and its table speaks of ${chunk}: it is damaged or truncated.`,
      );
    }
    this.channels = channels;
  }

  /** Whether the file can be put together again; else only its samples are here. */
  get keepsFile(): boolean {
    return this.table.keepsSurroundings;
  }

  /**
   * A stretch of a channel, in the values of the file that was compressed.
   *
   * @param channel - index into {@link channels}
   * @param from - first sample
   * @param count - number of samples
   * @throws RangeError when the stretch is not in the channel
   * @throws DamagedChunkError when a chunk of the stretch is damaged
   */
  readRange(channel: number, from: number, count: number): SampleArray {
    const place = this.places[channel];
    const facts = this.channels[channel];
    const whole = Number.isInteger(from) && Number.isInteger(count);
    if (!place || !facts || !whole || from < 0 || count < 0 || from + count > facts.samples) {
      throw new RangeError(`Samples ${from}…${from + count - 1} of channel ${channel} are not in this file.`);
    }
    const { placed, chunkSamples } = this.table.streams[place.stream]!;
    const out = readPlaced(new Uint8Array(0), placed, place.channel, 0, 0);
    const samples = new (out.constructor as new (length: number) => SampleArray)(count);
    for (let at = from; at < from + count;) {
      const chunk = Math.floor(at / chunkSamples);
      const end = Math.min(from + count, (chunk + 1) * chunkSamples);
      const decoded = this.chunk(place.stream, chunk)[place.channel]!;
      samples.set(decoded.subarray(at - chunk * chunkSamples, end - chunk * chunkSamples), at - from);
      at = end;
    }
    return samples;
  }

  /**
   * The file that was compressed.
   *
   * @throws DamagedChunkError when a chunk is damaged
   * @throws BitstreamError when only its samples were kept
   */
  wholeFile(): Uint8Array {
    const { table } = this;
    const { length, packed } = this.packedSurroundings();
    const rest = unpackedSurroundings(packed, length);
    // All chunks are decoded before room is made for the file, so that nobody makes room for what is not there.
    const decoded = [...this.decodedChunks()];
    const file = new Uint8Array(table.fileBytes);
    const target = targetInMemory(file);
    for (const put of decoded) put(target);
    let at = 0;
    for (const { start, end } of this.freeStretches()) {
      file.set(rest.subarray(at, at + end - start), start);
      at += end - start;
    }
    return file;
  }

  /** Bytes of the file that was compressed. */
  get fileBytes(): number {
    return this.table.fileBytes;
  }

  /**
   * Chunks in order, decoded one at a time: each is a function that puts its samples where they belong, and says how many
   * they were.
   *
   * @throws DamagedChunkError when a chunk is damaged
   */
  *decodedChunks(): Generator<(target: ByteTarget) => number> {
    for (const [s, stream] of this.table.streams.entries()) {
      const { placed, chunkSamples, others } = stream;
      const width = SAMPLE_BYTES[placed.type];
      for (let chunk = 0; chunk < this.chunksOf(stream); chunk++) {
        const samples: (SampleArray | undefined)[] = [...this.decodeChunk(s, chunk)];
        const from = chunk * chunkSamples;
        const count = samples.reduce((sum, one) => sum + (one?.length ?? 0), 0);
        // Of samples on no grid the bytes are put: a NaN has more of them than its value tells.
        const bytes = others.length > 0 ? this.bytesOfOthers(s, chunk) : [];
        for (const channel of others) samples[channel] = undefined;
        yield (target) => {
          putPlaced(target, placed, from, samples);
          others.forEach((channel, i) => {
            const own = bytes[i]!;
            visitPlaces(placed, channel, from, from + own.length / width, (position, sample) => {
              putBytes(target, position, own.subarray((sample - from) * width, (sample - from + 1) * width));
            });
          });
          return count;
        };
      }
    }
  }

  /**
   * Stretches of the file that surroundings fill, in order.
   *
   * @throws BitstreamError when two samples lie in the same place, or one outside of the file
   */
  *freeStretches(): Generator<{ readonly start: number; readonly end: number }> {
    const { fileBytes, streams } = this.table;
    const apart = yield* freeStretches(
      fileBytes,
      streams.map(({ placed }) => placed),
      true,
    );
    if (!apart) throw damagedTable();
  }

  /** The bytes of samples on no grid. */
  private bytesOfOthers(s: number, chunk: number): Uint8Array[] {
    const { placed, others } = this.table.streams[s]!;
    const width = SAMPLE_BYTES[placed.type];
    const { parts, from, to } = this.partsOf(s, chunk);
    return others.map((_, i) =>
      bytesOfPlanes(unpackBytes(parts[parts.length - others.length + i]!, width * (to - from)), width),
    );
  }

  private chunksOf({ placed, chunkSamples }: StreamTable): number {
    return Math.ceil(samplesOf(placed) / chunkSamples);
  }

  /**
   * What surrounds the samples, and its length unpacked.
   *
   * @throws DamagedChunkError when it is damaged
   * @throws BitstreamError when only samples were kept, or the file that was compressed had another length
   */
  packedSurroundings(): { readonly length: number; readonly packed: Uint8Array } {
    const { table } = this;
    if (!table.keepsSurroundings) {
      throw new BitstreamError(
        'Of this recording only samples were kept (--signal-only): read its channels.',
      );
    }
    const payload = this.payload(0, SURROUNDINGS);
    const reader = new HeaderReader(payload, 0, payload.length);
    const length = reader.varint();
    if (length > MOST_SURROUNDINGS || length > payload.length * MOST_EXPANSION) throw damagedTable();
    if (length + bytesOfSamples(table.streams.map(({ placed }) => placed)) !== table.fileBytes) {
      throw damagedTable();
    }
    return { length, packed: payload.subarray(reader.position) };
  }

  private payload(chunk: number, place: string): Uint8Array {
    const { start, end } = this.chunks[chunk]!;
    const part = this.source.read(start - 4, end - start + 8);
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    const inner = part.length - 4;
    const intact =
      part.length === end - start + 8 && view.getUint32(inner, true) === crc32(part.subarray(0, inner));
    if (!intact || view.getUint32(0, true) !== end - start) throw new DamagedChunkError(chunk, place);
    return part.subarray(4, inner);
  }

  /** A chunk of a stream; the last one of each stream stays at hand. */
  private chunk(stream: number, chunk: number): Chunk {
    const number = this.firstChunks[stream]! + chunk;
    const known = this.kept.get(number);
    if (known) return known;
    const decoded = this.decodeChunk(stream, chunk);
    this.kept.clear();
    this.kept.set(number, decoded);
    return decoded;
  }

  private partsOf(
    s: number,
    chunk: number,
  ): { parts: Uint8Array[]; from: number; to: number; fail: () => BitstreamError } {
    const { placed, chunkSamples, groups, others } = this.table.streams[s]!;
    const from = chunk * chunkSamples;
    const to = Math.min(samplesOf(placed), from + chunkSamples);
    const number = this.firstChunks[s]! + chunk;
    const place = `samples ${from}…${to - 1}`;
    const payload = this.payload(number, place);
    const reader = new HeaderReader(payload, 0, payload.length);
    const count = groups.reduce((sum, { channels }) => sum + this.codedTogether(channels).length, 0);
    const parts = Array.from({ length: count + others.length }, () => reader.take(reader.varint()));
    const fail = (cause?: unknown): BitstreamError => new DamagedChunkError(number, place, { cause });
    if (reader.position !== payload.length) throw fail();
    return { parts, from, to, fail };
  }

  /** Channels of a grid in the parts that they are coded in. */
  private codedTogether(channels: readonly number[]): (readonly number[])[] {
    const { method, mostChannels } = this.table;
    if (method === SPATIAL_METHOD) return blocksOf(channels, mostChannels);
    return method === TRANSFORM_METHOD ? channels.map((channel) => [channel]) : [channels];
  }

  private decodeChunk(s: number, chunk: number): Chunk {
    const { parts, from, to, fail } = this.partsOf(s, chunk);
    const { placed, groups, others } = this.table.streams[s]!;
    const samples: SampleArray[] = [];
    let at = 0;
    for (const { description, channels } of groups) {
      for (const members of this.codedTogether(channels)) {
        const codes = this.decodedPart(parts[at++]!, members.length, to - from);
        if (codes.length !== members.length) throw fail();
        members.forEach((channel, i) => {
          if (codes[i]!.length !== to - from) throw fail();
          try {
            samples[channel] = valuesOfCodes(description.digitizer, codes[i]!, placed.type);
          } catch (error) {
            if (error instanceof RangeError) throw fail();
            throw error;
          }
        });
      }
    }
    const width = SAMPLE_BYTES[placed.type];
    for (const channel of others) {
      const bytes = bytesOfPlanes(unpackBytes(parts[at++]!, width * (to - from)), width);
      const run = { start: 0, blockBytes: bytes.length, blockSamples: to - from, samples: to - from };
      const plain = { ...placed, offsets: [0], stride: width, runs: [run] };
      samples[channel] = readPlaced(bytes, plain, 0, 0, to - from);
    }
    return samples;
  }

  /** Codes of the channels of a part. */
  private decodedPart(bytes: Uint8Array, channels: number, samples: number): Uint16Array[] {
    const { method } = this.table;
    const preset = PRESET_NAMES[method];
    if (preset !== undefined) return decodeChannels(bytes, 0, bytes.length, channels, samples, preset);
    if (!this.decoders) {
      throw new BitstreamError('This .nbz file was made with another codec: use npm run decode.');
    }
    return method === SPATIAL_METHOD ? this.decoders.channels(bytes) : [this.decoders.channel(bytes)];
  }
}

function unpackBytes(packed: Uint8Array, length: number): Uint8Array {
  try {
    const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, length) });
    if (bytes.length === length) return bytes;
  } catch (error) {
    throw new BitstreamError('Samples of this .nbz file cannot be unpacked.', { cause: error });
  }
  throw new BitstreamError('Samples of this .nbz file are missing.');
}

/** How errors call the first chunk. */
const SURROUNDINGS = 'what surrounds the samples';

/** That what surrounds the samples cannot be unpacked. */
export function damagedSurroundings(cause?: unknown): DamagedChunkError {
  return new DamagedChunkError(0, SURROUNDINGS, { cause });
}

function unpackedSurroundings(packed: Uint8Array, length: number): Uint8Array {
  try {
    const rest = brotliDecompressSync(packed, { maxOutputLength: Math.max(1, length) });
    if (rest.length === length) return rest;
  } catch (error) {
    throw damagedSurroundings(error);
  }
  throw damagedSurroundings();
}

/** The table, and where the chunks lie: by the index, or, where that is damaged, by the length before each. */
function opened(source: ByteSource): { table: Table; chunks: { start: number; end: number }[] } {
  const ahead = new BytesAhead(source);
  const wordAt = (position: number): number => {
    const bytes = ahead.read(position, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  };
  const { size } = source;
  const tableStart = FRONT.length + 4;
  const index = indexOf(source);
  if (tableStart > size) throw new BitstreamError('This .nbz file is truncated: it ends in its header.');
  const frontEnd = tableStart + (index?.packedTable.length ?? wordAt(FRONT.length));
  let packedTable = index?.packedTable;
  if (!packedTable) {
    if (frontEnd + 4 > size) throw damagedTable();
    const part = source.read(FRONT.length, frontEnd - FRONT.length);
    if (wordAt(frontEnd) !== crc32(part)) throw damagedTable();
    packedTable = part.subarray(4);
  }
  const table = unpackTable(packedTable);
  const chunks: { start: number; end: number }[] = [];
  let at = frontEnd + 4;
  const wanted =
    (table.keepsSurroundings ? 1 : 0) +
    table.streams.reduce(
      (sum, { placed, chunkSamples }) => sum + Math.ceil(samplesOf(placed) / chunkSamples),
      0,
    );
  for (let i = 0; i < wanted && at + 8 <= size; i++) {
    const length = index ? index.lengths[i] : wordAt(at);
    if (length === undefined || at + 8 + length > size) break;
    chunks.push({ start: at + 4, end: at + 4 + length });
    at += length + 8;
  }
  return { table, chunks };
}

function indexOf(source: ByteSource): { packedTable: Uint8Array; lengths: number[] } | undefined {
  const footer = source.size - FOOTER_BYTES;
  if (footer < FRONT.length) return undefined;
  const last = source.read(footer, FOOTER_BYTES);
  if (END.some((byte, i) => last[8 + i] !== byte)) return undefined;
  const view = new DataView(last.buffer, last.byteOffset, last.byteLength);
  const start = footer - view.getUint32(0, true);
  if (start < FRONT.length) return undefined;
  const index = source.read(start, footer - start);
  if (view.getUint32(4, true) !== crc32(index)) return undefined;
  const reader = new HeaderReader(index, 0, index.length);
  const packedTable = reader.take(reader.varint());
  const count = reader.varint();
  if (count > index.length - reader.position) return undefined;
  return { packedTable, lengths: Array.from({ length: count }, () => reader.varint()) };
}

/** Bytes that are read ahead, so that a few at a time cost no call of the system each. */
class BytesAhead {
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;

  constructor(private readonly source: ByteSource) {}

  /** Exactly `length` bytes, which the source has. */
  read(position: number, length: number): Uint8Array {
    if (position < this.start || position + length > this.start + this.bytes.length) {
      this.bytes = this.source.read(position, Math.max(length, READ_AHEAD));
      this.start = position;
    }
    return this.bytes.subarray(position - this.start, position - this.start + length);
  }
}
