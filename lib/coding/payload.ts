/** How the bytes behind a header are put together. */
import { leastPayload } from './bitstream';
import { writeVarint } from './header-reader';

/**
 * A payload, filled up with zeros to the least length for so many samples. A decoder refuses a shorter one, as its file
 * would claim more than it can hold.
 */
export function filledPayload(payload: Uint8Array, samples: number): Uint8Array {
  const least = leastPayload(samples);
  if (payload.length >= least) return payload;
  const filled = new Uint8Array(least);
  filled.set(payload);
  return filled;
}

/** Strings of bytes, each behind its length, and then the rest: a decoder takes them by these lengths. */
export function behindLengths(strings: readonly Uint8Array[], rest: Uint8Array): Uint8Array {
  const front: number[] = [];
  for (const one of strings) {
    writeVarint(front, one.length);
    for (const byte of one) front.push(byte);
  }
  const whole = new Uint8Array(front.length + rest.length);
  whole.set(front);
  whole.set(rest, front.length);
  return whole;
}
