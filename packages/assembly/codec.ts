// The module: from the bytes of a file to samples and, without loss, back. It has no imports. Functions take and give
// addresses in its memory; numbers below 0 are faults (faults.ts). What a call gives is valid until `reserve`.

import { allocate, mark, reset } from './arena';
import {
  chunkEnd, chunkStart, isContainer, isIntact, keepsSurroundings, openContainer, readStretch, Stream, streamAt,
  streamCount,
} from './container';
import { encodedEnd, encodeSamples } from './encoder';
import { clearFault, DAMAGED_CHUNK, fault, RANGE, VERBATIM } from './faults';
import { givenWidth, Grid } from './grids';
import { decimal } from './decimal';
import { description, samples, sampleType } from './header';
import { readEnd, readFrom, readPosition } from './reader';
import { openSingle, readSingle, sampleRate } from './single';

/** Number of the format's newest version that is read. */
export const FORMAT_VERSION: i32 = 3;

const base = mark();
let input: usize = 0;
let opened: u64 = 0;
let isOpen: bool = false;
let many: bool = false;
let singlePosition: usize = 0;
let singleEnd: usize = 0;
let resultStart: usize = 0;
let resultLength: u32 = 0;

/** Gives back all memory, and makes room for input. @returns where it goes */
export function reserve(bytes: u32): usize {
  isOpen = false;
  reset(base);
  input = allocate(bytes);
  return input;
}

/**
 * Opens a file that was put where {@link reserve} said.
 *
 * @returns the number of streams, or a fault
 */
export function openFile(bytes: u32): i32 {
  clearFault();
  const end = input + bytes;
  many = isContainer(input, end);
  if (bytes >= 4 && (load<u32>(input) & 0xffffff) == 0x56424e) return VERBATIM;
  if (many) openContainer(input, end);
  else {
    openSingle(input, end);
    singlePosition = readPosition();
    singleEnd = readEnd();
  }
  if (fault() != 0) return fault();
  opened = mark();
  isOpen = true;
  return many ? <i32>streamCount() : 1;
}

@inline
function streamOf(stream: u32): Stream {
  return streamAt(stream);
}

export function streamChannels(stream: u32): u32 {
  return many ? streamOf(stream).channels : 1;
}

export function streamSamples(stream: u32): f64 {
  return many ? <f64>streamOf(stream).samples : <f64>samples;
}

/** Samples of each channel that decode together. */
export function streamChunk(stream: u32): u32 {
  return many ? streamOf(stream).chunkSamples : max<u32>(1, samples);
}

/** Samples per second, or 0. */
export function streamRate(stream: u32): f64 {
  return many ? streamOf(stream).sampleRate : sampleRate;
}

/** Number of the type of samples, as in the table of the format; those of 64-bit integers are given out as doubles. */
export function streamType(stream: u32): u32 {
  return many ? streamOf(stream).type : sampleType();
}

function gridOfChannel(stream: u32, channel: u32): usize {
  return many ? load<usize>(streamOf(stream).grids + 4 * <usize>channel) : description();
}

export function channelGain(stream: u32, channel: u32): f64 {
  const grid = gridOfChannel(stream, channel);
  return grid == 0 ? 1 : changetype<Grid>(grid).gain;
}

export function channelOffset(stream: u32, channel: u32): f64 {
  const grid = gridOfChannel(stream, channel);
  return grid == 0 ? 0 : changetype<Grid>(grid).offset;
}

/** UTF-8; its length is {@link resultBytes}. */
export function channelUnit(stream: u32, channel: u32): usize {
  const grid = gridOfChannel(stream, channel);
  resultLength = grid == 0 ? 0 : <u32>changetype<Grid>(grid).unitBytes;
  return grid == 0 ? 0 : changetype<Grid>(grid).unit;
}

/** UTF-8; its length is {@link resultBytes}. */
export function channelName(stream: u32, channel: u32): usize {
  resultLength = 0;
  if (!many) return 0;
  const name = streamOf(stream).names + 8 * <usize>channel;
  resultLength = load<u32>(name, 4);
  return load<usize>(name);
}

/**
 * Decodes a stretch of all channels of a stream, channel after channel.
 *
 * @param from, count - samples of each channel
 * @returns 0, or a fault; the samples are at {@link result}
 */
export function readSamples(stream: u32, from: f64, count: f64): i32 {
  clearFault();
  resultLength = 0;
  if (!isOpen || !(from >= 0 && count >= 0 && from + count <= streamSamples(stream))) return RANGE;
  reset(opened);
  if (many) {
    resultStart = readStretch(stream, <u64>from, <u64>count);
    if (fault() != 0) return fault();
    const item = streamOf(stream);
    resultLength = givenWidth(item.type) * item.channels * <u32>count;
    return 0;
  }
  readFrom(singlePosition, singleEnd);
  const whole = readSingle();
  if (fault() != 0) return fault();
  const width = givenWidth(sampleType());
  resultStart = whole + <usize>width * <usize>from;
  resultLength = width * <u32>count;
  return 0;
}

/**
 * What surrounds the samples, as it lies in the file: a varint with its length, and Brotli data.
 *
 * @returns 0, or a fault; it is at {@link result}
 */
export function readSurroundings(): i32 {
  clearFault();
  resultLength = 0;
  if (!isOpen || !many || keepsSurroundings == 0) return RANGE;
  if (!isIntact(0)) return DAMAGED_CHUNK;
  resultStart = chunkStart(0);
  resultLength = <u32>(chunkEnd(0) - resultStart);
  return 0;
}

/**
 * Makes a file of samples that were put where {@link reserve} said.
 *
 * @param type - number of their type, of integers of 8, 16 or 32 bits
 * @param preset - 0 fast, 1 best
 * @param rate - samples per second, or 0
 * @param error - largest error of any sample, in the values of the samples
 * @returns 0, or a fault; the file is at {@link result}
 */
export function encode(type: u32, channels: u32, count: u32, preset: u32, rate: f64, error: f64): i32 {
  clearFault();
  isOpen = false;
  resultLength = 0;
  resultStart = encodeSamples(input, type, channels, count, preset, rate, error);
  if (fault() != 0) return fault();
  resultLength = <u32>(encodedEnd() - resultStart);
  return 0;
}

/** Address of what the last call gave. */
export function result(): usize {
  return resultStart;
}

/** Bytes of what the last call gave. */
export function resultBytes(): u32 {
  return resultLength;
}

/** The double nearest to digits·10^exponent, as numbers of a table are read: for tests. */
export function nearestDouble(digits: f64, exponent: i32): f64 {
  return decimal(<i64>digits, exponent);
}
