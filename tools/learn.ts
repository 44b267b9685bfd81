/**
 * `npm run learn`: learns the models of learned bases, each on one half of the recordings and on the other.
 */
import { parseArgs } from 'node:util';
import { basisId, catalog, parseBasisId, type NamedBasis } from '../lib/bases/catalog';
import { LearningStoppedError } from '../lib/learning/learner';
import { learners } from '../lib/learning/learners';
import { openCorpus } from '../lib/recordings/corpus';
import type { Fold } from '../lib/recordings/folds';
import { CommandLineError, datasetOption, positiveInteger } from './command-line';
import { learnModel } from './learn/learn-model';
import { showProgress } from './progress-line';

/** Those that have models; what is learned from each recording by itself has none. */
const learned = catalog.filter(({ name }) => learners.some(({ family }) => family === name));

const USAGE = `npm run learn -- --basis klt-64[,klt] [options]
  --all                       every model that the catalog tries
  --fold 0|1                  learn on this half of the recordings only (default: on each, one after the other)
  --dataset neuralink|sample  the recordings to learn from (default: neuralink, which the committed models are from)
  --recordings N              use a stratified subset of N recordings
  --force                     learn again what is there and up to date
Learned bases: ${learned.map((entry) => basisId(entry)).join(', ')}
A name without parameters (klt) stands for all that its notebook tries. A run that is stopped goes on where it was.`;

/** The bases that the words of the command line name. */
function basesOf(words: readonly string[]): NamedBasis[] {
  return words.flatMap((word) => {
    const entry = learned.find(({ name }) => name === word);
    if (entry) return valuesOf(entry).map((values) => ({ entry, values }));
    const named = parseBasisId(word);
    if (named && learned.includes(named.entry)) return [named];
    throw new CommandLineError(
      `There is nothing to learn for "${word}": choose from ${learned.map((known) => basisId(known)).join(', ')}.`,
    );
  });
}

/** The parameters that are tried, and the chosen ones, each once. */
function valuesOf({ tried, chosen }: (typeof learned)[number]): NamedBasis['values'][] {
  return [...new Map([...tried, chosen].map((values) => [values.join('-'), values])).values()];
}

function foldsOption(text: string | undefined): readonly Fold[] {
  if (text === undefined) return [0, 1];
  if (text === '0' || text === '1') return [Number(text) as Fold];
  throw new CommandLineError(`--fold ${text}: give 0 or 1.`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      basis: { type: 'string' },
      all: { type: 'boolean', default: false },
      fold: { type: 'string' },
      dataset: { type: 'string', default: 'neuralink' },
      recordings: { type: 'string' },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help || (values.basis === undefined && !values.all)) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const bases = basesOf(values.all ? learned.map(({ name }) => name) : values.basis!.split(','));
  const folds = foldsOption(values.fold);
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset),
    recordings: positiveInteger('recordings', values.recordings),
  });
  showProgress();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  for (const named of bases) {
    const learner = learners.find(({ family }) => family === named.entry.name)!;
    for (const fold of folds) {
      const { model, isNew } = await learnModel(learner, named, fold, corpus, {
        force: values.force,
        signal: stop.signal,
      });
      console.log(
        `${model.basis}, fold ${fold}: ${isNew ? 'learned' : 'is there'}, ${model.sha256.slice(0, 16)}, ${model.bytes} bytes`,
      );
    }
  }
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = error instanceof LearningStoppedError ? 130 : 1;
  },
);
