// Why a call failed: the first reason counts. Hosts tell them apart by number.

/** No fault. */
export const NONE: i32 = 0;
/** The bytes are damaged, truncated or not of this format. */
export const DAMAGED: i32 = -1;
/** The file is whole, and needs a basis or version that this module does not have. */
export const UNSUPPORTED: i32 = -2;
/** A chunk is damaged; others can be read. */
export const DAMAGED_CHUNK: i32 = -3;
/** What was asked for is not in the file, or is no recording. */
export const RANGE: i32 = -4;
/** The file is verbatim: bytes that are no recording. */
export const VERBATIM: i32 = -5;

let first: i32 = NONE;

/** Begins a call. */
export function clearFault(): void {
  first = NONE;
}

/** Notes a fault. @returns 0 */
export function fail(fault: i32): i32 {
  if (first == NONE) first = fault;
  return 0;
}

/** The fault of this call, or 0. */
export function fault(): i32 {
  return first;
}

/** Makes what is damaged in a chunk a fault of that chunk. */
export function blameChunk(): void {
  if (first == DAMAGED) first = DAMAGED_CHUNK;
}
