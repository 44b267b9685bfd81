/** Files under `.cache` that can be made again: written whole, checked when they are read. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { projectRoot } from './project-root';
import { warnOnce } from './warnings';
import { writeWhole } from './write-whole';

/** A file of the cache cannot be written: the disk is full, or the folder is read-only. */
export class KeptFileError extends Error {
  override readonly name = 'KeptFileError';
}

/** A kept file starts with the SHA-256 of the rest of it. */
const DIGEST_LENGTH = 32;

function digest(contents: Uint8Array): Buffer {
  return createHash('sha256').update(contents).digest();
}

/**
 * Reads the contents that {@link writeKept} wrote.
 *
 * @param path - absolute
 * @returns undefined when there is no such file, or when it is damaged; the caller then makes the contents
 *   again
 */
export function readKept(path: string): Buffer | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    // Missing or unreadable (a folder, a file of another user): writing it again will say what is wrong.
    return undefined;
  }
  const contents = file.subarray(DIGEST_LENGTH);
  return file.length >= DIGEST_LENGTH && digest(contents).equals(file.subarray(0, DIGEST_LENGTH))
    ? contents
    : undefined;
}

/**
 * Writes contents to a file, replacing earlier ones, and makes its folders.
 *
 * @param path - absolute
 * @throws KeptFileError when the file cannot be written
 */
export function writeKept(path: string, contents: string | Uint8Array): void {
  const bytes = Buffer.from(contents);
  try {
    writeWhole(path, Buffer.concat([digest(bytes), bytes]));
  } catch (error) {
    throw new KeptFileError(
      `${relative(projectRoot(), path)} could not be written: ${inWords(error as NodeJS.ErrnoException)}`,
      { cause: error },
    );
  }
}

/**
 * Writes contents that only save time, as {@link writeKept} does. Where they cannot be written, work goes on without
 * them, and that is said once.
 *
 * @param path - absolute
 */
export function keepIfPossible(path: string, contents: string | Uint8Array): void {
  try {
    writeKept(path, contents);
  } catch (error) {
    if (!(error instanceof KeptFileError)) throw error;
    warnOnce(error.message);
  }
}

/** Reason why a file could not be written, and the remedy. */
function inWords({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return (
        'the disk (or your share of it) is full. Free some space, then run the same command again; ' +
        'the folder .cache can be deleted, all that is in it is made again.'
      );
    case 'EROFS':
      return 'it is on a disk that is mounted read-only. Work in a copy of the project on a disk that can be written.';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there. Make the folder .cache yours (chown), or delete it.';
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EEXIST':
      return 'something else is in its place. Delete the folder .cache; all that is in it is made again.';
    default:
      return message;
  }
}
