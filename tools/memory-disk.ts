/**
 * Folders in memory, for files that need not outlive a run: a file that is written anew waits for a disk, ten to fifty
 * times as long.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { parseIdentity, stateOf, thisProcess } from '../lib/files/process-identity';

/** A disk in memory, where there is one. */
const MEMORY_DISK = '/dev/shm';

/** File in a folder that names the process which made it. */
const OWNER = 'owner.json';

/**
 * Makes a folder in memory, and removes what processes that were killed have left of this kind.
 *
 * @param kind - begins its name
 * @param room - bytes that have to be free
 * @returns absolute path; undefined where there is no such disk, or not enough room
 */
export function memoryFolder(kind: string, room: number): string | undefined {
  try {
    removeAbandoned(kind);
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    const allowed = process.constrainedMemory() || Infinity;
    if (Math.min(bavail * bsize, freemem(), allowed) < room) return undefined;
    const folder = mkdtempSync(join(MEMORY_DISK, `${kind}-`));
    writeFileSync(join(folder, OWNER), JSON.stringify(thisProcess()));
    return folder;
  } catch {
    // No such disk, or one that may not be written.
    return undefined;
  }
}

function removeAbandoned(kind: string): void {
  for (const name of readdirSync(MEMORY_DISK).filter((one) => one.startsWith(`${kind}-`))) {
    const folder = join(MEMORY_DISK, name);
    try {
      const owner = parseIdentity(readFileSync(join(folder, OWNER), 'utf8'));
      if (owner && stateOf(owner) === 'ended') rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or one that is only just being made.
    }
  }
}
