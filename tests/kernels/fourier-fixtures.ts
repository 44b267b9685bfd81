import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Parts {
  readonly re: readonly number[];
  readonly im: readonly number[];
}

/** Output of `tests/fixtures/kernels-fourier.py`. */
export const fourierCases = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-fourier.json'), 'utf8'),
) as {
  readonly spectra: readonly (Parts & { readonly complex: Parts; readonly real: Parts })[];
  readonly cosines: readonly {
    readonly signal: readonly number[];
    readonly dct2: readonly number[];
    readonly dct3: readonly number[];
    readonly dct4: readonly number[];
  }[];
  readonly lapped: readonly {
    readonly hop: number;
    readonly window: 'sine' | 'kaiser-bessel';
    readonly rise: readonly number[];
    readonly signal: readonly number[];
    readonly coefficients: readonly (readonly number[])[];
  }[];
};

/** A signal without structure, of values up to 500. */
export function signalOf(length: number, seed: number): Float64Array {
  return new Float64Array(length).map((_, i) => Math.sin(i * i + seed) * 500);
}

export function energyOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
