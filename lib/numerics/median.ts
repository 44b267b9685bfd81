/**
 * The median of a long array, without sorting it.
 */

/**
 * Moves the element of rank `rank` to its place, with nothing larger before it and nothing smaller after it
 * (quickselect with Hoare's partition about the median of three: C. A. R. Hoare, "Algorithm 65: find",
 * Communications of the ACM 4, 1961). Linear time on recordings, even with long runs of equal values.
 *
 * @param values - reordered in place; no NaN
 * @param rank - 0 … values.length − 1
 */
export function selectRank(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const a = values[low]!;
    const b = values[(low + high) >> 1]!;
    const c = values[high]!;
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const swapped = values[i]!;
        values[i] = values[j]!;
        values[j] = swapped;
        i++;
        j--;
      }
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank]!;
}

/**
 * The median; of an even number of values the mean of the two in the middle, as in NumPy.
 *
 * @param values - reordered in place; no NaN
 * @returns NaN when there are no values
 */
export function medianInPlace(values: Float64Array): number {
  const { length } = values;
  if (length === 0) return NaN;
  const upper = selectRank(values, length >> 1);
  if (length % 2 === 1) return upper;
  let lower = values[0]!;
  for (let i = 1; i < length >> 1; i++) lower = Math.max(lower, values[i]!);
  return (lower + upper) / 2;
}

/**
 * Median absolute deviation from the median, `scipy.stats.median_abs_deviation`.
 *
 * @param values - left as they are
 * @param work - working memory, at least as long; overwritten
 * @returns NaN when there are no values
 */
export function medianAbsoluteDeviation(values: Float64Array, work: Float64Array): number {
  const { length } = values;
  const deviations = work.subarray(0, length);
  deviations.set(values);
  const median = medianInPlace(deviations);
  for (let i = 0; i < length; i++) deviations[i] = Math.abs(values[i]! - median);
  return medianInPlace(deviations);
}
