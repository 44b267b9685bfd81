/** Most changes between what was typed and what was meant, for words of up to 4, up to 8, and more letters. */
const MOST_CHANGES = [1, 2, 3] as const;

/**
 * The word of a list that was probably meant.
 *
 * @returns undefined when more than a third of the letters differ from every word
 */
export function nearestWord(typed: string, words: Iterable<string>): string | undefined {
  const most = MOST_CHANGES[typed.length <= 4 ? 0 : typed.length <= 8 ? 1 : 2];
  let best: { readonly word: string; readonly changes: number } | undefined;
  for (const word of words) {
    const changes = changesBetween(typed.toLowerCase(), word.toLowerCase());
    if (changes <= most && changes < (best?.changes ?? Infinity)) best = { word, changes };
  }
  return best?.word;
}

/** `" Did you mean "--basis"?"`, or nothing when no word is near. */
export function didYouMean(typed: string, words: Iterable<string>): string {
  const word = nearestWord(typed, words);
  return word === undefined ? '' : ` Did you mean "${word}"?`;
}

/**
 * Letters to insert, drop, replace or exchange with their neighbor (optimal string alignment; F. J. Damerau,
 * Communications of the ACM 7, 1964).
 */
function changesBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
