/**
 * Minimization from several starting points: the function has many local minima, and the lowest one found is
 * kept.
 */
import type { LearningContext } from '../learner';
import {
  quasiNewtonStart,
  quasiNewtonStep,
  type Differentiable,
  type QuasiNewtonState,
} from '../../numerics/quasi-newton';

/** Number of iterations between two kept states. */
const KEPT_EVERY = 5;

/** Start of a minimization. */
export interface Start {
  readonly name: string;
  readonly point: Float64Array;
}

/** Result from one start. */
export interface Found {
  readonly start: Start;
  readonly point: Float64Array;
  /** Value before the first iteration and after each. */
  readonly values: readonly number[];
}

/**
 * Minimizes a function from each start.
 *
 * @param firstStep - length of the first step that is tried
 * @param iterations - most iterations from each start
 * @returns one result for each start, in the same order
 * @throws LearningStoppedError
 */
export async function minimizeFromStarts(
  evaluate: Differentiable,
  starts: readonly Start[],
  firstStep: number,
  iterations: number,
  { resumed, report, keep }: Pick<LearningContext, 'resumed' | 'report' | 'keep'>,
): Promise<Found[]> {
  const total = starts.length * iterations;
  const kept: Record<string, Float64Array> = { ...resumed?.arrays };
  const found: Found[] = [];
  for (const [s, start] of starts.entries()) {
    const name = (what: string): string => `${what}-${s}`;
    let state = stateOf(kept, name) ?? quasiNewtonStart(evaluate, start.point, firstStep);
    const values = Array.from(kept[name('values')] ?? [state.value]);
    let done = kept[name('done')]?.[0] ?? 0;
    const store = (): void => {
      Object.assign(kept, {
        [name('point')]: state.point,
        [name('gradient')]: state.gradient,
        [name('inverseHessian')]: state.inverseHessian,
        [name('values')]: Float64Array.from(values),
        [name('done')]: Float64Array.of(done),
      });
      keep({ iterations: s * iterations + done, arrays: { ...kept } });
    };
    while (done < iterations) {
      await report(s * iterations + done, total);
      const next = quasiNewtonStep(evaluate, state);
      if (!next) done = iterations;
      else {
        state = next;
        values.push(state.value);
        done++;
      }
      if (done % KEPT_EVERY === 0 || done === iterations) store();
    }
    found.push({ start, point: state.point, values });
  }
  return found;
}

/** State kept of one start; undefined when there is none. */
function stateOf(
  kept: Readonly<Record<string, Float64Array>>,
  name: (what: string) => string,
): QuasiNewtonState | undefined {
  const point = kept[name('point')];
  const gradient = kept[name('gradient')];
  const inverseHessian = kept[name('inverseHessian')];
  const values = kept[name('values')];
  if (!point || !gradient || !inverseHessian || !values) return undefined;
  return { point, value: values[values.length - 1]!, gradient, inverseHessian };
}

/** The result with the lowest value. */
export function deepest(found: readonly Found[]): Found {
  const last = ({ values }: Found): number => values[values.length - 1]!;
  return found.reduce((best, each) => (last(each) < last(best) ? each : best));
}
