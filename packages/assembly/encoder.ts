// Samples to a file of many channels (docs/format.md §12) without loss, or within an error that is promised.

import { allocate, allocateZeros, mark, reset } from './arena';
import { deflate, packedEnd } from './deflate';
import { fail, RANGE } from './faults';
import { codesOf, Grid, gridOf, INT16, integerAt, LINEAR, NO_GRID, putValue, STRETCHED, storedWidth, UINT32 } from './grids';
import { channelsEnd, encodeChannels } from './lossless';
import { crc32 } from './reader';

const LEAST_CHUNK: u32 = 32768;
const MOST_CHUNK: u32 = 1 << 22;
const BINARY_NUMBER: u8 = 127;
const EXPONENT_OFFSET: u8 = 64;

let out: usize = 0;

function putByte(value: u32): void {
  store<u8>(out++, <u8>value);
}

function putVarint(value: u64): void {
  for (; value > 127; value >>= 7) putByte(<u32>(value & 127) | 128);
  putByte(<u32>value);
}

function putNumber(value: f64): void {
  // Below 2³⁴ a zigzagged integer fits a varint; −0 has no digits.
  if (value == floor(value) && abs(value) < 17179869184 && reinterpret<u64>(value) != 0x8000000000000000) {
    putByte(EXPONENT_OFFSET);
    putVarint(<u64>(value >= 0 ? 2 * <i64>value : -2 * <i64>value - 1));
    return;
  }
  putByte(BINARY_NUMBER);
  store<f64>(out, value);
  out += 8;
}

function putGrid(grid: Grid, sampleRate: f64): void {
  putByte(grid.type);
  putByte(grid.kind);
  if (grid.kind == STRETCHED) putByte(grid.bits);
  else {
    putNumber(grid.step);
    putNumber(grid.lowest);
  }
  putNumber(sampleRate);
  putNumber(1);
  putNumber(0);
  putByte(0);
}

/** Length, bytes and check of a part whose bytes are there already, four after `start`. */
function seal(start: usize): void {
  store<u32>(start, <u32>(out - start - 4));
  store<u32>(out, crc32(start, out));
  out += 4;
}

/**
 * Moves samples of integers to a coarser grid, none by more than `error`; see lib/codecs/files/within-error.ts.
 *
 * @returns the samples, in memory of their own where they are moved
 */
