/**
 * Folders in memory, for files that need not outlive a run: a file that is written anew waits for a disk, ten to fifty
 * times as long.
 */
import { mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

/** A disk in memory, where there is one. */
const MEMORY_DISK = '/dev/shm';

/** Age in milliseconds above which a folder may be abandoned: one of another container has a process that is not seen here. */
const GIVEN_UP = 3_600_000;

/**
 * Makes a folder in memory, and removes what processes that were killed have left of this kind.
 *
 * @param kind - begins its name, which the number of this process follows
 * @param room - bytes that have to be free
 * @returns absolute path; undefined where there is no such disk, or not enough room
 */
export function memoryFolder(kind: string, room: number): string | undefined {
  try {
    removeAbandoned(kind);
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    const allowed = process.constrainedMemory() || Infinity;
    if (Math.min(bavail * bsize, freemem(), allowed) < room) return undefined;
    return mkdtempSync(join(MEMORY_DISK, `${kind}-${process.pid}-`));
  } catch {
    // No such disk, or one that may not be written.
    return undefined;
  }
}

function removeAbandoned(kind: string): void {
  for (const name of readdirSync(MEMORY_DISK)) {
    const [, pid] = new RegExp(`^${kind}-(\\d+)-\\w{6}$`).exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(MEMORY_DISK, name);
    try {
      if (Date.now() - statSync(path).mtimeMs > GIVEN_UP) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
