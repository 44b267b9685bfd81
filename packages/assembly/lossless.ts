// Both lossless codecs: the kernels of lib, with their constants put in place and their headers read and written
// (docs/format.md §7, §11).

import * as channelCoder from '../../lib/kernels/assembly/channel-coder';
import * as losslessCoder from '../../lib/kernels/assembly/lossless-coder';
import { allocate, allocateZeros, mark, reset } from './arena';
import { FIXED, PRECISIONS_BEST, PRECISIONS_FAST, PRIORS_BEST, PRIORS_FAST, WIDTHS } from './constants';
import { GAUSSIAN, HEAVY, prepareDistributions, quantiles, STUDENT } from './distributions';
import { DAMAGED, fail, fault, UNSUPPORTED } from './faults';
import { MOST_CODES } from './grids';
import { byte, readEnd, readFrom, readPosition, varint } from './reader';
import { correlatedSources } from './sources';

export const FAST: u32 = 0;
export const BEST: u32 = 1;
/** Parameter of codes of ten bits each. */
const PACKED: u32 = 2;

const ADC_CODES: i32 = 1024;
// Features of each preset: 8 + 2·2 + 4, and 16 + 2·8 + 8 + 2·8.
const FAST_FEATURES: usize = 16;
const BEST_FEATURES: usize = 56;
const WIDTH_UNIT: f64 = 1.0 / 4096;
const MOST_CHUNK_SAMPLES: u64 = 1 << 28;
const MOST_IMPLICIT_ZEROS: usize = 16;

/** Samples that a payload must have bytes for. */
export function leastPayload(samples: u64): u64 {
  const least = (samples + 131071) >> 17;
  return least > 16 ? least - 16 : 0;
}

/** Places of constants in the memory of the kernel. */
function startAdcModel(preset: u32): void {
  prepareDistributions();
  const model = allocateZeros(<u64>losslessCoder.modelBytes());
  const fast = preset == FAST;
  memory.copy(model, FIXED, 8 * 32);
  memory.copy(model + 256, fast ? PRIORS_FAST : PRIORS_BEST, 8 * (fast ? FAST_FEATURES : BEST_FEATURES));
  memory.copy(model + 768, fast ? PRECISIONS_FAST : PRECISIONS_BEST, 8 * (fast ? FAST_FEATURES : BEST_FEATURES));
  for (let k = 0; k < ADC_CODES; k++) {
    const outer = k == 0 || k == ADC_CODES - 1;
    const width = outer ? 1 : <f64>load<u16>(WIDTHS + (<usize>k << 1)) * WIDTH_UNIT;
    store<f64>(model + 1280 + (<usize>k << 3), width);
  }
  memory.copy(model + 9472, GAUSSIAN, 16384);
  memory.copy(model + 25856, STUDENT, 16384);
  quantiles(model + 42240);
  if (fast) losslessCoder.startModel(model, 8, 2, 4, 0, 2, false);
  else losslessCoder.startModel(model, 16, 8, 8, 8, 1, true);
}

/** The codes of a payload of family 128, u16 each. */
export function decodeAdcCodes(parameter: u32, start: usize, end: usize, samples: u32): usize {
  const bytes = <u64>(end - start);
  if (parameter > PACKED) return fail(UNSUPPORTED);
  const packed = parameter == PACKED;
  if (packed ? bytes != (<u64>samples * 10 + 7) >> 3 : bytes < leastPayload(samples)) return fail(DAMAGED);
  const codes = allocate(2 * <u64>samples);
  if (packed) {
    unpack(start, end, samples, codes);
    return codes;
  }
  startAdcModel(parameter);
  losslessCoder.startDecoder(start, end);
  if (losslessCoder.decodeCodes(codes, samples) != 0 || losslessCoder.finishDecoder() != 0) return fail(DAMAGED);
  return codes;
}

function unpack(start: usize, end: usize, samples: u32, codes: usize): void {
  let held: u32 = 0;
  let bits: u32 = 0;
  let at = start;
  for (let i: u32 = 0; i < samples; i++) {
    for (; bits < 10; bits += 8) held = ((held << 8) | load<u8>(at++)) & 0x3ffff;
    bits -= 10;
    store<u16>(codes + (<usize>i << 1), <u16>((held >> bits) & 1023));
  }
  const unused = <u32>(8 * (end - start)) - 10 * samples;
  if (end > start && (load<u8>(end - 1) & ((1 << unused) - 1)) != 0) fail(DAMAGED);
}

function startChannelModel(lowest: i32, codes: i32, preset: u32, channels: u32, samples: u32): void {
  prepareDistributions();
  const model = allocateZeros(<u64>channelCoder.modelBytes(codes));
  memory.copy(model, GAUSSIAN, 16384);
  memory.copy(model + 16384, HEAVY, 16384);
  const several = channels > 1;
  if (preset == FAST) channelCoder.startModel(model, lowest, codes, 16, several ? 2 : 0, 0, 4, 8, samples);
  else channelCoder.startModel(model, lowest, codes, 24, several ? 4 : 0, 16, 1, 1, samples);
}

/** References that a channel may have. */
@inline
function mostSources(preset: u32): u32 {
  return preset == FAST ? 2 : 4;
}

