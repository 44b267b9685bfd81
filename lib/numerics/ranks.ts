/**
 * Ranks of values from 1, the smallest first; equal values share the mean of their ranks.
 *
 * @param values - none NaN; infinite ones come last, or first
 */
export function tiedRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}
