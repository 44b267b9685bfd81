/**
 * `npm run fuzz`: damaged and odd files for every program that reads a file. Inputs have numbers, so that a run goes on where
 * another has stopped.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { defaultJobs } from '../lib/measuring/worker-pool';
import { projectRoot } from '../lib/files/project-root';
import { reportProgress } from '../lib/files/progress';
import { CommandLineError, numberOption, positiveInteger, runCommand } from './command-line';
import { codedFamilies } from './fuzz/coded-files';
import { otherFamilies } from './fuzz/other-files';
import { FuzzProcess } from './fuzz/processes';
import { inputsOf, runFamilies } from './fuzz/run-families';
import { readTallies, tableOf } from './fuzz/tallies';
import { showProgress } from './progress-line';

const COMMAND = {
  name: 'fuzz',
  options: {
    inputs: { value: 'N', about: 'inputs of each family, those of earlier runs counted in (default: 2000)' },
    seconds: { value: 'N', about: 'stop after so many seconds; the same command goes on' },
    family: { value: 'TEXT', about: 'only families whose names hold this: "nbz", "reader, blocks.rhd"' },
    jobs: { value: 'N', about: 'processes (default: one for each core, or the variable NEUROBASIS_JOBS)' },
    again: { about: 'forget what earlier runs have found' },
  },
  notes:
    'Counts are kept in .cache/fuzz.json. What breaks a rule is listed with its number, and the exit code is 1.',
} as const;

const INPUTS = 2000;

void runCommand(COMMAND, async ({ values }) => {
  const inputs = positiveInteger('inputs', values.inputs) ?? INPUTS;
  const seconds = numberOption('seconds', values.seconds) ?? Infinity;
  const jobs = positiveInteger('jobs', values.jobs) ?? defaultJobs();
  prepareKernels(console.error);
  showProgress();
  const path = join(projectRoot(), '.cache', 'fuzz.json');
  if (values.again) rmSync(path, { force: true });
  const tallies = readTallies(path);
  const before = Array.from(tallies.values()).reduce((sum, tally) => sum + tally.inputs, 0);
  // Made here for their names alone.
  const all = [...codedFamilies(), ...otherFamilies('')];
  const families = all.filter(({ name }) => name.includes(values.family ?? ''));
  if (families.length === 0) {
    throw new CommandLineError(
      `--family ${values.family}: there is none. ${all.map(({ name }) => name).join('; ')}`,
    );
  }
  const start = performance.now();
  const total = families.reduce((sum, family) => sum + inputsOf(family, inputs), 0);
  const processes = Array.from({ length: jobs }, () => new FuzzProcess());
  try {
    const places = processes.map(({ tryTurn }) => tryTurn);
    await runFamilies(families, tallies, path, places, {
      inputs,
      seconds,
      onTurn: (done) =>
        reportProgress({
          ...{ task: 'fuzz', done, total, reused: before, finished: done >= total },
          secondsLeft: ((performance.now() - start) / 1000 / Math.max(1, done - before)) * (total - done),
        }),
    });
  } finally {
    for (const one of processes) one.end();
  }
  console.log(tableOf(tallies));
  let broken = 0;
  for (const [name, tally] of tallies) {
    for (const { number, says } of tally.slow) console.log(`slow: ${name}, input ${number}: ${says}`);
    for (const { number, says } of tally.broken) console.log(`broken: ${name}, input ${number}: ${says}`);
    broken += tally.broken.length;
  }
  return broken > 0 ? 1 : 0;
});
