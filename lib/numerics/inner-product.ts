/** Sum of products of values at equal places; the first array says how many. Decoders depend on the order of the sum. */
export function innerProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
