// Grids of values that samples lie on (docs/format.md §12): read from a file, found, and applied. The specification is
// lib/recordings/digitizer.ts and lib/coding/channel-description.ts.

import { allocate, allocateZeros, mark, reset } from './arena';
import { DAMAGED, fail, fault } from './faults';
import { inflate, inflatedBytes } from './deflate';
import { byte, number, readEnd, readFrom, readPosition, take, varint } from './reader';

export const INT8: u32 = 0;
export const UINT8: u32 = 1;
export const INT16: u32 = 2;
export const UINT16: u32 = 3;
export const INT24: u32 = 4;
export const INT32: u32 = 5;
export const UINT32: u32 = 6;
export const INT64: u32 = 7;
export const UINT64: u32 = 8;
export const FLOAT32: u32 = 9;
export const FLOAT64: u32 = 10;

export const LINEAR: u32 = 0;
export const SCALED: u32 = 1;
export const STRETCHED: u32 = 2;
export const LISTED: u32 = 3;
export const NO_GRID: u32 = 4;

export const MOST_CODES: u32 = 65536;
const LEAST_STRETCHED_BITS: u32 = 8;
const MOST_STRETCHED_BITS: u32 = 15;

/** A grid, and what else a file says of channels on it. */
@unmanaged
export class Grid {
  kind: u32;
  codes: u32;
  bits: u32;
  type: u32;
  step: f64;
  lowest: f64;
  first: f64;
  /** f64 a code; NaN where none occurs. */
  values: usize;
  sampleRate: f64;
  gain: f64;
  offset: f64;
  unit: usize;
  unitBytes: usize;
}

export function newGrid(): Grid {
  const grid = changetype<Grid>(allocateZeros(offsetof<Grid>()));
  grid.gain = 1;
  return grid;
}

/** Bytes of a sample in a file. */
export function storedWidth(type: u32): u32 {
  if (type <= UINT8) return 1;
  if (type <= UINT16) return 2;
  if (type == INT24) return 3;
  if (type <= UINT32 || type == FLOAT32) return 4;
  return 8;
}

/** Bytes of a sample as it is given out: integers of 24 bits as 32, those of 64 as doubles. */
export function givenWidth(type: u32): u32 {
  return type == INT24 ? 4 : storedWidth(type);
}

function listedValues(grid: Grid): void {
  const packed = varint();
  const start = take(packed);
  if (fault() != 0) return;
  const position = readPosition();
  const end = readEnd();
  const wanted = 8 * <u64>grid.codes;
  grid.values = inflate(start, start + <usize>packed, wanted);
  if (<u64>inflatedBytes() != wanted) fail(DAMAGED);
  readFrom(position, end);
}

/** Reads a description. */
export function readGrid(codes: u32): Grid {
  const grid = newGrid();
  grid.type = byte();
  grid.kind = byte();
  grid.codes = codes;
  if (grid.type > FLOAT64 || grid.kind > LISTED) fail(DAMAGED);
  if (fault() != 0) return grid;
  if (grid.kind == STRETCHED) {
    grid.bits = byte();
    if (grid.bits < LEAST_STRETCHED_BITS || grid.bits > MOST_STRETCHED_BITS || codes != 1 << grid.bits) fail(DAMAGED);
  } else {
    grid.step = number();
    if (grid.kind == LINEAR) grid.lowest = number();
    else if (grid.kind == SCALED) grid.first = number();
    else listedValues(grid);
  }
  grid.sampleRate = number();
  grid.gain = number();
  grid.offset = number();
  if (!(grid.sampleRate >= 0 && grid.sampleRate < Infinity)) fail(DAMAGED);
  const length = varint();
  grid.unit = take(length);
  grid.unitBytes = <usize>length;
  return grid;
}

@inline
export function stretchedValue(code: f64, bits: u32): f64 {
  return trunc((code * 65535) / <f64>((1 << bits) - 1) - 32768);
}

/** The value of a code. @param single - whether it is rounded to single precision */
export function valueOf(grid: Grid, code: u32, single: bool): f64 {
  if (grid.kind == LISTED) return load<f64>(grid.values + (<usize>code << 3));
  if (grid.kind == STRETCHED) return stretchedValue(<f64>code, grid.bits);
  if (grid.kind == SCALED) {
    const value = (grid.first + <f64>code) * grid.step;
    return single ? <f64>(<f32>value) : value;
  }
  // Without this, −0 + 0 would be +0.
  if (grid.codes == 1) return grid.lowest;
  const value = grid.lowest + <f64>code * grid.step;
  return single ? <f64>(<f32>value) : value;
}

