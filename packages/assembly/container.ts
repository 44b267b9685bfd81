// Files of many channels (docs/format.md §12): the table, and stretches of the samples of a stream. The specification is
// lib/codecs/files/recording-container.ts.

import { allocate, allocateZeros, mark, reset } from './arena';
import { inflate, inflatedBytes } from './deflate';
import { blameChunk, DAMAGED, fail, fault, RANGE, UNSUPPORTED } from './faults';
import {
  FLOAT32, FLOAT64, givenWidth, Grid, INT24, INT64, MOST_CODES, putValue, readGrid, storedWidth, UINT64, valueOf,
} from './grids';
import { decodeChannels, FAST } from './lossless';
import { byte, count, crc32, number, readEnd, readFrom, readPosition, signed, take, varint } from './reader';
import { transformedCodes } from './single';

const FRONT_BYTES: usize = 5;
const FOOTER_BYTES: usize = 12;
const MOST_CHUNK: u64 = 1 << 22;
const MOST_TABLE: u64 = 1 << 26;
/** Number of the method that codes each channel by itself, in a basis. */
const TRANSFORM: u32 = 2;
/** Number of the method that codes channels together with a basis across them. */
const SPATIAL: u32 = 3;

/** Channels that were sampled together. */
@unmanaged
export class Stream {
  type: u32;
  littleEndian: u32;
  channels: u32;
  groups: u32;
  samples: u64;
  stride: u64;
  sampleRate: f64;
  chunkSamples: u32;
  firstChunk: u32;
  /** The grid of each channel (u32), or 0. */
  grids: usize;
  /** Address and length of the name of each channel (u32). */
  names: usize;
  /** For each group the number of its channels and the address of the list of them (u32). */
  groupLists: usize;
  /** Channels on no grid: their number, and their list. */
  others: u32;
  otherList: usize;
  /** Position of the first sample of each channel in a block (i64). */
  offsets: usize;
  runs: u32;
  /** Start, bytes of a block, samples of a block, samples of each run (i64). */
  runList: usize;
}

let method: u32 = 0;
let streams: u32 = 0;
let streamList: usize = 0;
let chunks: u32 = 0;
let chunkList: usize = 0;
export let keepsSurroundings: u32 = 0;
export let fileBytes: u64 = 0;

export function isContainer(start: usize, end: usize): bool {
  return end - start >= FRONT_BYTES && load<u32>(start) == 0x035a424e && load<u8>(start, 4) == 128;
}

export function streamCount(): u32 {
  return streams;
}

export function streamAt(stream: u32): Stream {
  return changetype<Stream>(load<usize>(streamList + (<usize>stream << 2)));
}

/** The payload of a chunk: addresses of its first byte and of that behind its last. */
export function chunkStart(chunk: u32): usize {
  return load<usize>(chunkList + (<usize>chunk << 3));
}

export function chunkEnd(chunk: u32): usize {
  return load<usize>(chunkList + (<usize>chunk << 3), 4);
}

/** A list of channels. @returns where it lies: their number, then each (u32) */
function channelList(channels: u32, tableBytes: usize, present: usize): usize {
  const length = count(tableBytes);
  if (fault() != 0) return 0;
  const list = allocate(4 * <u64>length + 4);
  store<u32>(list, length);
  let last: u64 = 0;
  for (let i: usize = 1; i <= length; i++) {
    last += varint();
    if (fault() != 0 || last >= <u64>channels || load<u8>(present + <usize>last) != 0) return fail(DAMAGED);
    store<u8>(present + <usize>last, 1);
    store<u32>(list + 4 * i, <u32>last);
  }
  return list;
}

