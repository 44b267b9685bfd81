/** Agreement of two groupings of the same things. */

/** Two lists of labels that are to be compared have different lengths. */
export class LabelCountError extends RangeError {
  override readonly name = 'LabelCountError';
}

/** Number of pairs among n things. */
function pairs(n: number): number {
  return (n * (n - 1)) / 2;
}

/**
 * Adjusted Rand index: the number of pairs that both groupings put together, corrected for chance (L. Hubert
 * and P. Arabie, "Comparing partitions", Journal of Classification 2, 1985).
 *
 * @param first - label of each thing, 0…255
 * @param second - label of each thing in the second grouping
 * @returns 1 for equal groupings, 0 on average for random ones, below 0 for worse ones; also 1 where random
 *   groupings agree fully: fewer than two things, a single group in both, or a group for each thing in both
 * @throws LabelCountError when the lists have different lengths
 */
export function adjustedRandIndex(first: Uint8Array, second: Uint8Array): number {
  if (first.length !== second.length) {
    throw new LabelCountError(
      `There are ${first.length} labels and ${second.length}: compare two sortings of the same things.`,
    );
  }
  const groups = 256;
  const both = new Map<number, number>();
  const ofFirst = new Float64Array(groups);
  const ofSecond = new Float64Array(groups);
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]!, second[i]!];
    ofFirst[a]!++;
    ofSecond[b]!++;
    both.set(a * groups + b, (both.get(a * groups + b) ?? 0) + 1);
  }
  let together = 0;
  for (const count of both.values()) together += pairs(count);
  let [togetherInFirst, togetherInSecond] = [0, 0];
  for (let g = 0; g < groups; g++) {
    togetherInFirst += pairs(ofFirst[g]!);
    togetherInSecond += pairs(ofSecond[g]!);
  }
  const all = pairs(first.length);
  const expected = all > 0 ? (togetherInFirst * togetherInSecond) / all : 0;
  const most = (togetherInFirst + togetherInSecond) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}
