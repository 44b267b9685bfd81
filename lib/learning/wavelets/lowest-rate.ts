/**
 * Learning of a wavelet: its parameters are those of the lowest estimated rate of excerpts of the recordings, found from
 * several starts.
 */
import type { Differentiable } from '../../numerics/quasi-newton';
import type { Learned, LearningContext } from '../learner';
import { deepest, minimizeFromStarts, type Start } from './several-starts';

/** Samples of an excerpt: a multiple of 2^levels for every number of levels. */
export const EXCERPT = 8192;

/** Number of excerpts to learn from: one of each recording, or more where there are few recordings. */
const EXCERPTS = 350;

/** Most iterations from each start. */
const ITERATIONS = 30;

/** What is minimized, and from where. */
export interface WaveletProblem {
  readonly starts: readonly Start[];
  /** Length of the first step, in the unit of the parameters. */
  readonly firstStep: number;
  /** The estimated rate as a function of the parameters, from excerpts of {@link EXCERPT} samples. */
  rateOn(excerpts: Float64Array): Differentiable;
}

/** The parameters of the lowest rate, and what a model tells of the search. */
export interface LowestRate extends Pick<Learned, 'hyperparameters' | 'history'> {
  readonly point: Float64Array;
}

/**
 * Minimizes the rate.
 *
 * @throws LearningStoppedError
 */
export async function lowestRate(problem: WaveletProblem, context: LearningContext): Promise<LowestRate> {
  const { starts, firstStep } = problem;
  await context.report(0, starts.length * ITERATIONS);
  const rate = problem.rateOn(context.training.blocks(EXCERPT, EXCERPTS));
  const found = await minimizeFromStarts(rate, starts, firstStep, ITERATIONS, context);
  const best = deepest(found);
  return {
    point: best.point,
    hyperparameters: {
      excerpt: EXCERPT,
      excerpts: EXCERPTS,
      iterations: ITERATIONS,
      start: best.start.name,
    },
    history: Object.fromEntries(
      found.map(({ start, values }) => [start.name, values.map((value) => Number(value.toPrecision(8)))]),
    ),
  };
}
