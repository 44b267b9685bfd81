import type { FileBytes } from './file-bytes';

/** Bytes that are read at a time. */
const WINDOW_BYTES = 2 ** 22;

/**
 * Looks at the front of every record of a file, in windows.
 *
 * @param file - the file
 * @param start - position of the first record
 * @param recordBytes - bytes of each record
 * @param records - their number
 * @param visit - is given each record: a view of the window, the record's position in it, and its index
 */
export function scanRecords(
  file: FileBytes,
  start: number,
  recordBytes: number,
  records: number,
  visit: (view: DataView, at: number, record: number) => void,
): void {
  const atATime = Math.max(1, Math.floor(WINDOW_BYTES / recordBytes));
  for (let first = 0; first < records; first += atATime) {
    const count = Math.min(atATime, records - first);
    const view = file.fields(start + first * recordBytes, count * recordBytes, 'its records');
    for (let i = 0; i < count; i++) visit(view, i * recordBytes, first + i);
  }
}
