/**
 * Checks Blosc chunks, the compressed pieces of Zarr arrays. The library that unpacks them does not look whether that
 * succeeded: of a damaged chunk it gives whatever was in its memory. Format: c-blosc's README_CHUNK_FORMAT, version 2.
 */
import { inflateSync } from 'node:zlib';

/** Bytes of the header. */
const HEADER = 16;

/** Versions of the format that c-blosc 1 reads, and the version of what each of its compressors writes. */
const VERSIONS = [1, 2];
const STREAM_VERSION = 1;

// Flags in byte 2.
const STORED = 0x02;
const WHOLE_BLOCKS = 0x10;
/** Compressors, in the upper three bits. */
const [LZ4, ZLIB, ZSTD, LAST] = [1, 3, 4, 4];

/** A block is split into one stream for each byte of a value if there are at most so many … */
const MOST_STREAMS = 16;
/** … and at least so many values in the block. */
const LEAST_VALUES = 128;

/** A chunk is not what a compressor writes. */
export class BloscChunkError extends Error {
  override readonly name = 'BloscChunkError';
}

/** Unpacks a Zstandard stream, or throws. */
export type ZstdDecoder = (stream: Uint8Array) => Promise<Uint8Array>;

/**
 * Checks that a chunk can be unpacked: its header, where its streams lie, and each stream that LZ4, Zlib or Zstandard
 * has packed. Of BloscLZ and Snappy only the lengths are checked. Blosc keeps no checksum, so samples that were changed
 * in place are not noticed.
 *
 * @throws BloscChunkError
 */
export async function checkBloscChunk(chunk: Uint8Array, zstd: ZstdDecoder): Promise<void> {
  if (chunk.length < HEADER)
    throw new BloscChunkError(`a chunk has ${chunk.length} bytes, less than its header`);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const word = (at: number): number => {
    if (at < 0 || at + 4 > chunk.length) throw new BloscChunkError('a chunk names a place outside of itself');
    return view.getUint32(at, true);
  };
  const [version, streamVersion, flags, typeSize] = chunk as unknown as [number, number, number, number];
  const [unpacked, blockSize, packed] = [word(4), word(8), word(12)];
  const compressor = flags >> 5;
  if (
    !VERSIONS.includes(version) ||
    streamVersion !== STREAM_VERSION ||
    compressor > LAST ||
    typeSize === 0
  ) {
    throw new BloscChunkError('a chunk has no header of Blosc');
  }
  if (packed !== chunk.length) {
    throw new BloscChunkError(`a chunk has ${chunk.length} bytes, its header says ${packed}`);
  }
  if ((flags & STORED) !== 0) {
    if (packed !== unpacked + HEADER) throw new BloscChunkError('a stored chunk has another length');
    return;
  }
  if (unpacked === 0) return;
  if (blockSize === 0 || blockSize > unpacked)
    throw new BloscChunkError(`a chunk has blocks of ${blockSize} bytes`);
  const blocks = Math.ceil(unpacked / blockSize);
  const splits =
    (flags & WHOLE_BLOCKS) === 0 && typeSize <= MOST_STREAMS && blockSize / typeSize >= LEAST_VALUES;
  for (let block = 0; block < blocks; block++) {
    const size = Math.min(blockSize, unpacked - block * blockSize);
    const streams = splits && size === blockSize ? typeSize : 1;
    const streamSize = Math.floor(size / streams);
    let at = word(HEADER + 4 * block);
    for (let stream = 0; stream < streams; stream++) {
      const bytes = word(at);
      at += 4;
      if (bytes > streamSize || at + bytes > chunk.length) {
        throw new BloscChunkError('a chunk has a stream that does not lie in it');
      }
      if (bytes < streamSize) await checkStream(compressor, chunk.subarray(at, at + bytes), streamSize, zstd);
      at += bytes;
    }
  }
}

async function checkStream(
  compressor: number,
  stream: Uint8Array,
  length: number,
  zstd: ZstdDecoder,
): Promise<void> {
  let found = length;
  try {
    if (compressor === LZ4) found = lengthOfLz4(stream, length);
    else if (compressor === ZLIB) found = inflateSync(stream, { maxOutputLength: length }).length;
    else if (compressor === ZSTD) found = (await zstd(stream)).length;
  } catch (error) {
    throw new BloscChunkError(`a stream of a chunk cannot be unpacked (${(error as Error).message})`);
  }
  if (found !== length)
    throw new BloscChunkError(`a stream of a chunk has ${found} bytes in place of ${length}`);
}

/**
 * Bytes that an LZ4 block holds; NaN when it is none. Sequences of a token, literals, and a match that repeats earlier
 * bytes; the last has literals alone.
 */
function lengthOfLz4(stream: Uint8Array, most: number): number {
  let at = 0;
  let length = 0;
  const extended = (start: number): number => {
    let total = start;
    if (start < 15) return total;
    for (let byte = 255; byte === 255; total += byte) byte = at < stream.length ? stream[at++]! : NaN;
    return total;
  };
  while (at < stream.length && length <= most) {
    const token = stream[at++]!;
    const literals = extended(token >> 4);
    length += literals;
    at += literals;
    if (at === stream.length) return length;
    // A place behind the end, or NaN.
    if (!(at + 2 <= stream.length)) return NaN;
    const offset = stream[at]! | (stream[at + 1]! << 8);
    at += 2;
    if (offset === 0 || offset > length) return NaN;
    length += 4 + extended(token & 15);
  }
  return NaN;
}
