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

/** Longest chain of symbolic links that is followed; operating systems give up at about as many. */
const MOST_LINKS = 40;

/** Bits of a mode that say who may read, write and run a file. */
const PERMISSIONS = 0o7777;

/**
 * Writes a file, and its folders, all or nothing: a reader finds either the earlier contents or the new ones,
 * never a part.
 *
 * A symbolic link stays, and its target is written. An existing file keeps its mode and its owner. A device
 * or a named pipe is written to, not replaced.
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

/** Target of a path after all symbolic links; the target need not exist. */
export function withoutLinks(path: string): string {
  let target = path;
  for (let i = 0; i < MOST_LINKS; i++) {
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) break;
    target = resolve(dirname(target), readlinkSync(target));
  }
  return target;
}

/** Gives a new file the owner and the mode of the file that it will replace. */
export function keepAccess(path: string, { uid, gid, mode }: Stats): void {
  const now = statSync(path);
  if (now.uid !== uid || now.gid !== gid) {
    try {
      chownSync(path, uid, gid);
    } catch {
      // Only root may give files away. Otherwise the writer owns the new file, as with any editor that
      // renames.
    }
  }
  // The mode is set after the owner, because changing the owner clears some of its bits.
  if ((now.mode & PERMISSIONS) !== (mode & PERMISSIONS)) chmodSync(path, mode & PERMISSIONS);
}
