import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Set by the launcher alone: the folder in which the command was typed. The command itself runs in the project's. */
const VARIABLE = 'NEUROBASIS_TYPED_IN';

const folder = process.env[VARIABLE] ?? process.cwd();
// Commands that this one starts are typed nowhere.
delete process.env[VARIABLE];

/** A typed path does not lead to the file or folder that the command needs. */
export class TypedPathError extends Error {
  override readonly name = 'TypedPathError';
}

/** Absolute form of a typed path, relative to the folder in which the command was typed. */
export function typedPath(path: string): string {
  return resolve(folder, path);
}

/**
 * Contents of a file that was typed.
 *
 * @throws TypedPathError when it is a folder; the error of the system would not name it
 */
export function readTypedFile(path: string): Buffer {
  try {
    return readFileSync(typedPath(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    throw new TypedPathError(`${path} is a folder, not a file.`);
  }
}
