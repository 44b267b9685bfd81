/**
 * The dead-zone quantizer in plain TypeScript: the specification of the kernel, and its stand-in where SIMD is
 * missing. Its constants come from the format that uses it.
 */

/** How coefficients become integers. */
export interface Quantization {
  /** Added to |c|/step before it is cut to an integer: 1/2 rounds, less makes the zero cell wider than the others. */
  readonly bias: number;
  /** Largest magnitude of an integer, below 2³¹. */
  readonly maxMagnitude: number;
}

/** How integers become coefficients, in the unit of these. */
export interface Reconstruction {
  /** Distance of the cells. */
  readonly step: number;
  /** Magnitude that the integers ±1 become. */
  readonly one: number;
  /** Amount subtracted from the magnitudes of larger integers. */
  readonly more: number;
}

/**
 * q = sign(c)·⌊min(bias + |c|·(1/step), maxMagnitude)⌋; 0 for NaN.
 *
 * @param step - above 0
 * @param quantized - receives as many integers as there are coefficients
 */
export function quantizeCoefficients(
  coefficients: Float64Array,
  step: number,
  { bias, maxMagnitude }: Quantization,
  quantized: Int32Array,
): void {
  const scale = 1 / step;
  for (let i = 0; i < coefficients.length; i++) {
    const scaled = coefficients[i]! * scale;
    const magnitude = Math.min(maxMagnitude, bias + Math.abs(scaled)) | 0;
    quantized[i] = scaled < 0 ? -magnitude : magnitude;
  }
}

/**
 * ĉ = sign(q)·(|q|·step − more), but ±one for ±1, and 0 for 0.
 *
 * @param coefficients - receives as many coefficients as there are integers
 */
export function reconstructCoefficients(
  quantized: Int32Array,
  { step, one, more }: Reconstruction,
  coefficients: Float64Array,
): void {
  for (let i = 0; i < quantized.length; i++) {
    const q = quantized[i]!;
    if (q === 0) coefficients[i] = 0;
    else if (q === 1) coefficients[i] = one;
    else if (q === -1) coefficients[i] = -one;
    else coefficients[i] = q > 0 ? q * step - more : q * step + more;
  }
}
