/**
 * Bytes of a range code: those that an encoder collects, and those that a decoder reads. Zeros at the end are left out
 * of the file and supplied by the decoder.
 */
import { BitstreamError } from '../bitstream-errors';

/**
 * Most zeros at the end of a code that the encoder leaves out and the decoder supplies. It bounds the time of a decoder
 * on a short file, since decisions use up bytes.
 */
const MAX_IMPLICIT_ZEROS = 16;

/** Collects the bytes of a code. */
export class CodeWriter {
  private bytes = new Uint8Array(4096);
  private length = 0;

  /** @param byte - its lowest 8 bits count */
  write(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  }

  /** Adds one to the number that the bytes so far are the digits of; it must not overflow. */
  carry(): void {
    let i = this.length - 1;
    while (this.bytes[i] === 255) this.bytes[i--] = 0;
    this.bytes[i]! += 1;
  }

  /** A copy of the bytes, without the zeros at their end that a decoder supplies. */
  finish(): Uint8Array {
    return withoutImplicitZeros(this.bytes.subarray(0, this.length)).slice();
  }
}

/** A finished code without the zeros at its end that a decoder supplies. */
export function withoutImplicitZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  const least = Math.max(0, end - MAX_IMPLICIT_ZEROS);
  while (end > least && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** Of the integers in [low, low + range) the one with most zero bytes at its end: its code is the shortest. */
export function roundestWithin(low: number, range: number): number {
  const upper = low + range - 1;
  for (let unit = 2 ** 48; unit >= 1; unit /= 256) {
    const candidate = Math.floor(upper / unit) * unit;
    if (candidate >= low) return candidate;
  }
  return low;
}

/** Reads the bytes of a code, and zeros past their end, as many as an encoder leaves out. */
export class CodeReader {
  private implicitZeros = 0;

  /** @param bytes - the code lies from `position` to `end` */
  constructor(
    private readonly bytes: Uint8Array,
    private position: number,
    private readonly end: number,
  ) {}

  /** @throws BitstreamError when no encoder wrote these bytes: too many are missing */
  read(): number {
    if (this.position < this.end) return this.bytes[this.position++]!;
    if (++this.implicitZeros > MAX_IMPLICIT_ZEROS) throw invalidCode();
    return 0;
  }

  /**
   * Makes sure, after the last decision, that there is nothing more.
   *
   * @param filled - zeros may follow
   * @throws BitstreamError when there is more
   */
  finish(filled = false): void {
    if (filled) while (this.position < this.end && this.bytes[this.position] === 0) this.position++;
    if (this.position < this.end) throw invalidCode();
  }
}

/** The error for bytes that no encoder writes. */
export function invalidCode(): BitstreamError {
  return new BitstreamError(
    'The compressed samples of this .nbz file are none that an encoder writes. Encode the recording again.',
  );
}
