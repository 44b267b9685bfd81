/**
 * Stands in for `node:zlib`: the same in Node and browsers, as far as it goes.
 */
import { deflateSync, Inflate, unzlibSync } from 'fflate';

/** A file keeps more than samples, packed by Brotli, which this browser does not give to programs. */
export class BrotliMissingError extends Error {
  override readonly name = 'BrotliMissingError';
}

/** Bytes that are unpacked at a time: each may become a thousand, and nobody wants more than was allowed. */
const PIECE = 4096;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in ZIP. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) value = CRC_TABLE[(value ^ bytes[i]!) & 255]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

export function deflateRawSync(bytes: Uint8Array, { level = 6 }: { level?: number } = {}): Uint8Array {
  return deflateSync(bytes, { level: level as 6 | 9 });
}

/** Data with the frame of zlib. */
export function inflateSync(bytes: Uint8Array): Uint8Array {
  return unzlibSync(bytes);
}

/** @throws RangeError when the data give more than `maxOutputLength` bytes */
export function inflateRawSync(
  bytes: Uint8Array,
  { maxOutputLength = Infinity }: { maxOutputLength?: number } = {},
): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate((part) => {
    length += part.length;
    if (length > maxOutputLength)
      throw new RangeError(`Unpacked data have more than ${maxOutputLength} bytes.`);
    parts.push(part);
  });
  for (let at = 0; at === 0 || at < bytes.length; at += PIECE) {
    inflate.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

interface NodeZlib {
  brotliCompressSync(bytes: Uint8Array, options: object): Uint8Array;
  brotliDecompressSync(bytes: Uint8Array, options: object): Uint8Array;
}

/** That of Node, where this runs in Node. */
function nodeZlib(): NodeZlib {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): NodeZlib | undefined } };
  const found = process?.getBuiltinModule?.('node:zlib');
  if (found) return found;
  throw new BrotliMissingError(
    'This file keeps more than samples, and a browser cannot unpack that: take its samples, or run this under Node.',
  );
}

/** Brotli data of no bytes. */
const NOTHING = Uint8Array.of(0x3b);

export function brotliCompressSync(bytes: Uint8Array, options: object): Uint8Array {
  return bytes.length === 0 ? NOTHING : nodeZlib().brotliCompressSync(bytes, options);
}

export function brotliDecompressSync(bytes: Uint8Array, options: object): Uint8Array {
  const nothing = bytes.length === 1 && bytes[0] === NOTHING[0];
  return nothing ? new Uint8Array(0) : nodeZlib().brotliDecompressSync(bytes, options);
}

/** Numbers of Brotli's options (RFC 7932 has none; these are those of its library). */
export const constants = {
  BROTLI_PARAM_QUALITY: 1,
  BROTLI_PARAM_LGWIN: 2,
  BROTLI_MAX_QUALITY: 11,
  BROTLI_MAX_WINDOW_BITS: 24,
};
