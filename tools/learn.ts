/**
 * `npm run learn`: learns the models of learned bases, each on one half of the recordings and on the other.
 */
import { join, relative } from 'node:path';
import { basisId, parseBasisId, type NamedBasis } from '../lib/catalog/ids';
import type { Learner } from '../lib/learning/learner';
import { modelsFolder } from '../lib/models/model-store';
import { projectRoot } from '../lib/files/project-root';
import { openCorpus, type Corpus } from '../lib/recordings/corpus';
import type { Fold } from '../lib/recordings/folds';
import { hashCode } from '../lib/measuring/code-fingerprint';
import {
  CommandLineError,
  CORPUS_OPTIONS,
  datasetOption,
  missing,
  positiveInteger,
  runCommand,
} from './command-line';
import { learnModel } from './learn/learn-model';
import { basesWithModels, learnedFamilies } from './learn/learned-families';
import { didYouMean } from './nearest-word';
import { removeLeftovers } from './leftovers';
import { showProgress } from './progress-line';

/** The bases that stand for their families. */
const CHOSEN = learnedFamilies.map(({ entry }) => basisId(entry)).join(', ');

const COMMAND = {
  name: 'learn',
  options: {
    basis: {
      value: 'ID,ID…',
      about: 'the bases whose models to learn: klt-64, or klt for all that its notebook tries',
    },
    all: { about: 'every model that the catalog tries' },
    fold: {
      value: '0|1',
      about: 'learn on this half of the recordings only (default: on each, one after the other)',
    },
    dataset: {
      value: 'NAME',
      about: 'the recordings to learn from (default: neuralink, which the committed models are from)',
    },
    recordings: CORPUS_OPTIONS.recordings,
    replace: {
      about: 'put new models in the place of those that are there and not up to date, and say which',
    },
    force: { about: 'learn again what is there and up to date, too: the same must come out' },
  },
  notes: () =>
    `Learned bases: ${CHOSEN}\n` +
    'Models of all Neuralink recordings go to models/, which is committed; those of an imported dataset to ' +
    'figures/NAME/models/, where --dataset NAME finds them; those of a subset or of the sample to .cache/models/, and are ' +
    'used where NEUROBASIS_MODELS names that folder. A run that is stopped goes on where it was.',
} as const;

/** The bases of one family to learn, with their learner. */
interface Work {
  readonly learner: Learner;
  readonly bases: readonly NamedBasis[];
}

/** Bases named by the words of the command line. */
function workOf(words: readonly string[]): Work[] {
  return words.map((word) => {
    const named = parseBasisId(word);
    for (const { entry, learner } of learnedFamilies) {
      if (entry.name === word) return { learner, bases: basesWithModels(entry) };
      if (entry === named?.entry) return { learner, bases: [named] };
    }
    const known = learnedFamilies.flatMap(({ entry }) => [entry.name, ...basesWithModels(entry).map(idOf)]);
    throw new CommandLineError(
      `There is nothing to learn for "${word}".${didYouMean(word, known)} Choose from ${CHOSEN}.`,
    );
  });
}

function idOf({ entry, values }: NamedBasis): string {
  return basisId(entry, values);
}

function foldsOption(text: string | undefined): readonly Fold[] {
  if (text === undefined) return [0, 1];
  if (text === '0' || text === '1') return [Number(text) as Fold];
  throw new CommandLineError(`--fold ${text}: give 0 or 1.`);
}

/** Where the models of a corpus are put: only those of a whole dataset are the ones that its results are from. */
function folderOf(corpus: Corpus): string {
  const whole = corpus.name === corpus.dataset && !corpus.synthetic;
  if (process.env['NEUROBASIS_MODELS'] || whole) return modelsFolder(corpus.dataset);
  return join(projectRoot(), '.cache', 'models', corpus.name);
}

void runCommand(COMMAND, async ({ values }) => {
  if (values.basis === undefined && !values.all) {
    throw missing(COMMAND, 'Say which models to learn: --basis ID, or --all.');
  }
  const all = learnedFamilies.map(({ entry }) => entry.name);
  const work = workOf(values.all ? all : values.basis!.split(','));
  const folds = foldsOption(values.fold);
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset ?? 'neuralink'),
    recordings: positiveInteger('recordings', values.recordings),
  });
  const folder = folderOf(corpus);
  removeLeftovers();
  showProgress();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  for (const { learner, bases } of work) {
    const code = await hashCode([learner.module]);
    for (const named of bases) {
      for (const fold of folds) {
        const { model, isNew, replaced } = await learnModel(learner, code, named, fold, corpus, {
          folder,
          force: values.force,
          replace: values.replace,
          signal: stop.signal,
        });
        console.log(
          `${model.basis}, fold ${fold}: ${isNew ? 'learned' : 'is there'}, ${model.sha256.slice(0, 16)}, ${model.bytes} bytes`,
        );
        for (const earlier of replaced) console.log(`  in the place of ${earlier}`);
      }
    }
  }
  if (folder !== modelsFolder(corpus.dataset)) {
    const place = relative(projectRoot(), folder);
    const [first] = work[0]!.bases;
    console.log(
      `These models are in ${place}. To use them instead of the committed ones:\n` +
        `  NEUROBASIS_MODELS=${place} npm run sweep -- --basis ${idOf(first!)}`,
    );
  }
});
