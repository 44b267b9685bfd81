/**
 * Locks between processes, by files: one process at most holds a lock, even when others are killed at any moment.
 *
 * A lock file names its holder and has a token of its own. It comes into being whole, by a hard link, and only where
 * none is. The lock of a process that ended is never removed by whoever wants it next: two that saw the same stale lock
 * could then remove each other's fresh one. The next lock is another file, named by the token of the old one; only one
 * process can make it.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseIdentity, stateOf, thisProcess, type ProcessIdentity } from '../lib/files/process-identity';

/** Another process is at the same work. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/** The text of a lock file. */
export function lockText(holder: ProcessIdentity = thisProcess(), token: string = randomUUID()): string {
  return JSON.stringify({ ...holder, token });
}

/** What a lock file says; undefined when there is none, `'unreadable'` when it says nothing that can be relied on. */
function readLock(
  file: string,
): { readonly holder: ProcessIdentity; readonly token: string } | 'unreadable' | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return 'unreadable';
  }
  const holder = parseIdentity(text);
  if (!holder) return 'unreadable';
  const { token } = JSON.parse(text) as { token?: unknown };
  return typeof token === 'string' && /^[0-9a-f-]{36}$/.test(token) ? { holder, token } : 'unreadable';
}

function successorOf(path: string, token: string): string {
  return `${path}.after-${token}`;
}

/**
 * Makes sure that no other process does the same at the same time; the lock of one that ended is taken over. A damaged
 * lock is respected, and so is one held in another container or on another machine, where processes cannot be looked
 * at.
 *
 * @param path - of the lock file
 * @param what - what is being done, for the message
 * @returns gives the lock back
 * @throws LockedError
 */
export function takeLock(path: string, what: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${randomUUID()}.part`;
  const text = lockText();
  const file = openSync(own, 'wx');
  try {
    writeSync(file, text);
    // A lock that is empty after a power cut would have to be removed by hand.
    fsyncSync(file);
    closeSync(file);
    let files: readonly string[] | undefined;
    while (files === undefined) files = claim(path, own, text, what);
    const held = files;
    removeStraySuccessors(path, held);
    // The first one first: until it is gone, nobody may take what follows it for missing.
    return () => held.forEach((lock) => rmSync(lock, { force: true }));
  } finally {
    rmSync(own, { force: true });
  }
}

/** One attempt. @returns the lock's files, from the first stale one to the own; undefined when another was quicker */
function claim(path: string, own: string, text: string, what: string): string[] | undefined {
  const files: string[] = [];
  let first: string | undefined;
  let next = path;
  for (let lock = readLock(next); lock !== undefined; lock = readLock(next)) {
    if (lock === 'unreadable') throw locked(path, `Another process (${next} does not say which)`, what);
    const { holder, token } = lock;
    const state = stateOf(holder);
    if (state === 'running') throw locked(path, `Process ${holder.pid}`, what);
    if (state === 'elsewhere') {
      throw locked(path, `Process ${holder.pid} in another container or machine (${holder.host})`, what);
    }
    first ??= token;
    files.push(next);
    next = successorOf(path, token);
  }
  if (!create(own, text, next)) return undefined;
  if (first !== undefined) {
    // Whoever succeeded the same lock may have given it back meanwhile, successors and all.
    const root = readLock(path);
    if (typeof root !== 'object' || root.token !== first) {
      rmSync(next, { force: true });
      return undefined;
    }
  }
  return [...files, next];
}

/** Makes a file with its whole text, if there is none. @returns whether there was none */
function create(own: string, text: string, file: string): boolean {
  try {
    try {
      linkSync(own, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
      // A file system without hard links.
      writeFileSync(file, text, { flag: 'wx' });
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes what a holder left that was killed while it gave its lock back. */
function removeStraySuccessors(path: string, held: readonly string[]): void {
  const start = `${basename(path)}.after-`;
  for (const name of readdirSync(dirname(path))) {
    const file = join(dirname(path), name);
    if (name.startsWith(start) && !held.includes(file)) rmSync(file, { force: true });
  }
}

function locked(path: string, who: string, what: string): LockedError {
  return new LockedError(
    `${who} is already ${what}: wait for it, or end it. If there is no such run, remove ${path}.`,
  );
}
