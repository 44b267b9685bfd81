/**
 * Runs the inputs of families by turns, in one process or several. A family is in one of them at a time, so its tally
 * always holds the numbers below one, and is the same whatever the number of processes.
 */
import { performance } from 'node:perf_hooks';
import type { FuzzFamily } from './family';
import { addFound, addTally, newTally, writeTallies, type Tally } from './tallies';
import type { TryTurn } from './try-turn';

/** Inputs of a family in its turn, of which some take a share. */
const TURN = 200;
/** Milliseconds between two writes of the tallies. */
const BETWEEN_WRITES = 10_000;

/** An input ended the process that tried it. */
export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError';
}

/** How far to go. */
export interface Extent {
  /** Inputs of each family, of which some take a share. */
  readonly inputs: number;
  /** Seconds after which no turn is begun. */
  readonly seconds: number;
  /** Told of the inputs done, of all families. */
  readonly onTurn?: (done: number) => void;
}

/** Inputs of a family where each has so many. */
export function inputsOf({ share = 1 }: FuzzFamily, inputs: number): number {
  return Math.ceil(share * inputs);
}

/**
 * Goes on with every family from the number where its tally ends.
 *
 * @param path - where the tallies are kept
 * @param places - each tries one turn at a time
 */
export async function runFamilies(
  families: readonly FuzzFamily[],
  tallies: Map<string, Tally>,
  path: string,
  places: readonly TryTurn[],
  { inputs, seconds, onTurn }: Extent,
): Promise<void> {
  const start = performance.now();
  let written = start;
  const goals = families.map((family) => {
    return { name: family.name, goal: inputsOf(family, inputs), turn: inputsOf(family, TURN) };
  });
  for (const { name } of goals) tallies.set(name, tallies.get(name) ?? newTally());
  const busy = new Set<string>();
  /** Where a turn ended its process, its inputs are tried one by one up to this number. */
  const singly = new Map<string, number>();

  const next = (): (typeof goals)[number] | undefined => {
    const part = ({ name, goal }: (typeof goals)[number]): number => tallies.get(name)!.inputs / goal;
    return goals
      .filter((one) => !busy.has(one.name) && part(one) < 1)
      .reduce<(typeof goals)[number] | undefined>(
        (least, one) => (least && part(least) <= part(one) ? least : one),
        undefined,
      );
  };

  const work = async (place: TryTurn): Promise<void> => {
    while (performance.now() - start < 1000 * seconds) {
      const family = next();
      if (!family) return;
      const tally = tallies.get(family.name)!;
      const first = tally.inputs;
      const size = first < (singly.get(family.name) ?? 0) ? 1 : family.turn;
      const count = Math.min(family.goal - first, size);
      busy.add(family.name);
      try {
        addTally(tally, await place({ family: family.name, first, count }));
      } catch (error) {
        if (!(error instanceof ProcessEndedError)) throw error;
        if (count > 1) singly.set(family.name, first + count);
        else {
          tally.inputs++;
          addFound(tally.broken, { number: first, says: error.message });
        }
      }
      busy.delete(family.name);
      if (performance.now() - written > BETWEEN_WRITES) {
        writeTallies(path, tallies);
        written = performance.now();
      }
      onTurn?.(Array.from(tallies.values()).reduce((sum, one) => sum + one.inputs, 0));
    }
  };
  await Promise.all(places.map(work));
  writeTallies(path, tallies);
}
