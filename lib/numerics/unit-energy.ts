/**
 * Scales values to a sum of squares of 1, in place; zeros stay zeros. Decoders depend on it: another order of the
 * operations breaks decoding.
 */
export function scaleToUnitEnergy(values: Float64Array): void {
  let energy = 0;
  for (let n = 0; n < values.length; n++) energy += values[n]! * values[n]!;
  if (energy === 0) return;
  const norm = Math.sqrt(energy);
  for (let n = 0; n < values.length; n++) values[n] = values[n]! / norm;
}
