/** Channels in the order of their electrodes along the probe, as side information. */
import { SideInformationError } from '../../bases/basis';
import { BitstreamError } from '../../coding/bitstream-errors';
import { HeaderReader, writeVarint } from '../../coding/header-reader';
import type { Places } from '../spatial-basis';

/** Channels by group (shank), then along the longer extent of the electrodes, then across; as they come without places. */
export function probeOrder(places: Places, channels: number): number[] {
  const order = [...new Array<undefined>(channels).keys()];
  if (
    places.length !== channels ||
    !places.every((place) => place?.x !== undefined || place?.y !== undefined)
  ) {
    return order;
  }
  const [x, y] = [places.map((place) => place?.x ?? 0), places.map((place) => place?.y ?? 0)];
  const extent = (values: readonly number[]): number => Math.max(...values, 0) - Math.min(...values, 0);
  const [along, across] = extent(y) >= extent(x) ? [y, x] : [x, y];
  const groups = places.map((place) => place?.group ?? '');
  return order.sort((a, b) => {
    if (groups[a] !== groups[b]) return groups[a]! < groups[b]! ? -1 : 1;
    return along[a]! - along[b]! || across[a]! - across[b]! || a - b;
  });
}

/** A permutation as bytes: empty where it changes nothing. */
export function writeOrder(order: readonly number[]): Uint8Array {
  if (order.every((channel, i) => channel === i)) return new Uint8Array(0);
  const bytes: number[] = [];
  appendOrder(bytes, order);
  return Uint8Array.from(bytes);
}

/** Each channel by its place among those left. */
export function appendOrder(bytes: number[], order: readonly number[]): void {
  const left = [...new Array<undefined>(order.length).keys()];
  for (const channel of order) {
    const at = left.indexOf(channel);
    writeVarint(bytes, at);
    left.splice(at, 1);
  }
}

/** What {@link appendOrder} wrote. @throws SideInformationError, BitstreamError */
export function takeOrder(reader: HeaderReader, count: number): number[] {
  const left = [...new Array<undefined>(count).keys()];
  return Array.from({ length: count }, () => {
    const at = reader.varint();
    if (at >= left.length) throw new SideInformationError(`an order names channel ${at} of ${left.length}`);
    return left.splice(at, 1)[0]!;
  });
}

/** The permutation of {@link writeOrder}. @throws SideInformationError */
export function readOrder(side: Uint8Array, count: number): number[] {
  if (side.length === 0) return [...new Array<undefined>(count).keys()];
  return readSide(side, (reader) => takeOrder(reader, count));
}

/**
 * Reads all of some side information.
 *
 * @throws SideInformationError when it ends too early or too late
 */
export function readSide<T>(side: Uint8Array, read: (reader: HeaderReader) => T): T {
  const reader = new HeaderReader(side, 0, side.length);
  try {
    const result = read(reader);
    if (reader.position === side.length) return result;
  } catch (error) {
    if (!(error instanceof BitstreamError)) throw error;
    throw new SideInformationError('that of a spatial basis ends too early', { cause: error });
  }
  throw new SideInformationError(
    `${side.length - reader.position} bytes are left over behind a spatial basis`,
  );
}
