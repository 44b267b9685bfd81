// Files of one channel (docs/format.md §1): the header, and samples without a basis.

import { allocate } from './arena';
import { inflate, inflatedBytes } from './deflate';
import { DAMAGED, fail, fault, UNSUPPORTED } from './faults';
import { Grid, INT16, MOST_CODES, newGrid, putValue, readGrid, STRETCHED, stretchedValue, UINT16, valueOf } from './grids';
import { decodeAdcCodes, decodeChannels, leastPayload } from './lossless';
import { byte, crc32, readEnd, readFrom, readPosition, signed, take, varint } from './reader';
import { decodeTransform, hasTransform } from './transform';

const CANONICAL: u32 = 0;
const STORED: u32 = 1;
export const OFF_GRID: u32 = 2;
const MOST_SAMPLES: u64 = 1 << 28;
const MOST_UNITS: u64 = 1 << 26;
const LEAST_DEVIATION: u32 = 4;
const LOSSLESS_FAMILY: u32 = 128;
const WIDE_LOSSLESS_FAMILY: u32 = 129;
const NEURALINK_RATE: f64 = 19531;
const MOST_SURROUNDINGS: u64 = 1 << 26;

let version: u32 = 0;
let wavKind: u32 = 0;
export let lossless: bool = false;
export let trellis: u32 = 0;
let family: u32 = 0;
let parameter: u64 = 0;
export let samples: u32 = 0;
export let mean: f64 = 0;
/** In 1/64 code. */
let stepUnits: u64 = 0;
export let offsetOne: i32 = 0;
export let offsetMore: i32 = 0;
export let deviation: u32 = 0;
let largest: u32 = 1023;
let grid: usize = 0;
export let sampleRate: f64 = 0;
let payloadEnd: usize = 0;

export function step(): f64 {
  return <f64>stepUnits / 64;
}

export function formatVersion(): u32 {
  return version;
}

/** The description of the codes, or 0. */
export function description(): usize {
  return grid;
}

/** The type that samples are given out as. */
export function sampleType(): u32 {
  if (version != 3) return INT16;
  return grid == 0 ? UINT16 : changetype<Grid>(grid).type;
}

/** Reads the header; then the payload lies ahead. */
function readHeader(start: usize, end: usize): void {
  if (end - start < 4 || (load<u32>(start) & 0xffffff) != 0x5a424e) fail(DAMAGED);
  if (fault() != 0) return;
  version = <u32>load<u8>(start, 3);
  if (version < 1 || version > 3) fail(UNSUPPORTED);
  if (end - start < 9) fail(DAMAGED);
  if (fault() != 0) return;
  payloadEnd = end - 4;
  if (load<u32>(payloadEnd) != crc32(start, payloadEnd)) fail(DAMAGED);
  if (fault() != 0) return;
  readFrom(start + 4, payloadEnd);
  const kind = byte();
  wavKind = kind & 3;
  lossless = (kind & 4) != 0;
  trellis = (kind >> 3) & 3;
  const widths = (kind & 32) != 0;
  const wide = version == 3;
  if (kind > (version == 1 ? 15 : version == 2 ? 63 : 127) || wavKind == 3) fail(DAMAGED);
  if (widths && (lossless || wavKind == OFF_GRID || wide)) fail(DAMAGED);
  if (wide && wavKind != CANONICAL) fail(DAMAGED);
  family = byte();
  parameter = varint();
  const claimed = varint();
  if (claimed > MOST_SAMPLES) fail(DAMAGED);
  samples = <u32>claimed;
  mean = <f64>signed();
  if (wide) stepUnits = varint();
  else {
    stepUnits = byte();
    stepUnits |= <u64>byte() << 8;
  }
  if (stepUnits == 0 || stepUnits > MOST_UNITS) fail(DAMAGED);
  largest = 1023;
  if (wide) {
    const last = varint();
    if (last >= <u64>MOST_CODES) fail(DAMAGED);
    largest = <u32>last;
  }
  const offsets = byte();
  if (version != 1 || trellis != 0) {
    offsetOne = <i32>(offsets & 15) - 8;
    offsetMore = <i32>(offsets >> 4) - 8;
  } else {
    offsetOne = offsets & 15;
    offsetMore = offsets >> 4;
  }
  deviation = widths ? byte() : 0;
  if (widths && deviation < LEAST_DEVIATION) fail(DAMAGED);
  grid = 0;
  if (fault() == 0 && (kind & 64) != 0) grid = changetype<usize>(readGrid(largest + 1));
}