function readStream(tableBytes: usize): Stream {
  const stream = changetype<Stream>(allocateZeros(offsetof<Stream>()));
  stream.type = byte();
  stream.littleEndian = <u32>(byte() == 1);
  stream.sampleRate = number();
  stream.stride = varint();
  const chunkSamples = varint();
  if (stream.type > FLOAT64 || chunkSamples < 1 || chunkSamples > MOST_CHUNK) fail(DAMAGED);
  stream.chunkSamples = <u32>chunkSamples;
  const channels = count(tableBytes);
  if (fault() != 0) return stream;
  stream.channels = channels;
  stream.offsets = allocate(8 * <u64>channels);
  let offset: i64 = 0;
  for (let i: usize = 0; i < channels; i++) {
    offset += signed();
    store<i64>(stream.offsets + 8 * i, offset);
  }
  stream.names = allocate(8 * <u64>channels);
  for (let i: usize = 0; i < channels && fault() == 0; i++) {
    const length = varint();
    store<usize>(stream.names + 8 * i, take(length));
    store<u32>(stream.names + 8 * i, <u32>length, 4);
  }
  const runs = count(tableBytes);
  if (fault() != 0) return stream;
  stream.runs = runs;
  stream.runList = allocate(32 * <u64>runs);
  let end: i64 = 0;
  for (let i: usize = 0; i < runs && fault() == 0; i++) {
    const run = stream.runList + 32 * i;
    end += signed();
    store<i64>(run, end);
    for (let field: usize = 8; field < 32; field += 8) store<u64>(run + field, varint());
    if (end < 0 || load<u64>(run, 16) < 1 || load<u64>(run, 24) > fileBytes) fail(DAMAGED);
    stream.samples += load<u64>(run, 24);
  }
  const groups = count(tableBytes);
  if (fault() != 0) return stream;
  stream.groups = groups;
  stream.groupLists = allocateZeros(4 * <u64>groups);
  stream.grids = allocateZeros(4 * <u64>channels);
  const present = allocateZeros(<u64>channels + 1);
  let placed: u32 = 0;
  for (let i: usize = 0; i < groups && fault() == 0; i++) {
    const codes = varint() + 1;
    if (codes > <u64>MOST_CODES) fail(DAMAGED);
    if (fault() != 0) return stream;
    const grid = readGrid(<u32>codes);
    if (fault() != 0) return stream;
    const list = channelList(channels, tableBytes, present);
    if (fault() != 0) return stream;
    store<usize>(stream.groupLists + 4 * i, list);
    const length = load<u32>(list);
    placed += length;
    for (let c: usize = 1; c <= length; c++) {
      store<usize>(stream.grids + 4 * <usize>load<u32>(list + 4 * c), changetype<usize>(grid));
    }
  }
  stream.otherList = channelList(channels, tableBytes, present);
  if (fault() != 0) return stream;
  stream.others = load<u32>(stream.otherList);
  if (placed + stream.others != channels) fail(DAMAGED);
  return stream;
}

function readTable(start: usize, end: usize): void {
  const table = inflate(start, end, MOST_TABLE);
  if (fault() != 0) return;
  const bytes = <usize>inflatedBytes();
  readFrom(table, table + bytes);
  keepsSurroundings = byte();
  method = byte();
  if (method == SPATIAL && fault() == 0) {
    fail(UNSUPPORTED);
    return;
  }
  fileBytes = varint();
  const found = count(bytes);
  if (keepsSurroundings > 1 || method > TRANSFORM) fail(DAMAGED);
  if (fault() != 0) return;
  streamList = allocate(4 * <u64>found);
  streams = found;
  for (let i: usize = 0; i < found && fault() == 0; i++) {
    store<usize>(streamList + 4 * i, changetype<usize>(readStream(bytes)));
  }
  if (readPosition() != readEnd()) fail(DAMAGED);
}

