/**
 * The functions (atoms) of which a basis builds signals.
 */
import type { Basis } from './basis';

/** Any step except 1. At step 1 a basis that is exact in integers rounds, and the atom would be rounded with it. */
const STEP = 2;

/**
 * The signal that has one coefficient of 1 and otherwise zeros.
 *
 * @param length - length of the signal, in samples
 * @param subband - number of the subband, from 0
 * @param position - index of the coefficient in its subband, from 0
 */
export function atom(basis: Basis, length: number, subband: number, position = 0): Float64Array {
  const layout = basis.layout(length);
  const values = new Float64Array(layout.coefficientCount);
  values[layout.subbands[subband]!.offset + position] = 1;
  return basis.synthesize({ values, layout }, STEP);
}
