/**
 * Numbers that the plain decoder of the Python package takes from tables: learned widths and priors of the lossless codec,
 * and the taps of wavelets, in the order in which the format numbers them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import {
  BIORTHOGONAL_LOWPASS,
  ORTHONORMAL_MEYER_LOWPASS,
} from '../../lib/kernels/filters/wavelet-coefficients';
import {
  coifletLowpass,
  daubechiesLowpass,
  MOST_COIFLET_ORDER,
  MOST_MOMENTS,
  symletLowpass,
} from '../../lib/kernels/filters/wavelet-design';

const LEARNED = join('lib', 'codecs', 'lossless', 'learned-constants.json');

/** The contents of `constants.json`. */
export function pythonConstants(): string {
  const { widths, fixed, priors } = JSON.parse(
    readFileSync(join(projectRoot(), LEARNED), 'utf8'),
  ) as Readonly<Record<string, unknown>>;
  const designs = (
    design: (order: number) => ArrayLike<number>,
    first: number,
    last: number,
  ): readonly (readonly number[])[] =>
    Array.from({ length: last - first + 1 }, (_, i) => Array.from(design(first + i)));
  const orthogonal = [
    ...designs(daubechiesLowpass, 1, MOST_MOMENTS),
    ...designs(symletLowpass, 2, MOST_MOMENTS),
    ...designs(coifletLowpass, 1, MOST_COIFLET_ORDER),
    ORTHONORMAL_MEYER_LOWPASS,
  ];
  return JSON.stringify({
    widths,
    fixed,
    priors,
    orthogonal,
    biorthogonal: Object.values(BIORTHOGONAL_LOWPASS),
  });
}
