import { statSync } from 'node:fs';
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
 * Makes sure that a typed path leads to a file that is read in place.
 *
 * @throws TypedPathError when it is a folder; errors of the system would not name it
 */
export function refuseFolder(path: string): void {
  if (statSync(typedPath(path)).isDirectory()) throw new TypedPathError(`${path} is a folder, not a file.`);
}
