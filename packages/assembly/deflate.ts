// Raw deflate data (RFC 1951) to bytes and back. Unpacking follows Mark Adler's puff, which decodes a bit at a time;
// packing knows fixed codes alone, which is enough for tables.

import { allocate, extend, mark } from './arena';
import { DAMAGED, fail, fault } from './faults';

const MOST_BITS: u32 = 15;
const LITERALS: u32 = 288;
const DISTANCES: u32 = 30;

const LENGTH_COUNTS: usize = memory.data(32, 2);
const LENGTH_SYMBOLS: usize = memory.data(2 * 288, 2);
const DISTANCE_COUNTS: usize = memory.data(32, 2);
const DISTANCE_SYMBOLS: usize = memory.data(2 * 30, 2);
const LENGTHS: usize = memory.data(320, 2);
const OFFSETS: usize = memory.data(32, 2);

const BASE_LENGTHS: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const EXTRA_LENGTHS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const BASE_DISTANCES: usize = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);
const EXTRA_DISTANCES: usize = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);
/** Order in which the lengths of the code of lengths come. */
const ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

let source: usize = 0;
let sourceEnd: usize = 0;
let held: u32 = 0;
let heldBits: u32 = 0;
let output: u64 = 0;
let outputLength: u64 = 0;
let most: u64 = 0;

/** Bytes that {@link inflate} gave. */
export function inflatedBytes(): u32 {
  return <u32>outputLength;
}

function bits(need: u32): u32 {
  let value: u64 = held;
  while (heldBits < need) {
    if (source >= sourceEnd) return fail(DAMAGED);
    value |= <u64>load<u8>(source++) << heldBits;
    heldBits += 8;
  }
  held = <u32>(value >> need);
  heldBits -= need;
  return <u32>(value & ((<u64>1 << need) - 1));
}

