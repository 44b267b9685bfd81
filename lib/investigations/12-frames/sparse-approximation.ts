/**
 * Number of functions that describe a signal, from one basis and from two together, and the bits that name
 * the chosen functions.
 */
import { atom } from '../../bases/atoms';
import { CosineBasis } from '../../bases/blocks/cosine';
import { OrthogonalMatchingPursuit } from '../../kernels/orthogonal-matching-pursuit';
import { innerProduct } from '../../numerics/inner-product';

/** Samples of a block, and of a long cosine. */
export const APPROXIMATED_BLOCK = 256;

/** Samples of a short cosine. */
export const SHORT_BLOCK = 16;

/** Results for one set of functions. */
export interface SparseApproximation {
  readonly label: string;
  /** Signal over residual in dB, for each number of functions. */
  readonly snrs: readonly number[];
  /** Bits that name the chosen functions: log₂ of the number of possible choices. */
  readonly positionBits: readonly number[];
}

/**
 * Approximates each block of a signal by the same number of functions: by the largest coefficients of long
 * cosines, of short ones, and by matching pursuit and orthogonal matching pursuit among both.
 *
 * @param signal - one block or more; samples beyond the last whole block are left out
 * @param counts - numbers of functions in a block, ascending
 */
export function approximateSparsely(signal: Float64Array, counts: readonly number[]): SparseApproximation[] {
  const blocks = Math.floor(signal.length / APPROXIMATED_BLOCK);
  const whole = signal.subarray(0, blocks * APPROXIMATED_BLOCK);
  const [long, short] = [functionsOf(APPROXIMATED_BLOCK), functionsOf(SHORT_BLOCK)] as const;
  const both = [...long, ...short];
  const energy = innerProduct(whole, whole);
  const approximation = (label: string, size: number, errors: readonly number[]): SparseApproximation => ({
    label,
    snrs: errors.map((error) => 10 * Math.log10(energy / error)),
    positionBits: counts.map((count) => log2Choices(size, count)),
  });
  return [
    approximation('long cosines', long.length, errorsOfLargest(whole, long, counts)),
    approximation('short cosines', short.length, errorsOfLargest(whole, short, counts)),
    approximation('both, matching pursuit', both.length, errorsOfMatchingPursuit(whole, both, counts)),
    approximation('both, orthogonal pursuit', both.length, errorsOfOrthogonalPursuit(whole, both, counts)),
  ];
}

/**
 * Number of functions that reach an SNR, interpolated linearly between the tried numbers.
 *
 * @returns undefined where no tried number reaches it
 */
export function functionsReaching(
  { snrs }: SparseApproximation,
  counts: readonly number[],
  snr: number,
): number | undefined {
  const next = snrs.findIndex((reached) => reached >= snr);
  if (next < 0) return undefined;
  if (next === 0) return counts[0];
  const share = (snr - snrs[next - 1]!) / (snrs[next]! - snrs[next - 1]!);
  return counts[next - 1]! + share * (counts[next]! - counts[next - 1]!);
}

/** log₂ of the number of ways to choose `count` of `size`, interpolated linearly between whole numbers. */
export function log2Choices(size: number, count: number): number {
  const whole = Math.floor(count);
  let bits = 0;
  for (let i = 0; i < whole; i++) bits += Math.log2((size - i) / (i + 1));
  return bits + (count - whole) * Math.log2((size - whole) / (whole + 1));
}

/** The pursuit among functions of a block. The caller must release it. */
export function orthogonalPursuit(functions: readonly Float64Array[]): OrthogonalMatchingPursuit<'float64'> {
  const dictionary = new Float64Array(functions.length * APPROXIMATED_BLOCK);
  functions.forEach((values, i) => dictionary.set(values, i * APPROXIMATED_BLOCK));
  return new OrthogonalMatchingPursuit(dictionary, APPROXIMATED_BLOCK, 'float64');
}

/** The cosines of a block; those of shorter blocks lie side by side within it. */
export function functionsOf(length: number): Float64Array[] {
  const basis = new CosineBasis(length);
  return Array.from({ length: APPROXIMATED_BLOCK }, (_, i) =>
    atom(basis, APPROXIMATED_BLOCK, i % length, Math.floor(i / length)),
  );
}

/** In an orthonormal basis, the largest coefficients give the best approximation. */
function errorsOfLargest(
  signal: Float64Array,
  functions: readonly Float64Array[],
  counts: readonly number[],
): number[] {
  const errors = counts.map(() => 0);
  for (let start = 0; start < signal.length; start += APPROXIMATED_BLOCK) {
    const block = signal.subarray(start, start + APPROXIMATED_BLOCK);
    const squares = Float64Array.from(functions, (values) => innerProduct(block, values) ** 2).sort();
    counts.forEach((count, c) => {
      for (let i = 0; i < squares.length - count; i++) errors[c] = errors[c]! + squares[i]!;
    });
  }
  return errors;
}

/** Matching pursuit: the function that fits best is subtracted, again and again. */
function errorsOfMatchingPursuit(
  signal: Float64Array,
  functions: readonly Float64Array[],
  counts: readonly number[],
): number[] {
  const gram = functions.map((a) => Float64Array.from(functions, (b) => innerProduct(a, b)));
  const errors = counts.map(() => 0);
  for (let start = 0; start < signal.length; start += APPROXIMATED_BLOCK) {
    const block = signal.subarray(start, start + APPROXIMATED_BLOCK);
    const products = Float64Array.from(functions, (values) => innerProduct(block, values));
    let error = innerProduct(block, block);
    let taken = 0;
    counts.forEach((count, c) => {
      for (; taken < count; taken++) {
        let best = 0;
        for (let i = 1; i < products.length; i++) {
          if (Math.abs(products[i]!) > Math.abs(products[best]!)) best = i;
        }
        const part = products[best]!;
        const row = gram[best]!;
        for (let i = 0; i < products.length; i++) products[i] = products[i]! - part * row[i]!;
        error -= part * part;
      }
      errors[c] = errors[c]! + error;
    });
  }
  return errors;
}

/** Orthogonal matching pursuit: after each choice, all chosen functions are fitted anew. */
function errorsOfOrthogonalPursuit(
  signal: Float64Array,
  functions: readonly Float64Array[],
  counts: readonly number[],
): number[] {
  const pursuit = orthogonalPursuit(functions);
  const errors = counts.map((nonzeros) => {
    const codes = pursuit.code(signal, { nonzeros });
    const rest = signal.slice();
    codes.counts.forEach((count, block) => {
      for (let j = 0; j < count; j++) {
        const values = functions[codes.indices[block * codes.limit + j]!]!;
        const factor = codes.coefficients[block * codes.limit + j]!;
        const start = block * APPROXIMATED_BLOCK;
        for (let i = 0; i < values.length; i++) rest[start + i] = rest[start + i]! - factor * values[i]!;
      }
    });
    return innerProduct(rest, rest);
  });
  pursuit.release();
  return errors;
}
