/** Damage that the check of a file does not show. */
import { crc32 } from 'node:zlib';

/** A file with one byte changed, and with the check that fits. */
interface ForgedFile {
  readonly bytes: Uint8Array;
  /** Position of the byte. */
  readonly at: number;
}

/** Files with each byte but those of the check changed: one bit after another, and all bits. */
export function* forgedFiles(file: Uint8Array): Generator<ForgedFile> {
  const body = file.length - 4;
  for (let at = 0; at < body; at++) {
    for (const change of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      const bytes = file.slice();
      bytes[at]! ^= change;
      new DataView(bytes.buffer).setUint32(body, crc32(bytes.subarray(0, body)), true);
      yield { bytes, at };
    }
  }
}
