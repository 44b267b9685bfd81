// The range coder of symbols with frequencies over 2²⁴, for kernels that code samples piece by piece. The specification is
// lib/codecs/lossless/frequency-coder.ts.

const FREQUENCY_BITS: u64 = 24;
export const FREQUENCY_TOTAL: i32 = 1 << 24;
const WHOLE: u64 = 1 << 48;
const LEAST_RANGE: u64 = 1 << 40;
const STATE_BYTES: i32 = 6;
const MAX_IMPLICIT_ZEROS: u32 = 16;

export const FAULT_CODE: i32 = -1;

let low: u64 = 0;
let range: u64 = 0;
let offset: u64 = 0;
let position: usize = 0;
/** Where the bytes of this piece of the code begin. */
let origin: usize = 0;
let carriedOut: i32 = 0;
let limit: usize = 0;
let implicitZeros: u32 = 0;
let fault: i32 = 0;

export function startEncoder(): void {
  low = 0;
  range = WHOLE;
}

/** Bytes of the next piece go there. */
@inline
export function startPiece(output: usize): void {
  position = output;
  origin = output;
  carriedOut = 0;
}

/** Where the bytes of the piece end. */
@inline
export function pieceEnd(): usize {
  return position;
}

/** Adds one to the bytes that are out; where those of this piece do not take it, to those of the pieces before. */
function carry(): void {
  low -= WHOLE;
  let at = position - 1;
  while (at >= origin && load<u8>(at) == 255) store<u8>(at--, 0);
  if (at >= origin) store<u8>(at, load<u8>(at) + 1);
  else carriedOut = 1;
}

/** Whether one has to be added to the bytes of the pieces before the last. At most once a piece. */
export function hasCarriedOut(): i32 {
  return carriedOut;
}

@inline
function writeByte(): void {
  store<u8>(position++, <u8>(low >> 40));
  low = (low & (LEAST_RANGE - 1)) << 8;
}

/** Codes a symbol that has the frequencies from `start` to before `end`. */
@inline
export function encodeSymbol(start: i32, end: i32): void {
  const unit = range >> FREQUENCY_BITS;
  low += unit * <u64>start;
  range = unit * <u64>(end - start);
  if (low >= WHOLE) carry();
  // How many bytes leave is hard to foretell, so three are written whatever their number, and the next write over them.
  const bits = max<i64>(<i64>clz(range) - 16, 0) & ~7;
  store<u8>(position, <u8>(low >> 40));
  store<u8>(position, <u8>(low >> 32), 1);
  store<u8>(position, <u8>(low >> 24), 2);
  position += <usize>(bits >> 3);
  low = (low << bits) & (WHOLE - 1);
  range <<= bits;
}

/** Ends the code. @param output - room for six bytes. @returns where the bytes end */
export function finishEncoder(output: usize): usize {
  startPiece(output);
  const upper = low + range - 1;
  for (let bits: u64 = 48; ; bits -= 8) {
    const candidate = (upper >> bits) << bits;
    if (candidate >= low) {
      low = candidate;
      break;
    }
  }
  if (low >= WHOLE) carry();
  for (let i = 0; i < STATE_BYTES; i++) writeByte();
  return position;
}

@inline
function readByte(): u64 {
  if (position < limit) return load<u8>(position++);
  if (++implicitZeros > MAX_IMPLICIT_ZEROS) fault = FAULT_CODE;
  return 0;
}

/** @param bytes, end - where the code lies */
export function startDecoder(bytes: usize, end: usize): void {
  position = bytes;
  limit = end;
  implicitZeros = 0;
  fault = 0;
  range = WHOLE;
  offset = 0;
  for (let i = 0; i < STATE_BYTES; i++) offset = (offset << 8) | readByte();
}

/** A frequency of the next symbol; {@link FREQUENCY_TOTAL} or more if no encoder wrote these bytes. */
@inline
export function nextTarget(): i32 {
  const unit = range >> FREQUENCY_BITS;
  return <i32>(<f64>(<i64>offset) / <f64>(<i64>unit));
}

/** Goes on behind the symbol that {@link nextTarget} told. @returns a fault when too many bytes are missing, or 0 */
@inline
export function takeSymbol(start: i32, end: i32): i32 {
  const unit = range >> FREQUENCY_BITS;
  offset -= unit * <u64>start;
  range = unit * <u64>(end - start);
  while (range < LEAST_RANGE) {
    range <<= 8;
    offset = (offset << 8) | readByte();
  }
  return fault;
}

/** @param filled - zeros may follow. @returns a fault when bytes are left, so that no encoder wrote them, or 0 */
export function endDecoder(filled: bool): i32 {
  while (filled && position < limit && load<u8>(position) == 0) position++;
  return position < limit ? FAULT_CODE : fault;
}
