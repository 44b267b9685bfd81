/**
 * The objective of learned wavelets: the estimated rate of coefficients, ½·log₂(1 + 4·c²/Δ²) bits each, and
 * its derivative. It is a mean over a few steps Δ, so that learning favors no single compression ratio.
 */

/** Quantizer steps for signals of variance 1: those of about CR 6 and CR 20. */
export const RATE_STEPS: readonly number[] = [0.2, 0.8];

/**
 * Bits of coefficients, as a mean over {@link RATE_STEPS}.
 *
 * @param values - coefficients
 * @param derivatives - receives the derivative with respect to each coefficient
 */
export function estimatedRate(values: Float64Array, derivatives: Float64Array): number {
  let bits = 0;
  const weight = 1 / (RATE_STEPS.length * Math.LN2);
  derivatives.fill(0);
  for (const step of RATE_STEPS) {
    const knee = (step * step) / 4;
    const perKnee = 1 / knee;
    // One logarithm of a product of eight saves seven; signals of variance 1 keep the product from
    // overflowing.
    let product = 1;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const energy = value * value;
      product *= 1 + energy * perKnee;
      derivatives[i]! += (weight * value) / (energy + knee);
      if (i % 8 === 7) {
        bits += Math.log2(product);
        product = 1;
      }
    }
    bits += Math.log2(product);
  }
  return bits / (2 * RATE_STEPS.length);
}
