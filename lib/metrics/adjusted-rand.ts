/**
 * How far two ways to sort the same things into groups agree.
 */

/** Two lists of labels that are to be compared have different lengths. */
export class LabelCountError extends RangeError {
  override readonly name = 'LabelCountError';
}

/** Pairs of n things. */
function pairs(n: number): number {
  return (n * (n - 1)) / 2;
}

/**
 * Adjusted Rand index: pairs that both ways put together, corrected for chance (L. Hubert and P. Arabie, "Comparing
 * partitions", Journal of Classification 2, 1985).
 *
 * @param first - label of each thing, 0…255
 * @param second - label of each thing the other way
 * @returns 1 when the groups are the same, 0 on average by chance, below 0 when worse; 1 when chance alone gives full
 *   agreement: fewer than two things, one group both ways, or each thing a group of its own both ways
 * @throws LabelCountError when there are not as many labels of both
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
