import type { ByteProgress } from '../lib/codecs/files/long-recording';
import { showBytes } from './data/byte-progress';

/** Files of fewer bytes are done before a line could be read. */
const LEAST = 2 ** 26;

const TASKS = { reading: 'Looking at the values of', coding: 'Encoding', decoding: 'Decoding' } as const;

/**
 * Shows how far the work on a long file is, with the time left.
 *
 * @param name - the file, as it was typed
 */
export function workOnBytes(name: string): ByteProgress {
  const shown: Partial<Record<keyof typeof TASKS, (done: number, total: number) => void>> = {};
  return (task, done, total) => {
    if (total >= LEAST) (shown[task] ??= showBytes(`${TASKS[task]} ${name}`))(done, total);
  };
}
