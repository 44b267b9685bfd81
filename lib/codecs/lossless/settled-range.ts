/**
 * The interval of a range coder without carry: a byte is final once it is written and can be sent at once. Encoder and
 * decoder update the interval identically.
 *
 * Where a narrow interval crosses the border of a byte, only its larger part is kept. This costs at most one bit and
 * avoids carries: D. Subbotin, "Carryless rangecoder", 1999. All numbers are integers of 48 bits.
 */
import { FREQUENCY_TOTAL } from './frequency-coder';

const WHOLE = 2 ** 48;
/** Digits of the interval above this unit are settled when both ends agree on them. */
export const TOP = 2 ** 40;
/** The interval is at least as wide before each symbol: frequencies are then kept to 8 bits below the last. */
const LEAST_RANGE = 2 ** 32;

/** Bytes that a decoder must have of the code before it can take the next symbol. */
export const STATE_BYTES = 6;

/** State of the interval, shared by encoder and decoder. */
export class SettledRange {
  low = 0;
  /** Bytes settled so far. */
  settled = 0;
  private range = WHOLE;

  /** @param take - receives every settled byte */
  constructor(private readonly take: (byte: number) => void) {}

  /** Width of one of 2²⁴ equal parts. */
  get unit(): number {
    return Math.floor(this.range / FREQUENCY_TOTAL);
  }

  /** Goes on to a symbol's part: its frequency `size`, and those of all symbols before it, `start`, of 2²⁴. */
  narrow(start: number, size: number): void {
    const { unit } = this;
    this.low += unit * start;
    this.range = unit * size;
    this.settle();
  }

  /** Settles at least one more byte, at a cost of up to eight bits. */
  force(): void {
    const first = (Math.floor(this.low / TOP) + 1) * TOP;
    if (first + TOP <= this.low + this.range) {
      this.low = first;
      this.range = TOP;
    } else this.keepLargerPart(first);
    this.settle();
  }

  private settle(): void {
    for (;;) {
      const byte = Math.floor(this.low / TOP);
      const border = (byte + 1) * TOP;
      if (this.low + this.range > border) {
        if (this.range >= LEAST_RANGE) return;
        this.keepLargerPart(border);
        continue;
      }
      this.take(byte);
      this.settled++;
      this.low = (this.low - byte * TOP) * 256;
      this.range *= 256;
    }
  }

  private keepLargerPart(border: number): void {
    const above = this.low + this.range - border;
    if (above <= 0) return;
    if (border - this.low >= above) this.range = border - this.low;
    else {
      this.low = border;
      this.range = above;
    }
  }
}
