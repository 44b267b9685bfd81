/**
 * Eigenvalues and eigenvectors of a symmetric matrix in plain TypeScript: the specification of the kernel, and its
 * stand-in where SIMD is missing.
 *
 * Householder's reduction to a tridiagonal matrix, then the QL iteration with implicit shifts (G. H. Golub and C. F.
 * Van Loan, Matrix Computations, 4th ed., §8.3; J. H. Wilkinson and C. Reinsch, Linear Algebra, 1971, II/2–II/4).
 */

/** Sweeps of one eigenvalue before it is given up; two or three are usual. */
const MOST_SWEEPS = 60;

/**
 * Decomposes a matrix. About 5·n³ multiply–adds.
 *
 * @param matrix - n × n, row by row, symmetric, with elements of about 1 at most; overwritten
 * @param size - n, 1 or more
 * @param values - receives n eigenvalues, in no order
 * @param vectors - receives n × n, row by row: an eigenvector of length 1 in each row
 * @returns whether the iteration converged
 */
export function decomposeSymmetric(
  matrix: Float64Array,
  size: number,
  values: Float64Array,
  vectors: Float64Array,
): boolean {
  const beside = new Float64Array(size);
  const factors = new Float64Array(size);
  tridiagonalize(matrix, size, values, beside, factors);
  accumulateReflections(matrix, size, factors, vectors);
  return diagonalize(values, beside, size, vectors);
}

/**
 * Step k reflects what row k has right of the diagonal onto its first element: matrix ← H·matrix·H with
 * H = I − factor·u·uᵀ. Row k then holds u.
 */
function tridiagonalize(
  matrix: Float64Array,
  size: number,
  diagonal: Float64Array,
  beside: Float64Array,
  factors: Float64Array,
): void {
  const w = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const u = matrix.subarray(k * size, (k + 1) * size);
    diagonal[k] = u[k]!;
    if (k + 1 === size) break;
    const first = u[k + 1]!;
    beside[k] = first;
    if (k + 2 === size) continue;
    u.fill(0, 0, k + 2);
    let rest = 0;
    for (const value of u) rest += value * value;
    factors[k] = 0;
    if (rest === 0) {
      u.fill(0);
      continue;
    }
    const norm = Math.sqrt(first * first + rest);
    beside[k] = first > 0 ? -norm : norm;
    u[k + 1] = first - beside[k]!;
    const factor = 1 / (norm * (norm + Math.abs(first)));
    factors[k] = factor;
    let share = 0;
    for (let i = k + 1; i < size; i++) {
      let sum = 0;
      for (let j = k + 1; j < size; j++) sum += matrix[i * size + j]! * u[j]!;
      w[i] = sum;
      share += sum * u[i]!;
    }
    share *= factor / 2;
    for (let i = k + 1; i < size; i++) w[i] = factor * (w[i]! - share * u[i]!);
    for (let i = k + 1; i < size; i++) {
      for (let j = k + 1; j < size; j++) {
        matrix[i * size + j] = matrix[i * size + j]! - (u[i]! * w[j]! + w[i]! * u[j]!);
      }
    }
  }
}

/** vectors ← Qᵀ, the product of the reflections, with matrix = Q · tridiagonal · Qᵀ. */
function accumulateReflections(
  matrix: Float64Array,
  size: number,
  factors: Float64Array,
  vectors: Float64Array,
): void {
  vectors.fill(0);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  for (let k = size - 3; k >= 0; k--) {
    for (let i = k + 1; i < size; i++) {
      let share = 0;
      for (let j = k + 1; j < size; j++) share += vectors[i * size + j]! * matrix[k * size + j]!;
      share *= factors[k]!;
      for (let j = k + 1; j < size; j++) {
        vectors[i * size + j] = vectors[i * size + j]! - share * matrix[k * size + j]!;
      }
    }
  }
}

/** Sweeps of rotations from the lower end up until nothing is left beside the diagonal. */
function diagonalize(
  diagonal: Float64Array,
  beside: Float64Array,
  size: number,
  vectors: Float64Array,
): boolean {
  beside[size - 1] = 0;
  let norm = 0;
  for (let i = 0; i < size; i++) norm = Math.max(norm, Math.abs(diagonal[i]!) + Math.abs(beside[i]!));
  const negligible = (Number.EPSILON / 2) * norm;
  for (let first = 0; first < size; first++) {
    for (let sweep = 0; ; sweep++) {
      let last = first;
      while (last + 1 < size && Math.abs(beside[last]!) > negligible) last++;
      if (last === first) break;
      if (sweep === MOST_SWEEPS) return false;
      // Wilkinson's shift: the eigenvalue of the uppermost 2 × 2 that is nearer to its first element.
      const ratio = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
      const root = Math.sqrt(ratio * ratio + 1);
      let g = diagonal[last]! - diagonal[first]! + beside[first]! / (ratio < 0 ? ratio - root : ratio + root);
      let sine = 1;
      let cosine = 1;
      let shift = 0;
      let i = last;
      while (i > first) {
        i--;
        const f = sine * beside[i]!;
        const b = cosine * beside[i]!;
        const r = Math.sqrt(f * f + g * g);
        beside[i + 1] = r;
        if (r === 0) {
          // The matrix falls apart here.
          i++;
          break;
        }
        sine = f / r;
        cosine = g / r;
        const below = diagonal[i + 1]! - shift;
        const t = (diagonal[i]! - below) * sine + 2 * cosine * b;
        shift = sine * t;
        diagonal[i + 1] = below + shift;
        g = cosine * t - b;
        for (let j = 0; j < size; j++) {
          const upper = vectors[i * size + j]!;
          const lower = vectors[(i + 1) * size + j]!;
          vectors[(i + 1) * size + j] = sine * upper + cosine * lower;
          vectors[i * size + j] = cosine * upper - sine * lower;
        }
      }
      diagonal[i] = diagonal[i]! - shift;
      if (i === first) beside[first] = g;
      beside[last] = 0;
    }
  }
  return true;
}
