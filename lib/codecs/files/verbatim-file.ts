/**
 * Any bytes at all, kept as they are: the form in which the challenge's programs store what is no recording. The
 * layout is in `docs/format.md`.
 */
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib';
import { BitstreamError } from '../../coding/bitstream-errors';

/** "NBV". */
const MAGIC = [0x4e, 0x42, 0x56];
const METHOD = { stored: 0, brotli: 1 } as const;
const FRONT_BYTES = MAGIC.length + 1;
const CRC_BYTES = 4;

/** What stands before bytes that are kept as they are. */
export const STORED_VERBATIM = Uint8Array.of(...MAGIC, METHOD.stored);

/** Longer contents are stored as they are: a damaged length must not make a decoder take all memory. */
const MOST_UNPACKED_BYTES = 2 ** 28;

/** Whether bytes claim to be a file of {@link writeVerbatim}. */
export function isVerbatim(file: Uint8Array): boolean {
  return MAGIC.every((byte, i) => file[i] === byte);
}

/** A file that holds these bytes; at most eight bytes longer. */
export function writeVerbatim(contents: Uint8Array): Uint8Array {
  const packed =
    contents.length > MOST_UNPACKED_BYTES
      ? contents
      : brotliCompressSync(contents, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
            [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
            [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
          },
        });
  const shorter = packed.length < contents.length;
  const kept = shorter ? packed : contents;
  const file = new Uint8Array(FRONT_BYTES + kept.length + CRC_BYTES);
  file.set([...MAGIC, shorter ? METHOD.brotli : METHOD.stored]);
  file.set(kept, FRONT_BYTES);
  const body = file.length - CRC_BYTES;
  new DataView(file.buffer).setUint32(body, crc32(file.subarray(0, body)), true);
  return file;
}

/**
 * The bytes that {@link writeVerbatim} was given.
 *
 * @throws BitstreamError when the file is damaged, truncated or not of this form
 */
export function readVerbatim(file: Uint8Array): Uint8Array {
  if (!isVerbatim(file)) throw new BitstreamError('This file does not start with "NBV".');
  const body = file.length - CRC_BYTES;
  if (body < FRONT_BYTES) throw new BitstreamError('This file is truncated: it ends in its header.');
  const stored = new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(body, true);
  if (stored !== crc32(file.subarray(0, body))) {
    throw new BitstreamError(
      'This file is damaged or truncated: its check does not fit. Fetch or encode it again.',
    );
  }
  const kept = file.subarray(FRONT_BYTES, body);
  const method = file[MAGIC.length];
  if (method === METHOD.stored) return new Uint8Array(kept);
  if (method !== METHOD.brotli) {
    throw new BitstreamError(`Method ${method} of this file is unknown. It needs a newer decoder.`);
  }
  try {
    return brotliDecompressSync(kept, { maxOutputLength: MOST_UNPACKED_BYTES });
  } catch (error) {
    throw new BitstreamError('What this file holds cannot be unpacked.', { cause: error });
  }
}
