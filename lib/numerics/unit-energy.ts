/**
 * Scales values to a sum of squares of 1, in place; zeros become NaN, by which decoders see rows that depend on each
 * other. Decoders depend on the order of the operations too: another one breaks decoding.
 */
export function scaleToUnitEnergy(values: Float64Array): void {
  let energy = 0;
  for (let n = 0; n < values.length; n++) energy += values[n]! * values[n]!;
  const norm = Math.sqrt(energy);
  for (let n = 0; n < values.length; n++) values[n] = values[n]! / norm;
}
