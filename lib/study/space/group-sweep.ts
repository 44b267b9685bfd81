/**
 * Groups under codecs at steps, each measurement kept under `.cache/groups` by what it depends on: a second run costs
 * nothing, and a stopped one goes on.
 */
import { setImmediate } from 'node:timers/promises';
import { reportProgress } from '../../files/progress';
import { hashCode } from '../../measuring/code-fingerprint';
import type { GroupCorpus } from './electrode-groups';
import { keptOfGroup } from './kept-of-group';
import { measureGroup, type GroupMeasurement } from './measure-group';

/** What the measurements are made by. */
const CODE = ['lib/study/space/measure-group.ts'];

/** Measurements of one codec: for each step, in order, one of each group. */
export interface GroupCurve {
  readonly codecId: string;
  readonly steps: readonly number[];
  readonly measured: readonly (readonly GroupMeasurement[])[];
}

/**
 * Measures codecs on the groups of a dataset.
 *
 * @param steps - in codes; 0 for lossless
 */
export async function sweepGroups(
  corpus: Pick<GroupCorpus, 'label' | 'groups'>,
  codecIds: readonly string[],
  steps: readonly number[],
): Promise<GroupCurve[]> {
  const code = await hashCode(CODE);
  const total = codecIds.length * steps.length * corpus.groups.length;
  let [done, reused] = [0, 0];
  const curves: GroupCurve[] = [];
  for (const codecId of codecIds) {
    const measured: GroupMeasurement[][] = [];
    for (const step of steps) {
      const row: GroupMeasurement[] = [];
      for (const group of corpus.groups) {
        const { value: measurement, kept } = keptOfGroup(code, group, codecId, step, measureGroup);
        row.push(measurement);
        done++;
        if (kept) reused++;
        const task = `Spatial bases of ${corpus.label}`;
        reportProgress({ task, done, total, reused, finished: done === total });
        // Lets an interrupt through.
        if (!kept) await setImmediate();
      }
      measured.push(row);
    }
    curves.push({ codecId, steps, measured });
  }
  return curves;
}
