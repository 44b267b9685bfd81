/**
 * Gradient descent with moments (D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR
 * 2015, algorithm 1), in double precision, with all state readable, so that learning can be stopped and
 * resumed.
 */

/**
 * Decay of the running means of the gradient and of its square; the last constant keeps the quotient finite.
 */
const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;

/** One vector that is learned, with its moments. */
export class Adam {
  /** Running mean of the gradients. */
  readonly mean: Float64Array;
  /** Running mean of the squared gradients. */
  readonly square: Float64Array;

  /** @param values - start of the descent; changed in place */
  constructor(readonly values: Float64Array) {
    this.mean = new Float64Array(values.length);
    this.square = new Float64Array(values.length);
  }

  /**
   * One step down the gradient.
   *
   * @param step - number of the step, starting at 1
   * @param rate - size of the step
   */
  descend(gradient: ArrayLike<number>, step: number, rate: number): void {
    const { values, mean, square } = this;
    const meanScale = 1 / (1 - MEAN_DECAY ** step);
    const squareScale = 1 / (1 - SQUARE_DECAY ** step);
    for (let i = 0; i < values.length; i++) {
      const slope = gradient[i]!;
      mean[i] = MEAN_DECAY * mean[i]! + (1 - MEAN_DECAY) * slope;
      square[i] = SQUARE_DECAY * square[i]! + (1 - SQUARE_DECAY) * slope * slope;
      values[i] =
        values[i]! - (rate * mean[i]! * meanScale) / (Math.sqrt(square[i]! * squareScale) + EPSILON);
    }
  }
}
