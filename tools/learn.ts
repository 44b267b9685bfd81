/**
 * `npm run learn`: learns the models of learned bases, each on one half of the recordings and on the other.
 */
import { parseArgs } from 'node:util';
import { basisId, parseBasisId, type NamedBasis } from '../lib/catalog/catalog';
import { LearningStoppedError, type Learner } from '../lib/learning/learner';
import { openCorpus } from '../lib/recordings/corpus';
import type { Fold } from '../lib/recordings/folds';
import { hashCode } from '../lib/measuring/code-fingerprint';
import { CommandLineError, datasetOption, positiveInteger } from './command-line';
import { learnModel } from './learn/learn-model';
import { basesWithModels, learnedFamilies } from './learn/learned-families';
import { removeLeftovers } from './leftovers';
import { showProgress } from './progress-line';

/** The bases that stand for their families. */
const CHOSEN = learnedFamilies.map(({ entry }) => basisId(entry)).join(', ');

const USAGE = `npm run learn -- --basis klt-64[,klt] [options]
  --all                       every model that the catalog tries
  --fold 0|1                  learn on this half of the recordings only (default: on each, one after the other)
  --dataset neuralink|sample  the recordings to learn from (default: neuralink, which the committed models are from)
  --recordings N              use a stratified subset of N recordings
  --force                     learn again what is there and up to date
Learned bases: ${CHOSEN}
A name without parameters (klt) stands for all that its notebook tries. A run that is stopped goes on where it was.`;

/** What is to be learned: the bases of one family, with what learns them. */
interface Work {
  readonly learner: Learner;
  readonly bases: readonly NamedBasis[];
}

/** What the words of the command line name. */
function workOf(words: readonly string[]): Work[] {
  return words.map((word) => {
    const named = parseBasisId(word);
    for (const { entry, learner } of learnedFamilies) {
      if (entry.name === word) return { learner, bases: basesWithModels(entry) };
      if (entry === named?.entry) return { learner, bases: [named] };
    }
    throw new CommandLineError(`There is nothing to learn for "${word}": choose from ${CHOSEN}.`);
  });
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
  const all = learnedFamilies.map(({ entry }) => entry.name);
  const work = workOf(values.all ? all : values.basis!.split(','));
  const folds = foldsOption(values.fold);
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset),
    recordings: positiveInteger('recordings', values.recordings),
  });
  removeLeftovers();
  showProgress();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  for (const { learner, bases } of work) {
    const code = await hashCode([learner.module]);
    for (const named of bases) {
      for (const fold of folds) {
        const { model, isNew } = await learnModel(learner, code, named, fold, corpus, {
          force: values.force,
          signal: stop.signal,
        });
        console.log(
          `${model.basis}, fold ${fold}: ${isNew ? 'learned' : 'is there'}, ${model.sha256.slice(0, 16)}, ${model.bytes} bytes`,
        );
      }
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
