/**
 * Recordings of any length to `.nbz` files and back, in windows: memory does not grow with the file. What is chosen over a
 * whole recording, the grid of its values, comes from a first pass over all of it, so the bytes are those of
 * {@link encodeRecordingFile}.
 */
import { createBrotliCompress, createBrotliDecompress, constants, crc32 } from 'node:zlib';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { FileInPieces } from '../../files/file-in-pieces';
import { FileBytes } from '../../recordings/formats/parts/file-bytes';
import type { OpenOptions } from '../../recordings/recognize';
import { findWavLayout, WavFormatError, type ByteSource } from '../../recordings/wav-layout';
import { BitstreamError } from '../../coding/bitstream-errors';
import { LOSSLESS } from '../../coding/codec';
import { codedFile } from './coded-file';
import { silenceOfFile, wavOfSoundingFile, wavPiecesOfStream, type WavChoice } from './decoded-wav';
import { requireDecodingMemory } from './decoding-memory';
import { sourceWithinError } from './file-within-error';
import { PagedTarget } from './paged-target';
import { putBytes, type PlacedSamples } from './placed-samples';
import {
  behindLength,
  containerPieces,
  damagedSurroundings,
  isContainer,
  packSurroundings,
  separateStreams,
  surroundingBytes,
  surroundingPieces,
  surroundingsQuality,
  type Container,
} from './recording-container';
import {
  boundedPreset,
  decodeRecordingFile,
  encodeRecordingFile,
  methodOf,
  openContainer,
  packedSamples,
  placedStreams,
  type EncodingChoice,
} from './recording-encoder';
import { isVerbatim, STORED_VERBATIM } from './verbatim-file';
import { silentPieces } from './silence';

/**
 * Most samples of a WAV file of Neuralink's kind that are coded as one: 215 s. Longer ones become files of many channels,
 * in chunks, as the models of one code would have to be held, and run, over all of it.
 */
export const MOST_SAMPLES_AT_ONCE = 2 ** 22;

/** Most bytes that surround samples, and most of a file kept as bytes, that are packed in memory. */
const MOST_PACKED_AT_ONCE = 2 ** 26;

/** Bytes that tell which kind of file one is. */
const FRONT_BYTES = 8;

/** Bytes that are copied at a time. */
const COPIED = 2 ** 20;

/** Told of how far the work is, in bytes. */
export type ByteProgress = (task: 'reading' | 'coding' | 'decoding', done: number, total: number) => void;

/**
 * Compresses a file of a recording as {@link encodeRecordingFile} does, to another file, which is there when it is whole.
 *
 * @param path - the file; what describes it may lie beside it, or in the folders above
 * @param output - path of the `.nbz` file
 * @param onNote - is told what was assumed, a sentence at a time
 * @returns bytes of both files
 * @throws RecordingFormatError when the file is of no known format, or samples are to be lossy that are not found
 * @throws ErrorBoundError when an error cannot be promised for these samples, or by this codec
 */
export async function encodeRecordingTo(
  path: string,
  output: string,
  choice: EncodingChoice,
  options: OpenOptions = {},
  onNote?: (note: string) => void,
  onProgress?: ByteProgress,
): Promise<{ readonly from: number; readonly to: number }> {
  const source = new FileBytes(path);
  const maxError = choice.maxError ?? 0;
  const isBounded = maxError !== 0;
  if (!isBounded && choice.signalOnly !== true && isShortWav(source, path)) {
    const contents = source.read(0, source.size);
    return written(output, source.size, [await encodeRecordingFile(path, contents, choice, options, onNote)]);
  }
  const method = isBounded ? boundedPreset(choice.codecId) : methodOf(choice.codecId, choice.step);
  const found = await placedStreams(path, options, onNote);
  if (found.length > 0) {
    const streams = separateStreams(source.size, found);
    const moved = isBounded ? sourceWithinError(source, streams, maxError) : source;
    const surroundings = choice.signalOnly === true ? undefined : await packed(moved, streams);
    return written(output, source.size, containerPieces(moved, streams, method, surroundings, onProgress));
  }
  if (isBounded || choice.step !== LOSSLESS || choice.signalOnly === true) throw packedSamples(path);
  if (source.size <= MOST_PACKED_AT_ONCE) {
    const contents = source.read(0, source.size);
    return written(output, source.size, [await encodeRecordingFile(path, contents, choice, options, onNote)]);
  }
  onNote?.('Its samples are packed in a container of its own: the file is kept as bytes.');
  return written(output, source.size, storedPieces(source, onProgress));
}

