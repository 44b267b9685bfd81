/** Sums and rotations of signals at each time, in plain TypeScript: the specification of the kernel. */

/** Weighted sums of signals. */
export interface SignalSums {
  /** First term of each sum, and the number of terms at the end. */
  readonly starts: Uint32Array;
  /** Number of the signal, and weight, of each term. */
  readonly signals: Uint32Array;
  readonly weights: Float64Array;
}

/** first ← cosine·first + sine·second, second ← cosine·second − sine·first. */
export interface SignalRotation {
  readonly first: number;
  readonly second: number;
  readonly cosine: number;
  readonly sine: number;
}

/**
 * Sums from 0, term after term in their order.
 *
 * @param targets - receive the sums, as many samples as signals have; none of them is a signal
 */
export function sumSignalsPlainly(
  signals: readonly Float64Array[],
  { starts, signals: terms, weights }: SignalSums,
  targets: readonly Float64Array[],
): void {
  targets.forEach((target, k) => {
    target.fill(0);
    for (let term = starts[k]!; term < starts[k + 1]!; term++) {
      const signal = signals[terms[term]!]!;
      const weight = weights[term]!;
      for (let i = 0; i < target.length; i++) target[i] = target[i]! + weight * signal[i]!;
    }
  });
}

/** Rotates signals in place, one pair after another. */
export function rotateSignalsPlainly(
  signals: readonly Float64Array[],
  rotations: readonly SignalRotation[],
): void {
  for (const { first, second, cosine, sine } of rotations) {
    const p = signals[first]!;
    const q = signals[second]!;
    for (let i = 0; i < p.length; i++) {
      const a = p[i]!;
      const b = q[i]!;
      p[i] = cosine * a + sine * b;
      q[i] = cosine * b - sine * a;
    }
  }
}
