// The bytes of a file, one field after another (docs/format.md §1, §12). A fault stops nothing: fields then are 0, and
// callers look at it before they take memory or loop.

import { decimal } from './decimal';
import { DAMAGED, fail } from './faults';

/** Stands before the eight bytes of a number that has no short decimal form. */
const BINARY_NUMBER: u32 = 127;
const EXPONENT_OFFSET: i32 = 64;

let position: usize = 0;
let limit: usize = 0;

/** Reads from here to there from now on. */
export function readFrom(start: usize, end: usize): void {
  position = start;
  limit = end;
}

export function readPosition(): usize {
  return position;
}

export function readEnd(): usize {
  return limit;
}

export function byte(): u32 {
  if (position >= limit) return fail(DAMAGED);
  return load<u8>(position++);
}

/** An unsigned integer below 2³⁵. */
export function varint(): u64 {
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 35; shift += 7) {
    const next = byte();
    value |= <u64>(next & 127) << shift;
    // A zero at the end would be a second way to write the number.
    if (next < 128 && (next > 0 || shift == 0)) return value;
    if (next == 0) break;
  }
  return fail(DAMAGED);
}

export function signed(): i64 {
  const coded = <i64>varint();
  return (coded & 1) == 0 ? coded >> 1 : -((coded + 1) >> 1);
}

/** The next bytes. @returns where they lie */
export function take(length: u64): usize {
  if (length > <u64>(limit - position)) return fail(DAMAGED);
  position += <usize>length;
  return position - <usize>length;
}

export function number(): f64 {
  const first = byte();
  if (first == BINARY_NUMBER) {
    const at = take(8);
    return at == 0 ? 0 : load<f64>(at);
  }
  if (first > BINARY_NUMBER) return fail(DAMAGED);
  return decimal(signed(), <i32>first - EXPONENT_OFFSET);
}

/** A number of things that each take a byte or more of `bytes`. */
export function count(bytes: usize): u32 {
  const found = varint();
  return found > <u64>bytes ? fail(DAMAGED) : <u32>found;
}

// CRC-32 (ISO-HDLC), a byte at a time.
const TABLE: usize = memory.data(1024, 4);
let prepared: bool = false;

/** CRC-32 as in ZIP. */
export function crc32(start: usize, end: usize): u32 {
  if (!prepared) {
    for (let i: u32 = 0; i < 256; i++) {
      let value = i;
      for (let bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
      store<u32>(TABLE + (<usize>i << 2), value);
    }
    prepared = true;
  }
  let value: u32 = 0xffffffff;
  for (let at = start; at < end; at++) {
    value = load<u32>(TABLE + (<usize>((value ^ load<u8>(at)) & 255) << 2)) ^ (value >>> 8);
  }
  return ~value;
}