/** Whether a file is a WAV file of one channel that is coded as one where its samples are Neuralink's. */
function isShortWav(source: FileBytes, path: string): boolean {
  try {
    const { samples, dataBytes } = findWavLayout(source, path);
    const { channels, bits, coding } = samples;
    return channels === 1 && bits === 16 && coding === 'pcm' && dataBytes / 2 <= MOST_SAMPLES_AT_ONCE;
  } catch (error) {
    if (error instanceof WavFormatError) return false;
    throw error;
  }
}

async function written(
  output: string,
  from: number,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<{ from: number; to: number }> {
  let file: FileInPieces | undefined;
  try {
    // Errors of the first piece, such as a sample that cannot be read, come before anything is written.
    for await (const piece of pieces) {
      (file ??= new FileInPieces(output)).append(piece);
      // Signals are heard between pieces alone.
      await setImmediate();
    }
    file ??= new FileInPieces(output);
    await file.finish();
    return { from, to: file.size };
  } finally {
    file?.abandon();
  }
}

/** What surrounds the samples, packed: all at once, or as it is read. */
async function packed(source: ByteSource, streams: readonly PlacedSamples[]): Promise<Uint8Array> {
  const length = surroundingBytes(source, streams);
  if (length <= MOST_PACKED_AT_ONCE) return packSurroundings(source, streams);
  const coder = createBrotliCompress({
    params: { [constants.BROTLI_PARAM_QUALITY]: surroundingsQuality(length) },
  });
  const parts: Buffer[] = [];
  for await (const part of Readable.from(copies(surroundingPieces(source, streams))).pipe(coder)) {
    parts.push(part as Buffer);
  }
  return behindLength(length, Buffer.concat(parts));
}

/** Small pieces together: a stream takes some microseconds for each. */
function* copies(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let together = new Uint8Array(COPIED);
  let filled = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + COPIED - filled);
      together.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < COPIED) continue;
      yield together;
      together = new Uint8Array(COPIED);
      filled = 0;
    }
  }
  if (filled > 0) yield together.subarray(0, filled);
}

/** A file as it is, within the form that keeps any bytes. */
function* storedPieces(source: FileBytes, onProgress?: ByteProgress): Generator<Uint8Array> {
  yield STORED_VERBATIM;
  let check = crc32(STORED_VERBATIM);
  for (let at = 0; at < source.size; at += COPIED) {
    const bytes = source.read(at, COPIED);
    check = crc32(bytes, check);
    yield bytes;
    onProgress?.('coding', at + bytes.length, source.size);
  }
  const last = new Uint8Array(4);
  new DataView(last.buffer).setUint32(0, check, true);
  yield last;
}

/**
 * Writes the file that an `.nbz` file stands for, as {@link decodeRecordingFile} gives it, which is there when it is whole.
 *
 * @param path - the `.nbz` file
 * @returns its bytes
 * @throws BitstreamError when the bytes are damaged, truncated or not of this format
 * @throws UndecidedWavError when the choice lacks something
 */