/** Opens a file: reads its table, and finds its chunks by the index, or where that is damaged one after another. */
export function openContainer(start: usize, end: usize): void {
  streams = 0;
  chunks = 0;
  const footer = end - FOOTER_BYTES;
  let index: usize = 0;
  if (end - start >= FOOTER_BYTES + FRONT_BYTES && load<u32>(footer, 8) == 0x785a424e) {
    const indexBytes = <usize>load<u32>(footer);
    if (indexBytes <= footer - start - FRONT_BYTES) {
      const at = footer - indexBytes;
      if (load<u32>(footer, 4) == crc32(at, footer)) index = at;
    }
  }
  let tableStart = start + FRONT_BYTES + 4;
  let tableBytes: u64 = 0;
  let indexChunks: u64 = 0;
  if (index != 0) {
    readFrom(index, footer);
    tableBytes = varint();
    tableStart = take(tableBytes);
    indexChunks = varint();
    if (fault() != 0 || indexChunks > <u64>(footer - readPosition())) fail(DAMAGED);
  } else {
    if (tableStart + 4 > end) fail(DAMAGED);
    if (fault() != 0) return;
    tableBytes = <u64>load<u32>(tableStart - 4);
    if (tableBytes > <u64>(end - tableStart - 4)) fail(DAMAGED);
    if (fault() != 0) return;
    const tableEnd = tableStart + <usize>tableBytes;
    if (load<u32>(tableEnd) != crc32(tableStart - 4, tableEnd)) fail(DAMAGED);
  }
  if (fault() != 0) return;
  const lengths = readPosition();
  readTable(tableStart, tableStart + <usize>tableBytes);
  if (fault() != 0) return;
  let wanted = <u64>keepsSurroundings;
  for (let s: u32 = 0; s < streams; s++) {
    const stream = streamAt(s);
    stream.firstChunk = <u32>wanted;
    wanted += (stream.samples + stream.chunkSamples - 1) / stream.chunkSamples;
  }
  // Each chunk has eight bytes or more.
  if (wanted > <u64>(end - start) >> 3) fail(DAMAGED);
  if (fault() != 0) return;
  chunkList = allocate(8 * wanted);
  if (index != 0) readFrom(lengths, footer);
  let at = <u64>start + FRONT_BYTES + 8 + tableBytes;
  for (; chunks < <u32>wanted && at + 8 <= <u64>end; chunks++) {
    if (index != 0 && <u64>chunks >= indexChunks) break;
    const length = index != 0 ? varint() : <u64>load<u32>(<usize>at);
    if (fault() != 0 || at + 8 + length > <u64>end) break;
    store<usize>(chunkList + (<usize>chunks << 3), <usize>at + 4);
    store<usize>(chunkList + (<usize>chunks << 3), <usize>(at + 4 + length), 4);
    at += length + 8;
  }
  if (<u64>chunks != wanted) fail(DAMAGED);
}

/** Whether a chunk is as it was written. */
export function isIntact(chunk: u32): bool {
  const start = chunkStart(chunk);
  const end = chunkEnd(chunk);
  return load<u32>(start - 4) == <u32>(end - start) && load<u32>(end) == crc32(start - 4, end);
}

/** Where the values of a channel go, and which of a chunk: samples `first` … `last` − 1, to `target` on. */
function putCodes(grid: Grid, type: u32, codes: usize, samples: u32, first: u32, last: u32, target: usize): void {
  const width = <usize>givenWidth(type);
  const single = type == FLOAT32;
  const most = grid.codes;
  for (let i: u32 = 0; i < samples; i++) {
    const code = <u32>load<u16>(codes + (<usize>i << 1));
    if (code >= most) {
      fail(DAMAGED);
      return;
    }
    const value = valueOf(grid, code, single);
    if (value != value) {
      fail(DAMAGED);
      return;
    }
    if (i >= first && i < last) putValue(type, target + <usize>(i - first) * width, value);
  }
}

