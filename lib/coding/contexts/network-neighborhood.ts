/**
 * Predicts the magnitude of a coefficient by a small network. Its inputs lie at the same offsets around every
 * coefficient, so it is a causal convolution over time and frequency, as in A. van den Oord, N. Kalchbrenner and K.
 * Kavukcuoglu, "Pixel recurrent neural networks", ICML 2016, section 3; some inputs are running means, whose weights
 * are not learned.
 *
 * All inputs are ratios to the running mean, so one network serves all steps and recordings. Arithmetic is + − × ÷ on
 * doubles in a fixed order, so that the decoder gets the numbers of the encoder.
 */
import type { Neighborhood } from './neighborhood';

/** Inputs of the network for each coefficient. */
export const SEEN = 25;
/** Units of its hidden layer. */
export const HIDDEN = 16;

/** Smallest running mean; keeps ratios finite. */
const LEAST = 0.05;
/** Zeros on each side of a frame, so that neighbors beyond its ends need no test. */
const MARGIN = 4;
/** Share of the newest value in the fast running mean of a subband and in the sums along a frame. */
const FAST = 0.125;
const FADING = 0.9;

/** What is learned. */
export interface NetworkWeights {
  /** {@link HIDDEN} × ({@link SEEN} + 1), the bias of each unit last. */
  readonly hidden: Float32Array;
  /** {@link HIDDEN} weights and a bias. */
  readonly output: Float32Array;
}

/** x / (1 + |x|), of the hidden units. */
export function softsign(x: number): number {
  return x < 0 ? x / (1 - x) : x / (1 + x);
}

/** Maps the output x of the network to a factor of the running mean: 1 + x above zero and 1 / (1 − x) below it. */
export function factorOf(x: number): number {
  return x < 0 ? 1 / (1 - x) : 1 + x;
}

/**
 * The output of the network, which {@link factorOf} turns into a factor. Coder and learner share it; a decoder depends on
 * the order of its sums.
 *
 * @param hidden - {@link HIDDEN} × ({@link SEEN} + 1), the bias of each unit last
 * @param output - {@link HIDDEN} weights and a bias
 * @param seen - {@link SEEN} numbers, from `first` on
 * @param sums - receives the sum of each hidden unit, before its softsign
 */
export function forward(
  hidden: Float64Array,
  output: Float64Array,
  seen: Float32Array | Float64Array,
  first: number,
  sums: Float64Array,
): number {
  let sum = output[HIDDEN]!;
  for (let h = 0, w = 0; h < HIDDEN; h++, w += SEEN + 1) {
    let x = hidden[w + SEEN]!;
    for (let i = 0; i < SEEN; i++) x += hidden[w + i]! * seen[first + i]!;
    sums[h] = x;
    sum += output[h]! * softsign(x);
  }
  return sum;
}

/** A frame with margins of zeros. */
function emptyFrame(subbands: number): Float64Array {
  return new Float64Array(subbands + 2 * MARGIN);
}

/** A network over amplitudes nearby. */
export class NetworkNeighborhood implements Neighborhood {
  /** Inputs of the last prediction. */
  readonly seen = new Float64Array(SEEN);
  /** The running mean that the last factor was applied to. */
  unit = LEAST;
  private readonly frames: Float64Array[];
  private readonly fast: Float64Array;
  private readonly hidden: Float64Array;
  private readonly output: Float64Array;
  private readonly sums = new Float64Array(HIDDEN);
  private set = 0;
  /** Amplitudes and expectations along this frame, fading, and of this and the frame before as a whole. */
  private along = 0;
  private expectedAlong = 0;
  private total = 0;
  private expectedTotal = 0;
  private loudness = 0.5;

  constructor({ hidden, output }: NetworkWeights, subbands: number) {
    this.hidden = Float64Array.from(hidden);
    this.output = Float64Array.from(output);
    this.frames = [0, 1, 2, 3].map(() => emptyFrame(subbands));
    this.fast = new Float64Array(subbands);
  }

  startFrame(): void {
    const { frames } = this;
    frames.unshift(frames.pop()!);
    this.loudness = this.expectedTotal > 0 ? this.total / (this.total + this.expectedTotal) : 0.5;
    this.along = this.expectedAlong = this.total = this.expectedTotal = 0;
  }

  expect(k: number, smooth: number, local: number, set: number): number {
    const { seen, hidden, output } = this;
    const [current, before, twoBefore, threeBefore] = this.frames as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const unit = smooth + LEAST;
    this.unit = unit;
    this.set = set;
    const j = k + MARGIN;
    for (let i = 0; i < 5; i++) {
      const a = before[j - 2 + i]!;
      seen[i] = a / (a + unit);
      const b = twoBefore[j - 2 + i]!;
      seen[5 + i] = b / (b + unit);
    }
    for (let i = 0; i < 3; i++) {
      const a = threeBefore[j - 1 + i]!;
      seen[10 + i] = a / (a + unit);
    }
    for (let i = 0; i < 4; i++) {
      const a = current[j - 1 - i]!;
      seen[13 + i] = a / (a + unit);
    }
    seen[17] = local / (local + unit);
    seen[18] = smooth / (smooth + 1);
    seen[19] = (this.along + LEAST) / (this.along + this.expectedAlong + 2 * LEAST);
    seen[20] = this.loudness;
    const fast = this.fast[k]!;
    seen[21] = fast / (fast + unit);
    seen[22] = k / (k + 8);
    seen[23] = k / (k + 64);
    seen[24] = set;
    return unit * factorOf(forward(hidden, output, seen, 0, this.sums));
  }

  learn(k: number, magnitude: number): void {
    const amplitude = magnitude === 0 ? 0 : magnitude - 0.5 * this.set;
    this.frames[0]![k + MARGIN] = amplitude;
    this.fast[k]! += (amplitude - this.fast[k]!) * FAST;
    this.along = FADING * this.along + amplitude;
    this.expectedAlong = FADING * this.expectedAlong + this.unit;
    this.total += amplitude;
    this.expectedTotal += this.unit;
  }
}