export async function decodeRecordingTo(
  path: string,
  output: string,
  choice: WavChoice = {},
  onProgress?: ByteProgress,
): Promise<number> {
  const source = new FileBytes(path);
  const front = source.read(0, FRONT_BYTES);
  if (isContainer(front)) {
    const container = openContainer(source);
    const isPart = [choice.channels, choice.fromSecond, choice.seconds].some((one) => one !== undefined);
    if (container.keepsFile && !isPart) return restored(container, output, onProgress);
    const pieces = wavPiecesOfStream(container, choice, (done, total) =>
      onProgress?.('decoding', Math.round((source.size * done) / total), source.size),
    );
    return (await written(output, source.size, pieces)).to;
  }
  const stored = isVerbatim(front) && front[3] === STORED_VERBATIM[3];
  if (stored && source.size > MOST_PACKED_AT_ONCE) {
    return (await written(output, source.size, unpackedPieces(source, onProgress))).to;
  }
  const bytes = source.read(0, source.size);
  if (isVerbatim(front)) return (await written(output, source.size, [decodeRecordingFile(bytes)])).to;
  const file = codedFile(bytes);
  // A few bytes may stand for hours of silence.
  const silence = silenceOfFile(file, choice);
  if (silence) return (await written(output, source.size, silentPieces(silence))).to;
  requireDecodingMemory(file.header.samples);
  return (await written(output, source.size, [wavOfSoundingFile(file, choice)])).to;
}

function* unpackedPieces(source: FileBytes, onProgress?: ByteProgress): Generator<Uint8Array> {
  const end = source.size - 4;
  let check = crc32(source.read(0, STORED_VERBATIM.length));
  for (let at = STORED_VERBATIM.length; at < end; at += COPIED) {
    const bytes = source.read(at, Math.min(COPIED, end - at));
    check = crc32(bytes, check);
    yield bytes;
    onProgress?.('decoding', at + bytes.length, source.size);
  }
  if (source.fields(end, 4, 'its check').getUint32(0, true) !== check) {
    throw new BitstreamError(
      'This file is damaged or truncated: its check does not fit. Fetch or encode it again.',
    );
  }
}

/** The whole file, its samples chunk by chunk, then what surrounds them. */
async function restored(container: Container, output: string, onProgress?: ByteProgress): Promise<number> {
  const { length, packed: bytes } = container.packedSurroundings();
  const size = container.fileBytes;
  let file: FileInPieces | undefined;
  try {
    let target: PagedTarget | undefined;
    const total = container.channels.reduce((sum, { samples }) => sum + samples, 0);
    let done = 0;
    for (const put of container.decodedChunks()) {
      file ??= new FileInPieces(output);
      target ??= new PagedTarget(file, size);
      done += put(target);
      await setImmediate();
      onProgress?.('decoding', Math.round((size * done) / total), size);
    }
    file ??= new FileInPieces(output);
    target ??= new PagedTarget(file, size);
    const rest = new RestReader(bytes, length);
    for (const { start, end } of container.freeStretches()) {
      for (let at = start; at < end; at += COPIED) {
        const wanted = Math.min(COPIED, end - at);
        const taken = rest.taken(wanted) ?? (await rest.take(wanted));
        putBytes(target, at, taken);
      }
    }
    await rest.finish();
    target.flush();
    await file.finish();
    return file.size;
  } finally {
    file?.abandon();
  }
}

/** Bytes that surround the samples, unpacked as they are wanted. */
class RestReader {
  private held = new Uint8Array(0);
  private given = 0;
  private readonly parts: AsyncIterator<Buffer>;

  constructor(
    packed: Uint8Array,
    private readonly length: number,
  ) {
    const unpacked = Readable.from([packed]).pipe(createBrotliDecompress());
    this.parts = unpacked[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The next bytes if they are at hand: most stretches are short, and waiting for each would take microseconds. */
  taken(count: number): Uint8Array | undefined {
    if (this.held.length < count) return undefined;
    const bytes = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    this.given += count;
    return bytes;
  }

  /** @throws DamagedChunkError when there are none */
  async take(count: number): Promise<Uint8Array> {
    while (this.held.length < count) {
      const part = await this.next();
      if (part === undefined) throw damagedSurroundings();
      this.held = new Uint8Array(Buffer.concat([this.held, part]));
    }
    return this.taken(count)!;
  }

  /** @throws DamagedChunkError when there are more than there should be */
  async finish(): Promise<void> {
    const more = this.held.length > 0 ? this.held : await this.next();
    if (more !== undefined || this.given !== this.length) throw damagedSurroundings();
  }

  private async next(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.parts.next();
      return done === true ? undefined : value;
    } catch (error) {
      throw damagedSurroundings(error);
    }
  }
}
