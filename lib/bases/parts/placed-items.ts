/**
 * Side information for items at positions in a recording: the positions, and optionally further bits for each item.
 */
import { SideInformationError } from '../basis';
import { SideBitReader, SideBitWriter } from './side-bits';

/** Bits of r, the logarithm of the length of a stretch. */
const LENGTH_BITS = 4;

/**
 * Codes items in stretches of 2^r samples. First 4 bits for r. Then for each stretch, up to that of the last item: a 1
 * before each item in it, followed by r bits of its position and its own bits; a 0 ends the stretch. r is the value
 * that takes fewest bits, the smallest one among equals. No items give no bytes.
 *
 * @param positions - positions of the items in samples, ascending
 * @param writeItem - writes the further bits of item `i`
 */
export function placedItemBytes(
  positions: readonly number[],
  writeItem?: (bits: SideBitWriter, i: number) => void,
): Uint8Array {
  const bits = new SideBitWriter();
  if (positions.length === 0) return bits.bytes();
  const width = bestWidth(positions);
  bits.push(width, LENGTH_BITS);
  let stretch = 0;
  for (const [i, position] of positions.entries()) {
    for (; stretch < position >> width; stretch++) bits.push(0);
    bits.push(1);
    bits.push(position & (2 ** width - 1), width);
    writeItem?.(bits, i);
  }
  return bits.bytes();
}

function bestWidth(positions: readonly number[]): number {
  const last = positions[positions.length - 1]!;
  const cost = (width: number): number => positions.length * (1 + width) + (last >> width);
  let best = 0;
  for (let width = 1; width < 2 ** LENGTH_BITS; width++) if (cost(width) < cost(best)) best = width;
  return best;
}

/**
 * The positions that {@link placedItemBytes} coded.
 *
 * @param end - all positions lie before this one
 * @param readItem - reads the further bits of each item, in the order of positions
 * @throws SideInformationError when no items give these bytes
 */
export function placesOfItems(
  side: Uint8Array,
  end: number,
  readItem?: (bits: SideBitReader) => void,
): number[] {
  const positions: number[] = [];
  if (side.length === 0) return positions;
  const bits = new SideBitReader(side);
  const width = bits.take(LENGTH_BITS);
  let next = 0;
  for (let start = 0; start < end; start += 2 ** width) {
    while (bits.take() === 1) {
      const position = start + bits.take(width);
      if (position < next || position >= end) {
        throw new SideInformationError(`an item at ${position} where one of ${next} to ${end - 1} is due`);
      }
      positions.push(position);
      readItem?.(bits);
      next = position + 1;
    }
  }
  bits.finish();
  if (positions.length === 0 || width !== bestWidth(positions)) {
    throw new SideInformationError(`stretches of ${2 ** width} samples do not suit these positions`);
  }
  return positions;
}