/** Samples of a channel on no grid, from bytes of which all first ones come first. */
function putPlanes(stream: Stream, planes: usize, samples: u32, first: u32, last: u32, target: usize): void {
  const type = stream.type;
  const width = storedWidth(type);
  const given = <usize>givenWidth(type);
  for (let i = first; i < last; i++) {
    let bits: u64 = 0;
    for (let b: u32 = 0; b < width; b++) {
      const place = stream.littleEndian != 0 ? b : width - 1 - b;
      bits |= <u64>load<u8>(planes + <usize>b * samples + i) << (8 * place);
    }
    const at = target + <usize>(i - first) * given;
    if (type == INT64) store<f64>(at, <f64>(<i64>bits));
    else if (type == UINT64) store<f64>(at, <f64>bits);
    else if (width == 8) store<u64>(at, bits);
    else if (type == INT24) store<i32>(at, (<i32>bits << 8) >> 8);
    else if (width == 4) store<u32>(at, <u32>bits);
    else if (width == 2) store<u16>(at, <u16>bits);
    else store<u8>(at, <u8>bits);
  }
}

function readChunk(stream: Stream, chunk: u32, from: u64, samples: u64, target: usize): void {
  const number = stream.firstChunk + chunk;
  if (!isIntact(number)) {
    fail(DAMAGED);
    return;
  }
  const chunkFrom = <u64>chunk * stream.chunkSamples;
  const length = <u32>min<u64>(stream.chunkSamples, stream.samples - chunkFrom);
  const first = <u32>(max<u64>(from, chunkFrom) - chunkFrom);
  const last = <u32>(min<u64>(from + samples, chunkFrom + length) - chunkFrom);
  const type = stream.type;
  const width = <u64>givenWidth(type);
  const channelBytes = width * samples;
  const at = <u64>target + width * (chunkFrom + first - from);
  readFrom(chunkStart(number), chunkEnd(number));
  const before = mark();
  for (let g: usize = 0; g < stream.groups; g++) {
    const list = load<usize>(stream.groupLists + 4 * g);
    const channels = load<u32>(list);
    let codes: usize = 0;
    for (let c: u32 = 0; c < channels; c++) {
      if (c == 0 || method == TRANSFORM) {
        const partBytes = varint();
        const part = take(partBytes);
        if (fault() != 0) return;
        if (method == TRANSFORM) {
          reset(before);
          codes = transformedCodes(part, part + <usize>partBytes, length);
        } else codes = decodeChannels(part, part + <usize>partBytes, channels, length, method);
        if (fault() != 0) return;
      }
      const channel = load<u32>(list + 4 + 4 * <usize>c);
      const own = method == TRANSFORM ? codes : codes + 2 * <usize>c * length;
      const grid = changetype<Grid>(load<usize>(stream.grids + 4 * <usize>channel));
      putCodes(grid, type, own, length, first, last, <usize>(at + channelBytes * channel));
      if (fault() != 0) return;
    }
    reset(before);
  }
  for (let i: usize = 1; i <= stream.others; i++) {
    const partBytes = varint();
    const part = take(partBytes);
    if (fault() != 0) return;
    const wanted = <u64>storedWidth(type) * length;
    const planes = inflate(part, part + <usize>partBytes, wanted);
    if (<u64>inflatedBytes() != wanted) fail(DAMAGED);
    if (fault() != 0) return;
    const channel = load<u32>(stream.otherList + 4 * i);
    putPlanes(stream, planes, length, first, last, <usize>(at + channelBytes * channel));
    reset(before);
  }
  if (readPosition() != readEnd()) fail(DAMAGED);
}

/**
 * A stretch of all channels of a stream, channel after channel.
 *
 * @returns where it lies
 */
export function readStretch(number: u32, from: u64, samples: u64): usize {
  if (number >= streams) return fail(RANGE);
  const stream = streamAt(number);
  if (from > stream.samples || samples > stream.samples - from) return fail(RANGE);
  // Chunks that can be decoded at all bound what is claimed, before memory is taken.
  const target = allocate(<u64>givenWidth(stream.type) * samples * stream.channels);
  if (samples == 0) return target;
  const lastChunk = <u32>((from + samples - 1) / stream.chunkSamples);
  for (let chunk = <u32>(from / stream.chunkSamples); chunk <= lastChunk; chunk++) {
    readChunk(stream, chunk, from, samples, target);
    if (fault() != 0) {
      blameChunk();
      return 0;
    }
  }
  return target;
}