function symbol(counts: usize, symbols: usize): u32 {
  let code: i32 = 0;
  let first: i32 = 0;
  let index: i32 = 0;
  for (let length: u32 = 1; length <= MOST_BITS; length++) {
    code |= <i32>bits(1);
    const count = <i32>load<u16>(counts + (<usize>length << 1));
    if (code - count < first) return load<u16>(symbols + (<usize>(index + code - first) << 1));
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return fail(DAMAGED);
}

/** @returns codes that are left over: below 0 when there are too many symbols */
function construct(counts: usize, symbols: usize, lengths: usize, symbolCount: u32): i32 {
  memory.fill(counts, 0, 32);
  for (let s: u32 = 0; s < symbolCount; s++) {
    const at = counts + (<usize>load<u8>(lengths + s) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  if (<u32>load<u16>(counts) == symbolCount) return 0;
  let left: i32 = 1;
  for (let length: usize = 1; length <= MOST_BITS; length++) {
    left = (left << 1) - <i32>load<u16>(counts + (length << 1));
    if (left < 0) return left;
  }
  store<u16>(OFFSETS, 0, 2);
  for (let length: usize = 1; length < MOST_BITS; length++) {
    store<u16>(OFFSETS + ((length + 1) << 1), load<u16>(OFFSETS + (length << 1)) + load<u16>(counts + (length << 1)));
  }
  for (let s: u32 = 0; s < symbolCount; s++) {
    const length = <usize>load<u8>(lengths + s);
    if (length == 0) continue;
    const at = OFFSETS + (length << 1);
    store<u16>(symbols + (<usize>load<u16>(at) << 1), s);
    store<u16>(at, load<u16>(at) + 1);
  }
  return left;
}

/** Makes room for bytes. @returns whether as many are allowed */
function more(bytes: u64): bool {
  outputLength += bytes;
  if (outputLength > most) {
    fail(DAMAGED);
    return false;
  }
  extend(output, outputLength);
  return true;
}

function codes(): void {
  while (fault() == 0) {
    const s = symbol(LENGTH_COUNTS, LENGTH_SYMBOLS);
    if (fault() != 0 || s == 256) return;
    if (s < 256) {
      if (!more(1)) return;
      store<u8>(<usize>(output + outputLength - 1), <u8>s);
      continue;
    }
    const length = s - 257;
    if (length >= 29) {
      fail(DAMAGED);
      return;
    }
    const run =
      <u32>load<u16>(BASE_LENGTHS + (<usize>length << 1)) + bits(<u32>load<u8>(EXTRA_LENGTHS + length));
    const d = symbol(DISTANCE_COUNTS, DISTANCE_SYMBOLS);
    if (d >= DISTANCES) {
      fail(DAMAGED);
      return;
    }
    const distance = <u32>load<u16>(BASE_DISTANCES + (<usize>d << 1)) + bits(<u32>load<u8>(EXTRA_DISTANCES + d));
    if (fault() != 0 || <u64>distance > outputLength) {
      fail(DAMAGED);
      return;
    }
    if (!more(run)) return;
    let to = <usize>(output + outputLength - run);
    for (const end = to + run; to < end; to++) store<u8>(to, load<u8>(to - distance));
  }
}

function storedBlock(): void {
  held = 0;
  heldBits = 0;
  if (source + 4 > sourceEnd) {
    fail(DAMAGED);
    return;
  }
  const length = <u32>load<u16>(source);
  if (length != (~(<u32>load<u16>(source, 2)) & 0xffff) || source + 4 + length > sourceEnd) {
    fail(DAMAGED);
    return;
  }
  source += 4;
  if (!more(length)) return;
  memory.copy(<usize>(output + outputLength - length), source, length);
  source += length;
}

function fixedCodes(): void {
  memory.fill(LENGTHS, 8, 144);
  memory.fill(LENGTHS + 144, 9, 112);
  memory.fill(LENGTHS + 256, 7, 24);
  memory.fill(LENGTHS + 280, 8, 8);
  construct(LENGTH_COUNTS, LENGTH_SYMBOLS, LENGTHS, LITERALS);
  memory.fill(LENGTHS, 5, DISTANCES);
  construct(DISTANCE_COUNTS, DISTANCE_SYMBOLS, LENGTHS, DISTANCES);
}

function dynamicCodes(): void {
  const lengths = bits(5) + 257;
  const distances = bits(5) + 1;
  const codeLengths = bits(4) + 4;
  if (fault() != 0 || lengths > 286 || distances > DISTANCES) {
    fail(DAMAGED);
    return;
  }
  memory.fill(LENGTHS, 0, 19);
  for (let i: u32 = 0; i < codeLengths; i++) store<u8>(LENGTHS + load<u8>(ORDER + i), <u8>bits(3));
  if (construct(LENGTH_COUNTS, LENGTH_SYMBOLS, LENGTHS, 19) != 0) {
    fail(DAMAGED);
    return;
  }
  let index: u32 = 0;
  while (index < lengths + distances && fault() == 0) {
    const s = symbol(LENGTH_COUNTS, LENGTH_SYMBOLS);
    if (s < 16) {
      store<u8>(LENGTHS + index++, <u8>s);
      continue;
    }
    let value: u8 = 0;
    if (s == 16) {
      if (index == 0) {
        fail(DAMAGED);
        return;
      }
      value = load<u8>(LENGTHS + index - 1);
    }
    const times = s == 16 ? 3 + bits(2) : s == 17 ? 3 + bits(3) : 11 + bits(7);
    if (index + times > lengths + distances) {
      fail(DAMAGED);
      return;
    }
    memory.fill(LENGTHS + index, value, times);
    index += times;
  }
  if (fault() != 0) return;
  const ends = load<u8>(LENGTHS + 256) != 0;
  const left = construct(LENGTH_COUNTS, LENGTH_SYMBOLS, LENGTHS, lengths);
  const single = lengths - <u32>load<u16>(LENGTH_COUNTS) == 1;
  const distanceLeft = construct(DISTANCE_COUNTS, DISTANCE_SYMBOLS, LENGTHS + lengths, distances);
  const singleDistance = distances - <u32>load<u16>(DISTANCE_COUNTS) == 1;
  if (!ends || left < 0 || (left > 0 && !single) || distanceLeft < 0 || (distanceLeft > 0 && !singleDistance)) {
    fail(DAMAGED);
  }
}

/**
 * Unpacks. The bytes are the last memory that was allocated; {@link inflatedBytes} are there.
 *
 * @param atMost - more bytes are a fault
 */
export function inflate(start: usize, end: usize, atMost: u64): usize {
  source = start;
  sourceEnd = end;
  held = 0;
  heldBits = 0;
  output = <u64>allocate(0);
  outputLength = 0;
  most = atMost;
  let last: u32 = 0;
  while (last == 0 && fault() == 0) {
    last = bits(1);
    const kind = bits(2);
    if (fault() != 0) break;
    if (kind == 0) storedBlock();
    else if (kind == 3) fail(DAMAGED);
    else {
      if (kind == 1) fixedCodes();
      else dynamicCodes();
      codes();
    }
  }
  return <usize>output;
}

// Packing.

const HASHES: u32 = 4096;
const LONGEST: u32 = 258;
const FARTHEST: usize = 32768;

let target: usize = 0;
let waiting: u64 = 0;
let waitingBits: u32 = 0;

function put(value: u32, count: u32): void {
  waiting |= <u64>value << waitingBits;
  for (waitingBits += count; waitingBits >= 8; waitingBits -= 8) {
    store<u8>(target++, <u8>waiting);
    waiting >>= 8;
  }
}

/** A Huffman code, its first bit first. */
function putCode(code: u32, length: u32): void {
  let reversed: u32 = 0;
  for (let i: u32 = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
  put(reversed, length);
}

function putSymbol(s: u32): void {
  if (s < 144) putCode(0x30 + s, 8);
  else if (s < 256) putCode(0x190 + s - 144, 9);
  else if (s < 280) putCode(s - 256, 7);
  else putCode(0xc0 + s - 280, 8);
}

/** Index of the last base that is not above a value. */
function placeOf(bases: usize, count: u32, value: u32): u32 {
  let place = count - 1;
  while (<u32>load<u16>(bases + (<usize>place << 1)) > value) place--;
  return place;
}

/** Packs with fixed codes. @returns where the packed bytes lie; they end at {@link packedEnd} */
export function deflate(start: usize, length: usize): usize {
  const table = allocate(4 * <u64>HASHES);
  memory.fill(table, 0, 4 * HASHES);
  const packed = allocate(<u64>length + (<u64>length >> 2) + 16);
  target = packed;
  waiting = 0;
  waitingBits = 0;
  put(1, 1);
  put(1, 2);
  const end = start + length;
  for (let at = start; at < end; ) {
    let run: u32 = 0;
    let before: usize = 0;
    if (at + 3 <= end) {
      const three = load<u16>(at) | (<u32>load<u8>(at, 2) << 16);
      const slot = table + (<usize>((three * 0x9e3779b1) >> 20) << 2);
      before = <usize>load<u32>(slot);
      store<u32>(slot, <u32>at);
      if (before != 0 && at - before <= FARTHEST) {
        while (run < LONGEST && at + run < end && load<u8>(before + run) == load<u8>(at + run)) run++;
      }
    }
    if (run < 3) {
      putSymbol(<u32>load<u8>(at++));
      continue;
    }
    const l = placeOf(BASE_LENGTHS, 29, run);
    putSymbol(257 + l);
    put(run - <u32>load<u16>(BASE_LENGTHS + (<usize>l << 1)), <u32>load<u8>(EXTRA_LENGTHS + l));
    const distance = <u32>(at - before);
    const d = placeOf(BASE_DISTANCES, DISTANCES, distance);
    putCode(d, 5);
    put(distance - <u32>load<u16>(BASE_DISTANCES + (<usize>d << 1)), <u32>load<u8>(EXTRA_DISTANCES + d));
    at += run;
  }
  putSymbol(256);
  put(0, 7);
  return packed;
}

export function packedEnd(): usize {
  return target;
}
