/**
 * Binary range coding: each decision costs −log₂ of the probability that the model gave it.
 *
 * G. N. N. Martin, "Range encoding", Video & Data Recording Conference, 1979; with the carry of the encoder
 * resolved in its cache byte, as I. Pavlov's LZMA does. All arithmetic is on integers below 2⁴⁸.
 */

import { BitstreamError } from '../bitstream-errors';

/** Probabilities are integers over 2¹⁶. */
export const PROBABILITY_ONE = 65536;

const TOP = 2 ** 24;

/** Bits of probability 1/2 that are coded in one step; the range keeps at least this precision. */
const DIRECT_BITS = 12;

/**
 * Most zeros at the end of a code that the encoder leaves out and the decoder supplies. It bounds the time of a decoder
 * on a short file, since decisions use up bytes.
 */
const MAX_IMPLICIT_ZEROS = 16;

/** The interface of encoder and decoder, so that one model serves both directions. */
export interface BinaryCoder {
  /**
   * Codes one decision.
   *
   * @param bit - 0 or 1; a decoder ignores it
   * @param probability - that the bit is 1, over 65536, from 1 to 65535
   * @returns the bit: the one given (encoder), the one found (decoder)
   */
  code(bit: number, probability: number): number;
  /** Codes the lowest `count` bits (0…24) of `value` as they are, the highest first; returns them. */
  codeBits(value: number, count: number): number;
}

/** Turns decisions into bytes. */
export class RangeEncoder implements BinaryCoder {
  private bytes = new Uint8Array(4096);
  private length = 0;
  private low = 0;
  private range = 0xffffffff;
  private cache = 0;
  /** Bytes 0xff after the cache that a carry would still turn into 0x00. */
  private pending = 0;
  /** The first byte that comes out is always 0 and is left out. */
  private started = false;

  code(bit: number, probability: number): number {
    const bound = (this.range >>> 16) * probability;
    if (bit !== 0) {
      this.range = bound;
    } else {
      this.low += bound;
      this.range -= bound;
    }
    while (this.range < TOP) {
      this.range = (this.range * 256) >>> 0;
      this.shiftLow();
    }
    return bit;
  }

  codeBits(value: number, count: number): number {
    if (count > DIRECT_BITS) {
      const upper = this.codeBits(value >>> DIRECT_BITS, count - DIRECT_BITS);
      return upper * 2 ** DIRECT_BITS + this.codeBits(value & (2 ** DIRECT_BITS - 1), DIRECT_BITS);
    }
    this.range >>>= count;
    this.low += value * this.range;
    while (this.range < TOP) {
      this.range = (this.range * 256) >>> 0;
      this.shiftLow();
    }
    return value;
  }

  /**
   * Ends the code.
   *
   * @returns the bytes, without the (up to 16) zeros at their end, which a decoder supplies itself
   */
  finish(): Uint8Array {
    // Of the numbers in [low, low + range) the one with most zeros at its end.
    const upper = this.low + this.range - 1;
    for (let unit = 2 ** 32; unit >= 1; unit /= 256) {
      const candidate = Math.floor(upper / unit) * unit;
      if (candidate >= this.low) {
        this.low = candidate;
        break;
      }
    }
    for (let i = 0; i < 5; i++) this.shiftLow();
    return withoutImplicitZeros(this.bytes.subarray(0, this.length)).slice();
  }

  private shiftLow(): void {
    if (this.low < 0xff000000 || this.low > 0xffffffff) {
      const carry = this.low > 0xffffffff ? 1 : 0;
      if (this.started) this.write(this.cache + carry);
      this.started = true;
      for (; this.pending > 0; this.pending--) this.write(0xff + carry);
      this.cache = Math.floor(this.low / TOP) & 0xff;
    } else {
      this.pending++;
    }
    this.low = (this.low % TOP) * 256;
  }

  private write(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  }
}

/** A finished code without the zeros at its end that a decoder supplies. */
export function withoutImplicitZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  const least = Math.max(0, end - MAX_IMPLICIT_ZEROS);
  while (end > least && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** Turns bytes back into decisions; past their end it reads zeros, as many as an encoder leaves out. */
export class RangeDecoder implements BinaryCoder {
  private position: number;
  private range = 0xffffffff;
  private offset = 0;
  private implicitZeros = 0;

  /**
   * @param bytes - what holds the code
   * @param start - where the code starts
   * @param end - where it ends
   * @throws BitstreamError here and in every method when no encoder wrote these bytes
   */
  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly end: number,
  ) {
    this.position = start;
    for (let i = 0; i < 4; i++) this.offset = this.offset * 256 + this.read();
    if (this.offset >= this.range) throw invalidCode();
  }

  code(_bit: number, probability: number): number {
    const bound = (this.range >>> 16) * probability;
    let bit;
    if (this.offset < bound) {
      this.range = bound;
      bit = 1;
    } else {
      this.offset -= bound;
      this.range -= bound;
      bit = 0;
    }
    while (this.range < TOP) {
      this.range = (this.range * 256) >>> 0;
      this.offset = this.offset * 256 + this.read();
    }
    return bit;
  }

  codeBits(_value: number, count: number): number {
    if (count > DIRECT_BITS) {
      const upper = this.codeBits(0, count - DIRECT_BITS);
      return upper * 2 ** DIRECT_BITS + this.codeBits(0, DIRECT_BITS);
    }
    this.range >>>= count;
    const value = Math.floor(this.offset / this.range);
    if (value >= 2 ** count) throw invalidCode();
    this.offset -= value * this.range;
    while (this.range < TOP) {
      this.range = (this.range * 256) >>> 0;
      this.offset = this.offset * 256 + this.read();
    }
    return value;
  }

  /**
   * Makes sure, after the last decision, that there is nothing more.
   *
   * @param filled - zeros may follow
   */
  finish(filled = false): void {
    if (filled) while (this.position < this.end && this.bytes[this.position] === 0) this.position++;
    if (this.position < this.end) throw invalidCode();
  }

  private read(): number {
    if (this.position < this.end) return this.bytes[this.position++]!;
    if (++this.implicitZeros > MAX_IMPLICIT_ZEROS) throw invalidCode();
    return 0;
  }
}

/** The error for bytes that no encoder writes. */
export function invalidCode(): BitstreamError {
  return new BitstreamError(
    'The compressed samples of this .nbz file are none that an encoder writes. Encode the recording again.',
  );
}
