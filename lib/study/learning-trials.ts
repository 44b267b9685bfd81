/**
 * Models learned for a study only, from fewer recordings or from other ones. Like the published models, they
 * are judged on the fold that they did not learn from.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { AdaptiveBasis, AnyBasis, Basis } from '../bases/basis';
import { isAdaptive } from '../bases/basis';
import { basisFromId, findBasis, type NamedBasis } from '../catalog/ids';
import { LearnedBasis } from '../bases/learned';
import { TransformCodec } from '../codecs/transform-codec';
import type { Learner } from '../learning/learner';
import { learners } from '../learning/learners';
import { parseModel, serializeModel } from '../models/model';
import { TrainingSet } from '../learning/training-set';
import { corpusRange, openCorpus, stratifiedSubset, type Corpus } from '../recordings/corpus';
import { foldOf, type Fold } from '../recordings/folds';
import { keepIfPossible, readKept } from '../files/kept-file';
import { projectRoot } from '../files/project-root';
import { timed } from '../files/time-spent';
import { recordingHash } from '../measuring/cache';
import { hashCode } from '../measuring/code-fingerprint';
import type { CodesMeasurement } from '../measuring/measure';
import { NO_FAMILY } from './own-basis';
import { meanPsnr, STUDY_STEPS } from './study-bases';
import { stepsFor } from '../measuring/steps';
import { sweep, type SweepResult } from '../measuring/sweep';

/** Result of a trial. */
export interface Trial {
  readonly label: string;
  /** Number of recordings that each fold's model was learned from. */
  readonly recordings: readonly [number, number];
  readonly result: SweepResult;
  /** Mean over recordings of the PSNR in dB at a compression ratio. */
  psnr(compressionRatio: number): number;
}

/** A basis with a trial model for each fold. No file format has it. */
class TrialBasis implements AdaptiveBasis {
  constructor(
    readonly id: string,
    readonly delay: number,
    readonly multiplyAddsPerSample: number,
    /** Bases for recordings of fold 0 and of fold 1. */
    private readonly bases: readonly [AnyBasis, AnyBasis],
  ) {}

  choose(signal: Float64Array, step: number): Uint8Array {
    const basis = this.bases[foldOf(signal.length)];
    return isAdaptive(basis) ? basis.choose(signal, step) : new Uint8Array(0);
  }

  chosen(side: Uint8Array, length: number): Basis {
    const basis = this.bases[foldOf(length)];
    return isAdaptive(basis) ? basis.chosen(side, length) : basis;
  }
}

/** A basis that is learned, and what learns it. */
interface LearnedFamily {
  readonly id: string;
  readonly basis: LearnedBasis;
  readonly values: NamedBasis['values'];
  /** Paths of the modules of the basis and of its learner. */
  readonly modules: readonly string[];
  readonly learner: Learner;
}

function learnedFamily(id: string): LearnedFamily {
  const { entry, values } = findBasis(id);
  const learner = learners.find(({ family }) => family === entry.name);
  const basis = basisFromId(id);
  if (!learner || !(basis instanceof LearnedBasis)) throw new TypeError(`Nothing learns ${id}.`);
  return { id, basis, values, modules: [entry.module, learner.module], learner };
}

/** The model of a learned basis, learned from the given recordings. */
async function trialBasis(
  { id, basis, values, learner }: LearnedFamily,
  training: Corpus,
  fold: Fold,
): Promise<AnyBasis> {
  const context = {
    training: new TrainingSet(training.recordings),
    report: async () => {},
    keep: () => {},
  };
  const { arrays, history } = await timed('learning', () => learner.learn(values, context));
  const facts = {
    basis: id,
    fold,
    corpus: { name: training.name, sha256: '' },
    recordings: training.recordings.length,
    hyperparameters: {},
    code: '',
    history,
  };
  return basis.basisOf(parseModel(serializeModel(facts, arrays), training.label));
}

/** What measures a trial, beside the learner and the basis. */
const MEASURING = ['lib/measuring/measure.ts', 'lib/codecs/transform-codec.ts'];

/** The catalog names every basis: with it, an edit of any would make every trial again. */
const CATALOG = 'lib/catalog/catalog.ts';

