/**
 * Batch orthogonal matching pursuit in plain TypeScript: the specification of the kernel, and its stand-in where SIMD
 * is missing.
 *
 * Each signal is approximated by few atoms: the one with the largest product with what remains is chosen, then all
 * chosen ones are fitted anew, by least squares. Signals share the Gram matrix of the atoms, in which all of it is
 * done (R. Rubinstein, M. Zibulevsky and M. Elad, "Efficient implementation of the K-SVD algorithm using batch
 * orthogonal matching pursuit", Technion CS-2008-08). The Cholesky factor grows by a row for each atom; what the
 * paper solves with it anew each time is kept here as products of all atoms with orthonormal directions, so that each
 * row of the factor is found among them and an atom costs one more direction.
 */

type Numbers = Float32Array | Float64Array;

/** Conditions that stop a pursuit. */
export interface PursuitLimits {
  /** Most nonzeros of a signal. */
  readonly nonzeros: number;
  /** Squared error, in the square of the signal's unit, that is small enough. */
  readonly tolerance: number;
  /**
   * Share of a length that is taken for rounding: a residual with no larger product has nothing left to choose, and
   * an atom with no larger part (of its squared length) outside of those chosen depends on them.
   */
  readonly negligible: number;
}

/** Approximations of signals by few atoms, in the order in which they were chosen. */
export interface SparseCodes<A extends Numbers = Numbers> {
  /** Most atoms of a signal. */
  readonly limit: number;
  /** Atoms of each signal. */
  readonly counts: Uint32Array;
  /** Which ones: of signal i from i · `limit` on; 0 behind the last. */
  readonly indices: Uint32Array;
  /** Their factors, likewise. */
  readonly coefficients: A;
}

/**
 * Approximates signals.
 *
 * @param gram - atoms · atomsᵀ, n × n
 * @param signals - of `length` elements, one after another
 * @param correlations - signals · atomsᵀ, n for each signal; the products of the residuals afterwards
 * @param codes - receives the result
 */
export function pursueOrthogonally(
  gram: Numbers,
  signals: Numbers,
  length: number,
  correlations: Numbers,
  limits: PursuitLimits,
  codes: SparseCodes,
): void {
  const { nonzeros: limit, tolerance, negligible } = limits;
  const atoms = Math.sqrt(gram.length);
  const directions = new Float64Array(limit * atoms);
  // Row j of the Cholesky factor, with 1/its last element in place of that.
  const factor = new Float64Array(limit * limit);
  const projections = new Float64Array(limit);
  codes.indices.fill(0);
  codes.coefficients.fill(0);
  for (let i = 0; i < codes.counts.length; i++) {
    const residual = correlations.subarray(i * atoms, (i + 1) * atoms);
    let error = 0;
    for (const value of signals.subarray(i * length, (i + 1) * length)) error += value * value;
    const rounding = negligible * negligible * error;
    let count = 0;
    while (count < limit && error > tolerance) {
      let atom = 0;
      let largest = 0;
      for (let n = 0; n < atoms; n++) {
        if (Math.abs(residual[n]!) > largest) {
          largest = Math.abs(residual[n]!);
          atom = n;
        }
      }
      if (!(largest * largest > rounding)) break;
      const power = gram[atom * atoms + atom]!;
      let left = power;
      for (let j = 0; j < count; j++) {
        const weight = directions[j * atoms + atom]!;
        factor[count * limit + j] = weight;
        left -= weight * weight;
      }
      if (!(left > negligible * power)) break;
      const scale = 1 / Math.sqrt(left);
      const projection = residual[atom]! * scale;
      factor[count * limit + count] = scale;
      projections[count] = projection;
      codes.indices[i * limit + count] = atom;
      error -= projection * projection;
      for (let n = 0; n < atoms; n++) {
        let product = gram[atom * atoms + n]!;
        for (let j = 0; j < count; j++) product -= factor[count * limit + j]! * directions[j * atoms + n]!;
        product *= scale;
        directions[count * atoms + n] = product;
        residual[n] = residual[n]! - projection * product;
      }
      count++;
    }
    codes.counts[i] = count;
    for (let row = count - 1; row >= 0; row--) {
      let sum = projections[row]!;
      for (let j = row + 1; j < count; j++) {
        sum -= factor[j * limit + row]! * codes.coefficients[i * limit + j]!;
      }
      codes.coefficients[i * limit + row] = sum * factor[row * limit + row]!;
    }
  }
}
