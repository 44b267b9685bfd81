/** A file of one channel, taken apart once: its check is over all of its bytes. */
import { readBitstream } from '../../coding/bitstream';

/** The bytes of a file, its header, and where its payload starts and ends. */
export interface CodedFile extends ReturnType<typeof readBitstream> {
  readonly bytes: Uint8Array;
}

/** @throws BitstreamError when the bytes are damaged, truncated or not of this format */
export function codedFile(bytes: Uint8Array): CodedFile {
  return { bytes, ...readBitstream(bytes) };
}
