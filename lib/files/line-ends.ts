import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

/** Endings of names of files that are no text; `.gitattributes` names the same. */
export const BINARY_FILES: readonly string[] = ['.model', '.nbz', '.png', '.ttf', '.wav', '.zip'];

/**
 * The bytes of a file for hashing. Text files are hashed with `\n` as line ends, as git keeps them, so a
 * checkout or an editor that writes `\r\n` changes no hash.
 */
export function bytesToHash(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (BINARY_FILES.includes(extname(path)) || !bytes.includes('\r\n')) return bytes;
  const text = Buffer.alloc(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 13 && bytes[i + 1] === 10) continue;
    text[length++] = bytes[i]!;
  }
  return text.subarray(0, length);
}
