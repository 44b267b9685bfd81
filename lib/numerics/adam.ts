/**
 * Gradient descent with moments (D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
 * algorithm 1), in double precision, with all of its state at hand.
 */

/** Decay of the mean of gradients and of their squares, and what keeps the quotient finite. */
const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;

/** One vector that is learned. */
export class Adam {
  /** Mean of the gradients, fading. */
  readonly mean: Float64Array;
  /** Mean of their squares, fading. */
  readonly square: Float64Array;

  /** @param values - changed in place; what they are at first is where descent begins */
  constructor(readonly values: Float64Array) {
    this.mean = new Float64Array(values.length);
    this.square = new Float64Array(values.length);
  }

  /**
   * One step down.
   *
   * @param step - number of the step, 1 at first
   * @param rate - how far
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
