/**
 * `npm run reproduce -- --engine snakemake`: the workflow of workflow/Snakefile, by a Snakemake of its own.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { openCorpus } from '../../lib/recordings/corpus';
import { endWithCommand } from '../lab/end-with-command';
import { takeLock } from '../lock';
import { preparedPython, type PythonEnvironment } from '../python-environment';
import { typedPath } from '../typed-path';
import type { EngineOptions, ReproduceOptions } from './options';

/** Snakemake with its SLURM executor, pinned with all that they bring along. */
export const SNAKEMAKE: PythonEnvironment = {
  purpose: 'Snakemake',
  folder: '.cache/snakemake',
  requirements: 'workflow/requirements.txt',
  alternative: 'Without it, everything runs on this machine: npm run reproduce.',
};

/** The folder of a workflow, by the name of its corpus. */
function workflowFolder(name: string): string {
  return join(projectRoot(), '.cache', 'workflow', name);
}

/** Settings of the workflow for a corpus; all are texts, since Snakemake would take `02` for a number. */
export function workflowSettings(
  dataset: string,
  { recordings, only }: Pick<ReproduceOptions, 'recordings' | 'only'>,
): Record<string, string> {
  return {
    dataset,
    ...(recordings !== undefined && { recordings: String(recordings) }),
    ...(only.length > 0 && { only: only.join(',') }),
  };
}

/**
 * The command line of Snakemake.
 *
 * @param settings - path of the file of settings
 */
export function snakemakeArguments(settings: string, { cores, profile }: EngineOptions): string[] {
  return [
    ...['--snakefile', join(projectRoot(), 'workflow', 'Snakefile')],
    ...['--configfile', settings],
    ...(cores === undefined ? [] : ['--cores', String(cores)]),
    ...(profile === undefined ? [] : ['--profile', typedPath(profile)]),
    // The lock of this command stands for Snakemake's, which outlives a run that was killed.
    '--nolock',
    '--rerun-incomplete',
    // What is to be measured follows from the code as it is; looking costs seconds.
    ...['--forcerun', 'models', 'plan', 'gallery'],
  ];
}

/**
 * Runs the workflow to its end.
 *
 * @returns the exit code
 * @throws PythonEnvironmentError when Snakemake could not be made ready
 * @throws LockedError when another process runs the same workflow
 */
export async function reproduceBySnakemake(
  options: ReproduceOptions,
  engine: EngineOptions,
): Promise<number> {
  const python = preparedPython(SNAKEMAKE, (text) => console.error(text));
  const dataset = options.dataset ?? openCorpus({ dataset: undefined }).dataset;
  const name = options.recordings === undefined ? dataset : `${dataset}-${options.recordings}`;
  const folder = workflowFolder(name);
  mkdirSync(folder, { recursive: true });
  const release = takeLock(`${folder}.lock`, `running the workflow of ${name}`);
  try {
    const settings = join(folder, 'settings.json');
    writeWhole(settings, JSON.stringify(workflowSettings(dataset, options)));
    const snakemake = spawn(python, ['-m', 'snakemake', ...snakemakeArguments(settings, engine)], {
      // Snakemake keeps its own notes in the folder that it is started in.
      cwd: folder,
      stdio: 'inherit',
    });
    endWithCommand(snakemake);
    // The terminal sends Ctrl-C to Snakemake too, which ends its jobs.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => snakemake.kill('SIGTERM'));
    return await new Promise((resolve, reject) => {
      snakemake.on('error', reject);
      snakemake.on('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    release();
  }
}
