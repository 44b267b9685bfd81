/**
 * Estimated cost of a band of coefficients in rate and distortion, without coding it; for choices among many bands.
 */

/** Fraction from which |c|/Δ is rounded up, as in the quantizer. */
const ROUND_UP_FROM = 0.62;

/** Bits that a squared error of Δ² is worth: at high rates D = Δ²/12 falls by 2·ln 2·D with each bit. */
export const BITS_PER_SQUARED_STEP = 6 / Math.LN2;

/** Longest memory of the running mean, in coefficients. */
const MEMORY = 250;

/** Weight of each new magnitude in the running mean; at first nearly that of a plain average. */
const RATES = Float64Array.from({ length: MEMORY + 1 }, (_, visits) => 1 / (visits + 1.5));

/** Mean that a band starts with. */
const FIRST_MEAN = 0.1;

/** Smallest expected magnitude. */
const LEAST_EXPECTED = 0.002;

/** Magnitudes up to this are multiplied together before a logarithm is taken. */
const LARGEST_MULTIPLIED = 6;

/** The logarithm of the product is taken above this, before the product overflows. */
const LARGE = 1e200;

/**
 * Cost in bits of each of several bands of one length. The rate is that of an adaptive coder: each quantized magnitude
 * q has a geometric density about an expectation from the running mean of the band and the two magnitudes before it,
 * and each sign costs one bit. The squared error of the quantizer is added, exchanged for bits at the slope of the
 * rate–distortion curve ({@link BITS_PER_SQUARED_STEP}).
 *
 * @param bands - coefficients, band after band
 * @param length - coefficients of a band
 * @param step - Δ
 */
export function codingCosts(bands: Float64Array, length: number, step: number): Float64Array {
  const costs = new Float64Array(bands.length / length);
  const scale = 1 / step;
  for (let band = 0; band < costs.length; band++) {
    let bits = 0;
    let error = 0;
    let product = 1;
    let mean = FIRST_MEAN;
    let before = 0;
    let twoBefore = 0;
    let visits = 0;
    for (let i = band * length; i < (band + 1) * length; i++) {
      const size = Math.abs(bands[i]!) * scale;
      const magnitude = (size + (1 - ROUND_UP_FROM)) | 0;
      error += (size - magnitude) * (size - magnitude);
      const local = (mean * (2 * before + twoBefore + 2)) / (3 * mean + 2);
      const expected = 0.5 * (mean + local) + LEAST_EXPECTED;
      // −log₂ of the density is log₂(1 + e) + q·log₂((1 + e)/e), and a bit for the sign.
      product *= 1 + expected;
      if (magnitude > 0) {
        const inverse = 1 / expected;
        if (magnitude <= LARGEST_MULTIPLIED) for (let n = 0; n < magnitude; n++) product += product * inverse;
        else if (expected < 1) bits += magnitude * Math.log2(1 + inverse);
        else {
          // The logarithm of 1 + 1/e as a series in 1/(2e + 1).
          const z = 1 / (2 * expected + 1);
          bits += (2 / Math.LN2) * magnitude * z * (1 + (z * z) / 3);
        }
        bits++;
      }
      if (product > LARGE) {
        bits += Math.log2(product);
        product = 1;
      }
      mean += (magnitude - mean) * RATES[visits]!;
      if (visits < MEMORY) visits++;
      twoBefore = before;
      before = magnitude;
    }
    costs[band] = bits + Math.log2(product) + BITS_PER_SQUARED_STEP * error;
  }
  return costs;
}
