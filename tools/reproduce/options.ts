import { parseArgs } from 'node:util';
import { defaultJobs } from '../../lib/study/worker-pool';

/** A command was given options that make no sense. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/** What `npm run reproduce` was asked for. */
export interface ReproduceOptions {
  readonly dataset: 'neuralink' | 'sample' | undefined;
  /** Parts of names of the notebooks to run; empty for all. */
  readonly only: readonly string[];
  /** Size of the subset of recordings; undefined for all. */
  readonly recordings: number | undefined;
  /** Processor cores to use. */
  readonly jobs: number;
  /** Run notebooks though nothing has changed. */
  readonly force: boolean;
}

export const USAGE = `npm run reproduce -- [options]
  --dataset neuralink|sample  the recordings to use (default: neuralink when imported, else sample)
  --only 02,cosine            run only notebooks whose names contain one of these
  --recordings N              use a stratified subset of N recordings
  --jobs N                    use N processor cores (default: all)
  --force                     run notebooks though nothing has changed`;

/** A whole number of at least 1 from the command line. */
export function positiveInteger(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new CommandLineError(`--${option} ${text}: give a whole number from 1 on.`);
}

/**
 * Reads the command line.
 *
 * @throws CommandLineError
 */
export function parseOptions(args: readonly string[]): ReproduceOptions | 'help' {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        dataset: { type: 'string' },
        only: { type: 'string' },
        recordings: { type: 'string' },
        jobs: { type: 'string' },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new CommandLineError(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (values.help) return 'help';
  const { dataset } = values;
  if (dataset !== undefined && dataset !== 'neuralink' && dataset !== 'sample') {
    throw new CommandLineError(`There is no dataset "${dataset}": choose "neuralink" or "sample".`);
  }
  return {
    dataset,
    only: (values.only ?? '').split(',').filter((part) => part !== ''),
    recordings: positiveInteger('recordings', values.recordings),
    jobs: positiveInteger('jobs', values.jobs) ?? defaultJobs(),
    force: values.force ?? false,
  };
}
