/**
 * Removes partial files and folders of killed runs. `writeWhole` writes under a temporary name that ends in a random
 * part and `.part`.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../lib/files/project-root';

const PARTIAL = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;

/** Age in milliseconds above which a partial file counts as abandoned; no write takes this long. */
const GIVEN_UP = 3_600_000;

/** Folders of this project where files are written whole, and how deep. */
const PLACES: readonly (readonly [string, number])[] = [
  ['.cache', 2],
  ['data', 2],
  ['models', 1],
  ['figures', 3],
  ['notebooks', 1],
];

/**
 * Removes partial files of a folder.
 *
 * @param depth - levels of folders: 1 for the folder alone
 * @param age - milliseconds since the last write; 0 only under a lock of the folder, or files of a running command
 *   would go
 */
export function removePartials(folder: string, depth: number, age: number = GIVEN_UP): void {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    // Nothing there, or nothing to be seen: nothing to tidy.
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (PARTIAL.test(entry.name)) {
      const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      if (written === undefined || Date.now() - written < age) continue;
      try {
        rmSync(path, { recursive: true, force: true });
      } catch {
        // Another user's, perhaps; it does no harm.
      }
    } else if (entry.isDirectory() && depth > 1) {
      removePartials(path, depth - 1, age);
    }
  }
}

/** Removes the partial files of all folders of this project that no run can be writing any more. */
export function removeLeftovers(): void {
  for (const [folder, depth] of PLACES) removePartials(join(projectRoot(), folder), depth);
}
