/**
 * Learns one model, unless it is up to date. The state is kept on the way: a run that was stopped goes on from it.
 */
import { existsSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { basisId, type NamedBasis } from '../../lib/catalog/ids';
import { readKept, writeKept } from '../../lib/files/kept-file';
import { requireFinite } from '../../lib/numerics/finite-numbers';
import { LearningStoppedError, type Learner, type LearningState } from '../../lib/learning/learner';
import { DamagedModelError, hashModel, serializeModel, type Model } from '../../lib/models/model';
import { listModels, readModel, saveModel } from '../../lib/models/model-store';
import { TrainingSet } from '../../lib/learning/training-set';
import { projectRoot } from '../../lib/files/project-root';
import { corpusHash, type Corpus } from '../../lib/recordings/corpus';
import { foldOf, type Fold } from '../../lib/recordings/folds';
import { reportProgress } from '../../lib/files/progress';
import { warnOnce } from '../../lib/files/warnings';

/** Learned or found. */
export interface LearnedModel {
  readonly model: Model;
  readonly isNew: boolean;
  /** Of the models that it took the place of, in words. */
  readonly replaced: readonly string[];
}

/** The new model would replace an existing one, and replacing was not asked for. */
export class ModelInTheWayError extends Error {
  override readonly name = 'ModelInTheWayError';
}

/** How a model is learned. */
export interface LearningOptions {
  /** Where it is put, and where it may be already. */
  readonly folder: string;
  /** Learn models again even if they are up to date. */
  readonly force: boolean;
  /** Replace models that are not up to date. */
  readonly replace: boolean;
  /** Stops learning; intermediate results stay. */
  readonly signal: AbortSignal;
}

/**
 * Learns a model on one half of a corpus.
 *
 * @param code - hash of the learner's code
 * @throws LearningStoppedError
 * @throws ModelInTheWayError before learning, when the folder has another model of the basis; after it, when the model
 *   that is there is not what was learned
 * @throws LearningFailedError when numbers are not finite
 */
export async function learnModel(
  learner: Learner,
  code: string,
  { entry, values }: NamedBasis,
  fold: Fold,
  corpus: Corpus,
  { folder, force, replace, signal }: LearningOptions,
): Promise<LearnedModel> {
  const basis = basisId(entry, values);
  const sha256 = corpusHash(corpus);
  const there = listModels(folder).filter((file) => file.basis === basis && file.fold === fold);
  const wanted = { code, sha256 };
  const [only] = there;
  if (there.length === 1 && !force && describeModel(only!, wanted) === UP_TO_DATE) {
    return { model: readModel(only!), isNew: false, replaced: [] };
  }
  const stale = there.filter((file) => describeModel(file, wanted) !== UP_TO_DATE);
  if (stale.length > 0 && !replace) throw inTheWay(folder, stale, wanted);

  const recordings = corpus.recordings.filter(({ samples }) => foldOf(samples) === fold);
  const checkpoint = new Checkpoint(`${basis}.fold-${fold}.${code.slice(0, 16)}.${sha256.slice(0, 16)}`);
  const task = `learning ${basis} on fold ${fold} (${recordings.length} recordings)`;
  const resumed = force ? undefined : checkpoint.read();
  let startedAt: { readonly done: number; readonly time: number } | undefined;
  const report = async (done: number, total: number, finished = false): Promise<void> => {
    startedAt ??= { done: done - 1, time: performance.now() };
    const seconds = (performance.now() - startedAt.time) / 1000;
    const here = done - startedAt.done;
    reportProgress({
      task,
      done,
      total,
      reused: 0,
      ...(here > 1 && { secondsLeft: (seconds * (total - done)) / (here - 1) }),
      finished,
    });
    await setImmediate();
    if (signal.aborted) {
      throw new LearningStoppedError(
        `${task} was stopped after ${done} of ${total}. What was kept is not lost: the same command goes on.`,
      );
    }
  };
  const found = await learner.learn(values, {
    training: new TrainingSet(recordings),
    resumed,
    report,
    keep: (state) => {
      for (const [name, values] of Object.entries(state.arrays)) requireFinite(values, `${name} of ${basis}`);
      checkpoint.write(state);
    },
  });
  await report(1, 1, true);
  const facts = {
    basis,
    fold,
    corpus: { name: corpus.name, sha256 },
    recordings: recordings.length,
    hyperparameters: found.hyperparameters,
    code,
    history: found.history,
  };
  const hash = hashModel(serializeModel(facts, found.arrays));
  const others = there.filter((file) => !hash.startsWith(file.hash));
  if (others.length > 0 && !replace) throw inTheWay(folder, others, wanted);
  const replaced = others.map((file) => `${basename(file.path)} (${describeModel(file, wanted)})`);
  const model = saveModel(facts, found.arrays, folder);
  checkpoint.remove();
  return { model, isNew: true, replaced };
}

type ModelFile = ReturnType<typeof listModels>[number];

const UP_TO_DATE = 'up to date';

/** What a model that is there was learned from, in words; {@link UP_TO_DATE} when it need not be learned again. */
function describeModel(file: ModelFile, wanted: { readonly code: string; readonly sha256: string }): string {
  try {
    const { code, corpus, recordings } = readModel(file);
    if (corpus.sha256 !== wanted.sha256) {
      return `learned from ${recordings} other recordings, of ${corpus.name}`;
    }
    return code === wanted.code ? UP_TO_DATE : `learned from ${recordings} recordings by other code`;
  } catch (error) {
    if (!(error instanceof DamagedModelError)) throw error;
    return 'damaged';
  }
}

function inTheWay(
  folder: string,
  files: readonly ModelFile[],
  wanted: Parameters<typeof describeModel>[1],
): ModelInTheWayError {
  const listed = files.map((file) => `  ${basename(file.path)}: ${describeModel(file, wanted)}`);
  return new ModelInTheWayError(
    `In ${relative(projectRoot(), folder)} there is already\n${listed.join('\n')}\n` +
      'A file that was encoded with it needs it for decoding. To put the new one in its place, add --replace.',
  );
}

/** A state on disk: a line of JSON with the lengths of the arrays, then their numbers in double precision. */
class Checkpoint {
  private readonly path: string;

  constructor(name: string) {
    this.path = join(projectRoot(), '.cache', 'learning', `${name}.checkpoint`);
  }

  read(): LearningState | undefined {
    // A damaged intermediate result is ignored; its part is learned again.
    const file = readKept(this.path);
    if (!file) {
      if (existsSync(this.path)) warnOnce(`${this.path} is damaged, so learning starts from the beginning.`);
      return undefined;
    }
    const end = file.indexOf(10);
    const { iterations, lengths } = JSON.parse(file.subarray(0, end).toString()) as {
      iterations: number;
      lengths: Record<string, number>;
    };
    const numbers = new Float64Array(
      file.buffer.slice(file.byteOffset + end + 1, file.byteOffset + file.length),
    );
    let at = 0;
    const arrays = Object.fromEntries(
      Object.entries(lengths).map(([name, length]) => [name, numbers.slice(at, (at += length))]),
    );
    return { iterations, arrays };
  }

  write({ iterations, arrays }: LearningState): void {
    const lengths = Object.fromEntries(Object.entries(arrays).map(([name, { length }]) => [name, length]));
    const parts = Object.values(arrays).map((values) =>
      Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    );
    writeKept(
      this.path,
      Buffer.concat([Buffer.from(`${JSON.stringify({ iterations, lengths })}\n`), ...parts]),
    );
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}
