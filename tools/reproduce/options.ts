import { defaultJobs } from '../../lib/measuring/worker-pool';
import {
  CommandLineError,
  CORPUS_OPTIONS,
  datasetOption,
  positiveInteger,
  type OptionValues,
} from '../command-line';

/** Options of `npm run reproduce`. */
export interface ReproduceOptions {
  readonly dataset: string | undefined;
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
  /** Run none, only adopt measurements of other code that agree on this many recordings; undefined for no such thing. */
  readonly adopt: number | undefined;
  /** Run none, only make the gallery again. */
  readonly gallery: boolean;
  /** Let an engine for workflows run everything; undefined for this process. */
  readonly engine: EngineOptions | undefined;
}

/** How the engine runs. */
export interface EngineOptions {
  /** Cores that jobs may take at a time; undefined where the profile says how many jobs there may be. */
  readonly cores: number | undefined;
  /** Folder of a profile of Snakemake, as typed: where jobs run. */
  readonly profile: string | undefined;
}

/** What the command takes. */
export const REPRODUCE = {
  name: 'reproduce',
  options: {
    dataset: CORPUS_OPTIONS.dataset,
    only: { value: '02,cosine', about: 'run only notebooks whose names contain one of these' },
    recordings: CORPUS_OPTIONS.recordings,
    jobs: { value: 'N', about: 'use N processor cores (default: all)' },
    force: { about: 'run notebooks though nothing has changed' },
    plan: { about: 'run none, say what would run, why, and about how long it takes' },
    audit: {
      value: 'N',
      about:
        'run none, measure N recordings anew with every codec of the results, past the cache, and compare to the last bit',
    },
    adopt: {
      value: 'N',
      about:
        'run none, keep measurements that earlier code made, where N recordings measured anew are the same to the last bit',
    },
    engine: {
      value: 'snakemake',
      about: 'have Snakemake run everything as jobs, from import to gallery: docs/scaling.md',
    },
    cores: {
      value: 'N',
      about: 'with --engine: cores for all jobs (default: all of this machine, without a profile)',
    },
    profile: {
      value: 'PATH',
      about: 'with --engine: a profile of Snakemake, such as workflow/profiles/slurm for a cluster',
    },
    gallery: { about: 'run none, only make figures/<dataset>/index.html again' },
  },
} as const;

/**
 * Reads the values of the command line.
 *
 * @throws CommandLineError
 */
export function reproduceOptions(values: OptionValues<(typeof REPRODUCE)['options']>): ReproduceOptions {
  return {
    dataset: datasetOption(values.dataset),
    only: (values.only ?? '').split(',').filter((part) => part !== ''),
    recordings: positiveInteger('recordings', values.recordings),
    jobs: positiveInteger('jobs', values.jobs) ?? defaultJobs(),
    force: values.force,
    plan: values.plan,
    audit: positiveInteger('audit', values.audit),
    adopt: positiveInteger('adopt', values.adopt),
    gallery: values.gallery,
    engine: engineOption(values),
  };
}

/** Only Snakemake; the other two options say how it runs. */
function engineOption({
  engine,
  cores,
  profile,
}: OptionValues<(typeof REPRODUCE)['options']>): ReproduceOptions['engine'] {
  if (engine === undefined) {
    if (cores === undefined && profile === undefined) return undefined;
    throw new CommandLineError(
      '--cores and --profile are for --engine snakemake; without it, --jobs N takes N cores.',
    );
  }
  if (engine !== 'snakemake') throw new CommandLineError(`--engine ${engine}: there is snakemake alone.`);
  const most = positiveInteger('cores', cores);
  return { cores: most ?? (profile === undefined ? defaultJobs() : undefined), profile };
}
