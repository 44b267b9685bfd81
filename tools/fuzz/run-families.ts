/**
 * Runs the inputs of families by turns, each within a bound of time.
 */
import { performance } from 'node:perf_hooks';
import { createContext, Script } from 'node:vm';
import type { FuzzFamily, Outcome } from './family';
import { addFound, newTally, writeTallies, type Tally } from './tallies';

/** Bounds of one input. */
export interface Bounds {
  /** An input that takes more processor time is listed. */
  readonly slowMs: number;
  /** An input that takes longer is ended, where it does not wait for anything. */
  readonly mostMs: number;
  /** A process that holds more after an input has broken a rule. */
  readonly mostBytes: number;
}

const BOUNDS: Bounds = { slowMs: 1000, mostMs: 30_000, mostBytes: 2 ** 31 };

/** Inputs of a family in its turn. */
const TURN = 50;
/** Milliseconds between two writes of the tallies. */
const BETWEEN_WRITES = 10_000;

/** Where calls end that take too long: the clock of a script also ends what it calls. */
const CALL = new Script('call()');

async function within(body: () => Outcome | Promise<Outcome>, ms: number): Promise<Outcome> {
  const context = createContext({ call: body });
  return (await CALL.runInContext(context, { timeout: ms })) as Outcome;
}

/** How far to go. */
export interface Extent {
  /** Inputs of each family. */
  readonly inputs: number;
  /** Seconds after which no input is begun. */
  readonly seconds: number;
  readonly bounds?: Bounds;
  /** Told of the inputs done, of all families. */
  readonly onTurn?: (done: number) => void;
}

/**
 * Goes on with every family from the number where its tally ends.
 *
 * @param path - where the tallies are kept
 */
export async function runFamilies(
  families: readonly FuzzFamily[],
  tallies: Map<string, Tally>,
  path: string,
  { inputs, seconds, bounds = BOUNDS, onTurn }: Extent,
): Promise<void> {
  const start = performance.now();
  let written = start;
  const open = (): boolean => performance.now() - start < 1000 * seconds;
  for (let isMore = true; isMore && open();) {
    isMore = false;
    for (const family of families) {
      const tally = tallies.get(family.name) ?? newTally();
      tallies.set(family.name, tally);
      const end = Math.min(inputs, tally.inputs + TURN);
      while (tally.inputs < end && open()) await tryNext(family, tally, bounds);
      isMore ||= tally.inputs < inputs;
      if (performance.now() - written > BETWEEN_WRITES) {
        writeTallies(path, tallies);
        written = performance.now();
      }
    }
    onTurn?.(Array.from(tallies.values()).reduce((sum, tally) => sum + tally.inputs, 0));
  }
  writeTallies(path, tallies);
}

async function tryNext(family: FuzzFamily, tally: Tally, bounds: Bounds): Promise<void> {
  const number = tally.inputs;
  const held = process.resourceUsage().maxRSS;
  const start = process.cpuUsage();
  try {
    tally[await within(() => family.tryInput(number), bounds.mostMs)]++;
  } catch (error) {
    addFound(tally.broken, { number, says: saysOf(error) });
  }
  // Of this process: the clock says more of what else the machine does.
  const { user, system } = process.cpuUsage(start);
  const ms = (user + system) / 1000;
  tally.inputs++;
  tally.slowestMs = Math.max(tally.slowestMs, ms);
  if (ms > bounds.slowMs) addFound(tally.slow, { number, says: `${(ms / 1000).toFixed(1)} s` });
  const { maxRSS } = process.resourceUsage();
  // Kilobytes; the most that was ever held says something only of an input that raised it.
  if (maxRSS > held) tally.peakBytes = Math.max(tally.peakBytes, 1024 * maxRSS);
  const { rss } = process.memoryUsage();
  if (rss > bounds.mostBytes) addFound(tally.broken, { number, says: `the process holds ${rss} bytes` });
}

/** Name, message and the first place in the code. */
function saysOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [place] = /\n +at [^\n]+/.exec(error.stack ?? '') ?? [''];
  return `${error.name}: ${error.message.slice(0, 300)} ${place.trim()}`.trim();
}