/** @param list - for each channel its number of sources, and up to four of them: five u32 */
function startChannel(channel: u32, list: usize, codes: usize, samples: u32): void {
  const own = list + 20 * <usize>channel;
  const count = load<u32>(own);
  for (let i: usize = 0; i < count; i++) {
    const source = load<u32>(own + 4 + 4 * i);
    store<u32>(channelCoder.references() + 4 * i, <u32>(codes + 2 * <usize>source * samples));
  }
  channelCoder.startChannel(count);
}

/** The codes of a payload of §11, u16 each, channel after channel. */
export function decodeChannels(start: usize, end: usize, channels: u32, samples: u32, preset: u32): usize {
  const all = <u64>channels * <u64>samples;
  const least = leastPayload(all);
  const bytes = <u64>(end - start);
  if (bytes < least || all > MOST_CHUNK_SAMPLES || preset > BEST) return fail(DAMAGED);
  const position = readPosition();
  const limit = readEnd();
  readFrom(start, end);
  const lowest = varint();
  const codeCount = varint() + 1;
  if (fault() != 0 || lowest + codeCount > MOST_CODES) return fail(DAMAGED);
  const list = allocateZeros(20 * <u64>channels);
  for (let c: u32 = 1; c < channels; c++) {
    const own = list + 20 * <usize>c;
    const count = byte();
    if (fault() != 0 || count > mostSources(preset)) return fail(DAMAGED);
    store<u32>(own, count);
    for (let i: usize = 0; i < count; i++) {
      const back = varint();
      if (fault() != 0 || back == 0 || back > <u64>c) return fail(DAMAGED);
      store<u32>(own + 4 + 4 * i, c - <u32>back);
    }
  }
  const codeStart = readPosition();
  readFrom(position, limit);
  const codes = allocate(2 * all);
  const before = mark();
  startChannelModel(<i32>lowest, <i32>codeCount, preset, channels, samples);
  channelCoder.startDecoder(codeStart, end);
  for (let c: u32 = 0; c < channels; c++) {
    startChannel(c, list, codes, samples);
    if (channelCoder.decodeSamples(codes + 2 * <usize>c * samples, samples) != 0) return fail(DAMAGED);
  }
  if (channelCoder.finishDecoder(bytes == least) != 0) return fail(DAMAGED);
  reset(before);
  if (lowest > 0) {
    for (let at = codes, last = codes + 2 * <usize>all; at < last; at += 2) {
      store<u16>(at, load<u16>(at) + <u16>lowest);
    }
  }
  return codes;
}

let encodedEnd: usize = 0;

/** Where the bytes end that {@link encodeChannels} gave. */
export function channelsEnd(): usize {
  return encodedEnd;
}

function putVarint(at: usize, value: u32): usize {
  for (; value > 127; value >>= 7) store<u8>(at++, <u8>((value & 127) | 128));
  store<u8>(at, <u8>value);
  return at + 1;
}

/** Adds one to the bytes before a place. */
function carry(end: usize): void {
  let at = end - 1;
  while (load<u8>(at) == 255) store<u8>(at--, 0);
  store<u8>(at, load<u8>(at) + 1);
}

/**
 * A payload of §11.
 *
 * @param codes - u16 each, channel after channel; changed
 * @returns where it lies; it ends at {@link channelsEnd}
 */
export function encodeChannels(codes: usize, channels: u32, samples: u32, preset: u32): usize {
  const all = <u64>channels * <u64>samples;
  const last = codes + 2 * <usize>all;
  let lowest: u32 = MOST_CODES - 1;
  let highest: u32 = 0;
  for (let at = codes; at < last; at += 2) {
    const code = <u32>load<u16>(at);
    if (code < lowest) lowest = code;
    if (code > highest) highest = code;
  }
  if (highest < lowest) lowest = highest;
  for (let at = codes; at < last; at += 2) store<u16>(at, load<u16>(at) - <u16>lowest);
  const list = allocateZeros(20 * <u64>channels);
  correlatedSources(codes, channels, samples, mostSources(preset), list);
  const least = leastPayload(all);
  const output = allocate(32 + 21 * <u64>channels + 4 * all + 16 + least);
  let at = putVarint(putVarint(output, lowest), highest - lowest);
  for (let c: u32 = 1; c < channels; c++) {
    const own = list + 20 * <usize>c;
    const count = load<u32>(own);
    store<u8>(at++, <u8>count);
    for (let i: usize = 0; i < count; i++) at = putVarint(at, c - load<u32>(own + 4 + 4 * i));
  }
  const codeStart = at;
  const before = mark();
  startChannelModel(<i32>lowest, <i32>(highest - lowest + 1), preset, channels, samples);
  channelCoder.startEncoder();
  for (let c: u32 = 0; c < channels; c++) {
    startChannel(c, list, codes, samples);
    const end = channelCoder.encodeSamples(codes + 2 * <usize>c * samples, samples, at);
    if (channelCoder.hasCarriedOut() != 0) carry(at);
    at = end;
  }
  const end = channelCoder.finishEncoder(at);
  if (channelCoder.hasCarriedOut() != 0) carry(at);
  at = end;
  reset(before);
  const floor = max<usize>(codeStart, at > codeStart + MOST_IMPLICIT_ZEROS ? at - MOST_IMPLICIT_ZEROS : codeStart);
  while (at > floor && load<u8>(at - 1) == 0) at--;
  while (<u64>(at - output) < least) store<u8>(at++, 0);
  encodedEnd = at;
  return output;
}
