/**
 * The bytes of a WAV file before and after its samples, stored in front of the code of the samples.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BitstreamError, BitstreamRangeError } from '../../coding/bitstream-errors';
import type { HeaderReader } from '../../coding/header-reader';
import { behindLengths } from '../../coding/payload';

/** Most bytes that may surround the samples: a damaged length must not make a decoder take all memory. */
const MAX_SURROUNDING_BYTES = 2 ** 26;

/**
 * Puts the surroundings in front of a payload.
 *
 * @throws BitstreamRangeError when there are more bytes than a file may hold
 */
export function withSurroundings(before: Uint8Array, after: Uint8Array, payload: Uint8Array): Uint8Array {
  const packed = [before, after].map((part) => {
    if (part.length > MAX_SURROUNDING_BYTES) {
      throw new BitstreamRangeError(
        `An .nbz file may hold ${MAX_SURROUNDING_BYTES} bytes before or after the samples at most, not ` +
          `${part.length}. Remove chunks that are not needed from the WAV file.`,
      );
    }
    return deflateRawSync(part, { level: 9 });
  });
  return behindLengths(packed, payload);
}

/**
 * The next of the two surroundings.
 *
 * @throws BitstreamError when it cannot be unpacked
 */
export function readSurrounding(reader: HeaderReader): Uint8Array {
  const packed = reader.take(reader.varint());
  try {
    return inflateRawSync(packed, { maxOutputLength: MAX_SURROUNDING_BYTES });
  } catch (error) {
    throw new BitstreamError('The WAV header stored in this .nbz file cannot be unpacked.', { cause: error });
  }
}
