/** What was found about a group is kept under `.cache/groups`, by all that it depends on. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { keepIfPossible, readKept } from '../../files/kept-file';
import { projectRoot } from '../../files/project-root';
import type { ElectrodeGroup } from './electrode-groups';

/**
 * What a measurement gives on a group, from the cache where it is there.
 *
 * @param code - hash of the code that measures, which tells its measurements from those of others
 * @param measure - gives what JSON can hold
 */
export function keptOfGroup<T>(
  code: string,
  group: ElectrodeGroup,
  codecId: string,
  step: number,
  measure: (group: ElectrodeGroup, codecId: string, step: number) => T,
): { readonly value: T; readonly kept: boolean } {
  const key = createHash('sha256')
    .update(JSON.stringify([code, group.sha256, codecId, step]))
    .digest('hex');
  const path = join(projectRoot(), '.cache', 'groups', key.slice(0, 2), `${key.slice(2, 34)}.json`);
  const kept = readKept(path);
  if (kept) return { value: JSON.parse(kept.toString()) as T, kept: true };
  const value = measure(group, codecId, step);
  keepIfPossible(path, JSON.stringify(value));
  return { value, kept: false };
}
