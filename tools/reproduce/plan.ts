/**
 * The plan of a run, shown before it starts: its steps and the estimated time.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatSeconds } from '../../lib/files/progress';
import { projectRoot } from '../../lib/files/project-root';
import { readTimings } from './keep-outputs';

/** A notebook that has to run. */
export interface PlannedNotebook {
  readonly name: string;
  /** Changes since its last run, in words; empty if it runs for another reason. */
  readonly changes: readonly string[];
}

/** Most changes that a line names. */
const NAMED_CHANGES = 3;

/** Seconds that a notebook takes however few recordings there are. */
const LEAST_SECONDS = 1;

/** A first run on a dataset, with nothing kept: what learning takes does not grow with the samples. */
interface FirstRun {
  readonly samples: number;
  readonly seconds: Readonly<Record<string, { readonly measuring: number; readonly learning: number }>>;
}

const FIRST_RUN = JSON.parse(
  readFileSync(join(projectRoot(), 'tools', 'reproduce', 'first-run.json'), 'utf8'),
) as FirstRun;

/** Seconds of notebooks, from earlier runs. */
export interface ExpectedTimes {
  /** By name; a notebook that is not there never ran, here or elsewhere. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Names of those that were measured in a first run on other recordings, and scaled by the number of samples. */
  readonly guessed: ReadonlySet<string>;
}

/**
 * Durations of notebooks in an earlier run, for estimates.
 *
 * @param dataset - name of the folder under `figures`
 * @param samples - of its recordings
 */
export function expectedTimes(dataset: string, samples: number): ExpectedTimes {
  const own = secondsOf(join(projectRoot(), 'figures', dataset));
  const scale = samples / FIRST_RUN.samples;
  const guesses = Object.entries(FIRST_RUN.seconds)
    .filter(([name]) => !own.has(name))
    .map(([name, { measuring, learning }]) => {
      // Models of the Neuralink recordings are in the repository, and the sample takes them.
      const learns = dataset !== 'sample' && dataset !== 'neuralink';
      return [name, LEAST_SECONDS + scale * measuring + (learns ? learning : 0)] as const;
    });
  return { seconds: new Map([...guesses, ...own]), guessed: new Set(guesses.map(([name]) => name)) };
}

function secondsOf(folder: string): Map<string, number> {
  const { notebooks } = readTimings(folder);
  return new Map(
    Object.entries(notebooks).map(([name, cells]) => [name, cells.reduce((sum, cell) => sum + cell, 0)]),
  );
}

/** Seconds until notebooks are done, several at a time; undefined when the time of none is known. */
export function totalSeconds(
  names: readonly string[],
  { seconds }: ExpectedTimes,
  concurrency: number,
): number | undefined {
  const known = names.flatMap((name) => seconds.get(name) ?? []);
  if (known.length === 0) return undefined;
  const sum = known.reduce((total, time) => total + time, 0);
  return Math.max(sum / concurrency, ...known);
}

/** The plan as text. */
export function planText(
  planned: readonly PlannedNotebook[],
  all: readonly string[],
  times: ExpectedTimes,
  concurrency: number,
): string {
  if (planned.length === 0) return `All ${all.length} notebooks are unchanged: nothing would run.`;
  const width = Math.max(...planned.map(({ name }) => name.length));
  const lines = planned.map(({ name, changes }) => {
    const time = times.seconds.get(name);
    const about = time === undefined ? 'not known' : formatSeconds(time);
    const guess = times.guessed.has(name) ? '~' : '';
    return `  ${name.padEnd(width)}  ${`${guess}${about}`.padStart(12)}  ${changeText(changes)}`;
  });
  const total = totalSeconds(
    planned.map(({ name }) => name),
    times,
    concurrency,
  );
  const guessed = planned.some(({ name }) => times.guessed.has(name));
  const basis = guessed
    ? '~ is a guess from a first run on other recordings, by the number of samples'
    : 'if each takes what it took last time';
  return [
    `Would run ${planned.length} of ${all.length} notebooks:`,
    ...lines,
    total === undefined
      ? 'How long that takes is not known: no run has been timed.'
      : `About ${formatSeconds(total)} in all (${basis}). What is in the cache of the sweeps takes a moment; ` +
        'what has to be measured anew because its code has changed takes longer than a run that found it there.',
  ].join('\n');
}

function changeText(changes: readonly string[]): string {
  if (changes.length === 0) return 'as asked for';
  const rest = changes.length - NAMED_CHANGES;
  return `${changes.slice(0, NAMED_CHANGES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
