/**
 * Folds and groups of recordings, so that no model is measured on recordings related to those that it was learned from.
 *
 * Many recordings were made at the same time on different electrodes and so resemble each other. Such recordings have
 * equal lengths, so splits and groups never separate recordings of equal length.
 */

/** One half of a corpus: 0 or 1. */
export type Fold = 0 | 1;

/**
 * The fold of a recording: the parity of its number of samples. A split by name would put one recording of a
 * simultaneous pair into the half that is learned from and the other into the half that is measured, and so leak.
 * On the Neuralink recordings 344 fall to fold 0 and 399 to fold 1.
 *
 * @param samples - number of samples of the recording
 */
export function foldOf(samples: number): Fold {
  return samples % 2 === 0 ? 0 : 1;
}

/**
 * Groups of recordings of equal length, shortest first, each in the order given: the units that a bootstrap
 * draws, because recordings within a group may not be independent.
 */
export function groupsOfEqualLength<T extends { readonly samples: number }>(recordings: readonly T[]): T[][] {
  const groups = new Map<number, T[]>();
  for (const recording of recordings) {
    const group = groups.get(recording.samples);
    if (group) group.push(recording);
    else groups.set(recording.samples, [recording]);
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
}
