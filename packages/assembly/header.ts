// The header of a file of one channel (docs/format.md §1), and what it says.

import { DAMAGED, fail, fault, UNSUPPORTED } from './faults';
import { Grid, INT16, MOST_CODES, readGrid, UINT16 } from './grids';
import { byte, crc32, readFrom, signed, varint } from './reader';

export const CANONICAL: u32 = 0;
export const OFF_GRID: u32 = 2;
const MOST_SAMPLES: u64 = 1 << 28;
const MOST_UNITS: u64 = 1 << 26;
const LEAST_DEVIATION: u32 = 4;

let version: u32 = 0;
export let wavKind: u32 = 0;
export let lossless: bool = false;
export let trellis: u32 = 0;
export let family: u32 = 0;
export let parameter: u64 = 0;
export let samples: u32 = 0;
export let mean: f64 = 0;
/** In 1/64 code. */
export let stepUnits: u64 = 0;
export let offsetOne: i32 = 0;
export let offsetMore: i32 = 0;
export let deviation: u32 = 0;
export let largest: u32 = 1023;
let grid: usize = 0;
export let payloadEnd: usize = 0;

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
export function readHeader(start: usize, end: usize): void {
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
