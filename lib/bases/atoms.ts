/**
 * The functions that a basis adds up.
 */
import type { Basis } from './basis';

/** Any step but 1, at which bases that are exact in integers round. */
const STEP = 2;

/**
 * The signal that has one coefficient of 1 and otherwise zeros.
 *
 * @param length - of the signal, in samples
 * @param subband - number of the subband, from 0
 * @param position - of the coefficient within it
 */
export function atom(basis: Basis, length: number, subband: number, position = 0): Float64Array {
  const layout = basis.layout(length);
  const values = new Float64Array(layout.coefficientCount);
  values[layout.subbands[subband]!.offset + position] = 1;
  return basis.synthesize({ values, layout }, STEP);
}
