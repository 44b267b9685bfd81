/**
 * Tries the inputs of one family one after another, each within a bound of time.
 */
import { createContext, Script } from 'node:vm';
import { FuzzError, type FuzzFamily, type Outcome } from './family';
import { addFound, newTally, type Tally } from './tallies';

/** Bounds of one input. */
export interface Bounds {
  /** An input that takes more processor time is listed. */
  readonly slowMs: number;
  /** An input that takes longer is ended. */
  readonly mostMs: number;
  /** A process that holds more after an input has broken a rule. */
  readonly mostBytes: number;
}

export const BOUNDS: Bounds = { slowMs: 1000, mostMs: 30_000, mostBytes: 2 ** 31 };

/** Inputs `first` to `first + count - 1` of a family. */
export interface Turn {
  readonly family: string;
  readonly first: number;
  readonly count: number;
}

/** Tries the inputs of a turn, in this process or in another. */
export type TryTurn = (turn: Turn) => Promise<Tally>;

/**
 * Where calls end that take too long: the clock of a script also ends what it calls. One context for all, as the making of
 * one takes longer than most inputs.
 */
const CALL = new Script('call()');
const CONTEXT = createContext();

async function within(body: () => Outcome | Promise<Outcome>, ms: number): Promise<Outcome> {
  CONTEXT['call'] = body;
  const outcome = CALL.runInContext(CONTEXT, { timeout: ms }) as Outcome | Promise<Outcome>;
  if (typeof outcome === 'string') return outcome;
  let clock: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    clock = setTimeout(() => reject(new FuzzError(`waited for longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(clock);
  }
}

/** Tries turns of these families in this process. */
export function tryHere(families: readonly FuzzFamily[], bounds = BOUNDS): TryTurn {
  const named = new Map(families.map((family) => [family.name, family]));
  return async ({ family, first, count }) => {
    const tally = newTally();
    for (let number = first; number < first + count; number++) {
      await tryInput(named.get(family)!, number, tally, bounds);
    }
    return tally;
  };
}

async function tryInput(family: FuzzFamily, number: number, tally: Tally, bounds: Bounds): Promise<void> {
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
  const rss = process.memoryUsage.rss();
  if (rss > bounds.mostBytes) addFound(tally.broken, { number, says: `the process holds ${rss} bytes` });
}

/** Name, message and the first place in the code. */
function saysOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [place] = /\n +at [^\n]+/.exec(error.stack ?? '') ?? [''];
  return `${error.name}: ${error.message.slice(0, 300)} ${place.trim()}`.trim();
}
