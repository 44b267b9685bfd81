/**
 * Clocks of a notebook: seconds by kind of work, for the runner of notebooks. All copies of this file in a
 * process (the runner's, and the one that cells import) share the same clocks.
 */
import { performance } from 'node:perf_hooks';

/** Kinds of work with a clock. */
export const KINDS_OF_WORK = ['compiling', 'sweeping', 'learning', 'drawing'] as const;
export type KindOfWork = (typeof KINDS_OF_WORK)[number];

/** Seconds by kind of work. Kinds that overlap in time count each in full. */
export type TimeSpent = Readonly<Record<KindOfWork, number>>;

interface Clock {
  seconds: number;
  /** Number of pieces of work that run now; while several overlap, the time counts once. */
  running: number;
  /** Start of the first of them, in milliseconds. */
  since: number;
}

const slot = Symbol.for('neurobasis.time-spent');
const everywhere = globalThis as { [slot]?: Map<KindOfWork, Clock> };

function clockOf(kind: KindOfWork): Clock {
  const clocks = (everywhere[slot] ??= new Map());
  let clock = clocks.get(kind);
  if (!clock) clocks.set(kind, (clock = { seconds: 0, running: 0, since: 0 }));
  return clock;
}

/** Starts the clock of a kind of work; the returned function stops it. */
export function startClock(kind: KindOfWork): () => void {
  const clock = clockOf(kind);
  if (clock.running++ === 0) clock.since = performance.now();
  return () => {
    if (--clock.running === 0) clock.seconds += (performance.now() - clock.since) / 1000;
  };
}

/** Does work while its clock runs. */
export async function timed<Result>(kind: KindOfWork, work: () => Promise<Result>): Promise<Result> {
  const stop = startClock(kind);
  try {
    return await work();
  } finally {
    stop();
  }
}

/** Reads all clocks and sets them back to 0. */
export function takeTimeSpent(): TimeSpent {
  const entries = KINDS_OF_WORK.map((kind) => [kind, clockOf(kind).seconds] as const);
  everywhere[slot]?.clear();
  return Object.fromEntries(entries) as TimeSpent;
}
