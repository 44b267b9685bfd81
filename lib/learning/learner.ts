/**
 * What learns a model.
 */
import type { ModelArrays } from '../models/model';
import type { TrainingSet } from './training-set';

/** Where learning stands, so that it can go on after it was stopped. */
export interface LearningState {
  /** Iterations that are done. */
  readonly iterations: number;
  /** All that the next iteration depends on. */
  readonly arrays: Readonly<Record<string, Float64Array>>;
}

/**
 * Tells how far learning, or a part of it, is, and lets an interruption in.
 *
 * @throws LearningStoppedError when learning is to stop
 */
export type Report = (done: number, total: number) => Promise<void>;

/** What a learner is given beside its parameters. */
export interface LearningContext {
  readonly training: TrainingSet;
  /** What an earlier run had kept; undefined when there is nothing. */
  readonly resumed?: LearningState | undefined;
  readonly report: Report;
  /** Keeps the state, for a run after an interruption. */
  readonly keep: (state: LearningState) => void;
}

/** What was learned. */
export interface Learned {
  readonly arrays: ModelArrays;
  readonly hyperparameters: Readonly<Record<string, number | string>>;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** Learns the models of one family of bases. */
export interface Learner {
  /** Name of the family in the catalog. */
  readonly family: string;
  /** Its source file, so that a model is learned again when it changes. */
  readonly module: string;
  /** @param values - the parameters of the basis, in the order of its id */
  readonly learn: (values: readonly (number | string)[], context: LearningContext) => Promise<Learned>;
}

/** Learning was stopped before its end; what was learned so far is kept. */
export class LearningStoppedError extends Error {
  override readonly name = 'LearningStoppedError';
}
