/** Interface of a learner: the code that learns the models of one family of bases. */
import type { ModelArrays } from '../models/model';
import type { TrainingSet } from './training-set';

/** State of learning, from which a stopped run can go on. */
export interface LearningState {
  /** Number of finished iterations. */
  readonly iterations: number;
  /** Everything that the next iteration depends on. */
  readonly arrays: Readonly<Record<string, Float64Array>>;
}

/**
 * Reports the progress of learning, or of a part of it, and lets interrupts through.
 *
 * @throws LearningStoppedError when learning is to stop
 */
export type Report = (done: number, total: number) => Promise<void>;

/** Inputs of a learner beside its parameters. */
export interface LearningContext {
  readonly training: TrainingSet;
  /** State kept by an earlier run; undefined when there is none. */
  readonly resumed?: LearningState | undefined;
  readonly report: Report;
  /** Keeps the state, so that an interrupted run can go on. */
  readonly keep: (state: LearningState) => void;
}

/** Result of learning. */
export interface Learned {
  readonly arrays: ModelArrays;
  readonly hyperparameters: Readonly<Record<string, number | string>>;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** Learns the models of one family of bases. */
export interface Learner {
  /** Name of the family in the catalog. */
  readonly family: string;
  /**
   * Source file of the learner. Its hash is part of the model's key: when the code changes, the model is
   * learned again.
   */
  readonly module: string;
  /** @param values - the parameters of the basis, in the order of its id */
  readonly learn: (values: readonly (number | string)[], context: LearningContext) => Promise<Learned>;
}

/** Learning was stopped before its end; its state so far is kept. */
export class LearningStoppedError extends Error {
  override readonly name = 'LearningStoppedError';
}
