import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Another process is at the same work. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Makes sure that no other process does the same at the same time; the lock of one that died is taken over.
 *
 * @param path - of the lock file
 * @param what - what is being done, for the message
 * @returns gives the lock back
 * @throws LockedError
 */
export function takeLock(path: string, what: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readFileSync(path, 'utf8'));
    if (holder !== process.pid && isAlive(holder)) {
      throw new LockedError(
        `Process ${holder} is already ${what}: wait for it, or end it. If there is no such run, remove ${path}.`,
      );
    }
    rmSync(path, { force: true });
  }
}