function withinError(type: u32, source: usize, count: u32, error: f64): usize {
  const width = <usize>storedWidth(type);
  let lowest = integerAt(type, source);
  let highest = lowest;
  const grid = gridOf(type, source, width, count);
  for (let i: usize = 0; i < count; i++) {
    const value = integerAt(type, source + i * width);
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const step = grid.kind == STRETCHED ? commonStep(type, source, count) : <i64>grid.step;
  const reach = <i64>floor(error) / step;
  if (reach == 0) return source;
  const codes = (highest - lowest) / step + 1;
  const cell = 2 * reach + 1;
  const excess = ((codes + cell - 1) / cell) * cell - codes;
  const before = excess / 2;
  const moved = allocate(<u64>width * count);
  for (let i: usize = 0; i < count; i++) {
    const code = (integerAt(type, source + i * width) - lowest) / step;
    const value = lowest + step * (((code + before) / cell) * cell + reach - before);
    putValue(type, moved + i * width, <f64>value);
  }
  return moved;
}

function commonStep(type: u32, source: usize, count: u32): i64 {
  const width = <usize>storedWidth(type);
  const first = integerAt(type, source);
  let step: i64 = 0;
  for (let i: usize = 0; i < count; i++) {
    let rest = integerAt(type, source + i * width) - first;
    if (rest < 0) rest = -rest;
    while (rest != 0) {
      const next = step == 0 ? 0 : step % rest;
      step = rest;
      rest = next;
    }
    if (step == 1) return 1;
  }
  return step == 0 ? 1 : step;
}

/** Bytes of a channel, all first bytes before all second ones. */
function planesOf(source: usize, width: usize, stride: usize, count: u32, target: usize): void {
  for (let i: usize = 0; i < count; i++) {
    for (let b: usize = 0; b < width; b++) store<u8>(target + b * count + i, load<u8>(source + i * stride + b));
  }
}

let resultEnd: usize = 0;

/** Where the bytes end that {@link encodeSamples} gave. */
export function encodedEnd(): usize {
  return resultEnd;
}

/**
 * A file of samples.
 *
 * @param source - little-endian, one time of all channels after another
 * @param type - of integers of up to 32 bits
 * @param preset - 0 fast, 1 best
 * @param error - largest error of a sample, in its values
 * @returns where the file lies; it ends at {@link encodedEnd}
 */
export function encodeSamples(
  source: usize, type: u32, channels: u32, samples: u32, preset: u32, sampleRate: f64, error: f64,
): usize {
  const all = <u64>channels * <u64>samples;
  if (type > UINT32 || type == 4 || all == 0 || preset > 1 || all > 1 << 28) return fail(RANGE);
  if (!(sampleRate >= 0 && sampleRate < Infinity) || !(error >= 0)) return fail(RANGE);
  const given = error >= 1 ? withinError(type, source, <u32>all, error) : source;
  const width = <usize>storedWidth(type);
  const stride = width * channels;
  const chunkSamples = min<u32>(MOST_CHUNK, max<u32>(LEAST_CHUNK, <u32>min<f64>(ceil(sampleRate), 1e9)));
  // One grid for all channels; where there is none, each channel has its own, or its bytes are kept.
  const common = gridOf(type, given, width, <u32>all);
  const grids = allocate(4 * <u64>channels);
  let groups: u32 = common.kind == NO_GRID ? 0 : 1;
  for (let c: usize = 0; c < channels; c++) {
    const own = common.kind == NO_GRID ? gridOf(type, given + c * width, stride, samples) : common;
    store<usize>(grids + 4 * c, changetype<usize>(own));
    if (common.kind == NO_GRID && own.kind != NO_GRID) groups++;
  }
  const chunkCount = (samples + chunkSamples - 1) / chunkSamples;
  const table = allocate(64 + 96 * <u64>channels);
  out = table;
  putByte(1);
  putByte(preset);
  putVarint(<u64>stride * samples);
  putVarint(1);
  putByte(type);
  putByte(1);
  putNumber(sampleRate);
  putVarint(stride);
  putVarint(chunkSamples);
  putVarint(channels);
  for (let c: u32 = 0; c < channels; c++) putVarint(c == 0 ? 0 : 2 * <u64>width);
  for (let c: u32 = 0; c < channels; c++) putName(c);
  putVarint(1);
  putVarint(0);
  putVarint(<u64>stride * samples);
  putVarint(samples);
  putVarint(samples);
  putVarint(groups);
  if (common.kind != NO_GRID) {
    putVarint(common.codes - 1);
    putGrid(common, sampleRate);
    putVarint(channels);
    for (let c: u32 = 0; c < channels; c++) putVarint(<u64>(c > 0));
    putVarint(0);
  } else {
    for (let c: usize = 0; c < channels; c++) {
      const own = changetype<Grid>(load<usize>(grids + 4 * c));
      if (own.kind == NO_GRID) continue;
      putVarint(own.codes - 1);
      putGrid(own, sampleRate);
      putVarint(1);
      putVarint(c);
    }
    putVarint(channels - groups);
    let last: usize = 0;
    for (let c: usize = 0; c < channels; c++) {
      if (changetype<Grid>(load<usize>(grids + 4 * c)).kind != NO_GRID) continue;
      putVarint(c - last);
      last = c;
    }
  }
  const packedTable = deflate(table, out - table);
  const tableBytes = packedEnd() - packedTable;

  // The most that the file can take, as bytes that do not compress.
  const most =
    64 + 2 * <u64>tableBytes + 16 * <u64>chunkCount + 64 * <u64>channels * (<u64>chunkCount + 1) + 6 * all +
    (all >> 1) * <u64>width + <u64>width * all;
  const file = allocate(most);
  store<u32>(file, 0x035a424e);
  store<u8>(file, 128, 4);
  out = file + 9;
  memory.copy(out, packedTable, tableBytes);
  out += tableBytes;
  seal(file + 5);
  const lengths = allocate(4 * <u64>(chunkCount + 1));
  // Nothing surrounds the samples: a length of 0, and Brotli data of no bytes.
  let start = out;
  out += 4;
  putByte(0);
  putByte(0x3b);
  seal(start);
  store<u32>(lengths, 2);
  for (let chunk: u32 = 0; chunk < chunkCount; chunk++) {
    const first = chunk * chunkSamples;
    const length = min<u32>(chunkSamples, samples - first);
    const from = given + <usize>first * stride;
    start = out;
    out += 4;
    const before = mark();
    if (common.kind != NO_GRID) {
      const codes = allocate(2 * <u64>channels * length);
      for (let c: usize = 0; c < channels; c++) {
        codesOf(common, from + c * width, stride, length, codes + 2 * c * length);
      }
      putChannels(codes, channels, length, preset);
      reset(before);
    } else {
      for (let c: usize = 0; c < channels; c++) {
        const own = changetype<Grid>(load<usize>(grids + 4 * c));
        if (own.kind == NO_GRID) continue;
        const codes = allocate(2 * <u64>length);
        codesOf(own, from + c * width, stride, length, codes);
        putChannels(codes, 1, length, preset);
        reset(before);
      }
      for (let c: usize = 0; c < channels; c++) {
        if (changetype<Grid>(load<usize>(grids + 4 * c)).kind != NO_GRID) continue;
        const planes = allocate(<u64>width * length);
        planesOf(from + c * width, width, stride, length, planes);
        const packed = deflate(planes, width * length);
        putVarint(packedEnd() - packed);
        memory.copy(out, packed, packedEnd() - packed);
        out += packedEnd() - packed;
        reset(before);
      }
    }
    store<u32>(lengths + 4 * <usize>(chunk + 1), <u32>(out - start - 4));
    seal(start);
  }
  const index = out;
  putVarint(tableBytes);
  memory.copy(out, packedTable, tableBytes);
  out += tableBytes;
  putVarint(chunkCount + 1);
  for (let i: usize = 0; i <= chunkCount; i++) putVarint(load<u32>(lengths + 4 * i));
  const indexBytes = out - index;
  const check = crc32(index, out);
  store<u32>(out, <u32>indexBytes);
  store<u32>(out, check, 4);
  store<u32>(out, 0x785a424e, 8);
  resultEnd = out + 12;
  return file;
}

function putChannels(codes: usize, channels: u32, samples: u32, preset: u32): void {
  const payload = encodeChannels(codes, channels, samples, preset);
  const length = channelsEnd() - payload;
  putVarint(length);
  memory.copy(out, payload, length);
  out += length;
}

/** The number of a channel in decimal digits. */
function putName(channel: u32): void {
  let digits: u32 = 1;
  for (let rest = channel; rest > 9; rest /= 10) digits++;
  putByte(digits);
  for (let i = digits; i > 0; i--) {
    store<u8>(out + i - 1, <u8>(48 + (channel % 10)));
    channel /= 10;
  }
  out += digits;
}
