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

function within<T>(body: () => T, ms: number): T {
  CONTEXT['call'] = body;
  return CALL.runInContext(CONTEXT, { timeout: ms }) as T;
}

async function waitedFor(outcome: Promise<Outcome>, ms: number): Promise<Outcome> {
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
    const end = first + count;
    let number = first;
    let again = false;
    while (number < end) {
      const next = await tryInputs(named.get(family)!, number, end, again, tally, bounds);
      again = next.ended;
      number = next.number;
    }
    return tally;
  };
}

/**
 * Tries inputs one after another until one of them has to be waited for. They share a clock, whose start takes as long as
 * several of them; the one that it ends is tried again under a clock of its own. That also holds where the process was
 * stopped and the clock was not, as in a laptop that sleeps.
 *
 * @param again - whether a clock has ended the first one before
 * @returns number of the first that is still to be tried, and whether the clock has ended it
 */
async function tryInputs(
  family: FuzzFamily,
  first: number,
  end: number,
  again: boolean,
  tally: Tally,
  bounds: Bounds,
): Promise<{ number: number; ended: boolean }> {
  const usage = new Usage(tally, bounds);
  let number = first;
  const broke = (error: unknown): void => {
    addFound(tally.broken, { number, says: saysOf(error) });
  };
  let open: Promise<Outcome> | undefined;
  try {
    open = within(() => {
      for (; number < end; number++) {
        try {
          const outcome = family.tryInput(number);
          if (typeof outcome !== 'string') return outcome;
          tally[outcome]++;
        } catch (error) {
          broke(error);
        }
        usage.count(number);
      }
      return undefined;
    }, bounds.mostMs);
  } catch (error) {
    // The clock has ended it.
    if (number > first || !again) return { number, ended: true };
    broke(error);
    usage.count(number);
    return { number: number + 1, ended: false };
  }
  if (open === undefined) return { number: end, ended: false };
  try {
    tally[await waitedFor(open, bounds.mostMs)]++;
  } catch (error) {
    broke(error);
  }
  usage.count(number);
  return { number: number + 1, ended: false };
}

/** What inputs take of this process, one after another. The clock would say more of what else the machine does. */
class Usage {
  private before = process.resourceUsage();

  constructor(
    private readonly tally: Tally,
    private readonly bounds: Bounds,
  ) {}

  /** An input has ended, and the next one begins. */
  count(number: number): void {
    const { tally, bounds, before } = this;
    const now = process.resourceUsage();
    this.before = now;
    const micros = now.userCPUTime - before.userCPUTime + now.systemCPUTime - before.systemCPUTime;
    tally.inputs++;
    tally.slowestMs = Math.max(tally.slowestMs, micros / 1000);
    if (micros / 1000 > bounds.slowMs)
      addFound(tally.slow, { number, says: `${(micros / 1e6).toFixed(1)} s` });
    // Kilobytes; the most that was ever held says something only of an input that raised it.
    const most = 1024 * now.maxRSS;
    if (now.maxRSS > before.maxRSS) tally.peakBytes = Math.max(tally.peakBytes, most);
    const held = most > bounds.mostBytes ? process.memoryUsage.rss() : 0;
    if (held > bounds.mostBytes) addFound(tally.broken, { number, says: `the process holds ${held} bytes` });
  }
}

/** Name, message and the first place in the code. */
function saysOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [place] = /\n +at [^\n]+/.exec(error.stack ?? '') ?? [''];
  return `${error.name}: ${error.message.slice(0, 300)} ${place.trim()}`.trim();
}
