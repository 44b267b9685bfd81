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

/** The process that the lock names, 0 while it names none yet; undefined when there is no lock any more. */
function holderOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
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
    const holder = holderOf(path);
    if (holder === undefined) continue;
    if (!(holder > 0) || (holder !== process.pid && isAlive(holder))) {
      throw new LockedError(
        `${holder > 0 ? `Process ${holder}` : 'Another process'} is already ${what}: wait for it, or end it. ` +
          `If there is no such run, remove ${path}.`,
      );
    }
    rmSync(path, { force: true });
  }
}
