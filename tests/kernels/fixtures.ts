import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One signal and its transforms by SciPy. */
export interface TransformCase {
  readonly signal: readonly number[];
  readonly dct2: readonly number[];
  readonly dct3: readonly number[];
  readonly rfftReal: readonly number[];
  readonly rfftImaginary: readonly number[];
}

/** Output of `tests/fixtures/kernels-transforms.py`. */
export const transformCases = (
  JSON.parse(readFileSync(join(__dirname, '..', 'fixtures', 'kernels-transforms.json'), 'utf8')) as {
    cases: readonly TransformCase[];
  }
).cases;

/** The largest difference of two arrays of equal length; NaN where one has NaN. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
