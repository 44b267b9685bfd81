/**
 * How few functions describe a signal, of one basis and of two together, and what it takes to say which ones.
 */
import { atom } from '../../bases/atoms';
import { CosineBasis } from '../../bases/blocks/cosine';
import { OrthogonalMatchingPursuit } from '../../kernels/orthogonal-matching-pursuit';

/** Samples of a block, and of the long cosines. */
export const APPROXIMATED_BLOCK = 256;

/** Samples of the short cosines. */
export const SHORT_BLOCK = 16;

/** One set of functions. */
export interface SparseApproximation {
  readonly label: string;
  /** dB of signal over what is left, for each number of functions. */
  readonly snrs: readonly number[];
  /** Bits that it takes to say which functions, log₂ of the number of ways to choose them. */
  readonly positionBits: readonly number[];
}

/**
 * Approximates the blocks of a signal by equally many functions each: by the largest coefficients of long cosines, of
 * short ones, and by matching pursuit and orthogonal matching pursuit among both.
 *
 * @param signal - one block or more; what is more than whole blocks is left out
 * @param counts - functions in a block, ascending
 */
export function approximateSparsely(signal: Float64Array, counts: readonly number[]): SparseApproximation[] {
  const blocks = Math.floor(signal.length / APPROXIMATED_BLOCK);
  const whole = signal.subarray(0, blocks * APPROXIMATED_BLOCK);
  const [long, short] = [functionsOf(APPROXIMATED_BLOCK), functionsOf(SHORT_BLOCK)] as const;
  const both = [...long, ...short];
  const energy = sumOfSquares(whole);
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
 * The number of functions that reach an SNR, straight between the numbers that were tried.
 *
 * @returns undefined where none does
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

/** log₂ of the number of ways to choose `count` of `size`, straight between whole numbers. */
export function log2Choices(size: number, count: number): number {
  const whole = Math.floor(count);
  let bits = 0;
  for (let i = 0; i < whole; i++) bits += Math.log2((size - i) / (i + 1));
  return bits + (count - whole) * Math.log2((size - whole) / (whole + 1));
}

/** The pursuit among functions of a block. Its owner releases it. */
export function orthogonalPursuit(functions: readonly Float64Array[]): OrthogonalMatchingPursuit<'float64'> {
  const dictionary = new Float64Array(functions.length * APPROXIMATED_BLOCK);
  functions.forEach((values, i) => dictionary.set(values, i * APPROXIMATED_BLOCK));
  return new OrthogonalMatchingPursuit(dictionary, APPROXIMATED_BLOCK, 'float64');
}

/** The cosines of a block, those of blocks within it side by side. */
export function functionsOf(length: number): Float64Array[] {
  const basis = new CosineBasis(length);
  return Array.from({ length: APPROXIMATED_BLOCK }, (_, i) =>
    atom(basis, APPROXIMATED_BLOCK, i % length, Math.floor(i / length)),
  );
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Of an orthonormal basis the largest coefficients are the best. */
function errorsOfLargest(
  signal: Float64Array,
  functions: readonly Float64Array[],
  counts: readonly number[],
): number[] {
  const errors = counts.map(() => 0);
  for (let start = 0; start < signal.length; start += APPROXIMATED_BLOCK) {
    const block = signal.subarray(start, start + APPROXIMATED_BLOCK);
    const squares = Float64Array.from(functions, (values) => dot(block, values) ** 2).sort();
    counts.forEach((count, c) => {
      for (let i = 0; i < squares.length - count; i++) errors[c] = errors[c]! + squares[i]!;
    });
  }
  return errors;
}

/** Always the function that fits best, its part taken out, and again. */
function errorsOfMatchingPursuit(
  signal: Float64Array,
  functions: readonly Float64Array[],
  counts: readonly number[],
): number[] {
  const gram = functions.map((a) => Float64Array.from(functions, (b) => dot(a, b)));
  const errors = counts.map(() => 0);
  for (let start = 0; start < signal.length; start += APPROXIMATED_BLOCK) {
    const block = signal.subarray(start, start + APPROXIMATED_BLOCK);
    const products = Float64Array.from(functions, (values) => dot(block, values));
    let error = sumOfSquares(block);
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

/** The same, but all that were taken are fitted anew each time. */
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
    return sumOfSquares(rest);
  });
  pursuit.release();
  return errors;
}
