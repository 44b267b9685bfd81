/**
 * `npm run jobs`: what an engine for workflows has to run, as JSON: models to learn, and codecs to sweep in shards.
 */
import { openCorpus } from '../lib/recordings/corpus';
import { writeWhole } from '../lib/files/write-whole';
import { CORPUS_OPTIONS, datasetOption, positiveInteger, runCommand } from './command-line';
import { jobsOf } from './jobs/jobs-of';
import { STEPS_OPTION, stepsOption } from './sweep/steps-option';
import { typedPath } from './typed-path';

const COMMAND = {
  name: 'jobs',
  options: {
    basis: { value: 'ID,ID…', about: 'the codecs to measure (default: those of the curves in the results)' },
    steps: STEPS_OPTION,
    only: {
      value: '02,cosine',
      about: 'codecs of notebooks whose names contain one of these, without --basis',
    },
    ...CORPUS_OPTIONS,
    output: { value: 'PATH', about: 'write there instead of printing' },
  },
} as const;

void runCommand(COMMAND, async ({ values }) => {
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset),
    recordings: positiveInteger('recordings', values.recordings),
  });
  const list = (text: string | undefined): string[] => (text ?? '').split(',').filter((part) => part !== '');
  const jobs = await jobsOf(corpus, {
    ids: list(values.basis),
    only: list(values.only),
    steps: stepsOption(values.steps),
  });
  const text = `${JSON.stringify(jobs, null, 2)}\n`;
  if (values.output === undefined) process.stdout.write(text);
  else writeWhole(typedPath(values.output), text);
});
