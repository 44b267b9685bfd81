import { statSync } from 'node:fs';

/**
 * Names the content of a file without reading it: another content has another state, unless it was written within
 * the same tick of the file system's clock in the same size.
 *
 * @returns empty when there is no file, or none that this user may see
 */
export function fileState(file: string): string {
  let stats;
  try {
    stats = statSync(file);
  } catch {
    // Missing, or below something that is no folder, or not for this user to see.
    return '';
  }
  return stats.isFile() ? [stats.mtimeMs, stats.ctimeMs, stats.size, stats.ino].join() : '';
}
