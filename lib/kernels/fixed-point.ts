/**
 * Real numbers with 256 fractional bits, as big integers. Filters are designed with them, so that their taps, once
 * rounded to doubles, are the ones nearest to the truth, on every machine.
 */

/** A number times 2^256, rounded to an integer. */
export type Fixed = bigint;

const PLACES = 256n;

/** One. */
export const ONE: Fixed = 1n << PLACES;

/** 2^256, as the double that it is. */
const SCALE = Number(ONE);

/** Bits of a double's significand; this many are kept in a conversion to a double. */
const NUMBER_PLACES = 52n;
const NUMBER_SCALE = 4503599627370496;

/** No set of linear equations with one solution. */
export class SingularEquationsError extends Error {
  override readonly name = 'SingularEquationsError';
}

/** A number to 52 fractional bits, to start an iteration from. @param value - below 2^40 in magnitude */
export function fromNumber(value: number): Fixed {
  return BigInt(Math.round(value * NUMBER_SCALE)) << (PLACES - NUMBER_PLACES);
}

/** The double nearest to a number. */
export function toNumber(value: Fixed): number {
  // The conversion rounds to the nearest; a division by a power of two is exact.
  return Number(value) / SCALE;
}

export function multiply(a: Fixed, b: Fixed): Fixed {
  return (a * b) >> PLACES;
}

/** @throws RangeError when b is zero */
export function divide(a: Fixed, b: Fixed): Fixed {
  return (a << PLACES) / b;
}

/** @throws RangeError when the number is negative */
export function squareRoot(value: Fixed): Fixed {
  if (value < 0n) throw new RangeError(`The square root of ${toNumber(value)} is not a real number.`);
  if (value === 0n) return 0n;
  const square = value << PLACES;
  // From above, Newton's iteration falls until it has arrived.
  let root = 1n << BigInt((square.toString(16).length + 1) * 2);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The product of two polynomials, lowest coefficients first. */
export function convolve(a: readonly Fixed[], b: readonly Fixed[]): Fixed[] {
  const product = new Array<Fixed>(a.length + b.length - 1).fill(0n);
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) product[i + j]! += multiply(a[i]!, b[j]!);
  }
  return product;
}

/**
 * The x with A·x = b, by Gaussian elimination.
 *
 * @param matrix - rows of A, as many as columns; left as they are
 * @param right - b
 * @throws SingularEquationsError
 */
export function solveLinear(matrix: readonly (readonly Fixed[])[], right: readonly Fixed[]): Fixed[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const count = rows.length;
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let i = column + 1; i < count; i++) {
      if (magnitude(rows[i]![column]!) > magnitude(rows[pivot]![column]!)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const first = rows[column]!;
    if (first[column] === 0n) {
      throw new SingularEquationsError(`${count} linear equations have not one solution, but none or many.`);
    }
    for (let i = column + 1; i < count; i++) {
      const row = rows[i]!;
      const factor = divide(row[column]!, first[column]!);
      for (let j = column; j <= count; j++) row[j]! -= multiply(factor, first[j]!);
    }
  }
  const solution = new Array<Fixed>(count).fill(0n);
  for (let i = count - 1; i >= 0; i--) {
    let rest = rows[i]![count]!;
    for (let j = i + 1; j < count; j++) rest -= multiply(rows[i]![j]!, solution[j]!);
    solution[i] = divide(rest, rows[i]![i]!);
  }
  return solution;
}

export function magnitude(value: Fixed): Fixed {
  return value < 0n ? -value : value;
}
