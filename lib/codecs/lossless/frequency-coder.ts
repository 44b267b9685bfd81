/**
 * Range coding of symbols by their frequencies over 2²⁴, with a range of 48 bits, so that even a frequency of 1 is
 * coded at its price.
 *
 * G. N. N. Martin, "Range encoding", Video & Data Recording Conference, 1979. All arithmetic is on integers below
 * 2⁵⁰, which doubles hold exactly.
 */
import { CodeReader, CodeWriter, invalidCode, roundestWithin } from '../../coding/entropy/code-bytes';

/** Frequencies of all symbols add up to this. */
export const FREQUENCY_TOTAL = 2 ** 24;

const WHOLE = 2 ** 48;
/** The range never stays below; a whole byte is then settled. */
const LEAST_RANGE = 2 ** 40;
const STATE_BYTES = 6;

/** Turns symbols into bytes. */
export class FrequencyEncoder {
  private readonly bytes = new CodeWriter();
  private low = 0;
  private range = WHOLE;

  /**
   * Codes one symbol.
   *
   * @param start - the frequencies of all symbols before it, together
   * @param size - its own frequency, from 1 on; start + size ≤ 2²⁴
   */
  encode(start: number, size: number): void {
    const unit = Math.floor(this.range / FREQUENCY_TOTAL);
    this.low += unit * start;
    this.range = unit * size;
    if (this.low >= WHOLE) this.carry();
    while (this.range < LEAST_RANGE) {
      this.write();
      this.range *= 256;
    }
  }

  /**
   * Ends the code.
   *
   * @returns the bytes, without the (up to 16) zeros at their end, which a decoder supplies itself
   */
  finish(): Uint8Array {
    this.low = roundestWithin(this.low, this.range);
    if (this.low >= WHOLE) this.carry();
    for (let i = 0; i < STATE_BYTES; i++) this.write();
    return this.bytes.finish();
  }

  /** Adds one to the bytes that are out. There are some: all that is coded lies below 1. */
  private carry(): void {
    this.low -= WHOLE;
    this.bytes.carry();
  }

  private write(): void {
    this.bytes.write(Math.floor(this.low / LEAST_RANGE));
    this.low = (this.low % LEAST_RANGE) * 256;
  }
}

/** Turns bytes back into symbols; past their end it reads zeros, as many as an encoder leaves out. */
export class FrequencyDecoder {
  private readonly bytes: CodeReader;
  private range = WHOLE;
  private offset = 0;
  private unit = 0;

  /**
   * @param bytes - the code lies from `start` to `end`
   * @throws BitstreamError here and in every method when no encoder wrote these bytes
   */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = new CodeReader(bytes, start, end);
    for (let i = 0; i < STATE_BYTES; i++) this.offset = this.offset * 256 + this.bytes.read();
  }

  /** A number from 0 to 2²⁴ − 1 that the next symbol's frequencies enclose: start ≤ target < start + size. */
  target(): number {
    this.unit = Math.floor(this.range / FREQUENCY_TOTAL);
    const target = Math.floor(this.offset / this.unit);
    if (target >= FREQUENCY_TOTAL) throw invalidCode();
    return target;
  }

  /** Goes on behind the symbol that {@link target} has told. */
  take(start: number, size: number): void {
    this.offset -= this.unit * start;
    this.range = this.unit * size;
    while (this.range < LEAST_RANGE) {
      this.range *= 256;
      this.offset = this.offset * 256 + this.bytes.read();
    }
  }

  /**
   * Makes sure, after the last symbol, that there is nothing more.
   *
   * @param filled - zeros may follow
   */
  finish(filled = false): void {
    this.bytes.finish(filled);
  }
}
