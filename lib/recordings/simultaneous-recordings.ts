import type { Recording } from './recording';

/** Recordings that were made at the same time, by the name of their group, in the order of the first of each. */
export function simultaneousRecordings<T extends Pick<Recording, 'group'>>(
  recordings: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const recording of recordings) {
    const known = groups.get(recording.group);
    if (known) known.push(recording);
    else groups.set(recording.group, [recording]);
  }
  return groups;
}
