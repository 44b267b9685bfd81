/** Values of less energy are rounding errors: signals have a variance of 1. */
const LEAST_ENERGY = 1e-20;

/**
 * Scales an atom to unit energy, in place. Models depend on its rounding: it multiplies by the reciprocal of the norm,
 * where `lib/numerics/unit-energy.ts` divides.
 *
 * @returns false for an atom that is nearly zero, which stays as it is
 */
export function scaleAtom(atom: Float64Array): boolean {
  let energy = 0;
  for (const value of atom) energy += value * value;
  if (!(energy > LEAST_ENERGY)) return false;
  const scale = 1 / Math.sqrt(energy);
  for (let n = 0; n < atom.length; n++) atom[n] = atom[n]! * scale;
  return true;
}
