import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource } from '../../wav-layout';
import { GET_WHOLE, RecordingFormatError } from '../../recording-file';

/**
 * A file on disk, read in place. It is opened for each read: recordings of one file a channel have more files than a
 * process may hold open, and opening one takes some microseconds, reading a window some milliseconds.
 */
export class FileBytes implements ByteSource {
  /** Bytes of the file when it was opened. */
  readonly size: number;

  /**
   * @param path - a regular file
   * @throws RecordingFormatError when there is no such file
   */
  constructor(readonly path: string) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) {
      const what = found ? 'it is no regular file' : 'there is no such file';
      throw new RecordingFormatError(path, what, 'Give the path of a recording.');
    }
    this.size = found.size;
  }

  /** `length` bytes from `offset` on; fewer where the file ends. In memory of their own. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    const descriptor = openSync(this.path, 'r');
    try {
      let filled = 0;
      while (filled < bytes.length) {
        const got = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
        if (got === 0) {
          throw new RecordingFormatError(
            this.path,
            `it ended after ${offset + filled} bytes while it was read; it had ${this.size} when it was opened`,
            GET_WHOLE,
          );
        }
        filled += got;
      }
    } finally {
      closeSync(descriptor);
    }
    return bytes;
  }

  /** Exactly `length` bytes as fields to read. */
  fields(offset: number, length: number, what: string): DataView {
    const bytes = this.read(offset, length);
    if (bytes.length < length) {
      throw new RecordingFormatError(
        this.path,
        `it ends after ${this.size} bytes, within ${what} (bytes ${offset}…${offset + length - 1})`,
        GET_WHOLE,
      );
    }
    return new DataView(bytes.buffer);
  }
}

/** Most bytes of a text that describes a recording; longer ones are no headers. */
const MOST_TEXT_BYTES = 2 ** 26;

/**
 * A text beside the samples, whole.
 *
 * @throws RecordingFormatError when it is missing, or too long for a description
 */
export function readText(path: string): string {
  const file = new FileBytes(path);
  if (file.size > MOST_TEXT_BYTES) {
    throw new RecordingFormatError(
      path,
      `it has ${file.size} bytes, where a description of a recording has some thousands`,
      'Put the right file there.',
    );
  }
  return new TextDecoder().decode(file.read(0, file.size));
}

/**
 * A JSON text beside the samples.
 *
 * @throws RecordingFormatError when it is missing or no JSON
 */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RecordingFormatError(path, `it is no JSON (${(error as Error).message})`, 'Correct it.', {
      cause: error,
    });
  }
}
