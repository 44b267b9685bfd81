/**
 * Side information bit by bit. Zeros at its end are left out, so the usual choice should be coded as 0.
 */
import { SideInformationError } from '../basis';

/** Takes bits, the lowest of each byte first. */
export class SideBitWriter {
  private readonly list: number[] = [];
  private count = 0;

  /** @param value - 0 … 2^bits − 1, written from its highest bit */
  push(value: number, bits = 1): void {
    for (let i = bits - 1; i >= 0; i--) {
      const byte = this.count >> 3;
      if ((value >> i) & 1) {
        while (this.list.length <= byte) this.list.push(0);
        this.list[byte]! |= 1 << (this.count & 7);
      }
      this.count++;
    }
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.list);
  }
}

/** Gives the bits of a {@link SideBitWriter} back. */
export class SideBitReader {
  private count = 0;

  constructor(private readonly bytes: Uint8Array) {}

  take(bits = 1): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      value = 2 * value + (((this.bytes[this.count >> 3] ?? 0) >> (this.count & 7)) & 1);
      this.count++;
    }
    return value;
  }

  /** @throws SideInformationError when bits are left over, or the last byte is 0 */
  finish(): void {
    const { bytes, count } = this;
    const rest = count & 7 ? (bytes[count >> 3] ?? 0) >> (count & 7) : 0;
    if (bytes.length <= Math.ceil(count / 8) && rest === 0 && bytes[bytes.length - 1] !== 0) return;
    throw new SideInformationError('there is more of it than the choices of this basis take');
  }
}