/** Stores a value as an array of the type would: integers as their lowest bits, fractions dropped. */
@inline
export function putValue(type: u32, target: usize, value: f64): void {
  if (type == FLOAT64 || type == INT64 || type == UINT64) store<f64>(target, value);
  else if (type == FLOAT32) store<f32>(target, <f32>value);
  else {
    const whole = abs(value) < 9e15 ? <i64>value : 0;
    if (type <= UINT8) store<u8>(target, <u8>whole);
    else if (type <= UINT16) store<u16>(target, <u16>whole);
    else store<u32>(target, <u32>whole);
  }
}

/** A sample of integers as it lies in memory, little-endian. */
@inline
export function integerAt(type: u32, source: usize): i64 {
  if (type == INT16) return <i64>load<i16>(source);
  if (type == UINT16) return <i64>load<u16>(source);
  if (type == INT8) return <i64>load<i8>(source);
  if (type == UINT8) return <i64>load<u8>(source);
  if (type == INT32) return <i64>load<i32>(source);
  return <i64>load<u32>(source);
}

function greatestCommonDivisor(a: i64, b: i64): i64 {
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/**
 * The grid of integers.
 *
 * @param start - the first sample
 * @param stride - bytes from one to the next
 * @returns a grid of kind {@link NO_GRID} where values are too far apart
 */
export function gridOf(type: u32, start: usize, stride: usize, samples: u32): Grid {
  const grid = newGrid();
  grid.type = type;
  const first = integerAt(type, start);
  let lowest = first;
  let highest = first;
  let step: i64 = 0;
  for (let i: u32 = 0, at = start; i < samples; i++, at += stride) {
    const value = integerAt(type, at);
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    if (step != 1) step = greatestCommonDivisor(step, value > first ? value - first : first - value);
  }
  if (step == 0) step = 1;
  const codes = (highest - lowest) / step + 1;
  grid.kind = codes > <i64>MOST_CODES ? NO_GRID : LINEAR;
  grid.codes = <u32>min<i64>(codes, MOST_CODES + 1);
  grid.step = <f64>step;
  grid.lowest = <f64>lowest;
  if (type == INT16) stretch(grid, start, stride, samples, <i32>lowest, <i32>highest);
  return grid;
}

/** Code of a value of a stretched grid, or −1. */
function stretchedCode(value: f64, bits: u32): i32 {
  const near = floor(((value + 32768) * <f64>((1 << bits) - 1)) / 65535 + 0.5);
  if (stretchedValue(near, bits) == value) return <i32>near;
  if (stretchedValue(near - 1, bits) == value) return <i32>near - 1;
  if (stretchedValue(near + 1, bits) == value) return <i32>near + 1;
  return -1;
}

/** Makes a grid the stretched one that all values lie on, if that needs fewer codes. Two values cannot show a stretch. */
function stretch(grid: Grid, start: usize, stride: usize, samples: u32, lowest: i32, highest: i32): void {
  const before = mark();
  const occurs = allocateZeros(MOST_CODES);
  let used: u32 = 0;
  for (let i: u32 = 0, at = start; i < samples; i++, at += stride) {
    const place = occurs + <usize>(<i32>load<i16>(at) + 32768);
    used += <u32>(load<u8>(place) == 0);
    store<u8>(place, 1);
  }
  for (let bits = LEAST_STRETCHED_BITS; used > 2 && bits <= MOST_STRETCHED_BITS; bits++) {
    const low = stretchedCode(<f64>lowest, bits);
    const high = stretchedCode(<f64>highest, bits);
    if (low < 0 || high < 0 || <u32>(high - low + 1) > grid.codes) continue;
    let fits = true;
    for (let value = lowest; value <= highest && fits; value++) {
      if (load<u8>(occurs + <usize>(value + 32768)) != 0) fits = stretchedCode(<f64>value, bits) >= 0;
    }
    if (!fits) continue;
    grid.kind = STRETCHED;
    grid.bits = bits;
    grid.codes = 1 << bits;
    break;
  }
  reset(before);
}

/** Codes of samples on a grid of integers that was found for them. */
export function codesOf(grid: Grid, start: usize, stride: usize, samples: u32, target: usize): void {
  const kind = grid.kind;
  const lowest = grid.lowest;
  const step = grid.step;
  const bits = grid.bits;
  const type = grid.type;
  for (let i: u32 = 0, at = start; i < samples; i++, at += stride) {
    const value = <f64>integerAt(type, at);
    const code = kind == STRETCHED ? stretchedCode(value, bits) : <i32>((value - lowest) / step);
    store<u16>(target + (<usize>i << 1), <u16>code);
  }
}
