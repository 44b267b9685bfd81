/**
 * What notebooks do with files that are kept between runs, as a command: the damage test bundles this file and runs
 * it like those of `tools/`.
 */
import { join } from 'node:path';
import { findBasis } from '../../lib/catalog/ids';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { projectRoot } from '../../lib/files/project-root';
import { crossFittedSizes } from '../../lib/investigations/10-lossless/sizes';
import { causalGains } from '../../lib/investigations/93-limits/causal-variance';
import { LearningStoppedError, type Learner } from '../../lib/learning/learner';
import { learners } from '../../lib/learning/learners';
import { hashCode } from '../../lib/measuring/code-fingerprint';
import type { StepMeasurement } from '../../lib/measuring/measure';
import { sweep } from '../../lib/measuring/sweep';
import { modelLearnedOn } from '../../lib/models/model-store';
import { openCorpus } from '../../lib/recordings/corpus';
import { corpusBound } from '../../lib/study/corpus-bound';
import { transferTrial } from '../../lib/study/learning-trials';
import type { ElectrodeGroup } from '../../lib/study/space/electrode-groups';
import { keptOfGroup } from '../../lib/study/space/kept-of-group';
import { errorText } from '../../tools/error-text';
import { learnModel } from '../../tools/learn/learn-model';
import { createPlainCodec } from '../study/small-corpus';

/** Models of learning that was stopped. */
const STOPPED_MODELS = join('.cache', 'stopped-models');

/** Times are another each time, and left out. */
async function measured(codecId: string): Promise<unknown> {
  const codec = codecId === 'own' ? createPlainCodec() : codecFromId(codecId);
  const { recordings } = await sweep(codec, openCorpus(), [0, 8], { jobs: 1 });
  return recordings.map(({ recording: { name, sha256 }, facts, points }) => ({
    ...{ name, sha256, facts },
    points: points.map(withoutTimes),
  }));
}

function withoutTimes(point: StepMeasurement): StepMeasurement {
  return { ...point, encodeSeconds: 0, decodeSeconds: 0 };
}

/** What a study learns and measures for itself alone. */
async function trial(basisId: string): Promise<unknown> {
  const { result } = await transferTrial(basisId, openCorpus(), openCorpus());
  return result.recordings.map(({ facts, points }) => ({ facts, points: points.map(withoutTimes) }));
}

/**
 * Learns a model as `npm run learn` does, into a folder of the cache.
 *
 * @param stopped - stops as soon as the state was kept
 */
async function learned(basisId: string, stopped: boolean): Promise<unknown> {
  const named = findBasis(basisId);
  const learner = learners.find(({ family }) => family === named.entry.name)!;
  const stop = new AbortController();
  const watched: Learner = {
    ...learner,
    learn: (values, context) =>
      learner.learn(values, {
        ...context,
        keep: (state) => {
          context.keep(state);
          if (stopped) stop.abort();
        },
      }),
  };
  const folder = join(projectRoot(), STOPPED_MODELS);
  const options = { folder, force: false, replace: false, signal: stop.signal };
  const code = await hashCode([learner.module]);
  try {
    const { model } = await learnModel(watched, code, named, 0, openCorpus(), options);
    return model.sha256;
  } catch (error) {
    if (stopped && error instanceof LearningStoppedError) return 'stopped';
    throw error;
  }
}

const [, , work, name] = process.argv as [string, string, string, string];
async function result(): Promise<unknown> {
  switch (work) {
    case 'sweep':
      return measured(name);
    case 'bound':
      return corpusBound(openCorpus());
    case 'trial':
      return trial(name);
    case 'lossless':
      return crossFittedSizes(openCorpus(), 'fast');
    case 'gains':
      return causalGains(openCorpus());
    case 'group':
      // What is measured does not matter here, where it is kept does.
      return keptOfGroup('code', { sha256: '0'.repeat(64) } as ElectrodeGroup, 'haar-4', 8, () => [4529])
        .value;
    case 'stop-learning':
    case 'go-on-learning':
      return learned(name, work === 'stop-learning');
    case 'model':
      return [0, 1].map((fold) => modelLearnedOn(name, fold as 0 | 1).sha256);
    default:
      throw new TypeError(`There is no work "${work}".`);
  }
}

result().then(
  (result) => {
    console.log(JSON.stringify(result));
    process.exitCode = 0;
  },
  (error: unknown) => {
    console.error(errorText(error));
    process.exitCode = 1;
  },
);
