import { parseArgs } from 'node:util';
import type { Dataset } from '../../lib/recordings/corpus';
import { defaultJobs } from '../../lib/measuring/worker-pool';
import { CommandLineError, datasetOption, positiveInteger } from '../command-line';

/** What `npm run reproduce` was asked for. */
export interface ReproduceOptions {
  readonly dataset: Dataset | undefined;
  /** Parts of names of the notebooks to run; empty for all. */
  readonly only: readonly string[];
  /** Size of the subset of recordings; undefined for all. */
  readonly recordings: number | undefined;
  /** Processor cores to use. */
  readonly jobs: number;
  /** Run notebooks though nothing has changed. */
  readonly force: boolean;
  /** Run none, only say what would run. */
  readonly plan: boolean;
  /** Run none, only measure this many recordings anew and compare; undefined for no such thing. */
  readonly audit: number | undefined;
  /** Run none, only make the gallery again. */
  readonly gallery: boolean;
}

export const USAGE = `npm run reproduce -- [options]
  --dataset neuralink|sample  the recordings to use (default: neuralink when imported, else sample)
  --only 02,cosine            run only notebooks whose names contain one of these
  --recordings N              use a stratified subset of N recordings
  --jobs N                    use N processor cores (default: all)
  --force                     run notebooks though nothing has changed
  --plan                      run none, say what would run, why, and about how long it takes
  --audit N                   run none, measure N recordings anew with every codec of the results, past the cache, and
                              compare to the last bit with what the results were made of
  --gallery                   run none, only make figures/<dataset>/index.html again`;

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
        plan: { type: 'boolean', default: false },
        audit: { type: 'string' },
        gallery: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new CommandLineError(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (values.help) return 'help';
  return {
    dataset: datasetOption(values.dataset),
    only: (values.only ?? '').split(',').filter((part) => part !== ''),
    recordings: positiveInteger('recordings', values.recordings),
    jobs: positiveInteger('jobs', values.jobs) ?? defaultJobs(),
    force: values.force ?? false,
    plan: values.plan ?? false,
    audit: positiveInteger('audit', values.audit),
    gallery: values.gallery ?? false,
  };
}
