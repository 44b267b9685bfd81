/**
 * Points of a pyramid: vectors of integers whose magnitudes add up to K, and their code (T. R. Fischer, "A pyramid
 * vector quantizer", IEEE Transactions on Information Theory 32, 1986).
 */
import { PROBABILITY_ONE, type BinaryCoder } from './range-coder';

/** Integer vectors of one dimension L, on pyramids of up to some number of pulses K. */
export class Pyramid {
  /** Entry n·(largest K + 1) + k: how many vectors of dimension n have k pulses. */
  private readonly counts: Float64Array;
  /** Likewise: how many have k pulses or fewer. */
  private readonly sums: Float64Array;
  private readonly stride: number;

  /**
   * @param dimension - L, 1…32
   * @param mostPulses - the largest K, 1…4096; counts then stay within the range of doubles
   */
  constructor(
    readonly dimension: number,
    readonly mostPulses: number,
  ) {
    const stride = mostPulses + 1;
    const counts = new Float64Array((dimension + 1) * stride);
    const sums = new Float64Array((dimension + 1) * stride);
    counts[0] = 1;
    sums.fill(1, 0, stride);
    for (let n = 1; n <= dimension; n++) {
      const row = n * stride;
      counts[row] = 1;
      sums[row] = 1;
      for (let k = 1; k < stride; k++) {
        // Fischer's eq. 2: N(n, k) = N(n − 1, k) + N(n − 1, k − 1) + N(n, k − 1).
        counts[row + k] = counts[row - stride + k]! + counts[row - stride + k - 1]! + counts[row + k - 1]!;
        sums[row + k] = sums[row + k - 1]! + counts[row + k]!;
      }
    }
    this.counts = counts;
    this.sums = sums;
    this.stride = stride;
  }

  /** Number of vectors with this many pulses; rounded where a double cannot hold it. */
  vectors(pulses: number): number {
    return this.counts[this.dimension * this.stride + pulses]!;
  }

  /**
   * Finds a vector with this many pulses close to `direction`: projects it onto the pyramid, rounds down, then adds one
   * pulse after another where it reduces the angle most.
   *
   * @param direction - of `dimension` values from `start` on, not all 0
   * @param found - overwritten with the vector
   * @returns the inner product of `direction` and the vector
   */
  nearest(direction: Float64Array, start: number, pulses: number, found: Int32Array): number {
    const { dimension } = this;
    let magnitudes = 0;
    for (let i = 0; i < dimension; i++) magnitudes += Math.abs(direction[start + i]!);
    const scale = pulses / magnitudes;
    let left = pulses;
    let product = 0;
    let energy = 0;
    for (let i = 0; i < dimension; i++) {
      const magnitude = Math.abs(direction[start + i]!);
      const whole = Math.min(left, Math.floor(magnitude * scale));
      found[i] = whole;
      left -= whole;
      product += whole * magnitude;
      energy += whole * whole;
    }
    for (; left > 0; left--) {
      let best = 0;
      let [bestProduct, bestEnergy] = [-1, 1];
      for (let i = 0; i < dimension; i++) {
        const withPulse = product + Math.abs(direction[start + i]!);
        const energyWithPulse = energy + 2 * found[i]! + 1;
        // The square of the cosine, without a division.
        if (withPulse * withPulse * bestEnergy > bestProduct * Math.abs(bestProduct) * energyWithPulse) {
          best = i;
          [bestProduct, bestEnergy] = [withPulse, energyWithPulse];
        }
      }
      found[best]! += 1;
      [product, energy] = [bestProduct, bestEnergy];
    }
    for (let i = 0; i < dimension; i++) if (direction[start + i]! < 0) found[i] = -found[i]!;
    return product;
  }

  /**
   * Codes a vector whose number of pulses is known, with equal probability for all such vectors: magnitude by
   * magnitude, each nonzero one followed by its sign.
   *
   * @param coder - encoder or decoder
   * @param vector - `dimension` values; read by an encoder, overwritten by a decoder
   */
  code(coder: BinaryCoder, vector: Int32Array, pulses: number): void {
    const { counts, sums, stride, dimension } = this;
    let left = pulses;
    for (let i = 0; i < dimension; i++) {
      const value = vector[i]!;
      const size = value < 0 ? -value : value;
      const before = (dimension - i - 1) * stride;
      let coded = 0;
      if (i === dimension - 1) {
        coded = left;
      } else if (left > 0) {
        const row = before + stride;
        const none = counts[before + left]! / counts[row + left]!;
        if (coder.code(size > 0 ? 1 : 0, probabilityOf(1 - none)) === 1) {
          coded = 1;
          while (coded < left) {
            const stops = counts[before + left - coded]! / sums[before + left - coded]!;
            if (coder.code(size > coded ? 1 : 0, probabilityOf(1 - stops)) === 0) break;
            coded++;
          }
        }
      }
      left -= coded;
      vector[i] = coded > 0 && coder.codeBits(value < 0 ? 1 : 0, 1) === 1 ? -coded : coded;
    }
  }
}

function probabilityOf(share: number): number {
  return Math.min(PROBABILITY_ONE - 1, Math.max(1, Math.floor(share * PROBABILITY_ONE)));
}
