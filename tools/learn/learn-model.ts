/**
 * One model: learned, unless it is there; kept on the way, so that a run that was stopped goes on.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { basisId, type NamedBasis } from '../../lib/catalog/catalog';
import { readKept, writeKept } from '../../lib/kept-file';
import { LearningStoppedError, type Learner, type LearningState } from '../../lib/learning/learner';
import type { Model } from '../../lib/models/model';
import { listModels, readModel, saveModel } from '../../lib/models/model-store';
import { TrainingSet } from '../../lib/learning/training-set';
import { projectRoot } from '../../lib/files/project-root';
import { corpusHash, type Corpus } from '../../lib/recordings/corpus';
import { foldOf, type Fold } from '../../lib/recordings/folds';
import { reportProgress } from '../../lib/measuring/progress';
import { warnOnce } from '../../lib/warnings';

/** Learned or found. */
export interface LearnedModel {
  readonly model: Model;
  readonly isNew: boolean;
}

/**
 * Learns a model on one half of a corpus.
 *
 * @param code - hash of the learner's code
 * @param signal - stops it; what was kept on the way stays
 * @throws LearningStoppedError
 */
export async function learnModel(
  learner: Learner,
  code: string,
  { entry, values }: NamedBasis,
  fold: Fold,
  corpus: Corpus,
  { force, signal }: { readonly force: boolean; readonly signal: AbortSignal },
): Promise<LearnedModel> {
  const basis = basisId(entry, values);
  const sha256 = corpusHash(corpus);
  const there = listModels().find((file) => file.basis === basis && file.fold === fold);
  if (there && !force) {
    const model = readModel(there);
    if (model.code === code && model.corpus.sha256 === sha256) return { model, isNew: false };
  }

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
    keep: (state) => checkpoint.write(state),
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
  const model = saveModel(facts, found.arrays);
  checkpoint.remove();
  return { model, isNew: true };
}

/** A state on disk: a line of JSON with the lengths of the arrays, then their numbers in double precision. */
class Checkpoint {
  private readonly path: string;

  constructor(name: string) {
    this.path = join(projectRoot(), '.cache', 'learning', `${name}.checkpoint`);
  }

  read(): LearningState | undefined {
    // A damaged one is as good as none: what was learned up to it is learned again.
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
