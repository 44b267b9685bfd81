/**
 * Wavelet transforms by lifting steps that reach further than their nearest neighbors (W. Sweldens, "The lifting scheme: a
 * custom-design construction of biorthogonal wavelets", Applied and Computational Harmonic Analysis 3, 1996). Odd samples
 * get a symmetric sum of even ones, then even samples one of odd ones, and so on by turns; whatever the factors are, each
 * step is undone by its opposite. `LiftingTransform` is the faster one where each step has one factor.
 *
 * Signals go on beyond their ends as mirrored at the first and at the last sample, neither of them repeated; so there
 * are as many coefficients as samples, in the bands of `liftingBands`. Additions, subtractions and multiplications in a
 * fixed order: a decoder depends on them.
 */
import { liftingBands } from './reference/lifting';
import type { WaveletBand } from './reference/wavelet';

/**
 * Factors of each step, the nearest pair of neighbors first. Steps alternate between odd and even samples, odd first.
 */
export type SymmetricSteps = readonly Float64Array[];

/**
 * The steps that factors in one array stand for.
 *
 * @param factors - those of the first step, then of the second …
 * @param pairs - factors of a step
 */
export function stepsOf(factors: ArrayLike<number>, pairs: number): SymmetricSteps {
  return Array.from({ length: factors.length / pairs }, (_, s) =>
    new Float64Array(pairs).map((__, k) => factors[s * pairs + k]!),
  );
}

/** Samples of one parity, with margins before and after for the mirrored samples. */
export class Phase {
  readonly data: Float64Array;

  /**
   * @param parity - of its positions: 0 or 1
   * @param total - samples of both parities, 2 or more
   * @param margin - samples that are mirrored on each side
   */
  constructor(
    readonly parity: 0 | 1,
    private readonly total: number,
    readonly margin: number,
  ) {
    this.length = (total + 1 - parity) >> 1;
    this.data = new Float64Array(this.length + 2 * margin);
  }

  /** Samples that are not mirrored. */
  readonly length: number;

  /** Fills the margins with mirrored samples. */
  mirror(): void {
    const { data, length, margin } = this;
    for (let i = 1; i <= margin; i++) {
      data[margin - i] = data[margin + this.within(-i)]!;
      data[margin + length - 1 + i] = data[margin + this.within(length - 1 + i)]!;
    }
  }

  /** The adjoint of {@link mirror}: adds each sample of the margins to its source and sets it to 0. */
  fold(): void {
    const { data, length, margin } = this;
    for (let i = 1; i <= margin; i++) {
      data[margin + this.within(-i)]! += data[margin - i]!;
      data[margin + this.within(length - 1 + i)]! += data[margin + length - 1 + i]!;
      data[margin - i] = data[margin + length - 1 + i] = 0;
    }
  }

  /** Where sample i of the mirrored signal is found. */
  private within(i: number): number {
    const period = 2 * (this.total - 1);
    const at = (((2 * i + this.parity) % period) + period) % period;
    return (at < this.total ? at : period - at) >> 1;
  }
}

/**
 * One step: target[i] ← target[i] + sign·fₖ·(left + right), over k ascending; left and right are the k-th neighbors of
 * the other parity.
 */
export function liftPhase(target: Phase, source: Phase, factors: Float64Array, sign: 1 | -1): void {
  source.mirror();
  const { data: to, margin, length } = target;
  const from = source.data;
  for (let k = 0; k < factors.length; k++) {
    const factor = sign * factors[k]!;
    // An odd sample has its left neighbor at its own index, an even one its right.
    let left = source.margin - k - 1 + target.parity;
    let right = left + 2 * k + 1;
    for (let i = margin; i < margin + length; i++) to[i]! += factor * (from[left++]! + from[right++]!);
  }
}

/** Transforms signals of any length. */
export class SymmetricLifting {
  /**
   * @param steps - an even number of them
   * @param levels - 1 or more
   */
  constructor(
    private readonly steps: SymmetricSteps,
    readonly levels: number,
  ) {}

  /** The last approximation, then details from the coarsest to the finest. */
  bands(samples: number): WaveletBand[] {
    return liftingBands(samples, this.levels);
  }

  /** @param coefficients - receives as many as there are samples */
  forward(signal: Float64Array, coefficients: Float64Array): void {
    coefficients.set(signal);
    for (let level = 0, length = signal.length; level < this.levels && length > 1; level++) {
      const [even, odd] = this.phases(length);
      for (let i = 0; i < even.length; i++) even.data[even.margin + i] = coefficients[2 * i]!;
      for (let i = 0; i < odd.length; i++) odd.data[odd.margin + i] = coefficients[2 * i + 1]!;
      this.steps.forEach((factors, s) =>
        s % 2 === 0 ? liftPhase(odd, even, factors, 1) : liftPhase(even, odd, factors, 1),
      );
      coefficients.set(even.data.subarray(even.margin, even.margin + even.length));
      coefficients.set(odd.data.subarray(odd.margin, odd.margin + odd.length), even.length);
      length = even.length;
    }
  }

  /** @param signal - receives as many samples as there are coefficients */
  inverse(coefficients: Float64Array, signal: Float64Array): void {
    signal.set(coefficients);
    const lengths = [signal.length];
    for (let level = 1; level < this.levels; level++) lengths.push((lengths[level - 1]! + 1) >> 1);
    for (const length of lengths.reverse()) {
      if (length < 2) continue;
      const [even, odd] = this.phases(length);
      even.data.set(signal.subarray(0, even.length), even.margin);
      odd.data.set(signal.subarray(even.length, length), odd.margin);
      for (let s = this.steps.length - 1; s >= 0; s--) {
        if (s % 2 === 0) liftPhase(odd, even, this.steps[s]!, -1);
        else liftPhase(even, odd, this.steps[s]!, -1);
      }
      for (let i = 0; i < even.length; i++) signal[2 * i] = even.data[even.margin + i]!;
      for (let i = 0; i < odd.length; i++) signal[2 * i + 1] = odd.data[odd.margin + i]!;
    }
  }

  /** Norm of the function that a coefficient of 1 gives, for each subband, away from the ends of the signal. */
  norms(): number[] {
    const reach = this.steps.reduce((sum, { length }) => sum + 2 * length - 1, 0);
    const signal = new Float64Array(2 * (reach + 1) * 2 ** this.levels);
    const coefficients = new Float64Array(signal.length);
    return this.bands(signal.length).map(({ offset, length }) => {
      const middle = offset + (length >> 1);
      coefficients[middle] = 1;
      this.inverse(coefficients, signal);
      coefficients[middle] = 0;
      let energy = 0;
      for (let n = 0; n < signal.length; n++) energy += signal[n]! * signal[n]!;
      return Math.sqrt(energy);
    });
  }

  /** Room for even and odd samples. */
  private phases(length: number): [Phase, Phase] {
    const margin = this.steps.reduce((most, { length: factors }) => Math.max(most, factors), 1);
    return [new Phase(0, length, margin), new Phase(1, length, margin)];
  }
}