/** Where the measurements of a trial are kept: by the code, by what is learned from and by what is judged. */
async function pathOfTrial(
  { id, modules }: LearnedFamily,
  training: readonly [Corpus, Corpus],
  corpus: Corpus,
  steps: readonly number[],
): Promise<string> {
  const code = await hashCode([...MEASURING, ...modules], [CATALOG]);
  const recordings = [...training, corpus].map((one) => one.recordings.map(recordingHash));
  const key = createHash('sha256')
    .update(JSON.stringify([code, id, recordings, steps]))
    .digest('hex');
  return join(projectRoot(), '.cache', 'trials', `${key.slice(0, 32)}.json`);
}

/** What is kept of a trial; the id has no label, as another trial of the same recordings may have another one. */
interface MeasuredTrial extends Pick<SweepResult, 'codec'> {
  /** In the order of the corpus. */
  readonly recordings: readonly CodesMeasurement[];
}

async function measuredTrial(
  named: string,
  family: LearnedFamily,
  training: readonly [Corpus, Corpus],
  corpus: Corpus,
  steps: readonly number[],
): Promise<MeasuredTrial> {
  const { delay, multiplyAddsPerSample } = family.basis;
  const bases: [AnyBasis, AnyBasis] = [
    await trialBasis(family, training[0], 1),
    await trialBasis(family, training[1], 0),
  ];
  const basis = new TrialBasis(named, delay, multiplyAddsPerSample, bases);
  const codec = new TransformCodec(
    basis,
    { family: NO_FAMILY, parameter: 0 },
    'dead-zone',
    corpusRange(corpus),
  );
  const result = await sweep(codec, corpus, steps);
  return {
    codec: { ...result.codec, id: family.id },
    recordings: result.recordings.map(({ facts, points }) => ({ facts, points })),
  };
}

/** A trial; its measurements are kept under `.cache/trials/`, its models are not. */
async function judged(
  id: string,
  label: string,
  training: readonly [Corpus, Corpus],
  corpus: Corpus,
): Promise<Trial> {
  const steps = stepsFor(corpus, STUDY_STEPS);
  // No id of the catalog: a sweep would take its models and its measurements.
  const named = `${id} (${label})`;
  const family = learnedFamily(id);
  const path = await pathOfTrial(family, training, corpus, steps);
  const kept = readKept(path);
  const measured = kept
    ? (JSON.parse(kept.toString()) as MeasuredTrial)
    : await measuredTrial(named, family, training, corpus, steps);
  if (!kept) keepIfPossible(path, JSON.stringify(measured));
  const { codec, recordings } = measured;
  const result: SweepResult = {
    ...{ codec: { ...codec, id: named }, corpus, steps },
    recordings: recordings.map((one, i) => ({ recording: corpus.recordings[i]!, ...one })),
    reused: kept ? recordings.length : 0,
  };
  return {
    label,
    recordings: [training[1].recordings.length, training[0].recordings.length],
    result,
    psnr: (ratio) => meanPsnr(result, ratio),
  };
}

/** The whole dataset that a corpus is taken from. */
export function wholeDataset({ dataset }: Corpus): Corpus {
  return openCorpus({ dataset, recordings: Number.MAX_SAFE_INTEGER });
}

/**
 * Quality of a basis by the size of its training set: learned from shares of each fold.
 *
 * @param id - id of a learned basis
 * @param shares - parts of a fold, above 0 and up to 1; at least two recordings are taken
 * @param whole - the whole dataset, of which the shares are taken
 * @param corpus - test corpus; recordings of each fold are coded with the model of the other
 */
export async function trainingSizes(
  id: string,
  shares: readonly number[],
  whole: Corpus,
  corpus: Corpus,
): Promise<Trial[]> {
  const part = (fold: Fold, share: number): Corpus => {
    const recordings = whole.recordings.filter(({ samples }) => foldOf(samples) === fold);
    const count = Math.min(recordings.length, Math.max(2, Math.round(share * recordings.length)));
    return { ...whole, recordings: stratifiedSubset(recordings, count) };
  };
  const trials: Trial[] = [];
  for (const share of shares) {
    // Recordings of fold 0 are coded with the model learned on fold 1, and vice versa.
    trials.push(await judged(id, `${100 * share}%`, [part(1, share), part(0, share)], corpus));
  }
  return trials;
}

/**
 * Quality of a basis that is learned from another dataset.
 *
 * @param id - id of a learned basis
 * @param other - training corpus
 * @param corpus - test corpus
 */
export async function transferTrial(id: string, other: Corpus, corpus: Corpus): Promise<Trial> {
  return judged(id, other.label, [other, other], corpus);
}
