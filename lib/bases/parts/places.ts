/**
 * Places in a recording as side information.
 */
import { SideInformationError } from '../basis';
import { SideBitReader, SideBitWriter } from './side-bits';

/** Bits that say how long a stretch is. */
const LENGTH_BITS = 4;

/**
 * Places, in stretches of 2^r samples: 4 bits for r, then for each stretch a 1 and r bits for every place in it, and a 0.
 * r is the one that takes fewest bits, of those the smallest; no places are no bytes.
 *
 * @param places - ascending
 */
export function placeBytes(places: readonly number[]): Uint8Array {
  const bits = new SideBitWriter();
  if (places.length === 0) return bits.bytes();
  const width = bestWidth(places);
  bits.push(width, LENGTH_BITS);
  let stretch = 0;
  for (const place of places) {
    for (; stretch < place >> width; stretch++) bits.push(0);
    bits.push(1);
    bits.push(place & (2 ** width - 1), width);
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
 * The places of {@link placeBytes}.
 *
 * @param end - all places lie before it
 * @throws SideInformationError when no places give these bytes
 */
export function placesFrom(side: Uint8Array, end: number): number[] {
  const places: number[] = [];
  if (side.length === 0) return places;
  const bits = new SideBitReader(side);
  const width = bits.take(LENGTH_BITS);
  let next = 0;
  for (let start = 0; start < end; start += 2 ** width) {
    while (bits.take() === 1) {
      const place = start + bits.take(width);
      if (place < next || place >= end) {
        throw new SideInformationError(`a place ${place} where one of ${next} to ${end - 1} is due`);
      }
      places.push(place);
      next = place + 1;
    }
  }
  bits.finish();
  if (places.length === 0 || width !== bestWidth(places)) {
    throw new SideInformationError(`stretches of ${2 ** width} samples do not suit these places`);
  }
  return places;
}
