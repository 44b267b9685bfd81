import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Links that lead to links; the systems give up at as many. */
const MOST_LINKS = 40;

/** Bits of a mode that say who may read, write and run a file. */
const PERMISSIONS = 0o7777;

/**
 * Writes a file, and its folders, so that a reader finds the earlier contents or the new ones, whole.
 *
 * A symbolic link stays, and the file that it leads to is written; a file that was there keeps its mode and its owner.
 * What is no regular file (a device, a named pipe) is written to, not replaced.
 */
export function writeWhole(path: string, contents: string | Uint8Array): void {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before && !before.isFile()) {
    writeFileSync(path, contents);
    return;
  }
  const target = withoutLinks(path);
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.${randomUUID()}.part`;
  try {
    writeFileSync(partial, contents);
    if (before) keepAccess(partial, before);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** Where a path leads, whether or not something is there yet. */
function withoutLinks(path: string): string {
  let target = path;
  for (let i = 0; i < MOST_LINKS; i++) {
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) break;
    target = resolve(dirname(target), readlinkSync(target));
  }
  return target;
}

/** Gives a new file the owner and the mode of the one that it is to replace. */
function keepAccess(path: string, { uid, gid, mode }: Stats): void {
  const now = statSync(path);
  if (now.uid !== uid || now.gid !== gid) {
    try {
      chownSync(path, uid, gid);
    } catch {
      // Only root may give files away; the one who writes keeps it then, as with any editor that renames.
    }
  }
  // After the owner: giving a file away takes some of its bits.
  if ((now.mode & PERMISSIONS) !== (mode & PERMISSIONS)) chmodSync(path, mode & PERMISSIONS);
}
