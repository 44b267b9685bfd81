/**
 * The times of events: gaps between them in Golomb's code (S. W. Golomb, "Run-length encodings", IEEE Transactions on
 * Information Theory 12, 1966), with a parameter that follows from the time and the number of events that are left. For
 * events at random it is within 0.05 bit of what is possible, whatever their rate.
 */
import { invalidCode } from '../../coding/entropy/code-bytes';
import type { BinaryCoder } from '../../coding/entropy/range-coder';
import { AdaptiveBit, codeCount, codePlain } from './adaptive-integers';

/** Largest Golomb parameter, as a power of two. */
const MOST_BITS = 28;

/** More events than a byte can hold: each takes a decision or two. */
const MOST_EVENTS_PER_BYTE = 512;
const GRANTED_BYTES = 16;

/** Most events that so many bytes may claim. */
export function mostEvents(bytes: number): number {
  return MOST_EVENTS_PER_BYTE * (bytes + GRANTED_BYTES);
}

/** Decisions on whole multiples of the parameter that have a probability of their own. */
const COUNTED = 4;

/**
 * Codes the number of events and their times, or finds them.
 *
 * @param times - ascending, each once; a decoder gives none
 * @param end - all times lie before it
 * @param most - no more events are found: see {@link mostEvents}; an encoder gives infinity
 * @param eachEvent - codes more about event `i`, after its time
 * @returns the times
 * @throws BitstreamError when no encoder wrote this
 */
export function codeTimes(
  coder: BinaryCoder,
  times: readonly number[],
  end: number,
  most: number,
  eachEvent: (i: number) => void = () => {},
): number[] {
  const count = codeCount(coder, times.length);
  if (count > Math.min(end, most)) throw invalidCode();
  const more = Array.from({ length: COUNTED }, () => new AdaptiveBit());
  const found: number[] = [];
  let next = 0;
  for (let i = 0; i < count; i++) {
    const free = end - next - (count - i - 1);
    // 2^bits is at most two thirds of the mean gap.
    let bits = 0;
    while (bits < MOST_BITS && 3 * 2 ** (bits + 1) * (count - i) <= 2 * free) bits++;
    const gap = (times[i] ?? 0) - next;
    let multiples = 0;
    while (
      (multiples + 1) * 2 ** bits < free &&
      more[Math.min(multiples, COUNTED - 1)]!.code(coder, (multiples + 1) * 2 ** bits <= gap ? 1 : 0) === 1
    ) {
      multiples++;
    }
    const time = next + multiples * 2 ** bits + codePlain(coder, gap - multiples * 2 ** bits, bits);
    if (time >= next + free) throw invalidCode();
    found.push(time);
    next = time + 1;
    eachEvent(i);
  }
  return found;
}
