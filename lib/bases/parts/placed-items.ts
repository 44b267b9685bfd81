/**
 * Items at places of a recording as side information: the places alone, or with what else is to be said of each.
 */
import { SideInformationError } from '../basis';
import { SideBitReader, SideBitWriter } from './side-bits';

/** Bits that say how long a stretch is. */
const LENGTH_BITS = 4;

/**
 * Items in stretches of 2^r samples: 4 bits for r, then for each stretch, up to the one of the last item, a 1 and what says
 * each item in it (r bits of its place, then its own), and a 0. r is the one that takes fewest bits, of those the smallest;
 * no items are no bytes.
 *
 * @param places - of the items, ascending
 * @param writeItem - writes what else is to be said of item `i`
 */
export function placedItemBytes(
  places: readonly number[],
  writeItem?: (bits: SideBitWriter, i: number) => void,
): Uint8Array {
  const bits = new SideBitWriter();
  if (places.length === 0) return bits.bytes();
  const width = bestWidth(places);
  bits.push(width, LENGTH_BITS);
  let stretch = 0;
  for (const [i, place] of places.entries()) {
    for (; stretch < place >> width; stretch++) bits.push(0);
    bits.push(1);
    bits.push(place & (2 ** width - 1), width);
    writeItem?.(bits, i);
  }
  return bits.bytes();
}

function bestWidth(places: readonly number[]): number {
  const last = places[places.length - 1]!;
  const cost = (width: number): number => places.length * (1 + width) + (last >> width);
  let best = 0;
  for (let width = 1; width < 2 ** LENGTH_BITS; width++) if (cost(width) < cost(best)) best = width;
  return best;
}

/**
 * The places of {@link placedItemBytes}.
 *
 * @param end - all places lie before it
 * @param readItem - takes what else is said of each item, in the order of their places
 * @throws SideInformationError when no items give these bytes
 */
export function placesOfItems(
  side: Uint8Array,
  end: number,
  readItem?: (bits: SideBitReader) => void,
): number[] {
  const places: number[] = [];
  if (side.length === 0) return places;
  const bits = new SideBitReader(side);
  const width = bits.take(LENGTH_BITS);
  let next = 0;
  for (let start = 0; start < end; start += 2 ** width) {
    while (bits.take() === 1) {
      const place = start + bits.take(width);
      if (place < next || place >= end) {
        throw new SideInformationError(`an item at ${place} where one of ${next} to ${end - 1} is due`);
      }
      places.push(place);
      readItem?.(bits);
      next = place + 1;
    }
  }
  bits.finish();
  if (places.length === 0 || width !== bestWidth(places)) {
    throw new SideInformationError(`stretches of ${2 ** width} samples do not suit these places`);
  }
  return places;
}
