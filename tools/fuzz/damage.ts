/**
 * Ways to damage a file.
 */
import { crc32 } from 'node:zlib';

const CRC_BYTES = 4;

/** A random integer from 0 to below `end`. */
export function whole(random: () => number, end: number): number {
  return Math.floor(random() * end);
}

/** The file with bits flipped, bytes replaced, removed, repeated or put in, or cut off; never as it was. */
export function damaged(random: () => number, file: Uint8Array): Uint8Array {
  if (file.length === 0) return Uint8Array.of(whole(random, 256));
  const at = whole(random, file.length);
  const copy = new Uint8Array(file);
  switch (whole(random, 6)) {
    case 0:
      copy[at]! ^= 1 << whole(random, 8);
      return copy;
    case 1:
      // Most fields that decide anything are among the first.
      copy[whole(random, Math.min(24, file.length))]! ^= 1 + whole(random, 255);
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1)]);
    case 4:
      return Buffer.concat([copy.subarray(0, at), Uint8Array.of(whole(random, 256)), copy.subarray(at)]);
    default:
      for (let i = 0; i < 1 + whole(random, 8); i++) {
        copy[whole(random, file.length)]! ^= 1 + whole(random, 255);
      }
      copy[at]! ^= 1 + whole(random, 255);
      return copy.every((byte, i) => byte === file[i]) ? copy.subarray(1) : copy;
  }
}

/** The file with a check that fits, as if an encoder had written what is in it. */
export function resealed(file: Uint8Array): Uint8Array {
  if (file.length < CRC_BYTES) return file;
  const copy = new Uint8Array(file);
  const body = copy.length - CRC_BYTES;
  new DataView(copy.buffer).setUint32(body, crc32(copy.subarray(0, body)), true);
  return copy;
}
