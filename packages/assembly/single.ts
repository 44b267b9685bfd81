// Files of one channel (docs/format.md §1): what surrounds their samples, and the samples.

import { allocate } from './arena';
import { inflate, inflatedBytes } from './deflate';
import { DAMAGED, fail, fault, UNSUPPORTED } from './faults';
import { givenWidth, Grid, putValue, stretchedValue, valueOf } from './grids';
import {
  CANONICAL, description, family, formatVersion, largest, lossless, mean, offsetMore, offsetOne, OFF_GRID, parameter,
  payloadEnd, readHeader, samples, sampleType, stepUnits, trellis, wavKind,
} from './header';
import { decodeAdcCodes, decodeChannels } from './lossless';
import { readEnd, readFrom, readPosition, take, varint } from './reader';
import { decodeTransform, hasTransform } from './transform';

const LOSSLESS_FAMILY: u32 = 128;
const WIDE_LOSSLESS_FAMILY: u32 = 129;
const NEURALINK_RATE: f64 = 19531;
const MOST_SURROUNDINGS: u64 = 1 << 26;

export let sampleRate: f64 = 0;

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
  sampleRate = formatVersion() == 3 ? (description() == 0 ? 0 : changetype<Grid>(description()).sampleRate) : NEURALINK_RATE;
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
    if (formatVersion() != 1 || !plain || wavKind == OFF_GRID) return fail(DAMAGED);
    return decodeAdcCodes(<u32>min<u64>(parameter, 99), start, payloadEnd, samples);
  }
  if (family == WIDE_LOSSLESS_FAMILY) {
    // Version 3 writes offsets of 0 as signed ones do: eights.
    if (formatVersion() != 3 || !plain || parameter > 1) return fail(DAMAGED);
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
  if (formatVersion() == 3 && description() == 0) return codes;
  const type = sampleType();
  if (formatVersion() != 3) {
    for (let i: usize = 0; i < samples; i++) {
      store<i16>(codes + 2 * i, <i16>stretchedValue(<f64>load<u16>(codes + 2 * i), 10));
    }
    return codes;
  }
  const found = changetype<Grid>(description());
  const target = allocate(8 * <u64>samples);
  const width = <usize>givenWidth(type);
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
