/**
 * Minimization by the method of Broyden, Fletcher, Goldfarb and Shanno (J. Nocedal and S. J. Wright, Numerical
 * Optimization, 2006, §6.1), for a few parameters: the inverse Hessian is kept as a matrix.
 */
import { innerProduct } from './inner-product';

/** A function with its gradient. */
export type Differentiable = (point: Float64Array) => {
  readonly value: number;
  readonly gradient: Float64Array;
};

/**
 * Where the minimization stands. The next iteration depends on nothing else, so a kept state can be resumed.
 */
export interface QuasiNewtonState {
  readonly point: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Estimate of the inverse Hessian, row by row. */
  readonly inverseHessian: Float64Array;
}

/** Sufficient decrease (Armijo's condition), as a share of the decrease that the gradient predicts. */
const DECREASE = 1e-4;

/** Halvings of a step before it is given up. */
const HALVINGS = 12;

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const count = vector.length;
  return vector.map((_, i) => innerProduct(matrix.subarray(i * count, (i + 1) * count), vector));
}

function scaledIdentity(count: number, scale: number): Float64Array {
  const matrix = new Float64Array(count * count);
  for (let i = 0; i < count; i++) matrix[i * (count + 1)] = scale;
  return matrix;
}

/**
 * The initial state.
 *
 * @param firstStep - length of the first step that is tried
 */
export function quasiNewtonStart(
  evaluate: Differentiable,
  point: Float64Array,
  firstStep: number,
): QuasiNewtonState {
  const { value, gradient } = evaluate(point);
  const norm = Math.sqrt(innerProduct(gradient, gradient));
  const scale = norm > 0 ? firstStep / norm : 1;
  return { point, value, gradient, inverseHessian: scaledIdentity(point.length, scale) };
}

/**
 * One iteration: a step along the quasi-Newton direction, halved until it goes down far enough.
 *
 * @returns undefined where no step goes down: that is the minimum, to the precision of the function
 */
export function quasiNewtonStep(
  evaluate: Differentiable,
  state: QuasiNewtonState,
): QuasiNewtonState | undefined {
  const { point, value, gradient } = state;
  const count = point.length;
  const direction = times(state.inverseHessian, gradient).map((x) => -x);
  const slope = innerProduct(direction, gradient);
  if (!(slope < 0)) return undefined;
  for (let halving = 0, length = 1; halving < HALVINGS; halving++, length /= 2) {
    const next = point.map((x, i) => x + length * direction[i]!);
    const there = evaluate(next);
    if (!(there.value <= value + DECREASE * length * slope)) continue;
    const step = next.map((x, i) => x - point[i]!);
    const change = there.gradient.map((x, i) => x - gradient[i]!);
    return {
      point: next,
      value: there.value,
      gradient: there.gradient,
      inverseHessian: updated(state.inverseHessian, step, change, count),
    };
  }
  return undefined;
}

/** The inverse Hessian after a step; as it was where the curvature along the step is not positive. */
function updated(
  matrix: Float64Array,
  step: Float64Array,
  change: Float64Array,
  count: number,
): Float64Array {
  const curvature = innerProduct(step, change);
  if (!(curvature > 1e-14 * Math.sqrt(innerProduct(step, step) * innerProduct(change, change))))
    return matrix;
  const product = times(matrix, change);
  const factor = (1 + innerProduct(change, product) / curvature) / curvature;
  return matrix.map((entry, at) => {
    const [i, j] = [Math.floor(at / count), at % count];
    return (
      entry + factor * step[i]! * step[j]! - (product[i]! * step[j]! + step[i]! * product[j]!) / curvature
    );
  });
}
