/**
 * Numbers of a header, and the reader that takes them one after another.
 */
import { BitstreamError } from './bitstream-errors';

/** Appends a nonnegative integer below 2³⁵, seven bits a byte, the lowest first. */
export function writeVarint(bytes: number[], value: number): void {
  while (value > 127) {
    bytes.push((value % 128) + 128);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
}

/** A signed integer as a nonnegative one: 0, −1, 1, −2 … are 0, 1, 2, 3 … */
export function zigzag(value: number): number {
  return value >= 0 ? 2 * value : -2 * value - 1;
}

/** The signed integer that {@link zigzag} was given. */
export function zigzagOf(coded: number): number {
  return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
}

/** Reads the fields of a header one after another. */
export class HeaderReader {
  constructor(
    private readonly bytes: Uint8Array,
    public position: number,
    private readonly end: number,
  ) {}

  byte(): number {
    if (this.position >= this.end) throw new BitstreamError('The header of this .nbz file ends too early.');
    return this.bytes[this.position++]!;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      // A zero at the end would be a second way to write the number.
      if (byte < 128 && (byte > 0 || scale === 1)) return value;
      if (byte === 0) break;
    }
    throw new BitstreamError('A number in the header of this .nbz file is longer than it needs to be.');
  }

  /** The next `length` bytes. */
  take(length: number): Uint8Array {
    if (length > this.end - this.position) {
      throw new BitstreamError('The header of this .nbz file ends too early.');
    }
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }
}
