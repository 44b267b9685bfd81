/**
 * Groups under codecs at steps, each measurement kept under `.cache/groups` by what it depends on: a second run costs
 * nothing, and a stopped one goes on.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { keepIfPossible, readKept } from '../../files/kept-file';
import { reportProgress } from '../../files/progress';
import { projectRoot } from '../../files/project-root';
import { hashCode } from '../../measuring/code-fingerprint';
import type { ElectrodeGroup, GroupCorpus } from './electrode-groups';
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
        const { measurement, kept } = keptMeasurement(code, group, codecId, step);
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

function keptMeasurement(
  code: string,
  group: ElectrodeGroup,
  codecId: string,
  step: number,
): { measurement: GroupMeasurement; kept: boolean } {
  const key = createHash('sha256')
    .update(JSON.stringify([code, group.sha256, codecId, step]))
    .digest('hex');
  const path = join(projectRoot(), '.cache', 'groups', key.slice(0, 2), `${key.slice(2, 34)}.json`);
  const kept = readKept(path);
  if (kept) return { measurement: JSON.parse(kept.toString()) as GroupMeasurement, kept: true };
  const measurement = measureGroup(group, codecId, step);
  keepIfPossible(path, JSON.stringify(measurement));
  return { measurement, kept: false };
}