/** Skips what surrounds the samples of a WAV file. @returns the rate that its header names, or 0 */
function skipSurroundings(): f64 {
  let rate: f64 = 0;
  for (let i = 0; i < 2; i++) {
    const length = varint();
    const packed = take(length);
    if (fault() != 0) return 0;
    const position = readPosition();
    const end = readEnd();
    const bytes = inflate(packed, packed + <usize>length, MOST_SURROUNDINGS);
    if (fault() != 0) return 0;
    if (i == 0) rate = rateOfWav(bytes, bytes + inflatedBytes());
    readFrom(position, end);
  }
  return rate;
}

function rateOfWav(start: usize, end: usize): f64 {
  for (let at = start + 12; at + 24 <= end; ) {
    if (load<u32>(at) == 0x20746d66) return <f64>load<u32>(at, 12);
    const bytes = <u64>load<u32>(at, 4);
    if (<u64>at + 8 + bytes > <u64>end) return 0;
    at += 8 + <usize>(bytes + (bytes & 1));
  }
  return 0;
}

/** Opens a file of one channel: reads its header. */
export function openSingle(start: usize, end: usize): void {
  readHeader(start, end);
  if (fault() != 0) return;
  sampleRate = version == 3 ? (grid == 0 ? 0 : changetype<Grid>(grid).sampleRate) : NEURALINK_RATE;
  if (wavKind != CANONICAL) sampleRate = skipSurroundings();
  if (fault() != 0) return;
  const known = family == LOSSLESS_FAMILY || family == WIDE_LOSSLESS_FAMILY || hasTransform(family, parameter);
  if (!known) fail(UNSUPPORTED);
}

/** Codes of the opened file, u16 each; of one off the grid, samples. The reader is at its payload. */
function codesOfPayload(): usize {
  const start = readPosition();
  const plain = lossless && trellis == 0 && mean == 0 && stepUnits == 64 && offsetOne == 0 && offsetMore == 0;
  if (family == LOSSLESS_FAMILY) {
    if (version != 1 || !plain || wavKind == OFF_GRID) return fail(DAMAGED);
    return decodeAdcCodes(<u32>min<u64>(parameter, 99), start, payloadEnd, samples);
  }
  if (family == WIDE_LOSSLESS_FAMILY) {
    // Version 3 writes offsets of 0 as signed ones do: eights.
    if (version != 3 || !plain || parameter > 1) return fail(DAMAGED);
    const codes = decodeChannels(start, payloadEnd, 1, samples, <u32>parameter);
    if (fault() != 0) return 0;
    for (let i: usize = 0; i < samples; i++) {
      if (<u32>load<u16>(codes + 2 * i) > largest) return fail(DAMAGED);
    }
    return codes;
  }
  const smallest = wavKind == OFF_GRID ? -32768 : 0;
  return decodeTransform(family, parameter, start, payloadEnd, smallest, wavKind == OFF_GRID ? 32767 : <i32>largest);
}

/** All samples of the opened file, in its type. */
export function readSingle(): usize {
  const codes = codesOfPayload();
  if (fault() != 0 || samples == 0) return codes;
  if (wavKind == OFF_GRID) return codes;
  if (version == 3 && grid == 0) return codes;
  const type = sampleType();
  if (version != 3) {
    for (let i: usize = 0; i < samples; i++) {
      store<i16>(codes + 2 * i, <i16>stretchedValue(<f64>load<u16>(codes + 2 * i), 10));
    }
    return codes;
  }
  const found = changetype<Grid>(grid);
  const target = allocate(8 * <u64>samples);
  const width: usize = type <= 1 ? 1 : type <= 3 ? 2 : type <= 6 || type == 9 ? 4 : 8;
  for (let i: usize = 0; i < samples; i++) {
    const value = valueOf(found, load<u16>(codes + 2 * i), type == 9);
    if (value != value) return fail(DAMAGED);
    putValue(type, target + width * i, value);
  }
  return target;
}

/** The codes of a file of its own in a chunk, whose length is known. */
export function transformedCodes(start: usize, end: usize, expected: u32): usize {
  const position = readPosition();
  const limit = readEnd();
  openSingle(start, end);
  if (fault() != 0) return 0;
  if (samples != expected || family >= LOSSLESS_FAMILY) return fail(DAMAGED);
  const codes = codesOfPayload();
  readFrom(position, limit);
  return codes;
}
